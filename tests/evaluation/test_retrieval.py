"""`retrieve_rows` is tested on a trained model in tests/test_answers_of_matches.py."""

import json

from homodal.evaluation.retrieval import Retrieval


def test_a_retrieval_is_json(tmp_path):
    measured = {"value": 0.5, "low": 0.25, "high": 0.75}
    found = Retrieval(
        query="image",
        of="name",
        gallery=2,
        queries=2,
        scores={"recall@1": measured},
        chance={"recall@1": 0.5},
        nearest=[{"row": 1, "nearest": [2, 1]}],
    )
    found.to_json(tmp_path / "found.json")
    assert json.loads((tmp_path / "found.json").read_text()) == found.to_dict()
