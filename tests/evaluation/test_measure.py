"""On the run that all tests share."""

import numpy as np
import pytest

from homodal.calibration import Calibration
from homodal.evaluation.measure import _rows_for_each, calibrated, measure, tally_of
from homodal.tables.table import Table
from homodal.training.session import Rows, open_rows


@pytest.fixture(scope="module")
def rows(trained, seen):
    folder, table = seen
    return open_rows(Table.open(table, folder), trained.model.preparation)


def test_outcomes_and_evaluation_are_of_the_same_rows(trained, rows):
    evaluation, outcomes = measure(trained.model, rows)
    assert len(outcomes) == evaluation.scored
    assert outcomes.right.mean() == pytest.approx(
        evaluation.scores["accuracy"]["value"]
    )
    assert set(evaluation.columns_alone) == set(trained.model.columns)


def test_one_column_only_is_another_score(trained, rows):
    whole, one = (tally_of(trained.model, rows, only=only) for only in ((), ("text",)))
    assert whole.rows == one.rows
    assert whole.losses.tolist() != one.losses.tolist()


def test_a_run_is_calibrated_on_its_validation_rows(trained):
    learned = trained.model.calibration
    assert learned.rows == trained.evaluation.scored
    assert learned.temperature != 1.0
    assert trained.evaluation.calibration["temperature"] == learned.temperature


def test_temperature_changes_no_answer_and_is_fitted_on_bare_logits(trained, rows):
    model = trained.model
    again = calibrated(calibrated(model, rows), rows)
    assert again.calibration == calibrated(model, rows).calibration
    evaluation, outcomes = measure(again, rows)
    bare = type(model)(**(vars(model) | {"calibration": Calibration()}))
    plain, other = measure(bare, rows)
    assert outcomes.predicted.tolist() == other.predicted.tolist()
    assert evaluation.scores["log_loss"]["value"] < plain.scores["log_loss"]["value"]
    assert not np.allclose(outcomes.confidence, other.confidence)


def test_each_of_many_columns_alone_is_scored_on_fewer_rows(capsys):
    rows = Rows(None, {}, None, np.arange(1000))
    few = _rows_for_each(rows, 300, seed=0)
    assert len(few.numbers) == 100
    assert len(set(few.numbers.tolist())) == 100
    assert "300 columns alone is scored on 100 of 1,000 rows" in capsys.readouterr().err
    again = _rows_for_each(rows, 300, seed=0)
    np.testing.assert_array_equal(few.numbers, again.numbers)


def test_each_of_few_columns_alone_is_scored_on_all_rows(capsys):
    rows = Rows(None, {}, None, np.arange(1000))
    assert _rows_for_each(rows, 50, seed=0) is rows
    assert not capsys.readouterr().err
