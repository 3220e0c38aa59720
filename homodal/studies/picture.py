"""The picture of a comparison: score against cost."""

import io

from homodal.evaluation.confusion import Fonts
from homodal.optional import require
from homodal.studies.candidates import ALONE, FUSION

_ROW_INCHES = 0.24
_STYLES = {
    FUSION: ("#1f5fa8", "o", "all columns"),
    ALONE: ("#8a8a8a", "s", "one column"),
}
_OTHER = ("#b8862b", "^", "one text")


def scatter_png(lines):
    """`Line`s, the best first, as the bytes of a PNG.

    Left, accuracy against seconds of training; named are those that no other beats in
    both. Right, every candidate by its name, with its interval. Raises `MissingPackage`
    without matplotlib.
    """
    figure = require("matplotlib.figure", "the picture of a comparison").Figure(
        figsize=(12, max(5.0, 1.2 + _ROW_INCHES * len(lines))), layout="constrained"
    )
    costs, names = figure.subplots(1, 2, width_ratios=(3, 2))
    fonts, several = Fonts(), len({line.encoder for line in lines}) > 1
    titles = [
        fonts.label(f"{line.title} ({line.encoder})" if several else line.title)
        for line in lines
    ]
    for kind in dict.fromkeys(line.kind for line in lines):
        chosen = [place for place, line in enumerate(lines) if line.kind == kind]
        _draw(costs, names, lines, chosen, _STYLES.get(kind, _OTHER))
    for place in unbeaten(lines):
        costs.annotate(
            titles[place],
            (lines[place].seconds, lines[place].accuracy["value"]),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            family=fonts.families,
            parse_math=False,
        )
    _title_costs(costs)
    names.set_yticks(range(len(lines)), titles, fontsize=8, parse_math=False)
    for label in names.get_yticklabels():
        label.set_family(fonts.families)
    names.invert_yaxis()
    names.set_xlabel("accuracy on the test rows, 95 % interval")
    names.grid(alpha=0.3)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    return picture.getvalue()


def unbeaten(lines):
    """Places of the `Line`s that no other beats in both accuracy and seconds."""
    return [
        place
        for place, line in enumerate(lines)
        if not any(
            other.accuracy["value"] >= line.accuracy["value"]
            and other.seconds < line.seconds
            for other in lines
        )
    ]


def _draw(costs, names, lines, chosen, style):
    colour, marker, label = style
    values = [lines[place].accuracy["value"] for place in chosen]
    spans = [
        [v - lines[p].accuracy["low"] for v, p in zip(values, chosen, strict=True)],
        [lines[p].accuracy["high"] - v for v, p in zip(values, chosen, strict=True)],
    ]
    drawn = {"fmt": marker, "color": colour, "elinewidth": 0.7, "alpha": 0.8}
    seconds = [lines[place].seconds for place in chosen]
    costs.errorbar(seconds, values, yerr=spans, label=label, **drawn)
    names.errorbar(values, chosen, xerr=spans, **drawn)


def _title_costs(axes):
    axes.set_xscale("log")
    ticker = require("matplotlib.ticker", "the picture of a comparison")
    axes.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    axes.xaxis.set_minor_formatter(ticker.NullFormatter())
    axes.set_xlabel("seconds of training (here, one seed)")
    axes.set_ylabel("accuracy on the test rows, 95 % interval")
    axes.margins(x=0.12, y=0.08)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
