"""homodal: one recipe, any modality.

A table whose columns are text, pictures, sounds, films, numbers or categories, in any
combination and with gaps, becomes a trained, evaluated and saved model:

    import homodal
    run = homodal.train("train.csv", target="label", out="runs/a")
    model = homodal.load("runs/a")
    answers = model.predict("new.csv")
    evaluation = homodal.evaluate(model, "test.csv")

Names are imported on first use: `import homodal` loads neither Keras nor a decoder.
"""

import importlib

__version__ = "0.1.0"

_WHERE = {
    "Classifier": "homodal.estimator",
    "Recipe": "homodal.recipe",
    "Table": "homodal.tables.table",
    "alignment": "homodal.evaluation.alignment",
    "check": "homodal.checks.check",
    "compare": "homodal.studies.compare",
    "describe": "homodal.api",
    "evaluate": "homodal.api",
    "explain": "homodal.api",
    "load": "homodal.api",
    "report": "homodal.api",
    "resume": "homodal.api",
    "retrieve": "homodal.api",
    "train": "homodal.api",
}

__all__ = sorted(_WHERE)


def __getattr__(name):
    if name not in _WHERE:
        raise AttributeError(f"module 'homodal' has no attribute '{name}'")
    return getattr(importlib.import_module(_WHERE[name]), name)


def __dir__():
    return [*__all__, "__version__"]
