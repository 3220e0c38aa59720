"""An `Explanation` in the terminal: what each column is worth, and how they combine."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from homodal.evaluation.labels import cut, printable

_SUBSETS = 12
_PAIRS = 6
_NAME = 26


def show_explanation(found, console=None):
    """Print `found` on `console` (standard output by default)."""
    console = console or Console(highlight=False)
    for part in (_columns, _subsets, _together, _robustness, _note):
        for line in part(found, console.encoding):
            console.print(line, highlight=False)


def _columns(found, encoding):
    table = _table("column", "Shapley value", "lost if shuffled", "with noise")
    ordered = sorted(found.shapley, key=lambda name: -found.shapley[name]["value"])
    for name in ordered:
        noisy = found.noise[name][-1]["accuracy"]["value"]
        table.add_row(
            _name([name], encoding),
            _signed(found.shapley[name]),
            Text(f"{found.permutation[name]['value']:+.3f}"),
            Text(f"{noisy:.3f}"),
        )
    yield table
    nothing = found.nothing["value"]
    yield Text(
        f"accuracy {found.accuracy['value']:.3f} = {nothing:.3f} with no column at all "
        "+ the Shapley values"
    )


def _subsets(found, encoding):
    table = _table("columns shown", "accuracy")
    for each in found.subsets[:_SUBSETS]:
        table.add_row(_name(each["columns"], encoding), _plain(each["accuracy"]))
    yield table
    if len(found.subsets) > _SUBSETS:
        yield Text(f"and {len(found.subsets) - _SUBSETS} more sets of columns.")


def _together(found, encoding):
    strongest = sorted(found.interactions, key=lambda each: -abs(each["value"]))
    if strongest:
        table = _table("two columns together", "interaction")
        for each in strongest[:_PAIRS]:
            table.add_row(_name(each["columns"], encoding, " + "), _signed(each))
        yield table
    if found.emap:
        share = found.emap["interaction"]
        yield Text(
            f"Adding up what the columns say alone (EMAP) gives "
            f"{found.emap['additive']['value']:.3f}; their interaction is worth "
            + _signed(share).plain
        )


def _robustness(found, encoding):
    if found.removal:
        said = ", ".join(
            f"{each['removed']:.0%}: {each['accuracy']['value']:.3f}"
            for each in found.removal[1:-1]
        )
        yield Text(f"Accuracy with so many of the cells removed: {said}")


def _note(found, encoding):
    how = "every set of columns" if found.exact else "a sample of sets of columns"
    rows = f"{found.rows:,} rows"
    if found.rows < found.of:
        rows = f"{found.rows:,} of {found.of:,} rows"
    yield Text(f"[low, high]: 95 % interval; {rows}; {how}; noise as strong as signal")


def _table(*titles):
    table = Table(box=box.SIMPLE_HEAD)
    for place, title in enumerate(titles):
        table.add_column(title, justify="right" if place else "left", no_wrap=place > 0)
    return table


def _name(columns, encoding, between=", "):
    return Text(cut(printable(between.join(columns), encoding), _NAME))


def _signed(entry):
    return Text("{value:+.3f} [{low:+.3f}, {high:+.3f}]".format(**entry))


def _plain(entry):
    return Text("{value:.3f} [{low:.3f}, {high:.3f}]".format(**entry))
