"""Which augmentations a column gets: those of a named strength, or those asked for."""

from collections.abc import Iterable
from typing import Any

from homodal import parts
from homodal.errors import RecipeError, did_you_mean, one_of

LEVELS = ("none", "light", "medium", "strong")

Choice = dict[str, Any]  # {"name": ..., options}


def checked_augment(value: Any, place: str) -> str | list[Choice]:
    """A level, or a list of choices with options that their parts take.

    Raises `RecipeError`, `PartError`.
    """
    if isinstance(value, str) and value in LEVELS:
        return value
    choices = value if isinstance(value, (list, tuple)) else [value]
    return [_checked(choice, place) for choice in choices]


def augmentations_for(
    value: str | list[Choice], modality: str, timed: bool = False
) -> list[Choice]:
    """Those of `value` that are for this modality, as choices with all their options.

    timed: the answers are by the step, so that a level brings none that moves steps.
    """
    if not isinstance(value, str):
        return [c for c in value if modality in _told(c["name"], "on")]
    found = []
    for name in parts.names("augmentation"):
        options = _told(name, "levels", {}).get(value)
        if options is None or modality not in _told(name, "on"):
            continue
        if not timed or _told(name, "keeps_time", True):
            found.append({"name": name} | options)
    return found


def refuse_idle(value: str | list[Choice], modalities: Iterable[str]) -> None:
    """Raise `RecipeError` where an augmentation that is asked for is for no column."""
    given = set(modalities)
    for choice in () if isinstance(value, str) else value:
        meant = _told(choice["name"], "on")
        if not given & set(meant):
            raise RecipeError(
                f"No column takes the augmentation '{choice['name']}'",
                expected="an input of the kind " + one_of(meant),
                got=", ".join(sorted(given)),
            )


def short(value: str | list[Choice]) -> Any:
    """The same as it is written in a recipe."""
    if isinstance(value, str):
        return value
    return [c["name"] if set(c) == {"name"} else c for c in value]


def _checked(choice: Any, place: str) -> Choice:
    choice = {"name": choice} if isinstance(choice, str) else choice
    if not isinstance(choice, dict) or "name" not in choice:
        raise RecipeError(
            f"{place} is wrong",
            expected=one_of(LEVELS) + ", or a list of augmentations",
            got=repr(choice),
        )
    name = choice["name"]
    known = parts.names("augmentation")
    if name not in known and ":" not in str(name):
        raise RecipeError(
            f"{place} names '{name}'",
            expected=one_of([*LEVELS, *known]),
            do=did_you_mean(str(name), [*LEVELS, *known]),
        )
    part = parts.find("augmentation", name)
    parts.check(part, {k: v for k, v in choice.items() if k != "name"})
    return dict(choice)


def _told(name: str, attribute: str, default: Any = ()) -> Any:
    return parts.find("augmentation", name).told.get(attribute, default)
