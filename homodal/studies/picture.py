"""The picture of a comparison: score against cost."""

import io

from homodal.evaluation.confusion import Fonts
from homodal.optional import require
from homodal.studies.candidates import ALONE, FUSION

_NAMED = 30  # points that are named; the names of more would cover each other
_STYLES = {
    FUSION: ("#1f5fa8", "o", "all columns"),
    ALONE: ("#8a8a8a", "s", "one column"),
}
_OTHER = ("#b8862b", "^", "one text")


def scatter_png(lines):
    """`Line`s as the bytes of a PNG: accuracy against seconds of training.

    Raises `MissingPackage` without matplotlib.
    """
    figure = require("matplotlib.figure", "the picture of a comparison").Figure(
        figsize=(9, 6), layout="constrained"
    )
    axes, fonts = figure.add_subplot(), Fonts()
    for kind in dict.fromkeys(line.kind for line in lines):
        colour, marker, label = _STYLES.get(kind, _OTHER)
        chosen = [line for line in lines if line.kind == kind]
        values = [line.accuracy["value"] for line in chosen]
        axes.errorbar(
            [line.seconds for line in chosen],
            values,
            yerr=[
                [v - li.accuracy["low"] for v, li in zip(values, chosen, strict=True)],
                [li.accuracy["high"] - v for v, li in zip(values, chosen, strict=True)],
            ],
            fmt=marker,
            color=colour,
            ecolor=colour,
            elinewidth=0.6,
            alpha=0.8,
            label=label,
        )
    for line in lines[:_NAMED]:
        title = f"{line.title} ({line.encoder})" if _several(lines) else line.title
        axes.annotate(
            fonts.label(title),
            (line.seconds, line.accuracy["value"]),
            xytext=(5, 4),
            textcoords="offset points",
            fontsize=7,
            family=fonts.families,
            parse_math=False,
        )
    axes.set_xscale("log")
    axes.set_xlabel("seconds of training (here, one seed)")
    axes.set_ylabel("accuracy on the test rows, 95 % interval")
    axes.margins(x=0.15)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=150)
    return picture.getvalue()


def _several(lines):
    return len({line.encoder for line in lines}) > 1
