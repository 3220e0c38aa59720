"""A comparison in the terminal. Users' names are text, never markup."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from homodal.evaluation.labels import cut, printable

_MEBIBYTE = 2**20


def announce(trial, place, total):
    """One line for a finished trial."""
    console = Console(highlight=False)
    name = f"{cut(trial['title'], 34)} ({trial['encoder']}), seed {trial['seed']}"
    said = f"failed: {trial.get('failed')}"
    if "seconds" in trial:
        said = f"{trial['epochs']} epochs, {trial['seconds']:.1f} s"
        if "accuracy" in trial:
            said = f"accuracy {trial['accuracy']:.3f}, {said}"
    line = f"[{place}/{total}] {name}: {said}"
    console.print(Text(printable(line, console.encoding)), soft_wrap=True)


def show(comparison):
    """The table, best first, what failed, and what to choose."""
    console = Console(highlight=False)
    lines = comparison.lines
    if lines:
        for table in _tables(lines, console.encoding):
            console.print(table)
        console.print(
            Text(
                f"{comparison.rows:,} test rows; {_seeds(lines)}. [low, high]: 95 % "
                "interval over rows and seeds. behind the best fusion, *: surely. "
                "s: a training; ms: a step of it; MiB: added at the peak."
            )
        )
    for title, reason in comparison.failed.items():
        text = f"Not trained: {title}: {reason}"
        console.print(Text(printable(text, console.encoding)), soft_wrap=True)
    console.print(Text(printable(comparison.advice, console.encoding)))
    for text in (
        f"Written: {comparison.folder}/comparison.json and comparison.png",
        *([] if comparison.finished else ["Interrupted: the same command goes on."]),
    ):
        console.print(Text(printable(text, console.encoding)), soft_wrap=True)


def _seeds(lines):
    least, most = min(x.seeds for x in lines), max(x.seeds for x in lines)
    return f"{most} seeds" if least == most else f"{least} to {most} seeds"


def _tables(lines, encoding):
    """Scores and costs; one table, or two where removed cells need the room."""
    scores = ["accuracy", "behind", *(f"-{float(s):.0%}" for s in lines[0].removed)]
    costs = ["weights", "s", "ms", "MiB"]
    figures = {title: [] for title in (*scores, *costs)}
    for line in lines:
        for title, text in zip(figures, _figures(line), strict=True):
            figures[title].append(text)
    apart = bool(lines[0].removed)
    for titles in (scores, costs) if apart else ([*scores, *costs],):
        yield _table(lines, {title: figures[title] for title in titles}, encoding)


def _figures(line):
    peak = line.peak_bytes
    return (
        _measured(line.accuracy),
        f"{line.behind['value']:.3f}" + ("*" if line.behind["low"] > 0 else " "),
        *(f"{accuracy:.3f}" for accuracy in line.removed.values()),
        _short(line.parameters),
        f"{line.seconds:.1f}",
        f"{line.step_ms:.1f}",
        "-" if peak is None else f"{peak / _MEBIBYTE:,.0f}",
    )


def _table(lines, figures, encoding):
    several = len({line.encoder for line in lines}) > 1
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("candidate", overflow="fold", min_width=16)
    if several:
        table.add_column("encoder", overflow="fold")
    for title in figures:
        table.add_column(title, justify="right", no_wrap=True)
    for line, *told in zip(lines, *figures.values(), strict=True):
        names = [cut(printable(line.title, encoding), 34)]
        if several:
            names.append(printable(line.encoder, encoding))
        table.add_row(*map(Text, (*names, *told)))
    return table


def _short(count):
    return f"{count / 1000:,.0f}k" if count >= 1000 else str(count)


def _measured(entry):
    return f"{entry['value']:.3f} [{entry['low']:.3f}, {entry['high']:.3f}]"
