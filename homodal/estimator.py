"""A scikit-learn estimator: homodal inside `cross_val_score`, grids and pipelines."""

import tempfile

import numpy as np

from homodal import parts
from homodal.errors import TableError, TargetError
from homodal.optional import require
from homodal.tables.in_memory import memory_table
from homodal.tables.sources import read_arrow
from homodal.tables.table import Table

_base = require("sklearn.base", "homodal.Classifier")


class Classifier(_base.ClassifierMixin, _base.BaseEstimator):
    """A classifier of tables with any columns, with scikit-learn's contract.

    X: a pandas, Polars or Arrow table, a dict of columns, or a 2-D array (its columns
    become `column_0` …). y: labels `(rows,)`. recipe: a name, a YAML file, a dict or a
    Recipe; settings: dotted changes, e.g. `{"training.epochs": 5}`; columns: the input
    columns (default: all recognised); media_root: the folder of media paths.

    After `fit`: `classes_` (sorted, of y's type), `model_` (a `Model`), `evaluation_`
    on the held-out rows, `n_features_in_`, and `feature_names_in_` where X has names.
    Columns of other tables are found by their names, or by their places where either
    table has none.
    """

    def __init__(self, recipe=None, settings=None, columns=None, media_root=None):
        self.recipe = recipe
        self.settings = settings
        self.columns = columns
        self.media_root = media_root

    def fit(self, X, y):  # noqa: N803 - scikit-learn's name
        """Train on X and y; returns self."""
        from homodal import api

        self.classes_, places = np.unique(np.asarray(y), return_inverse=True)
        names = _names(self.classes_)
        table, named = _as_arrow(X)
        self.n_features_in_ = table.num_columns
        self._columns = table.column_names
        if named:
            self.feature_names_in_ = np.array(table.column_names, object)
        table = _with_target(table, [names[place] for place in places])
        with tempfile.TemporaryDirectory(prefix="homodal-") as folder:
            run = api.train(
                table,
                target=_TARGET,
                recipe=self.recipe,
                settings=self.settings,
                columns=self.columns,
                out=folder,
                media_root=self.media_root,
            )
        self.model_ = run.model
        self.evaluation_ = run.evaluation
        self._order = [run.model.classes.index(name) for name in names]
        return self

    def predict(self, X):  # noqa: N803
        """The most probable label of each row: `(rows,)`."""
        places = self.predict_proba(X).argmax(axis=1)
        return self.classes_[places]

    def predict_proba(self, X):  # noqa: N803
        """Probabilities `(rows, classes)` in the order of `classes_`."""
        _require_fitted(self)
        table = Table.open(self._matched(X), self.media_root)
        self.model_.announce_lacking(table)
        return self.model_.probabilities(table)[:, self._order]

    def _matched(self, X):  # noqa: N803
        """X as an Arrow table whose columns are named as those of `fit`.

        By place where X, or what `fit` was given, has no names.
        """
        table, named = _as_arrow(X)
        if named and hasattr(self, "feature_names_in_"):
            return table
        if table.num_columns != self.n_features_in_:
            raise TableError(
                f"X has {table.num_columns} columns",
                expected=f"{self.n_features_in_}, as homodal.Classifier was fitted on",
            )
        return table.rename_columns(self._columns)


_TARGET = "target of homodal.Classifier"  # no column of a user's is named so


def _names(labels):
    """The names by which homodal knows these different labels."""
    reader = parts.find("target", "label").make()
    names = [reader.read(label) for label in labels]
    for place, name in enumerate(names):
        if name in names[:place]:
            pair = f"{labels[names.index(name)]!r} and {labels[place]!r}"
            raise TargetError(f"The labels {pair} are both read as '{name}'")
    return names


def _require_fitted(estimator):
    require("sklearn.utils.validation", "homodal.Classifier").check_is_fitted(estimator)


def _with_target(table, labels):
    import pyarrow as pa

    return table.append_column(_TARGET, pa.array(labels, pa.string()))


def _as_arrow(X):  # noqa: N803
    """`(Arrow table, whether X has names of its own)`."""
    if hasattr(X, "toarray"):  # SciPy's sparse arrays
        X = X.toarray()  # noqa: N806
    if isinstance(X, (list, tuple)) and X and isinstance(X[0], (list, tuple)):
        X = np.array(X, object)  # noqa: N806
    if isinstance(X, np.ndarray) and X.ndim == 2:
        columns = {f"column_{place}": X[:, place] for place in range(X.shape[1])}
        return memory_table(columns), False
    return read_arrow(X), True
