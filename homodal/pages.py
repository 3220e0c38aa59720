"""What the commands show in a terminal. Users' names are text, never markup."""

import sys

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from homodal import parts
from homodal.checks.findings import figure, kind_of, named
from homodal.data.accounting import lines_of_odd
from homodal.data.store import STATUS_NAMES
from homodal.evaluation.advice import advice_for, folded, names_of
from homodal.evaluation.comparison_terminal import show_comparison
from homodal.evaluation.explanation_terminal import show_explanation
from homodal.evaluation.labels import cut, printable
from homodal.evaluation.retrieval_terminal import show_found
from homodal.evaluation.terminal import show
from homodal.tables.answer_columns import STATUS, figure_column
from homodal.training.journal import epoch_line

_KINDS = (
    *("modality", "front", "augmentation", "extractor", "encoder"),
    *("fusion", "head", "target"),
)
_MEBIBYTE = 2**20
_COLOURS = {"error": "red", "warning": "yellow", "note": ""}


def show_run(run):
    """The end of `train`: epochs in short, scores on the validation rows, what next."""
    console = Console(highlight=False)
    history, folder = run.history, printable(run.folder, console.encoding)
    go_on = f"Go on:  homodal train --resume {folder}"
    if not history:
        _say(console, f"Stopped before the first epoch ended; saved in {folder}.")
        _say(console, go_on)
        return
    seconds = sum(event["seconds"] for event in history)
    _say(console, f"{len(history)} epochs in {seconds:.1f} s; the last:")
    _say(console, epoch_line(history[-1]))
    show(run.evaluation, console)
    for advice in advice_for(run.evaluation, history, names=names_of(run.folder)):
        for line in (f"* {advice.finding}", f"  try: {advice.attempt}:"):
            console.print(Text(printable(line, console.encoding)))
        for line in folded(printable(advice.command, console.encoding), 76):
            _say(console, f"    {line}")
    _say(console, f"The model is in {folder}/bundle; its journal beside it.")
    if not run.finished:
        _say(console, f"Interrupted. {go_on}")


def show_evaluation(evaluation, folder=None):
    """The end of `evaluate`: all scores, and the files in `folder`, if it has one."""
    console = Console(highlight=False)
    show(evaluation, console)
    for name in ("evaluation.json", "confusion.png"):
        if folder and (folder / name).is_file():
            _say(console, f"Written: {printable(folder / name, console.encoding)}")


def show_compared(comparison):
    """The end of `evaluate` with several runs."""
    show_comparison(comparison, Console(highlight=False))


def show_retrieved(retrieval):
    """The end of `retrieve`."""
    show_found(retrieval, Console(highlight=False))


def show_explained(explanation, folder=None):
    """The end of `explain`, and its file in `folder`, if it has one."""
    console = Console(highlight=False)
    show_explanation(explanation, console)
    if folder:
        place = printable(folder / "explanation.json", console.encoding)
        _say(console, f"Written: {place}")


def show_written(paths):
    """The end of `report`: its files."""
    console = Console(highlight=False)
    for path in paths:
        _say(console, f"Written: {printable(path, console.encoding)}")


_ODD_ROWS = (
    ("bad:", "with a cell that cannot be read"),
    ("repaired:", "with a cell that was mended"),
    ("abstained", "left without an answer, since the model is not sure"),
    ("no answer", "without one usable cell, left without an answer"),
)


def counted(pieces, counts):
    """Yield pieces of answers, adding their rows to the Counter `counts`."""
    for answers in pieces:
        status = figure_column(answers, STATUS).to_pylist()
        counts["rows"] += len(status)
        for word, _ in _ODD_ROWS:
            counts[word] += sum(word in text for text in status)
        yield answers


def show_answers(counts, path, quarantine=None):
    """How many rows were answered, and how many cells were not usable."""
    console = Console(highlight=False)
    shown = printable(path, console.encoding)
    rows = counts["rows"]
    _say(console, f"{rows} rows in, {rows} rows out: {shown}")
    for word, meaning in _ODD_ROWS:
        if counts[word]:
            print(
                f"{counts[word]} rows {meaning}; see the column 'status'",
                file=sys.stderr,
            )
    if quarantine is not None and quarantine.is_file():
        shown = printable(quarantine, console.encoding)
        print(f"Cells that are not ok, with reasons: {shown}", file=sys.stderr)


def show_spoken(seconds, path):
    """How many sounds were written, and how long they are. seconds: of each."""
    console = Console(highlight=False)
    said = sum(each > 0 for each in seconds)
    shown = printable(path, console.encoding)
    _say(console, f"{said} of {len(seconds)} said, {sum(seconds):.1f} s: {shown}")


def show_cache(contents, damaged=None, freed=None):
    """What the cache of decoded cells holds, and what was done to it."""
    console = Console(highlight=False)
    table = _table("modality", "shards", "rows", "MB")
    for name, kind in contents.modalities.items():
        size = f"{kind['bytes'] / 2**20:.1f}"
        table.add_row(name, str(kind["shards"]), str(kind["rows"]), size)
    if contents.shards:
        console.print(table)
    used, limit = contents.bytes / 2**30, contents.limit_bytes / 2**30
    shown = printable(contents.folder, console.encoding)
    _say(console, f"{shown}: {used:.2f} of at most {limit:g} GB")
    if damaged is not None:
        _say(console, f"Checked: {len(damaged)} damaged shards removed")
        for path in damaged:
            _say(console, printable(path, console.encoding))
    if freed is not None:
        _say(console, f"Emptied: {freed / 2**20:.1f} MB freed")


