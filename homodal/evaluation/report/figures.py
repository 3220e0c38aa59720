"""The report's figures: SVG in one style, readable in light, in dark and in print.

Ink is the page's own text colour; marks are the colours of Okabe and Ito, which people
of any colour vision tell apart, and differ in their shapes, too. Text stays text, so
that the reader's fonts draw it, in every script.
"""

import io
import warnings
import xml.etree.ElementTree as ET

import numpy as np

from homodal.evaluation.labels import cut, printable
from homodal.optional import require

_NEEDED_BY = "the report"
_INK = "#123457"  # stands for the page's text colour
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
COLOURS = (BLUE, ORANGE, GREEN, PINK, "#e69f00", "#56b4e9")
MARKERS = "osD^vP"
_WIDTH = 4.8  # inches; two stand side by side
_BANDS = 2  # curves; the bands of more would hide each other
_RC = {
    "svg.fonttype": "none",
    "svg.hashsalt": "homodal",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "legend.frameon": False,
    "text.parse_math": False,
}


def loss_curve(history):
    """Loss in training and validation, by epoch."""
    with _figure(_WIDTH, 2.7) as (figure, done):
        axes = figure.subplots()
        _by_epoch(axes, [e["train"]["loss"] for e in history], BLUE, "o-", "training")
        losses = [e["valid"]["log_loss"] for e in history]
        _by_epoch(axes, losses, ORANGE, "s--", "validation")
        best = int(np.argmin(losses)) + 1
        axes.axvline(best, color=_INK, lw=0.8, ls=":", label=f"lowest: epoch {best}")
        axes.set(ylabel="loss", ylim=(0, None))
        axes.legend()
    return done()


def accuracy_curve(history):
    """Validation accuracy, by epoch."""
    with _figure(_WIDTH, 2.7) as (figure, done):
        axes = figure.subplots()
        values = [e["valid"]["accuracy"] for e in history]
        _by_epoch(axes, values, ORANGE, "s--", "validation")
        axes.set(ylabel="validation accuracy", ylim=(0, 1.02))
    return done()


def _by_epoch(axes, values, colour, style, label):
    epochs = range(1, len(values) + 1)
    axes.plot(epochs, values, style, color=colour, label=label, ms=3)
    axes.set_xlabel("epoch")
    axes.xaxis.get_major_locator().set_params(integer=True)


def reliability(diagram, adaptive=()):
    """Accuracy by confidence; a calibrated model lies on the diagonal.

    diagram: bins of equal width, adaptive: of equally many rows.
    """
    with _figure(_WIDTH, 3.2) as (figure, done):
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=_INK, lw=0.8, ls=":")
        rows = sum(each["rows"] for each in diagram)
        size = [8 + 120 * each["rows"] / rows for each in diagram]
        x, y = _points(diagram)
        axes.plot(x, y, color=BLUE, lw=1)
        axes.scatter(x, y, s=size, color=BLUE, zorder=3, label="bins of equal width")
        if adaptive:
            style = {"mfc": "none", "color": ORANGE, "ms": 5, "zorder": 4}
            label = "bins of equally many rows"
            axes.plot(*_points(adaptive), "s", label=label, **style)
            axes.legend(fontsize=8)
        axes.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1.02), ylim=(0, 1.02))
    return done()


def _points(diagram):
    x = [each["confidence"] for each in diagram]
    return x, [each["accuracy"] for each in diagram]


def coverage(curve):
    """Accuracy of the answered rows, by the share that is answered."""
    with _figure(_WIDTH, 3.2) as (figure, done):
        axes = figure.subplots()
        x = [each["coverage"] for each in curve]
        y = [each["accuracy"] for each in curve]
        axes.plot(x, y, color=GREEN, marker="D", ms=2.5, lw=1.2)
        axes.set(
            xlabel="share of rows answered", ylabel="accuracy of these", xlim=(0, 1.02)
        )
        axes.set_ylim(min(0.9, min(y) - 0.05), 1.005)
    return done()


