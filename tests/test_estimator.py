"""scikit-learn's contract: cross_val_score, clone, probabilities, label types."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score

import homodal
from homodal.errors import ColumnError, TableError, TargetError

ROWS = 36
X = pd.DataFrame(
    {
        "number": [float(row % 3) * 4 + row * 0.05 for row in range(ROWS)],
        "more": [np.nan if row % 5 == 0 else row * 0.37 % 5 for row in range(ROWS)],
    }
)
Y = np.array([[2, 10, 1][row % 3] for row in range(ROWS)])
SETTINGS = {
    "encoder.width": 8,
    "encoder.depth": 1,
    "fusion.width": 8,
    "training.epochs": 6,
    "training.batch_size": 8,
    "training.learning_rate": 0.02,
    "columns": {"number": "number", "more": "number"},
}


@pytest.fixture(scope="module")
def fitted():
    return homodal.Classifier(settings=SETTINGS).fit(X, Y)


def test_probabilities_sum_to_one_and_stand_in_the_order_of_the_classes(fitted):
    found = fitted.predict_proba(X)
    assert found.shape == (ROWS, 3)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    # sorted by value, as scikit-learn's scorers expect; by name it would be 1, 10, 2
    assert fitted.classes_.tolist() == [1, 2, 10]
    predicted = fitted.predict(X)
    np.testing.assert_array_equal(predicted, fitted.classes_[found.argmax(axis=1)])
    names = fitted.model_.predict(X)[_target(fitted)].to_pylist()
    assert [str(label) for label in predicted] == names


def _target(fitted):
    return fitted.model_.preparation.target.name


def test_it_learns_and_labels_keep_their_type(fitted):
    assert fitted.predict(X).dtype == Y.dtype
    assert fitted.score(X, Y) > 0.8
    assert fitted.evaluation_.scores["accuracy"]["value"] is not None


def test_cross_validation():
    quick = homodal.Classifier(settings=SETTINGS | {"training.epochs": 1})
    scores = cross_val_score(quick, X, Y, cv=2, scoring="neg_log_loss")
    assert scores.shape == (2,) and np.isfinite(scores).all()


def test_parameters_and_clone(fitted):
    assert set(fitted.get_params()) == {"recipe", "settings", "columns", "media_root"}
    copy = clone(fitted).set_params(recipe="rnn")
    assert copy.get_params()["settings"] == SETTINGS
    assert copy.recipe == "rnn" and fitted.recipe is None
    with pytest.raises(NotFittedError, match="not fitted"):
        copy.predict(X)


@pytest.mark.parametrize(
    "labels", [[1.0, 2.5], [True, False], ["true ", "no"]], ids=str
)
def test_labels_go_through_the_rule_of_targets(labels):
    """1.0 is known as "1", True as "true"; the answers are the labels given."""
    y = np.array([labels[row % 2] for row in range(ROWS)])
    settings = SETTINGS | {"training.epochs": 1}
    table = {"number": X["number"].tolist()}
    settings["columns"] = {"number": "number"}
    found = homodal.Classifier(settings=settings).fit(table, y).predict(table)
    assert found.dtype == y.dtype
    assert set(found.tolist()) <= set(y.tolist())


def test_labels_that_are_one_name_are_refused():
    y = ["yes", "yes ", "no"] * 12
    with pytest.raises(TargetError, match="are both read as 'yes'"):
        homodal.Classifier(settings=SETTINGS).fit(X, y)


def test_an_array_is_a_table_of_numbered_columns():
    settings = {k: v for k, v in SETTINGS.items() if k != "columns"}
    settings |= {"training.epochs": 1, "columns.column_1": "number"}
    classifier = homodal.Classifier(settings=settings, columns=["column_1"])
    array = X.to_numpy()
    found = classifier.fit(array, Y).predict(array)
    assert classifier.model_.columns == ["column_1"]
    assert found.shape == (ROWS,)


def test_columns_are_found_by_name_or_by_place(fitted):
    expected = fitted.predict_proba(X)
    assert fitted.n_features_in_ == 2
    assert fitted.feature_names_in_.tolist() == ["number", "more"]
    for same in (X[["more", "number"]], X.to_numpy(), X.to_numpy().tolist()):
        np.testing.assert_allclose(fitted.predict_proba(same), expected, atol=1e-6)
    message = r"X has 1 columns.*2, as homodal\.Classifier was fitted on"
    with pytest.raises(TableError, match=message):
        fitted.predict(X.to_numpy()[:, :1])


def test_columns_that_are_not_there_are_said_or_refused(fitted, capsys):
    assert len(fitted.predict(X[["number"]])) == ROWS
    assert "Going on without 'more'" in capsys.readouterr().err
    with pytest.raises(ColumnError, match="none of the model's columns"):
        fitted.predict(X.rename(columns=str.upper))


def test_fitted_without_names_and_asked_with_them():
    settings = {k: v for k, v in SETTINGS.items() if k != "columns"}
    quick = homodal.Classifier(settings=settings | {"training.epochs": 1})
    quick.fit(X.to_numpy(), Y)
    assert not hasattr(quick, "feature_names_in_")
    found = quick.predict_proba(X.to_numpy())
    np.testing.assert_allclose(quick.predict_proba(X), found, atol=1e-6)
    sparse = pytest.importorskip("scipy.sparse").csr_matrix(X.fillna(0).to_numpy())
    assert quick.predict(sparse).shape == (ROWS,)
