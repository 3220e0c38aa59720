"""The Recipe: the whole user surface, read from and written to YAML.

One frozen, validated object with a default for everything but the target. Every key
changes something; unknown keys raise with a near name.
"""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from homodal import parts, yaml_core
from homodal.augmenting import augmentations_for, checked_augment, short
from homodal.errors import RecipeError, did_you_mean, one_of

IGNORED = "ignored"
AUTO = "auto"
ABSENT = "absent"  # of any column: the words that stand for no value in it
SCRATCH = "cnn"  # the encoder where neither the recipe nor the answers name one
# what else a column may be: it steers the split or the loss and is no input
ROLES = ("group", "time", "split", "weight")
AUGMENT = "augment"
# keys of a column that its modality's constructor does not take
START_FROM = "start_from"
NOT_OPTIONS = {"modality", "encoder", AUGMENT, ABSENT, START_FROM}
_MAX_BYTES = 1_000_000  # a recipe is a page; more is a mistake or an alias bomb
_PARTS = re.compile(r'"[^"]*"|[^."]+')  # of a dotted key
_NAMES = ("target",)  # keys whose values are names of columns


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


Fold = Annotated[str, Field(pattern=r"^[1-9]\d*/[1-9]\d*$")]


def fold_of(validation):
    """`(2, 5)` for "2/5", None for a share."""
    if not isinstance(validation, str):
        return None
    fold, _, folds = validation.partition("/")
    return int(fold), int(folds)


class Training(_Frozen):
    """How a model is trained; the same for every column and every task.

    epochs "auto": as many as show the network 20,000 rows, from 10 to 20.
    batch_size "auto": the power of two nearest below a 32nd of the training rows, from
    8 to 64, so that a small table has steps enough. learning_rate "auto": 0.002 for a
    batch of 64, and with the square root of the batch size for others. All are written
    out before training. validation: the share of the rows that is held out, or a fold:
    "2/5" is the second of five. Every schedule begins with a tenth of the steps as
    warm-up. patience "auto": 8 epochs without a better one. Kinds of answers may want
    other values than these (`Target.wants`).
    modality_dropout_schedule: over the training. balance: what is done when one column
    learns faster than the others (`layers.balance`, `training.rehearsal`), with
    `balance_strength`.
    contrastive_weight: of a loss that draws the columns of a row together;
    imputation_weight: of a loss that lets absent columns be guessed from the others.
    plain: whether a linear model of plain features has a share in the answers.
    """

    epochs: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    batch_size: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    learning_rate: Annotated[float, Field(gt=0)] | Literal["auto"] = "auto"
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    weight_decay: float = Field(0.01, ge=0)
    clip_norm: float = Field(1.0, gt=0)
    patience: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    modality_dropout: float = Field(0.1, ge=0, lt=1)
    modality_dropout_schedule: Literal["constant", "rising", "falling"] = "constant"
    auxiliary_weight: float = Field(0.3, ge=0)
    balance: Literal[
        "none", "ogm", "ogm_ge", "agm", "opm", "pmr", "mmcosine", "blend", "umt"
    ] = "none"
    balance_strength: Annotated[float, Field(ge=0)] | Literal["auto"] = "auto"
    contrastive_weight: float = Field(0.0, ge=0)
    imputation_weight: float = Field(0.0, ge=0)
    validation: Annotated[float, Field(gt=0, lt=1)] | Fold = 0.1
    plain: bool = True
    seed: int = Field(0, ge=0)
    jit: Literal["auto", "on", "off"] = "auto"

    @property
    def held_share(self):
        """The share of the rows that validates, also where a fold does."""
        fold = fold_of(self.validation)
        return 1 / fold[1] if fold else self.validation

    @field_validator("validation")
    @classmethod
    def _check_fold(cls, value):
        fold, folds = fold_of(value) or (1, 2)
        if not 1 <= fold <= folds or folds < 2:
            raise RecipeError(
                "'training.validation' of the recipe is wrong",
                expected="a share, or one of at least two folds, e.g. 2/5",
                got=repr(value),
            )
        return value

    @field_validator("jit", mode="before")
    @classmethod
    def _check_jit(cls, value):
        """Also `true` and `false`."""
        if isinstance(value, bool):
            return "on" if value else "off"
        return value


