"""Which words stand for no value in a table: settled once, for all who read it."""

from homodal.recipe import AUTO, Recipe
from homodal.tables.absent import (
    WORDS,
    AbsentWords,
    count_words,
    texts_of,
    values_among,
)
from homodal.tables.table import Table


def settled(table: Table, recipe: Recipe) -> Table:
    """The table with its absent words; one that has them stays as it is.

    They are those of the recipe, and of the recipe for one column. Where the recipe
    leaves them open ("auto"), a word that is a value of its column is kept.
    """
    if table.absent is not None:
        return table
    words = frozenset(WORDS if recipe.absent == AUTO else recipe.absent)
    columns: dict[str, frozenset[str]] = {}
    counts: dict[str, dict[str, int]] = {}
    kept: dict[str, str] = {}
    for name in table.columns:
        own = recipe.columns.get(name, {}).get("absent")
        values = table.arrow.column(name)
        here = words if own is None else frozenset(own)
        counted = count_words(values, here)
        if own is not None:
            columns[name] = here
        elif counted and recipe.absent == AUTO:
            others = texts_of(values, words)
            if reasons := values_among(name, counted, others):
                columns[name] = words - reasons.keys()
                kept[name] = _kept(reasons, counted)
                counted = {w: n for w, n in counted.items() if w not in reasons}
        if counted:
            counts[name] = counted
    return table.with_absent(AbsentWords(words, columns, counts, kept))


def _kept(reasons: dict[str, str], counted: dict[str, int]) -> str:
    each = [f"{counted[w]:,} '{w}' are kept: {why}" for w, why in reasons.items()]
    return "; ".join(each)
