"""A typing error among the prices costs the other rows next to nothing."""

import numpy as np

import homodal

ROWS = 200
SETTINGS = {
    "encoder.width": 16,
    "encoder.depth": 1,
    "fusion.width": 16,
    "training.epochs": 25,
    "training.batch_size": 16,
    "training.learning_rate": 0.01,
}


def error_of_others(folder, numbers, wild=None):
    """Mean absolute error of all rows but the sixth, and the model."""
    size = np.linspace(-2, 2, ROWS)
    answers = numbers.copy()
    if wild is not None:
        answers[5] = wild
    table = {"size": size.tolist(), "price": answers.tolist()}
    run = homodal.train(table, target="price", settings=SETTINGS, out=folder)
    found = np.array(run.model.predict(table)["price"].to_pylist(), float)
    return np.abs(found - numbers)[np.arange(ROWS) != 5].mean()


def test_one_wild_answer_does_not_rule_the_others(tmp_path, capfd):
    rng = np.random.default_rng(0)
    numbers = 100 + 30 * np.linspace(-2, 2, ROWS) + rng.normal(size=ROWS)
    clean = error_of_others(tmp_path / "clean", numbers)
    assert "far from the rest" not in capfd.readouterr().err
    wild = error_of_others(tmp_path / "wild", numbers, 1e6)
    assert "'price' are far from the rest (row 6: 1e+06)" in capfd.readouterr().err
    spread = np.abs(numbers - np.median(numbers)).mean()
    assert clean < 0.2 * spread
    assert wild < 2 * clean
