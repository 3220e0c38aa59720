import xml.etree.ElementTree as ET

import numpy as np
import pytest

from homodal.evaluation.report import figures

MEASURED = {"value": 0.5, "low": 0.4, "high": 0.7}
HISTORY = [
    {"epoch": n, "train": {"loss": 2 - n}, "valid": {"log_loss": 1, "accuracy": 0.5}}
    for n in range(2)
]
DRAWN = {
    "loss": lambda: figures.loss_curve(HISTORY),
    "accuracy": lambda: figures.accuracy_curve(HISTORY),
    "reliability": lambda: figures.reliability(
        [{"rows": 3, "confidence": 0.7, "accuracy": 0.6}],
        [{"rows": 3, "confidence": 0.6, "accuracy": 0.5}],
    ),
    "coverage": lambda: figures.coverage([{"coverage": 1.0, "accuracy": 0.6}]),
    "bars": lambda: figures.bars([("$a_b$ <x>", MEASURED), ("快乐", MEASURED)], "y"),
    "curves": lambda: figures.curves(
        {"a": [(0, MEASURED), (1, MEASURED)], "b": [(0, MEASURED)]}, "x", "y"
    ),
    "waveform": lambda: figures.waveform(np.sin(np.arange(4000) / 9), 8000),
}


@pytest.mark.parametrize("name", DRAWN)
def test_each_is_an_svg_without_outside_names(name):
    svg = DRAWN[name]()
    assert svg.tag == "svg" and svg.get("viewBox")
    text = ET.tostring(svg, encoding="unicode", method="html")
    assert "ns0:" not in text and "currentColor" in text and "<script" not in text
    assert "metadata" not in {element.tag for element in svg.iter()}


def test_names_stay_text_in_every_script():
    svg = DRAWN["bars"]()
    texts = ["".join(element.itertext()) for element in svg.iter("text")]
    assert {"$a_b$ <x>", "快乐"} <= set(texts)


def _texts(svg):
    return ["".join(element.itertext()) for element in svg.iter("text")]


def test_both_kinds_of_bins_are_told_apart():
    assert {"bins of equal width", "bins of equally many rows"} <= set(
        _texts(DRAWN["reliability"]())
    )


def test_the_epoch_of_the_lowest_loss_is_marked():
    losses = [1.0, 0.5, 0.7]
    history = [
        HISTORY[0] | {"valid": {"log_loss": loss, "accuracy": 0.5}} for loss in losses
    ]
    assert "lowest: epoch 2" in _texts(figures.loss_curve(history))


def test_many_curves_are_shown_closer_and_without_bands():
    points = [(2, MEASURED), (3, MEASURED)]

    def bands(count):
        svg = figures.curves({str(n): points for n in range(count)}, "x", "y")
        return [e for e in svg.iter() if "PolyCollection" in e.get("id", "")], svg

    few, _ = bands(2)
    none, svg = bands(4)
    assert len(few) == 2 and none == []
    assert "0.4" in _texts(svg) and "0.0" not in _texts(svg)


def test_the_same_data_give_the_same_figure():
    first, second = (ET.tostring(DRAWN["curves"]()) for _ in range(2))
    assert first == second
