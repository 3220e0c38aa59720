"""A small table with every kind of column, so that a first model needs no own data.

`train.csv` and `test.csv` tell digits apart by a picture, a spoken word, a written
phrase, a film, a number and a category; most rows lack some of them. The folder
`data/` next to this file holds both tables and their media; `data/SOURCE.md` says how
they were made and from what. `python -m homodal.demo.make OUT` makes them anew.
"""

import shutil
from pathlib import Path

__all__ = ["copy_to", "data_folder"]


def data_folder():
    """The `pathlib.Path` of the shipped folder with train.csv and test.csv."""
    return Path(__file__).resolve().parent / "data"


def copy_to(folder):
    """Copy the shipped tables and media to `folder`; return it as `pathlib.Path`.

    Raises `FileExistsError` when `folder` is a file, or a folder that is not empty:
    nothing of the user's is ever overwritten.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(
            f"{folder} exists and is not an empty folder. "
            "Name a new folder, or empty this one."
        )
    shutil.copytree(data_folder(), folder, dirs_exist_ok=True)
    return folder
