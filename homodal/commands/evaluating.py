"""What a model is worth: evaluate, explain, report."""

from pathlib import Path
from typing import Annotated

import typer

from homodal.commands.options import (
    AllowRemote,
    Encoding,
    JsonFile,
    MediaRoot,
    RunArgument,
    TableArgument,
    check_folder,
)
from homodal.commands.quiet import quieten
from homodal.errors import TableError


def evaluate(
    runs: Annotated[
        list[str], typer.Argument(help="Folder of a run or a bundle; or of several.")
    ],
    table: TableArgument,
    media_root: MediaRoot = None,
    allow_remote: AllowRemote = False,
    encoding: Encoding = None,
    json_file: JsonFile = None,
    recogniser: Annotated[
        str | None,
        typer.Option(help="Of a run that speaks: a run that hears it, for its WER."),
    ] = None,
):
    """Score a model on a table, or several on the same rows, with intervals."""
    check_folder(json_file)
    quieten()
    from homodal import api, pages

    if len(runs) > 1 and recogniser is not None:
        raise TableError("A recogniser hears one run", got=", ".join(runs))
    if len(runs) > 1:
        found = api.evaluate_together(
            runs, table, media_root=media_root, encoding=encoding
        )
        if json_file:
            found.to_json(json_file)
        pages.show_compared(found)
        return
    run = runs[0]
    # the files of a bundle are sealed by its manifest
    out = Path(run) if (Path(run) / "run.json").is_file() else None
    evaluation = api.evaluate(
        run,
        table,
        media_root=media_root,
        out=out,
        recogniser=recogniser,
        encoding=encoding,
    )
    if json_file:
        evaluation.to_json(json_file)
    pages.show_evaluation(evaluation, out)


def explain(
    run: RunArgument,
    table: TableArgument,
    media_root: MediaRoot = None,
    allow_remote: AllowRemote = False,
    encoding: Encoding = None,
    rows: Annotated[
        int, typer.Option(min=1, help="Of a longer table, so many rows are drawn.")
    ] = 1000,
    json_file: JsonFile = None,
):
    """Say what each column is worth: alone, together, shuffled, noisy, removed."""
    check_folder(json_file)
    quieten()
    from homodal import api, pages

    out = Path(run) if (Path(run) / "run.json").is_file() else None
    found = api.explain(
        run,
        table,
        media_root=media_root,
        out=out,
        most_rows=rows,
        encoding=encoding,
    )
    if json_file:
        found.to_json(json_file)
    pages.show_explained(found, out)


def report(
    run: RunArgument,
    table: TableArgument,
    media_root: MediaRoot = None,
    allow_remote: AllowRemote = False,
    encoding: Encoding = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the files (default: the run's).")
    ] = None,
    row: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Also show this row, and what spoke for its answer."),
    ] = None,
):
    """Write the report of a model on a table: one HTML file, a model card, JSON."""
    quieten()
    from homodal import api, pages
    from homodal.errors import BundleError

    if out is None and not (Path(run) / "run.json").is_file():
        # the files of a bundle are sealed by its manifest
        raise BundleError(f"'{run}' is no run", do="Name a folder: --out FOLDER")
    written = api.report(
        run, table, media_root=media_root, out=out, rows=row or (), encoding=encoding
    )
    pages.show_written(written)
