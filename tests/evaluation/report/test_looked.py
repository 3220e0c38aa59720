import numpy as np
import pytest

from homodal.evaluation.attribution import attribute
from homodal.evaluation.report.looked import legend, looked_at, overlaid, words


def test_orange_speaks_for_and_blue_against():
    values = np.zeros((2, 2))
    values[0, 0], values[1, 1] = 1, -1
    found = overlaid(np.full((2, 2), 0.5), values).astype(int)
    red, _, blue = found[0, 0]
    assert red > blue + 100
    red, _, blue = found[1, 1]
    assert blue > red + 100
    assert len(set(found[0, 1])) == 1  # grey


def test_words_say_their_share_and_stay_text():
    marked = words(["good", "<b>"], np.array([2.0, -1.0])).findall("mark")
    assert [mark.text for mark in marked] == ["good", "<b>"]
    assert marked[0].get("style") == "background: rgba(213, 94, 0, 0.60)"
    assert marked[1].get("style") == "background: rgba(0, 114, 178, 0.30)"
    assert marked[1].get("title") == "-1.000"


def test_every_modality_is_drawn_on_what_it_is(every):
    model, rows = every
    whole = np.flatnonzero(np.all([c.status == 0 for c in rows.columns.values()], 0))
    row = int(whole[0])
    found = attribute(model.network, rows, row, 0, steps=2)
    shown = looked_at(model, rows, found)
    assert list(shown) == model.columns
    pictures = {name for name, each in shown.items() if each.drawn.tag == "img"}
    assert pictures == {"image", "audio", "video"}
    assert {n for n, each in shown.items() if each.instead} == {"number", "category"}
    total = max(abs(each.sum()) for each in found.columns.values())
    for name in ("number", "category"):
        (mark,) = shown[name].drawn.iter("mark")
        assert mark.text == str(rows.table.cells(name, [row])[0])
        strength = 0.6 * abs(found.columns[name].sum()) / total
        assert f"{strength:.2f})" in mark.get("style")
    assert len(list(shown["text"].drawn.iter("mark"))) > 1


def test_every_present_column_is_drawn_with_its_figures(findings):
    model = findings.model
    for row in range(24):
        found = attribute(model.network, findings.rows, row, 0, steps=2)
        shown = looked_at(model, findings.rows, found)
        assert len(shown) == len(found.columns)
        for column in model.preparation.columns:
            if column.slug in found.columns:
                each = shown[column.name]
                total = found.columns[column.slug].sum()
                assert each.logit == pytest.approx(total)
                assert each.weight == found.weights[column.slug]


def test_the_legend_says_what_the_colours_mean():
    text = " ".join(legend().itertext())
    assert "Orange" in text and "blue" in text and "only descriptive" in text
