import io

from rich.console import Console

from homodal.evaluation.explanation import Explanation
from homodal.evaluation.explanation_terminal import show_explanation


def measured(value):
    return {"value": value, "low": value - 0.1, "high": value + 0.1}


FOUND = Explanation(
    rows=20,
    of=80,
    columns=["[red]a[/red]", "快\x1b[31m"],
    accuracy=measured(0.9),
    nothing=measured(0.25),
    subsets=[{"columns": ["[red]a[/red]", "快\x1b[31m"], "accuracy": measured(0.9)}],
    shapley={"[red]a[/red]": measured(0.1), "快\x1b[31m": measured(0.55)},
    exact=True,
    interactions=[
        {"columns": ["[red]a[/red]", "快\x1b[31m"], **measured(-0.05)},
    ],
    permutation={"[red]a[/red]": measured(0.2), "快\x1b[31m": measured(0.5)},
    emap={"additive": measured(0.85), "interaction": measured(0.05), "exact": True},
    noise={
        name: [{"noise": 1.0, "accuracy": measured(0.5)}]
        for name in ("[red]a[/red]", "快\x1b[31m")
    },
    removal=[
        {"removed": rate, "accuracy": measured(0.9 - rate / 2)} for rate in (0, 0.5, 1)
    ],
)


def shown(encoding):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    show_explanation(FOUND, Console(file=file, width=80, highlight=False))
    file.flush()
    return raw.getvalue().decode(encoding)


def test_everything_is_said_the_weightiest_column_first():
    text = shown("utf-8")
    assert text.index("快") < text.index("[red]a[/red]")
    for said in ("+0.550", "+0.200", "-0.050 [-0.150, +0.050]", "50%: 0.650"):
        assert said in text
    assert "accuracy 0.900 = 0.250 with no column" in text
    assert "20 of 80 rows" in text
    assert "worth +0.050" in " ".join(text.split())


def test_names_steer_nothing_in_any_encoding():
    for encoding in ("utf-8", "ascii"):
        assert "\x1b" not in shown(encoding)
        assert "\\x1b[31m" in shown(encoding)
