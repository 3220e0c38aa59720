"""What is found by what: retrieve."""

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


def retrieve(
    run: RunArgument,
    table: TableArgument,
    query: Annotated[str, typer.Option(help="The column that is given.")],
    of: Annotated[str, typer.Option(help="The column that is looked for.")],
    labels: Annotated[
        str | None,
        typer.Option(help="Also choose among this column's names (zero-shot)."),
    ] = None,
    most: Annotated[
        int, typer.Option(min=1, help="Rows named for each query, in --json.")
    ] = 10,
    media_root: MediaRoot = None,
    allow_remote: AllowRemote = False,
    encoding: Encoding = None,
    json_file: JsonFile = None,
):
    """Find the rows that belong to a cell, with a run of the head `match`."""
    quieten()
    check_folder(json_file)
    from homodal import api, pages

    found = api.retrieve(
        run,
        table,
        query=query,
        of=of,
        labels=labels,
        most=most,
        media_root=media_root,
        encoding=encoding,
    )
    if json_file:
        found.to_json(json_file)
    pages.show_retrieved(found)
