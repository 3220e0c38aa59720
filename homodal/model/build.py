"""Build the network that a recipe and a preparation describe."""

import contextlib
import random

import keras
import numpy as np

from homodal import parts
from homodal.augmenting import refuse_idle
from homodal.data.batches import PRESENT, mask_name
from homodal.data.blocks import entries_of
from homodal.data.preparation import SEVERAL
from homodal.data.store import batch_dtype
from homodal.data.tagging import texts_of
from homodal.errors import RecipeError, one_of
from homodal.layers.block import BlockFront
from homodal.layers.features import Features
from homodal.layers.stacked import EachAlone, OneStep
from homodal.model.choices import chosen_parts
from homodal.model.network import Network

_COSINE_SCALE = 15.0  # of MMCosine's paper
_TRIAL_STEPS = 8  # steps of a varying axis in the batch that builds the weights


def build(recipe, preparation):
    """A built `Network` with fresh weights, the same for the same seed."""
    with seeded(recipe.training.seed), _precision(recipe.training.precision):
        network = _assemble(recipe, preparation)
        network(trial_inputs(preparation, rows=2))
    _name_by_place(network)
    return network


def _name_by_place(network):
    """Names of layers that depend on nothing but the network, not on Keras's counters.

    TensorFlow adds up in the order of names, so that the second network of a process
    would round otherwise than the first.
    """
    for place, layer in enumerate(network._flatten_layers()):
        layer.name = f"{type(layer).__name__.lower()}_{place:04d}"


def trial_inputs(preparation, rows, steps=None):
    """Inputs of zeros with every column present, to build or to trace a network."""
    inputs = {PRESENT: np.ones((rows, len(preparation.columns)), bool)}
    for entry in entries_of(preparation):
        for group in entry.groups:
            column = group.columns[0]
            (first, *rest), dtype = column.input_shape()
            shape = (rows, first or steps or trial_steps(column), *rest)
            if group.stacked:
                shape = (rows, len(group.columns), *shape[1:])
            inputs[group.name] = np.zeros(shape, batch_dtype(dtype))
            inputs[mask_name(group.name)] = np.ones(shape[:2], bool)
    return inputs


