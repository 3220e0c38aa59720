"""Import an optional package, or say who needs it and which extra brings it."""

import importlib

from homodal.errors import MissingPackage

# package -> the extra of homodal's own installation that brings it
EXTRAS = {
    "keras": "tensorflow",
    "tensorflow": "tensorflow",
    "jax": "jax",
    "torch": "torch",
    "jieba": "chinese",
    "matplotlib": "plots",
    "sklearn": "sklearn",
    "tensorboard": "tensorflow",
    "scipy": "tensorflow",
    "fsspec": "remote",
    "pillow_heif": "heic",
    "python_calamine": "excel",
}


def require(module, needed_by):
    """The imported `module`, e.g. `require("matplotlib.pyplot", "the report")`.

    Raises `MissingPackage` naming the caller and the extra that brings the package.
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        extra = EXTRAS.get(package)
        source = f"'homodal[{extra}]'" if extra else package
        raise MissingPackage(
            f"{needed_by} needs the package '{package}', which is not installed",
            do=f"Run: pip install {source}",
        ) from error
