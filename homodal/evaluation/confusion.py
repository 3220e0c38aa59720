"""The confusion matrix as a picture: which class is taken for which.

Colours are shares of each true class, so that rare classes show as clearly as frequent
ones; the numbers are counts. One hue from light to dark reads the same with any colour
vision. Drawn on a `Figure` of its own: pyplot's global state is never touched.
"""

import io

import numpy as np
from rich.cells import cell_len

from homodal.evaluation.files import replace
from homodal.evaluation.labels import cut, printable
from homodal.optional import require

_NEEDED_BY = "the confusion picture"
_ALL_SHOWN = 40  # with more classes, only ...
_MOST_CONFUSED = 30  # ... so many are drawn
_NUMBERS_SHOWN = 25  # with more classes, counts would be too small to read
_LABEL_WIDTH = 20
_CELL_INCHES = 0.42
_LETTER_INCHES = 0.09
_COLOURS = "Blues"
_DARK = 0.3  # a share from which on the colour needs white numbers
_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Heiti SC",
    "STHeiti",
    "SimHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)


def draw_confusion(confusion, path):
    """Write the picture of `confusion` to the file `path`: all of it or nothing."""
    replace(path, confusion_png(confusion))


def confusion_png(confusion):
    """`confusion` (`{"classes", "matrix"}` of an `Evaluation`) as the bytes of a PNG.

    Raises `MissingPackage` without matplotlib.
    """
    figure = require("matplotlib.figure", _NEEDED_BY).Figure()
    matrix = np.asarray(confusion["matrix"])
    shown = _most_confused(matrix)
    fonts = Fonts()
    labels = [fonts.label(confusion["classes"][index]) for index in shown]
    _draw(figure, matrix, shown, labels, fonts)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=150)
    return picture.getvalue()


def _most_confused(matrix):
    """Indices of the classes to draw: all, or those in the most wrong answers."""
    if len(matrix) <= _ALL_SHOWN:
        return np.arange(len(matrix))
    wrong = matrix - np.diag(np.diagonal(matrix))
    involved = wrong.sum(axis=0) + wrong.sum(axis=1)
    return np.sort(np.argsort(-involved, kind="stable")[:_MOST_CONFUSED])


def _draw(figure, matrix, shown, labels, fonts):
    rows = matrix.sum(axis=1)
    counts = matrix[np.ix_(shown, shown)]
    # shares of all rows of a class, also of those answered with a class not drawn
    shares = counts / np.maximum(rows[shown], 1)[:, None]
    cell_inches = _size(figure, len(shown))
    axes = figure.add_subplot()
    image = _colour(axes, shares, rows[shown] == 0)
    if len(shown) <= _NUMBERS_SHOWN:
        _write_counts(axes, counts, shares)
    _name_classes(axes, labels, fonts, cell_inches)
    notes = _notes(len(matrix), len(shown), (rows[shown] == 0).any(), fonts)
    axes.set_xlabel("\n".join(["predicted", *notes]))
    axes.set_ylabel("true")
    figure.colorbar(image, label="share of the true class", shrink=0.8, aspect=30)


def _size(figure, classes):
    """Gives the figure its size, and returns how wide a cell will be, in inches."""
    cell = _CELL_INCHES if classes <= _NUMBERS_SHOWN else 0.6 * _CELL_INCHES
    side = max(cell * classes, 2.4)
    figure.set_size_inches(side + 3.2, side + 2.2)
    figure.set_layout_engine("constrained", w_pad=0.1, h_pad=0.1)
    return side / classes


def _colour(axes, shares, empty):
    axes.set_facecolor("0.88")  # shows through where a class has no rows
    shares = np.ma.masked_where(np.broadcast_to(empty[:, None], shares.shape), shares)
    # the root makes rare mistakes visible, which are what the picture is for
    root = require("matplotlib.colors", _NEEDED_BY).PowerNorm(0.5, vmin=0, vmax=1)
    return axes.imshow(shares, cmap=_COLOURS, norm=root)


def _write_counts(axes, counts, shares):
    size = 9 if counts.max() < 1000 else 6
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if shares[row, column] > _DARK else "0.15"
            place = {"ha": "center", "va": "center", "color": colour, "fontsize": size}
            axes.text(column, row, f"{count}", **place)


def _name_classes(axes, labels, fonts, cell_inches):
    at = np.arange(len(labels))
    # parse_math: a label such as "$5" is no formula
    style = {"family": fonts.families, "parse_math": False}
    style["fontsize"] = 9 if len(labels) <= _NUMBERS_SHOWN else 7
    fits = max(map(cell_len, labels)) * _LETTER_INCHES < cell_inches
    axes.set_xticks(at, labels, rotation=0 if fits else 90, **style)
    axes.set_yticks(at, labels, **style)
    axes.tick_params(length=0)


def _notes(classes, shown, some_empty, fonts):
    notes = []
    if shown < classes:
        notes.append(f"the {shown} most confused of {classes} classes")
    if some_empty:
        notes.append("grey: no rows of this class")
    if fonts.lacking:
        notes.append("some letters are escaped: no font has them")
    return notes


class Fonts:
    """The font that matplotlib brings and, where there is one, a Chinese font.

    families: their names, to be tried in this order for each letter.
    lacking: True once a label had a letter that neither has.
    """

    def __init__(self):
        manager = require("matplotlib.font_manager", _NEEDED_BY)
        known = set(manager.fontManager.get_font_names())
        chinese = [name for name in _CHINESE_FONTS if name in known]
        self.families = ["DejaVu Sans", *chinese[:1]]
        self._fonts = [
            manager.get_font(manager.findfont(name)) for name in self.families
        ]
        self.lacking = False

    def label(self, text):
        """`text`, short and drawable: letters without a glyph become escapes."""
        return cut("".join(map(self._drawable, printable(text))), _LABEL_WIDTH)

    def _drawable(self, letter):
        if any(font.get_char_index(ord(letter)) for font in self._fonts):
            return letter
        self.lacking = True
        return letter.encode("unicode_escape").decode("ascii")