def trial_steps(column):
    """Steps of the varying axis that every part of the network can take."""
    if column.modality == "audio":
        return int(column.options.get("rate_hz", 16000) // 4)
    return _TRIAL_STEPS


def _assemble(recipe, preparation):
    fronts, encoders, heads = {}, {}, {}
    entries = entries_of(preparation)
    several = len(entries) > 1
    recipe = _decided(recipe, preparation)
    choice = _anchored(recipe.fusion, preparation, entries)
    fusion, apart = _make("fusion", choice), _apart(choice, preparation)
    head = make_head(recipe, preparation)
    _check_level(recipe, fusion, head)
    if several and fusion.needs_own_losses and not recipe.training.auxiliary_weight:
        raise RecipeError(
            f"The fusion '{recipe.fusion['name']}' leaves columns to their own losses",
            expected="training.auxiliary_weight above 0",
            got=recipe.training.auxiliary_weight,
        )
    own_heads = several and (
        recipe.training.auxiliary_weight > 0 or fusion.level != "feature"
    )
    width = common_width(preparation)
    for entry in entries:
        fronts[entry.key] = _front(entry, embedded_width(entry, width))
        encoders[entry.key] = _encoder(entry)
        own = own_heads and own_head(recipe, preparation, entry.columns, apart)
        if own:
            heads[entry.key] = own
    if recipe.share == "weights":
        _share(encoders, preparation)
    if fusion.level == "decision" and not several:
        heads = {entries[0].key: make_head(recipe, preparation)}
    return Network(
        entries,
        [column.slug for column in preparation.columns],
        fronts,
        encoders,
        heads,
        fusion,
        head,
        width=width,
        embedded={entry.key: embedded_width(entry, width) for entry in entries},
        training=recipe.training,
        classes=len(preparation.target.facts.get("classes", ())),
        apart=apart,
        augmentations=_augmentations(recipe, entries, head.reads_steps),
    )


def _augmentations(recipe, entries, timed):
    """`{input: layers}` of what training changes. Raises `RecipeError`."""
    groups = [group for entry in entries for group in entry.groups]
    # features of a pretrained network are computed once, of cells as they are
    groups = [group for group in groups if not group.columns[0].extractor]
    refuse_idle(recipe.augment, {g.columns[0].modality for g in groups})
    found = {}
    for group in groups:
        choices, *others = (
            recipe.augmentations_for(column.name, column.modality, timed)
            for column in group.columns
        )
        if any(other != choices for other in others):
            raise RecipeError(
                "Columns of one block are augmented in different ways",
                expected="one way for "
                + ", ".join(f"'{column.name}'" for column in group.columns),
            )
        if choices:
            found[group.name] = [_make("augmentation", c) for c in choices]
    return found


def embedded_width(entry, width):
    """In how many numbers each column of an entry is embedded for its encoder."""
    if not entry.block:
        return width
    encoder = parts.find("encoder", entry.columns[0].encoder["name"]).load()
    return encoder.width_in_block(len(entry.columns), width)


def _front(entry, width):
    """A column's front, or that of all columns of a block."""
    if not entry.block:
        return _front_of(entry.columns[0])
    fronts = {group.name: _grouped_front(group, width) for group in entry.groups}
    return BlockFront(fronts, width)


def _front_of(column, **defaults):
    part = parts.find("front", column.modality)
    fitting = {k: v for k, v in defaults.items() if k in part.options}
    front = part.make(**(fitting | column.front_options()))
    return Features(front) if column.extractor else front


def _grouped_front(group, width):
    """The front of one input of a block; of the block's width where nothing is told."""
    if not group.stacked:
        return OneStep(_front_of(group.columns[0], width=width))
    part = parts.find("front", group.columns[0].modality)
    options = [parts.check(part, each.front_options()) for each in group.columns]
    stacked = part.load().stack(options, width)
    if stacked is None:
        stacked = EachAlone(
            [_front_of(column, width=width) for column in group.columns]
        )
    return stacked


def _encoder(entry):
    """As the recipe says; a block's with what suits steps without an order."""
    choice = entry.columns[0].encoder
    if not entry.block:
        return _make("encoder", choice)
    unordered = parts.find("encoder", choice["name"]).load().unordered
    return _make("encoder", unordered | choice)


def _decided(recipe, preparation):
    """The recipe with its fusion and head named."""
    target = preparation.target
    kinds = target.options["kinds"] if target.part == SEVERAL else [target.part]
    return recipe.with_settings(chosen_parts(recipe, kinds, len(preparation.columns)))


def _check_level(recipe, fusion, head):
    fits = head.over_classes if fusion.level == "decision" else head.adds_up
    if fusion.level != "feature" and not fits:
        raise RecipeError(
            f"The fusion '{recipe.fusion['name']}' adds up the columns' own answers, "
            f"which those of the head '{recipe.head['name']}' do not bear",
            expected="a fusion of features, such as gated or early",
        )


def _cosine(recipe):
    """Options of the columns' heads under `training.balance: mmcosine`."""
    training = recipe.training
    if training.balance != "mmcosine":
        return {}
    if recipe.fusion["name"] != "late":
        raise RecipeError(
            "'training.balance: mmcosine' adds up the columns' own answers",
            expected="fusion: {name: late, rule: sum}",
            got=recipe.fusion["name"],
            do="Run with: --set fusion.name=late --set fusion.rule=sum",
        )
    strength = training.balance_strength
    return {"cosine_scale": _COSINE_SCALE if strength == "auto" else strength}


def common_width(preparation):
    """The width of every column's stream. Raises `RecipeError` when they differ."""
    widths = {}
    for column in preparation.columns:
        part = parts.find("encoder", column.encoder["name"])
        widths[column.name] = column.encoder.get("width", part.options.get("width"))
    if len(set(widths.values())) > 1:
        raise RecipeError(
            "The encoders differ in width",
            expected="one width for all columns, so that they can be fused",
            got=", ".join(f"'{name}': {width}" for name, width in widths.items()),
        )
    return next(iter(widths.values()))


def make_head(recipe, preparation, **more):
    """A head as the recipe says, for the target's facts."""
    choice = dict(recipe.head)
    part = parts.find("head", choice.pop("name"))
    return part.make(**(preparation.target.head_options(part) | choice | more))


def own_head(recipe, preparation, columns, apart=()):
    """The head that answers from one entry alone, or None where there is no such.

    columns: the entry's. Of several targets it is one for those that a column of them
    can answer, without those read `apart`, which are answered from one entry in any
    case.
    """
    target, more = preparation.target, _cosine(recipe)
    if target.part == SEVERAL:
        known = target.facts["targets"]
        known = [t for t in known if t["name"] not in apart]
        kept = [t for t in known if _speak(columns, t["kind"], t["options"])]
        more = more | {"targets": kept}
        return make_head(recipe, preparation, **more) if kept else None
    if not _speak(columns, target.part, target.options):
        return None
    return make_head(recipe, preparation, **more)


def _speak(columns, kind, options):
    return any(_speaks(column, kind, options) for column in columns)


def _speaks(column, kind, options):
    """Whether a column has what a target of this kind is answered from."""
    kinds = parts.find("head", parts.find("target", kind).load().head).load().alone_on
    fits = kinds is None or column.modality in kinds
    return fits and options.get("of", column.name) == column.name


def _anchored(choice, preparation, entries):
    """The fusion's choice with the key of its anchor's entry, where it has one.

    One that keeps its anchor's steps has the words that are tagged, or the first
    column, where none is told. Raises `RecipeError` for an anchor that is no input.
    """
    slugs = {column.name: each.key for each in entries for column in each.columns}
    told = choice.get("anchor")
    if not parts.find("fusion", choice["name"]).told.get("keeps_anchor"):
        return choice | {"anchor": slugs[told]} if told in slugs else choice
    words = texts_of(preparation.target)
    anchor = choice.get("anchor") or next(iter({*words.values()} or slugs))
    if anchor not in slugs or {anchor, *words.values()} != {anchor}:
        raise RecipeError(
            f"The steps of '{anchor}' cannot anchor the fusion",
            expected=one_of({*words.values()} or slugs),
            do="Tag the words of one column only, and leave fusion.anchor out",
        )
    return choice | {"anchor": slugs[anchor]}


def _apart(choice, preparation):
    """`{target: slug}` of the sequences that the anchor's steps cannot be.

    What was said, beside tags of words, is read from the first column that has a sound.
    """
    target = preparation.target
    keeps = parts.find("fusion", choice["name"]).told.get("keeps_anchor")
    if target.part != SEVERAL or not keeps:
        return {}
    columns = {column.slug: column for column in preparation.columns}
    found = {}
    for one in target.facts["targets"]:
        kind, options = one["kind"], one["options"]
        head = parts.find("head", parts.find("target", kind).load().head)
        able = [slug for slug, c in columns.items() if _speaks(c, kind, options)]
        if head.told.get("reads_steps") and choice["anchor"] not in able:
            found[one["name"]] = able[0]
    return found


def _make(kind, choice):
    options = dict(choice)
    return parts.find(kind, options.pop("name")).make(**options)


def _share(encoders, preparation):
    kinds = {column.encoder["name"] for column in preparation.columns}
    if len(kinds) > 1:
        raise RecipeError(
            "'share: weights' needs one encoder for all columns",
            got=", ".join(sorted(kinds)),
        )
    first, *others = encoders.values()
    for encoder in others:
        encoder.share(first)


@contextlib.contextmanager
def seeded(seed):
    """Seed every generator that Keras draws from; leave the caller's as they were."""
    python, numpy = random.getstate(), np.random.get_state()
    keras.utils.set_random_seed(seed)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


@contextlib.contextmanager
def _precision(policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