class Recipe(_Frozen):
    """What to train: target, columns, one structure for all of them, and how.

    encoder: "auto" is `cnn`, or what the kind of answers wants (`Target.wants`). Told,
    it is one choice for all columns (`cnn`, or `{name: cnn, width: 96}`), or one for
    each modality (`{image: cnn, text: rnn}`; columns of modalities that are not named
    are left out, unless there is an `other`).
    columns: `{column: modality}`, or `{column: {modality: text, encoder: rnn, ...}}`
    with options of the modality and of its front; `ignored` leaves a column out, and
    `start_from: RUN` lets one begin with what an earlier run has learned of it.
    A column may also be `group` (no group trains and validates), `time` (the latest
    rows validate), `split` (it says train, valid or test) or `weight` (of a row in the
    loss). Columns not named here are recognised from the data.
    target: the column to predict, or several; what kind of answer it holds is
    recognised, or told among the columns: `{stars: ordinal}`.
    absent: the words that stand for no value in a cell, as they are written; "auto":
    `tables.absent.WORDS`, but for those that are values of their column. Of one column:
    `columns: {grade: {absent: []}}`.
    fusion "auto": gated, or one that keeps time for answers that are sequences. head
    "auto": that of the target's kind.
    augment: how far training cells are changed: none, light, medium, strong, or a list
    of augmentations, `[move, {name: colour, contrast: 0.4}]`; also of one column:
    `columns: {face: {augment: none}}`.
    """

    target: str | list[str] | None = None
    columns: dict[str, dict] = {}
    absent: Literal["auto"] | list[str] = "auto"
    encoder: dict = {"name": AUTO}
    share: Literal["structure", "weights"] = "structure"
    fusion: dict = {"name": AUTO}
    head: dict = {"name": AUTO}
    augment: str | list[dict] = "none"
    training: Training = Training()

    @field_validator("encoder", mode="before")
    @classmethod
    def _check_encoder(cls, value):
        value = _choice(value)
        if "name" in value:
            return _checked("encoder", value)
        known = [*parts.names("modality"), "other"]
        for modality in value:
            if modality not in known and ":" not in modality:
                raise RecipeError(
                    f"'encoder' has the key '{modality}'",
                    expected="name, or modalities: " + ", ".join(known),
                    do=did_you_mean(modality, [*known, "name"]),
                )
        return {m: _checked("encoder", _choice(v)) for m, v in value.items()}

    @field_validator(AUGMENT, mode="before")
    @classmethod
    def _check_augment(cls, value):
        return checked_augment(value, f"'{AUGMENT}' of the recipe")

    @field_validator(ABSENT, mode="before")
    @classmethod
    def _check_absent(cls, value):
        return value if value == AUTO else _words(value, f"'{ABSENT}' of the recipe")

    @field_validator("fusion", "head", mode="before")
    @classmethod
    def _check_part(cls, value, info):
        return _checked(info.field_name, _choice(value))

    @field_validator("columns", mode="before")
    @classmethod
    def _check_columns(cls, value):
        if not isinstance(value, dict):
            raise RecipeError(
                "'columns' is not a mapping",
                expected="columns with their modality, e.g. {face: video}",
                got=repr(value),
            )
        return {str(name): _column(str(name), v) for name, v in value.items()}

    @classmethod
    def from_dict(cls, values):
        """A Recipe from plain values. Raises `RecipeError` naming the key."""
        try:
            return cls(**(values or {}))
        except ValidationError as error:
            raise _translated(error) from None

    @classmethod
    def open(cls, source):
        """A Recipe from a YAML file, a recipe's name, a dict, a Recipe or None."""
        if source is None:
            return cls()
        if isinstance(source, cls):
            return source
        if isinstance(source, dict):
            return cls.from_dict(source)
        path = Path(source)
        if path.suffix not in {".yaml", ".yml"} and str(source) in named():
            path = _recipes_folder() / f"{source}.yaml"
        if not path.is_file():
            raise RecipeError(
                f"There is no recipe '{source}'",
                expected="a YAML file or one of: " + ", ".join(named()),
                do=did_you_mean(source, named()),
            )
        return cls.from_dict(_read_yaml(path))

    def with_settings(self, settings):
        """A Recipe with dotted settings applied: `{"training.epochs": 5}`.

        A column with a dot in its name stands in quotes: `columns."a.b"`.
        Values given as text are read as YAML, as on the command line; but the target is
        the name of a column, even where YAML sees a number or a "no" in it.
        """
        values = self.to_dict()
        for key, value in settings.items():
            if isinstance(value, str) and key != "target":
                value = _read_value(key, value)
            _set(values, _path(key), value)
        return type(self).from_dict(values)

    @property
    def targets(self):
        """Names of the target columns, as far as they are told."""
        given = self.target
        return [given] if isinstance(given, str) else list(given or ())

    def for_target(self, target, settings=None):
        """A Recipe with `target`, unless that is None, and then `settings` applied."""
        named = {} if target is None else {"target": target}
        return self.with_settings(named | (settings or {}))

    def takes(self, modality):
        """Whether its columns have an encoder that is not named for one of them."""
        return any(key in self.encoder for key in ("name", modality, "other"))

    def encoder_for(self, column, modality):
        """The encoder choice of a column, `{"name": ..., options}`; None = left out."""
        own = self.columns.get(column, {}).get("encoder")
        if own is not None:
            return own
        if self.encoder.get("name") == AUTO:
            return _checked("encoder", self.encoder | {"name": SCRATCH})
        if "name" in self.encoder:
            return self.encoder
        return self.encoder.get(modality, self.encoder.get("other"))

    def augmentations_for(self, column, modality, timed=False):
        """`[{"name": ..., options}]`: how training changes a column's cells.

        timed: the answers are by the step.
        """
        own = self.columns.get(column, {}).get(AUGMENT, self.augment)
        return augmentations_for(own, modality, timed)

    def to_dict(self):
        """Plain values, as short as they can be said."""
        values = self.model_dump()
        values[AUGMENT] = short(self.augment)
        for key in ("encoder", "fusion", "head"):
            values[key] = _short(values[key])
        if "name" not in self.encoder:
            values["encoder"] = {m: _short(v) for m, v in self.encoder.items()}
        values["columns"] = {n: _short_column(c) for n, c in self.columns.items()}
        return values

    def to_yaml(self):
        """The recipe as YAML text, readable, in the order of the fields."""
        return yaml_core.dump(self.to_dict())

    @classmethod
    def from_yaml(cls, text):
        """The Recipe that `to_yaml` wrote. Raises `RecipeError`, `YAMLError`."""
        return cls.from_dict(yaml_core.load(text, _NAMES))


