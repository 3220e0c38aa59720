"""Everything homodal raises on purpose.

    HomodalError
    ├── RecipeError            the recipe, or an option of it, is wrong
    │   └── PartError          no such part, or no such option of a part
    ├── TableError             a table cannot be opened or read as a table
    │   ├── ColumnError        a column is missing, doubled or of the wrong kind
    │   └── TargetError        the target cannot be learned: one class, no answers
    ├── BadCell                one cell cannot be read; the row keeps its place
    ├── TooManyBadCells        so many that training would be on other data than meant
    ├── TrainingError          training cannot start, go on or be resumed
    ├── BundleError            a saved model is damaged, foreign or too new
    └── MissingPackage         an optional package is not installed

One grammar for all messages: what is wrong. Expected. Got. What to do.
"""

from difflib import get_close_matches


class HomodalError(Exception):
    """Base of all errors whose message is meant for the person at the keyboard."""

    def __init__(self, wrong, *, expected=None, got=None, do=None):
        sentences = [_sentence(wrong)]
        if expected is not None:
            sentences.append(_sentence(f"Expected {expected}"))
        if got is not None:
            sentences.append(_sentence(f"Got {got}"))
        if do is not None:
            sentences.append(_sentence(do))
        super().__init__(" ".join(sentences))


class RecipeError(HomodalError):
    """The recipe, or an option of it, is wrong."""


class PartError(RecipeError):
    """No such part, or no such option of a part."""


class TableError(HomodalError):
    """A table cannot be opened or read as a table."""


class ColumnError(TableError):
    """A column is missing, doubled or of the wrong kind."""


class TargetError(TableError):
    """The target cannot be learned."""


class BadCell(HomodalError):
    """One cell cannot be read: it counts as absent and its row keeps its place."""


class TooManyBadCells(HomodalError):
    """More cells of a column are bad than training tolerates."""


class TrainingError(HomodalError):
    """Training cannot start, go on or be resumed."""


class BundleError(HomodalError):
    """A saved model is damaged, foreign or too new."""


class MissingPackage(HomodalError, ImportError):
    """An optional package is not installed."""


def did_you_mean(name, known):
    """`"Did you mean 'width'"` when a known name is near `name`, else None."""
    near = get_close_matches(str(name), [str(k) for k in known], n=1)
    return f"Did you mean '{near[0]}'?" if near else None


def one_of(names):
    """`"one of: a, b, c"`, sorted, for the `expected` of an error."""
    return "one of: " + ", ".join(sorted(str(name) for name in names))


def _sentence(text):
    text = str(text).strip()
    return text if text.endswith((".", "?", "!", "…")) else text + "."
