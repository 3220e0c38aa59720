"""A model that one column only teaches, and a table with some planted faults."""

import numpy as np
import pytest

ROWS = 90
WRONG = (7, 40)  # rows whose label is not what the number says


@pytest.fixture(scope="session")
def planted_table():
    """`sign` says the label; `noise` and `colour` say nothing; two labels are wrong."""
    rng = np.random.default_rng(0)
    sign = rng.choice([-1.0, 1.0], ROWS) + rng.normal(0, 0.1, ROWS)
    labels = ["up" if value > 0 else "down" for value in sign]
    for row in WRONG:
        labels[row] = {"up": "down", "down": "up"}[labels[row]]
    return {
        "sign": sign.round(3).tolist(),
        "noise": rng.normal(0, 1, ROWS).round(3).tolist(),
        "colour": rng.choice(["red", "blue"], ROWS).tolist(),
        "label": labels,
    }


@pytest.fixture(scope="session")
def planted(planted_table, tmp_path_factory, tiny_settings):
    """A `Run` on `planted_table`; do not change it."""
    import homodal

    kinds = {"sign": "number", "noise": "number", "colour": "category"}
    changes = {f"columns.{name}": kind for name, kind in kinds.items()}
    changes |= {"training.epochs": 30, "training.learning_rate": 0.01}
    return homodal.train(
        planted_table,
        target="label",
        settings=tiny_settings((), **changes),
        out=tmp_path_factory.mktemp("planted") / "run",
    )