def bars(entries, label, zero=True):
    """Horizontal bars with intervals: `[(name, measured)]`, the first on top."""
    with _figure(6.0, 0.75 + 0.3 * len(entries)) as (figure, done):
        axes = figure.subplots()
        at = np.arange(len(entries))[::-1]
        values = np.array([entry["value"] for _, entry in entries])
        low = values - [entry["low"] for _, entry in entries]
        high = [entry["high"] for _, entry in entries] - values
        axes.barh(at, values, height=0.62, color=BLUE, alpha=0.75)
        axes.errorbar(
            values, at, xerr=[low, high], fmt="none", ecolor=_INK, capsize=2.5, lw=1
        )
        ends = np.maximum(values + high, 0)
        for place, value, end in zip(at, values, ends, strict=True):
            said = f"{value:.3f}".replace("-", "\u2212")
            axes.annotate(
                *(said, (end, place)),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
            )
        axes.set_yticks(at, [short(name) for name, _ in entries])
        axes.set_xlabel(label)
        if zero:
            axes.axvline(0, color=_INK, lw=0.8)
    return done()


def curves(named, across, label):
    """Accuracy along something: `{name: [(x, measured)]}`, bands are intervals.

    Of more than two curves the axis shows the part that they are in, without bands.
    """
    lowest = min(e["value"] for points in named.values() for _, e in points)
    floor = 0 if len(named) <= _BANDS else np.floor(10 * max(lowest - 0.1, 0)) / 10
    with _figure(_WIDTH, 3.0) as (figure, done):
        axes = figure.subplots()
        for place, (name, points) in enumerate(named.items()):
            colour, marker = COLOURS[place % 6], MARKERS[place % 6]
            x = [point for point, _ in points]
            axes.plot(
                x,
                [e["value"] for _, e in points],
                color=colour,
                marker=marker,
                ms=4,
                label=short(name, 18),
            )
            if len(named) <= _BANDS:
                low, high = ([e[k] for _, e in points] for k in ("low", "high"))
                axes.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)
        axes.set(xlabel=across, ylabel=label, ylim=(floor, 1.02))
        if len(named) > 1:
            figure.legend(fontsize=8, loc="outside right upper")
    return done()


def waveform(samples, rate_hz):
    """The sound of a cell over its seconds."""
    step = max(1, len(samples) // 600)
    whole = len(samples) // step * step
    parts = np.asarray(samples[:whole], float).reshape(-1, step)
    seconds = np.arange(len(parts)) * step / rate_hz
    with _figure(3.2, 0.9) as (figure, done):
        axes = figure.subplots()
        axes.fill_between(
            seconds, parts.min(axis=1), parts.max(axis=1), color=BLUE, lw=0.3
        )
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.tick_params(labelsize=7)
        axes.set_xlabel("seconds", fontsize=7)
    return done()


def short(name, width=30):
    """A user's name as a tick's label."""
    return cut(printable(name), width)


class _figure:  # noqa: N801 - used as a statement
    """`with _figure(width, height) as (figure, done)`; `done()` is its SVG element."""

    def __init__(self, width, height):
        self.size = (width, height)

    def __enter__(self):
        matplotlib = require("matplotlib", _NEEDED_BY)
        self._style = matplotlib.rc_context(_RC)
        self._style.__enter__()
        made = require("matplotlib.figure", _NEEDED_BY).Figure
        self.figure = made(figsize=self.size, layout="constrained")
        self.figure.patch.set_alpha(0)
        return self.figure, self._done

    def __exit__(self, *failure):
        if failure[0] is None:
            for axes in self.figure.axes:
                axes.patch.set_alpha(0)
            self._svg = _svg(self.figure)
        self._style.__exit__(*failure)

    def _done(self):
        return self._svg


def _svg(figure):
    file = io.StringIO()
    with warnings.catch_warnings():
        # the reader's fonts have the letters that matplotlib's lacks
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(file, format="svg", metadata={"Date": None}, transparent=True)
    root = ET.fromstring(file.getvalue().replace(_INK, "currentColor"))
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith("}metadata"):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        named = {k.rpartition("}")[2]: v for k, v in element.attrib.items()}
        if named.get("id", "").startswith(("figure", "axes", "patch", "text", "line")):
            del named["id"]
        element.attrib.clear()
        element.attrib.update(named)
    return root
