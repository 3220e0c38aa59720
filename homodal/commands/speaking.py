"""Texts as sounds: speak."""

from pathlib import Path
from typing import Annotated

import typer

from homodal.commands.options import AllowRemote, MediaRoot, RunArgument, check_folder
from homodal.commands.quiet import quieten
from homodal.errors import TableError

_TABLE = "table.csv"  # of what was said, beside the sounds


def speak(
    run: RunArgument,
    what: Annotated[
        str, typer.Argument(help="A text, or a table whose rows to speak.")
    ],
    out: Annotated[
        Path, typer.Option(help="Of a text, a .wav file; of a table, a folder.")
    ],
    media_root: MediaRoot = None,
    allow_remote: AllowRemote = False,
):
    """Say a text, or every row of a table, with a run whose target is speech."""
    of_table = _is_table(what)
    if of_table and out.suffix.lower() == ".wav":
        raise TableError(
            "The rows of a table are as many sounds", expected="--out FOLDER", got=out
        )
    if not of_table and out.suffix.lower() != ".wav":
        raise TableError("A text is one sound", expected="--out FILE.wav", got=out)
    check_folder(out)
    quieten()
    from homodal import api, pages

    model = api.load(run)
    if of_table:
        pages.show_spoken(_rows(model, what, media_root, out), out / _TABLE)
        return
    from homodal.model import speaking

    samples, rate_hz = speaking.speak(model, what), speaking.rate_of(model)
    speaking.write(out, samples, rate_hz)
    pages.show_spoken([len(samples) / rate_hz], out)


def _is_table(what):
    try:
        return Path(what).exists()
    except (OSError, ValueError):  # a text that is too long for a name
        return False


def _rows(model, what, media_root, out):
    """Seconds of each row's sound; the sounds and their table are in `out`."""
    from homodal.model import speaking
    from homodal.tables.answers import write_pieces
    from homodal.tables.table import Table

    table, rate_hz = Table.open(what, media_root), speaking.rate_of(model)
    out.mkdir(exist_ok=True)
    names, statuses, seconds = [], [], []
    for row, (samples, status) in enumerate(speaking.spoken(model, table)):
        names.append(f"{row + 1}.wav" if len(samples) else None)
        statuses.append(status)
        seconds.append(len(samples) / rate_hz)
        if len(samples):
            speaking.write(out / names[-1], samples, rate_hz)
    write_pieces([_listed(model, table, names, statuses)], out / _TABLE, [])
    return seconds


def _listed(model, table, names, statuses):
    """The table's columns with the new sounds in place of the target's."""
    import pyarrow as pa

    from homodal.tables.answer_columns import STATUS, free_name

    target = model.preparation.target.name
    columns = dict(zip(table.columns, table.arrow.columns, strict=True))
    columns[target] = pa.array(names, pa.string())
    status = free_name(STATUS, columns)
    return pa.table(columns | {status: pa.array(statuses, pa.string())})
