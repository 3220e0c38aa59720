import pytest

from homodal import parts
from homodal.errors import PartError, RecipeError
from homodal.studies.candidates import ALL, ALONE, FUSION, ONE_TEXT, Candidate, grid


def titles(candidates):
    return [candidate.title for candidate in candidates]


def test_the_grid_is_every_fusion_with_every_encoder_and_setting():
    found = grid(
        ["mean", "gated"], ["cnn", "rnn"], ["a", "b"], {"training.epochs": [2, 3]}
    )
    fused = [c for c in found if c.kind == FUSION]
    assert len(fused) == 3 * 2 * 2  # the late average is always there
    assert len({c.key for c in found}) == len(found) == len(fused) + 2 * 2
    assert "mean, epochs=2" in titles(found)


def test_baselines_are_each_column_and_one_text():
    found = grid(["late"], None, ["a", "b"], one_text=True)
    assert [(c.kind, c.name) for c in found] == [
        (FUSION, "late"),
        (ALONE, "a"),
        (ALONE, "b"),
        (ONE_TEXT, "one text"),
    ]
    assert titles(grid(["mean"], None, ["a"])) == ["mean"]
    assert titles(grid(["late"], None, ["a", "b"], alone=False)) == ["late"]


def test_all_means_every_fusion_there_is():
    assert titles(grid(ALL, None, ["a"])) == parts.names("fusion")


def test_a_candidate_changes_what_it_is_about_and_nothing_else():
    gated = Candidate(FUSION, "gated", "rnn", {"training.epochs": 2})
    shared = {"width": 16, "rule": "product"}
    assert gated.changes(7, shared) == {
        "training.seed": 7,
        "fusion": {"name": "gated", "width": 16},
        "encoder": "rnn",
        "training.epochs": 2,
    }
    assert Candidate(ALONE, "a").changes(1, shared) == {"training.seed": 1}


def test_unknown_names_and_keys_are_refused():
    with pytest.raises(PartError, match="no fusion 'gate'"):
        grid(["gate"], None, ["a"])
    with pytest.raises(PartError, match="no encoder 'cn'"):
        grid(["mean"], ["cn"], ["a"])
    for key in ("columns.a", "target", "training.seed"):
        with pytest.raises(RecipeError, match="cannot vary"):
            grid(["mean"], None, ["a"], {key: [1]})
