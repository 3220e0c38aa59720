import io

from rich.console import Console

from homodal.evaluation.retrieval import Retrieval
from homodal.evaluation.retrieval_terminal import show_found

MEASURED = {"value": 0.5, "low": 0.25, "high": 0.75}


def shown(**more):
    out = io.StringIO()
    found = Retrieval(
        query="[red]image",
        of="name",
        gallery=1200,
        queries=1100,
        scores={"recall@1": MEASURED},
        chance={"recall@1": 0.001},
        **more,
    )
    show_found(found, Console(file=out, width=80, highlight=False))
    return " ".join(out.getvalue().split())


def test_scores_stand_beside_chance():
    said = shown()
    assert "name by [red]image" in said  # no markup
    assert "recall@1 0.500 [0.250, 0.750] 0.001" in said
    assert "1,100 queries among 1,200 rows." in said


def test_zero_shot_is_said_with_what_to_compare_it_with():
    said = shown(
        zero_shot={
            "column": "group",
            "labels": ["a", "b"],
            "accuracy": MEASURED,
            "rows": 40,
            "chance": 0.5,
            "always": 0.6,
            "confusions": [{"label": "a", "chosen": "b", "rows": 7}],
        }
    )
    assert "the nearest of 2 names, never trained on: accuracy 0.500" in said
    assert "by chance 0.500, always the most frequent 0.600" in said
    assert "7 times 'b' for 'a'" in said
