"""Which pretrained network a column is read through, and whether it is installed."""

from collections.abc import Iterable
from typing import Any

from homodal import parts
from homodal.contracts import Extractor
from homodal.errors import BundleError, MissingPackage, RecipeError, one_of
from homodal.recipe import SCRATCH

PRETRAINED = "pretrained"  # the encoder that reads features
_EXTRA = "homodal[pretrained]"


def extractors_for(modality: str) -> list[str]:
    """Names of the extractors that are for a modality."""
    known = parts.names("extractor")
    return [n for n in known if modality in _of(n).reads]


def is_installed(name: str) -> bool:
    """Whether the package with an extractor's weights is there."""
    return _of(name).place() is not None


def source_of(encoder: dict[str, Any], modality: str) -> str:
    """Name of the extractor that an encoder choice means; "" for none.

    Raises `RecipeError` where the one it names is not for this modality.
    """
    if encoder["name"] != PRETRAINED:
        return ""
    able, told = extractors_for(modality), encoder.get("source", "auto")
    if told == "auto":
        return able[0] if able else ""
    if modality not in _of(told).reads:
        raise RecipeError(
            f"The pretrained network '{told}' is not for columns of the kind "
            f"'{modality}'",
            expected=one_of(able)
            if able
            else f"encoder: cnn; none is for '{modality}'",
        )
    return told


def encoder_of(encoder: dict[str, Any], modality: str) -> dict[str, Any]:
    """The choice of a column: from scratch where no pretrained network is for it."""
    if encoder["name"] != PRETRAINED or source_of(encoder, modality):
        return encoder
    known = parts.find("encoder", SCRATCH).options
    return {k: v for k, v in encoder.items() if k in known} | {"name": SCRATCH}


def read_options(encoder: dict[str, Any], modality: str) -> dict[str, Any]:
    """How a column is read for the pretrained network of its encoder choice."""
    name = source_of(encoder, modality)
    return dict(_of(name).reads[modality]) if name else {}


def extractor_told(encoder: dict[str, Any], modality: str) -> dict[str, str]:
    """`{"name", "sha256"}` of the one that an encoder choice means, or nothing.

    Raises `MissingPackage`, `RecipeError`.
    """
    name = source_of(encoder, modality)
    return {"name": name, "sha256": installed(name).sha256} if name else {}


def installed(name: str) -> Extractor:
    """The extractor with the weights that its package brings.

    Raises `MissingPackage`, and `BundleError` where they cannot be read.
    """
    if name not in _INSTALLED:
        part = _of(name)
        place = part.place()
        if place is None:
            raise MissingPackage(
                f"The pretrained network '{name}' needs the package '{part.package}', "
                "which is not installed",
                do=f"Run: pip install '{_EXTRA}'; or train from scratch: "
                "--set encoder=cnn",
            )
        _INSTALLED[name] = part.read_from(place)
    return _INSTALLED[name]


def installed_extractors(columns: Iterable[Any]) -> dict[str, Extractor]:
    """`{name: Extractor}` of all that these `PreparedColumn`s name.

    Raises `MissingPackage`, and `BundleError` where one has other weights by now.
    """
    found = {}
    for column in columns:
        if not column.extractor:
            continue
        name = column.extractor["name"]
        found[name] = installed(name)
        if found[name].sha256 != column.extractor["sha256"]:
            raise BundleError(
                f"The pretrained network '{name}' has other weights than those that "
                f"'{column.name}' was prepared with",
                expected=f"SHA-256 {column.extractor['sha256']}",
                got=found[name].sha256,
            )
    return found


def _of(name: str) -> type[Extractor]:
    return parts.find("extractor", name).load()


_INSTALLED: dict[str, Extractor] = {}  # read once a process: some are large
