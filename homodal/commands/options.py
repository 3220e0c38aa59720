"""Arguments and options that several commands have, and what they do first."""

import os
from pathlib import Path
from typing import Annotated

import typer

from homodal.errors import RecipeError, TableError
from homodal.tables.addresses import ALLOW_REMOTE


def _allow_remote(allowed: bool):
    if allowed:
        os.environ[ALLOW_REMOTE] = "1"
    return allowed


TableArgument = Annotated[
    str, typer.Argument(help="A table: a file, a folder or a pattern.")
]
RunArgument = Annotated[str, typer.Argument(help="Folder of a run or a bundle.")]
Target = Annotated[str | None, typer.Option(help="The column to predict.")]
Columns = Annotated[
    str | None, typer.Option(help="Input columns, separated by commas.")
]
RecipeOption = Annotated[
    str | None, typer.Option(help="A recipe's name or a YAML file.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="A change to the recipe: training.epochs=5"),
]
MediaRoot = Annotated[
    Path | None, typer.Option(help="Folder that media paths are relative to.")
]
Encoding = Annotated[
    str | None,
    typer.Option(help="Encoding of tables of text that are not UTF-8: cp1252, gb18030"),
]
JsonFile = Annotated[
    Path | None, typer.Option("--json", help="Also write the result to this file.")
]
AllowRemote = Annotated[
    bool,
    typer.Option(
        "--allow-remote",
        callback=_allow_remote,
        help="Open tables and media behind addresses: s3://, https://.",
    ),
]


def check_folder(path):
    """Raise `TableError` before the work, not after it."""
    if path is not None and not path.parent.is_dir():
        raise TableError(f"There is no folder '{path.parent}' for '{path.name}'")


def names_of(columns):
    """`a, b` as a list of names; None stays None."""
    return None if columns is None else [name.strip() for name in columns.split(",")]


def settings_of(pairs):
    """`["key=value"]` as a dict. Raises `RecipeError` for one without a value."""
    settings = {}
    for pair in pairs or []:
        key, equals, value = pair.partition("=")
        if not equals:
            raise RecipeError(f"--set {pair} says no value", expected="--set KEY=VALUE")
        settings[key] = value
    return settings


def start_of(told):
    """`(run, settings)` of `["RUN"]`, for all columns, and `["COLUMN=RUN", ...]`.

    Raises `RecipeError`.
    """
    pairs = [each.rpartition("=") for each in told or ()]
    runs = [run for column, _, run in pairs if not column]
    if len(runs) > 1 or not all(run for _, _, run in pairs):
        raise RecipeError(
            "--from is wrong",
            expected="one run, and COLUMN=RUN for columns of others",
            got=" ".join(f"--from {each}" for each in told),
        )
    own = {f'columns."{column}".start_from': run for column, _, run in pairs if column}
    return (runs[0] if runs else None), own


def varied_of(pairs):
    """`["key=a,b"]` as `{key: ["a", "b"]}`."""
    return {key: values.split(",") for key, values in settings_of(pairs).items()}


def shares_of(text):
    """`0.25,0.5` as numbers between 0 and 1. Raises `RecipeError`."""
    try:
        shares = [float(part) for part in (text or "").split(",") if part.strip()]
    except ValueError:
        shares = [-1.0]
    if not all(0 < share < 1 for share in shares):
        raise RecipeError(
            "--removed is wrong", expected="shares between 0 and 1: 0.25,0.5", got=text
        )
    return shares