def named():
    """Names of the recipes that ship with homodal."""
    return sorted(p.stem for p in _recipes_folder().glob("*.yaml"))


def summary(name):
    """The first comment line of a named recipe: what it is for."""
    text = (_recipes_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    return text.partition("\n")[0].lstrip("# ")


def column_options(modality):
    """Options a column of this modality takes: the modality's and its front's.

    Or, of a kind of target, the target's and its head's.
    """
    answers = target_options(modality) if modality in parts.names("target") else {}
    if answers and modality not in parts.names("modality"):
        return answers
    options = dict(parts.find("modality", modality).options)
    if ":" not in modality:
        learned = {
            p for p, d in _front_options(modality).items() if d is parts.REQUIRED
        }
        front = _front_options(modality)
        options |= {name: d for name, d in front.items() if name not in learned}
    return options | answers


def target_options(kind):
    """Options that a target column of this kind takes: its own and its head's."""
    part = parts.find("target", kind)
    head = parts.find("head", part.load().head).options
    own = {name: d for name, d in head.items() if d is not parts.REQUIRED}
    return part.options | own


def _front_options(modality):
    if modality not in parts.names("front"):
        return {}
    return parts.find("front", modality).options


def _recipes_folder():
    return Path(__file__).parent / "recipes"


def _read_yaml(path):
    if path.stat().st_size > _MAX_BYTES:
        raise RecipeError(f"{path} is too large for a recipe", expected="at most 1 MB")
    try:
        values = yaml_core.load(path.read_text(encoding="utf-8"), _NAMES)
    except (yaml_core.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path} is not readable YAML: {error}") from None
    if not isinstance(values, dict):
        raise RecipeError(
            f"{path} is not a recipe", expected="a mapping", got=type(values).__name__
        )
    return values


def _read_value(key, text):
    if len(text) == 1 and not text.isalnum() and text not in "~[]{}":
        return text  # a sign, which YAML would take for the beginning of something
    try:
        return yaml_core.load(text)
    except yaml_core.YAMLError:
        raise RecipeError(
            f"The value of '{key}' is not readable YAML",
            expected="e.g. 5, cnn, [1, 2] or {name: cnn, width: 96}",
            got=text,
        ) from None


def _choice(value):
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, dict) and value:
        return dict(value)
    raise RecipeError(
        "A part is not named",
        expected="its name, or a mapping with 'name' and options",
        got=repr(value),
    )


