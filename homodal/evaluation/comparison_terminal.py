"""A `Comparison` in the terminal: the models, best first, and what may be said."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from homodal.evaluation.labels import cut, printable


def show_comparison(found, console=None):
    """Print `found` on `console` (standard output by default)."""
    console = console or Console(highlight=False)
    table = _table("model", "accuracy", "log loss")
    for each in found.models:
        figures = (
            "{value:.3f} [{low:.3f}, {high:.3f}]".format(**each[name])
            for name in ("accuracy", "log_loss")
        )
        table.add_row(_name(each["name"], console, 26), *map(Text, figures))
    console.print(table)
    table = _table("difference of accuracy", "", "right alone", "p")
    for pair in found.pairs:
        names = (_name(pair[key], console, 18) for key in ("better", "worse"))
        table.add_row(
            Text(" - ").join(names),
            Text("{value:+.3f} [{low:+.3f}, {high:+.3f}]".format(**pair["difference"])),
            Text(f"{pair['only_better']} : {pair['only_worse']}"),
            Text(f"{pair['p_holm']:.3f}"),
        )
    console.print(table)
    console.print(Text(printable(found.verdict, console.encoding)))
    console.print(
        Text("p: McNemar's exact test, after Holm; [low, high]: paired bootstrap, 95 %")
    )


def _table(*titles):
    table = Table(box=box.SIMPLE_HEAD)
    for place, title in enumerate(titles):
        table.add_column(title, justify="right" if place else "left", overflow="fold")
    return table


def _name(name, console, width):
    return Text(cut(printable(name, console.encoding), width))
