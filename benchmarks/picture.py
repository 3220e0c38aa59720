"""The picture in the README: one row of the demo, and what each column is worth.

    python benchmarks/picture.py RUN/evaluation.json docs/demo.png

RUN is the folder of `homodal demo`. The bars are its test scores with their intervals.
"""

import json
import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from homodal.demo import data_folder
from homodal.media import frames, images, sound
from homodal.tables.table import Table

_COLUMNS = ("picture", "speech", "word", "film", "ink", "language")


def main():
    """Draw the picture from the evaluation that the first argument names."""
    evaluation = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    table = Table.open(data_folder() / "test.csv")
    row = _full_row(table)
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    grid = GridSpec(3, 4, figure=figure, width_ratios=[1, 1, 1, 4.2])
    cell = {name: table.cells(name, [row])[0] for name in table.columns}
    _pixels(figure.add_subplot(grid[0, 0]), "picture", _picture(table, cell))
    strip = _film(table, cell)
    _pixels(figure.add_subplot(grid[1, :3]), "film", strip)
    _wave(figure.add_subplot(grid[0, 1:3]), table, cell)
    _words(figure.add_subplot(grid[2, :3]), cell)
    _bars(figure.add_subplot(grid[:, 3]), evaluation)
    figure.savefig(sys.argv[2], dpi=130)


def _full_row(table):
    cells = [table.cells(name) for name in _COLUMNS]
    english = table.cells("language")
    return next(
        row
        for row in range(len(table))
        if english[row] == "en" and all(column[row] is not None for column in cells)
    )


def _picture(table, cell):
    return images.read(table.locate(cell["picture"]), 32, 32, 1)[..., 0]


def _film(table, cell):
    pixels, _ = frames.read(table.locate(cell["film"]), 32, 32, 1, 10)
    return np.concatenate(list(pixels[..., 0]), axis=1)


def _pixels(axes, title, pixels):
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255)
    axes.set_title(title, fontsize=9, loc="left")
    axes.set_axis_off()


def _wave(axes, table, cell):
    samples = sound.read(table.locate(cell["speech"]), 8000, 4.0)
    axes.plot(np.arange(len(samples)) / 8000, samples, linewidth=0.4, color="#0072b2")
    axes.set_title("speech", fontsize=9, loc="left")
    axes.set_axis_off()


def _words(axes, cell):
    said = "\n".join(f"{n}: {cell[n]}" for n in ("word", "ink", "language", "label"))
    axes.text(0, 0.95, said, fontsize=9, va="top", family="monospace")
    axes.set_axis_off()


def _bars(axes, evaluation):
    named = {"all columns": evaluation["scores"]["accuracy"]}
    alone = evaluation["columns_alone"]
    order = sorted(alone, key=lambda n: -alone[n]["accuracy"]["value"])
    named |= {f"{name} alone": alone[name]["accuracy"] for name in order}
    named["always one label"] = evaluation["baseline"]["accuracy"]
    for place, score in enumerate(named.values()):
        colour = "#d55e00" if place == 0 else "#0072b2"
        axes.barh(place, score["value"], color=colour, height=0.62)
        axes.plot([score["low"], score["high"]], [place] * 2, color="black")
        axes.text(score["high"] + 0.015, place, f"{score['value']:.2f}", va="center")
    axes.set_yticks(range(len(named)), list(named))
    axes.invert_yaxis()
    axes.set_xlim(0, 1.05)
    axes.set_xlabel(f"accuracy on {evaluation['rows']} rows never seen, 95 % interval")
    axes.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    main()
