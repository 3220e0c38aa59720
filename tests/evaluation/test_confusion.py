import subprocess
import sys

import numpy as np
import pytest

from homodal.errors import MissingPackage
from homodal.evaluation import confusion as room
from homodal.evaluation.confusion import confusion_png, draw_confusion

PIL = pytest.importorskip("PIL.Image")
pytest.importorskip("matplotlib")


def _confusion(classes, labels=None):
    rng = np.random.default_rng(0)
    matrix = rng.integers(0, 4, (classes, classes)) + 20 * np.eye(classes, dtype=int)
    labels = labels or [f"class {index}" for index in range(classes)]
    return {"classes": labels, "matrix": matrix.tolist()}


@pytest.fixture
def drawn(monkeypatch):
    """Every Figure that is made, so that a test can look at what stands in it."""
    from matplotlib import figure

    figures = []

    class Seen(figure.Figure):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            figures.append(self)

    monkeypatch.setattr(figure, "Figure", Seen)
    return figures


def _ticks(figure):
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


@pytest.mark.parametrize("classes", [1, 2, 10, 40])
def test_a_readable_picture_is_written(classes, tmp_path):
    draw_confusion(_confusion(classes), tmp_path / "c.png")
    with PIL.open(tmp_path / "c.png") as picture:
        assert picture.format == "PNG"
        assert 600 <= min(picture.size) <= max(picture.size) <= 3000
        assert len(picture.convert("RGB").getcolors(10**7)) > 20
    assert [each.name for each in tmp_path.iterdir()] == ["c.png"]


def test_counts_are_written_as_long_as_they_can_be_read(drawn):
    confusion_png(_confusion(10))
    confusion_png(_confusion(40))
    few, many = (figure.axes[0].texts for figure in drawn)
    assert "20" in {text.get_text() for text in few}
    assert not many


def test_of_many_classes_the_most_confused_are_drawn(drawn):
    confusion = {"classes": [f"c{index}" for index in range(60)]}
    matrix = 9 * np.eye(60, dtype=int)
    matrix[50, 7] = 5
    confusion["matrix"] = matrix.tolist()
    confusion_png(confusion)
    assert len(_ticks(drawn[0])) == 30
    assert {"c50", "c7"} <= set(_ticks(drawn[0]))
    assert "the 30 most confused of 60" in drawn[0].axes[0].get_xlabel()


def test_colours_are_shares_of_the_true_class(drawn):
    confusion_png({"classes": ["a", "b"], "matrix": [[3, 1], [0, 0]]})
    shares = drawn[0].axes[0].images[0].get_array()
    assert shares[0].tolist() == [0.75, 0.25]
    assert shares.mask[1].all()
    assert "no rows of this class" in drawn[0].axes[0].get_xlabel()


def test_labels_are_no_formulas_and_no_escape_sequences(drawn):
    labels = ["$5", "$x^$", "\\frac{", "a\x1b[31m\n", "l" * 200, "", "%s"]
    confusion_png(_confusion(7, labels))
    expected = ["$5", "$x^$", "\\frac{", "a\\x1b[31m\\n", "l" * 17 + "...", "", "%s"]
    assert _ticks(drawn[0]) == expected


def test_letters_without_a_font_are_escaped_with_a_note(drawn, monkeypatch):
    monkeypatch.setattr(room, "_CHINESE_FONTS", ())
    confusion_png(_confusion(2, ["快乐", "joy"]))
    assert _ticks(drawn[0]) == ["\\u5feb\\u4e50", "joy"]
    assert "some letters are escaped" in drawn[0].axes[0].get_xlabel()


def test_chinese_labels_are_drawn_where_a_font_is_found(drawn):
    if len(room.Fonts().families) == 1:
        pytest.skip("no Chinese font on this machine")
    confusion_png(_confusion(2, ["快乐", "joy"]))
    assert _ticks(drawn[0]) == ["快乐", "joy"]


def test_a_second_font_serves_letters_that_the_first_lacks(monkeypatch):
    """With a font that comes with matplotlib, as no Chinese one does."""
    monkeypatch.setattr(room, "_CHINESE_FONTS", ("Not Installed", "STIXGeneral"))
    fonts = room.Fonts()
    assert fonts.families == ["DejaVu Sans", "STIXGeneral"]
    only_second = next(
        letter
        for letter in map(chr, range(0x2000, 0x2FFF))
        if letter.isprintable()
        and not fonts._fonts[0].get_char_index(ord(letter))
        and fonts._fonts[1].get_char_index(ord(letter))
    )
    assert fonts.label(only_second) == only_second
    confusion_png(_confusion(2, [only_second, "joy"]))


def test_pyplot_is_left_alone():
    lines = (
        "import sys",
        "from homodal.evaluation.confusion import confusion_png",
        "confusion_png({'classes': ['a', 'b'], 'matrix': [[1, 0], [2, 3]]})",
        "sys.exit('matplotlib.pyplot' in sys.modules)",
    )
    subprocess.run([sys.executable, "-W", "error", "-c", "\n".join(lines)], check=True)


def test_without_matplotlib_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "matplotlib.figure", raising=False)
    with pytest.raises(MissingPackage, match="confusion picture"):
        confusion_png(_confusion(2))