def show_check(check):
    """The end of `check`: a line a column, then the findings, the worst first."""
    console = Console(highlight=False)
    table = _table("column", "kind", *STATUS_NAMES, "what stands in it")
    for name, facts in check.columns().items():
        cells = facts.get("cells", {})
        counts = [f"{cells[word]:,}" if cells else "" for word in STATUS_NAMES]
        said = _figures(facts["figures"]) if cells else facts["why"]
        table.add_row(
            Text(cut(printable(name, console.encoding), 30)),
            kind_of(facts),
            *counts,
            Text(printable(said, console.encoding)),
        )
    console.print(table)
    for finding in check.findings:
        names = ", ".join(f"'{name}'" for name in finding.columns)
        line = f"{finding.severity:8}{names}: {finding.what}"
        if finding.rows:
            line += f" ({named(finding.rows)})"
        console.print(
            Text(printable(line, console.encoding), _COLOURS[finding.severity])
        )
        if finding.do:
            console.print(Text(f"        {finding.do}.", "dim"))
    if not check.findings:
        _say(console, f"{check.rows:,} rows read: nothing to say against them.")


def _figures(figures):
    """The most telling figures of a column on a line."""
    said = []
    for name, facts in figures.items():
        if "commonest" in facts:
            names = list(facts["commonest"])[:3]
            different = facts["different"]
            said.append(
                f"{different} {name}{'s' * (different > 1)}: {', '.join(names)}"
            )
        elif name not in ("clipped", "silent", "peak", "contrast"):
            low, high = (figure(facts[k]) for k in ("lowest", "highest"))
            both = low if low == high else f"{low} to {high}"
            said.append(f"{name.replace('_', ' ')} {both}")
    return "; ".join(said)


def show_description(description):
    """Columns with evidence, shapes of one row, parameters, memory and time."""
    console = Console(highlight=False)
    console.print(_columns_table(description.schema, console.encoding))
    console.print(_shapes_table(description, console.encoding))
    estimate = description.estimate
    hold = "one structure for all columns"
    if not description.homogeneous:
        hold = "NOT homogeneous any more: the columns' encoders differ"
    lines = [
        f"recipe      {hold}",
        f"parameters  {sum(description.parameters.values()):,} ("
        + ", ".join(f"{k} {v:,}" for k, v in description.parameters.items())
        + ")",
        f"on disk     {estimate['decoded_bytes'] / _MEBIBYTE:,.1f} MiB decoded, "
        f"for {estimate['rows']:,} rows (memory-mapped)",
        f"memory      {estimate['peak_memory_bytes'] / _MEBIBYTE:,.0f} MiB at its peak "
        "in these steps",
        f"time        about {estimate['training_seconds']:,.0f} s to train: "
        f"{estimate['steps']:,} steps of {estimate['seconds_a_step'] * 1000:,.0f} ms, "
        "as measured here",
        *(f"growth      {sentence}" for sentence in description.costs),
    ]
    sampled = any(c["rows"] < estimate["rows"] for c in description.cells.values())
    which = "the sampled rows" if sampled else ""
    for line in [*lines, *lines_of_odd(description.cells, which)]:
        console.print(Text(printable(line, console.encoding)))


def listed_parts():
    """`[{"kind", "name", "summary", "options"}]` of every part, sorted by kind."""
    found = [parts.find(kind, name) for kind in _KINDS for name in parts.names(kind)]
    return [
        {
            "kind": part.kind,
            "name": part.name,
            "summary": part.summary,
            "options": part.options,
        }
        for part in found
    ]


def show_parts(listed):
    """A table of parts for each kind."""
    console = Console(highlight=False)
    for kind in _KINDS:
        table = _table("name", "what it is", "options", title=kind)
        for part in listed:
            if part["kind"] == kind:
                options = [_option(k, v) for k, v in part["options"].items()]
                said = [part["summary"], ", ".join(options)]
                said = [Text(printable(text, console.encoding)) for text in said]
                table.add_row(part["name"], *said)
        console.print(table)


def show_recipes():
    """The recipes that ship with homodal, a line each."""
    from homodal.recipe import named, summary

    console = Console(highlight=False)
    table = _table("recipe", "what it is")
    for name in named():
        table.add_row(name, Text(printable(summary(name), console.encoding)))
    console.print(table)
    console.print("Use one:  homodal train TABLE --target T --recipe NAME")


def _say(console, line):
    """A line of text as it is: no markup, and not broken where a path would be."""
    console.print(Text(line), soft_wrap=True)


def _option(name, default):
    return name if default == parts.REQUIRED else f"{name}={default}"


def _table(*titles, title=None):
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for each in titles:
        table.add_column(each, overflow="fold")  # rich's own "…" is in few encodings
    return table


def _columns_table(schema, encoding):
    table = _table("column", "role", "kind", "sure", "why")
    for column in schema.columns:
        table.add_row(
            Text(cut(printable(column.name, encoding), 30)),
            column.role,
            column.modality or "",
            f"{column.confidence:.0%}",
            Text(printable(column.why, encoding)),
        )
    return table


def _shapes_table(description, encoding):
    table = _table("one row of", "after", "shape")
    last = None
    for step in description.shapes:
        name = step["column"] if step["column"] != last else ""
        last = step["column"]
        shape = " x ".join(str(size) for size in step["shape"])
        table.add_row(Text(cut(printable(name, encoding), 30)), step["stage"], shape)
    return table