def _checked(kind, value):
    if "name" not in value:
        raise RecipeError(f"The {kind} has no 'name'", got=repr(value))
    if value["name"] == AUTO:
        return value
    part = parts.find(kind, value["name"])
    parts.check(part, {k: v for k, v in value.items() if k != "name"})
    return value


def _column(name, value):
    if isinstance(value, str):
        value = {"modality": value}
    if not isinstance(value, dict):
        raise RecipeError(
            f"Column '{name}' is not described",
            expected="a modality, or a mapping with 'modality' and options",
            got=repr(value),
        )
    value = {"modality": AUTO} | dict(value)
    if ABSENT in value:
        value[ABSENT] = _words(value[ABSENT], f"'{ABSENT}' of column '{name}'")
    if value["modality"] in (IGNORED, AUTO, *ROLES):
        return value
    known = column_options(value["modality"])
    for option in value:
        if option not in known and option not in NOT_OPTIONS:
            raise RecipeError(
                f"Unknown option '{option}' of column '{name}' ({value['modality']})",
                expected=one_of([*known, "encoder", AUGMENT]),
                do=did_you_mean(option, known),
            )
    if AUGMENT in value:
        place = f"'{AUGMENT}' of column '{name}'"
        value[AUGMENT] = checked_augment(value[AUGMENT], place)
    if value.get("encoder") is not None:
        value["encoder"] = _checked("encoder", _choice(value["encoder"]))
    return value


def _words(value, place):
    """A list of words; YAML's null is the word `null`."""
    words = value if isinstance(value, (list, tuple)) else [value]
    words = ["null" if word is None else word for word in words]
    if not all(isinstance(word, (str, int, float)) for word in words):
        raise RecipeError(
            f"{place} is wrong",
            expected="words that stand for no value, e.g. [NA, '-'], or []",
            got=repr(value),
        )
    return [str(word).strip() for word in words]


def _short(choice):
    return choice["name"] if set(choice) == {"name"} else choice


def _short_column(options):
    if set(options) == {"modality"}:
        return options["modality"]
    written = dict(options)
    if options.get("encoder"):
        written["encoder"] = _short(options["encoder"])
    if AUGMENT in options:
        written[AUGMENT] = short(options[AUGMENT])
    return written


def _path(key):
    """The parts of a dotted key; one with dots of its own stands in quotes."""
    return [part.strip('"') for part in _PARTS.findall(key)] or [key]


def _set(values, path, value):
    place = values
    for key in path[:-1]:
        if not isinstance(place.get(key), dict):
            old = place.get(key)
            # `encoder: cnn` and `encoder.width=96` meet as {name: cnn, width: 96}
            part = "modality" if path[0] == "columns" and len(path) > 2 else "name"
            place[key] = {part: old} if isinstance(old, str) else {}
        place = place[key]
    place[path[-1]] = value


def _translated(error):
    first = error.errors()[0]
    inside = Training if first["loc"][0] == "training" else Recipe
    known = list(inside.model_fields)
    if first["type"] == "extra_forbidden":
        key = ".".join(str(p) for p in first["loc"])
        return RecipeError(
            f"Unknown key '{key}' in the recipe",
            expected=one_of(known),
            do=did_you_mean(first["loc"][-1], known),
        )
    depth = 2 if inside is Training else 1  # past it stand the kinds of a union
    place = first["loc"][:depth]
    expected = [e["msg"] for e in error.errors() if e["loc"][:depth] == place]
    return RecipeError(
        f"'{'.'.join(place)}' of the recipe is wrong",
        expected=" or ".join(
            text.removeprefix("Input should be ") for text in expected
        ),
        got=repr(first["input"]),
    )
