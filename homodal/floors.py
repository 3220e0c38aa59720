"""The floors of the house: a file imports only from rooms above its own.

`docs/architecture.md` shows the same list with its reasons; a test walks the imports.
Siblings inside a part folder (see `parts.ROOMS`) do not see each other.
"""

FLOORS = (
    "floors",
    "errors",
    "optional",
    "parts",
    "yaml_core",
    "pretrained",
    "augmenting",
    "recipe",
    "progress",
    "places",
    "tables",
    "media",
    "plain",
    "contracts",
    "calibration",
    "decoding",
    "modalities",
    "targets",
    "data",
    "answering",
    "checks",
    # ---- no Keras and no backend above this line: what a deployed model needs ----
    "layers",
    "fronts",
    "augmentations",
    "extractors",
    "encoders",
    "fusions",
    "heads",
    "model",
    "training",
    "evaluation",
    "api",
    "estimator",
    "studies",
    "demo",
    "pages",
    "commands",
    "cli",
    "__main__",
)

FIRST_WITH_KERAS = "layers"
