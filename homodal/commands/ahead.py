"""A table read while Keras is imported: two waits that need not follow each other.

Keras and its backend take some seconds to import, on one core; reading a table decodes
in processes of its own, and nothing that reads a table loads Keras.
"""

from homodal.commands.quiet import arriving
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training import runs
from homodal.training.session import open_session


def session_ahead(
    table,
    *,
    target=None,
    recipe=None,
    settings=None,
    columns=None,
    valid=None,
    out=None,
    media_root=None,
    allow_bad=False,
    encoding=None,
    start_from=None,
):
    """The `Session` of what `homodal.train` is given, and `homodal.api` imported.

    Raises the same errors, also where the folder `out` is in use already.
    """
    with arriving("homodal.api"):
        if out is not None:
            runs.refuse_used(out)
        recipe = Recipe.open(recipe).for_target(target, settings)
        return open_session(
            Table.open(table, media_root, encoding),
            recipe,
            valid=None if valid is None else Table.open(valid, media_root, encoding),
            only=columns,
            allow_bad=allow_bad,
            start_from=start_from,
        )
