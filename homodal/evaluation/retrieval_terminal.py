"""A Retrieval on a terminal."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from homodal.evaluation.labels import cut, printable


def show_found(retrieval, console=None):
    """Print `retrieval` on `console` (standard output by default)."""
    console = console or Console(highlight=False)

    def text(said, width=60):
        return Text(cut(printable(said, console.encoding), width))

    title = f"{retrieval.of} by {retrieval.query}"
    table = Table(box=box.SIMPLE_HEAD, caption=Text("[low, high]: 95 % interval"))
    table.caption_justify = "left"
    table.add_column(text(title, 40))
    for heading in ("found", "by chance"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, measured in retrieval.scores.items():
        table.add_row(name, _measured(measured), f"{retrieval.chance[name]:.3f}")
    console.print(table)
    console.print(
        text(f"{retrieval.queries:,} queries among {retrieval.gallery:,} rows.")
    )
    if retrieval.zero_shot:
        for line in _zero_shot(retrieval.zero_shot):
            console.print(text(line, 200))


def _zero_shot(found):
    accuracy = _measured(found["accuracy"])
    yield (
        f"'{found['column']}' by the nearest of {len(found['labels'])} names, never "
        f"trained on: accuracy {accuracy}"
    )
    yield (
        f"on {found['rows']:,} rows; by chance {found['chance']:.3f}, always the most "
        f"frequent {found['always']:.3f}"
    )
    for each in found["confusions"][:3]:
        yield f"  {each['rows']} times '{each['chosen']}' for '{each['label']}'"


def _measured(entry):
    value, low, high = (entry[key] for key in ("value", "low", "high"))
    return Text(f"{value:.3f} [{low:.3f}, {high:.3f}]")
