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
    # a spread-out truth would be learned from the noise, too
    changes |= {"head": {"name": "classify", "label_smoothing": 0.0}}
    return homodal.train(
        planted_table,
        target="label",
        settings=tiny_settings((), **changes),
        out=tmp_path_factory.mktemp("planted") / "run",
    )


EVERY = ("text", "image", "audio", "video", "number", "category")


@pytest.fixture(scope="session")
def every(tmp_path_factory, tiny_table, tiny_settings):
    """A `Model` with a column of every modality, never trained, and its `Rows`."""
    from homodal.model.build import build
    from homodal.model.model import Model
    from homodal.recipe import Recipe
    from homodal.tables.table import Table
    from homodal.training.session import open_rows, open_session

    folder = tmp_path_factory.mktemp("every")
    table = Table.open(tiny_table(folder, EVERY, rows=30, gaps=0.1), folder)
    settings = tiny_settings(EVERY, target="label")
    session = open_session(table, Recipe().with_settings(settings))
    network = build(session.recipe, session.preparation)
    model = Model(session.recipe, session.schema, session.preparation, network)
    return model, open_rows(table, session.preparation)
