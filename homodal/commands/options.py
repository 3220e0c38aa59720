"""Arguments and options that several commands have, and what they do first."""

import os
from pathlib import Path
from typing import Annotated

import typer

from homodal.errors import TableError

TableArgument = Annotated[str, typer.Argument(help="CSV, TSV, JSON Lines or Parquet.")]
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
JsonFile = Annotated[
    Path | None, typer.Option("--json", help="Also write the result to this file.")
]


def check_folder(path):
    """Raise `TableError` before the work, not after it."""
    if path is not None and not path.parent.is_dir():
        raise TableError(f"There is no folder '{path.parent}' for '{path.name}'")


def quieten():
    """TensorFlow's own greetings on stderr help nobody who trains a model."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
