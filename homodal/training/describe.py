"""One row's way through the whole pipeline, and what training would cost."""

import resource
import sys
import time
from dataclasses import dataclass, field

import numpy as np

from homodal import yaml_core
from homodal.data import accounting
from homodal.data.absent import settled
from homodal.data.answers import answered, taken
from homodal.data.preparation import Preparation, prepare, unlearned_target
from homodal.data.schema import Schema, recognise
from homodal.data.unreadable_answers import refuse_unreadable
from homodal.errors import TargetError
from homodal.model.build import build
from homodal.model.choices import suited
from homodal.model.network import Network
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.fit import compile_network
from homodal.training.pretrained import with_pretrained
from homodal.training.session import Rows, by_name, open_rows, resolved
from homodal.training.transfer import with_bases

_SAMPLE = 256  # rows that are decoded
_STEPS = 4
_FEW = 8  # columns; of fewer it does not matter how the work grows
_GROWTH = {
    "quadratic": "with the square of",
    "exponential": "exponentially with",
}
_LONG_KEY = 1000  # characters; YAML looks no further for the colon behind a key


@dataclass(frozen=True)
class Description:
    """What `describe` found.

    shapes: `[{"column", "stage", "shape"}]`, one row of data from cell to logits; the
    columns of a block go together. parameters: `{part: count}`. estimate: rows, decoded
    bytes of the whole table, peak memory of this process in bytes, seconds a step and
    of the training, measured on a few steps here. cells: what became of the sampled
    rows' cells, as `accounting.summary` counts them. homogeneous: every column has the
    same encoder. costs: sentences, what grows faster than the columns. recipe: what
    `train` would use, its columns written out.
    """

    schema: Schema
    recipe: Recipe
    shapes: list
    parameters: dict
    estimate: dict
    homogeneous: bool
    cells: dict = field(default_factory=dict)
    costs: list = field(default_factory=list)

    def to_yaml(self):
        """A recipe to edit and give back: each column with its evidence beside it."""
        values = self.recipe.to_dict()
        columns = values.pop("columns")
        lines = [f"target: {yaml_core.scalar(values.pop('target'))}", "columns:"]
        for column in self.schema.columns:
            if column.name in columns:
                value = yaml_core.scalar(columns[column.name])
                comment = _comment(column)
                lines.append(f"  {_key(column.name)}: {value}  # {comment}")
        return "\n".join(lines) + "\n" + yaml_core.dump(values)


def _key(name):
    """A key of YAML; a long one stands on a line of its own."""
    text = yaml_core.scalar(name)
    return text if len(text) < _LONG_KEY else f"? {text}\n  "


def _comment(column):
    why = "".join(c if c.isprintable() else " " for c in column.why)
    return f"{column.confidence:.0%}: {why}" if column.modality else why


@dataclass(frozen=True)
class OpenedSample:
    """Some rows of a table, prepared as training would prepare all of them.

    given: the recipe as it was told; recipe: with every column written out. table:
    the whole table.
    """

    given: Recipe
    recipe: Recipe
    schema: Schema
    preparation: Preparation
    rows: Rows
    table: Table


def open_sample(
    table,
    *,
    target=None,
    recipe=None,
    settings=None,
    columns=None,
    media_root=None,
    encoding=None,
):
    """The `OpenedSample` of what `train` with the same arguments would read."""
    named = {"target": target} if target is not None else {}
    given = Recipe.open(recipe).with_settings(named | (settings or {}))
    table = settled(Table.open(table, media_root, encoding).require_rows(), given)
    given, schema = suited(given, recognise(table, given, columns))
    trained = round(len(table) * (1 - given.training.held_share))
    rows = np.random.default_rng(0).permutation(len(table))[:_SAMPLE]
    sample = table.take(np.sort(rows))
    try:
        everything = np.arange(len(sample))
        chosen, schema, known = with_bases(given, schema)
        chosen, schema = with_pretrained(sample, chosen, schema, everything)
        recipe = resolved(chosen, schema, trained)
        preparation = prepare(sample, schema, recipe, everything, known)
    except TargetError:  # its rows are those of the sample; the table has others
        refuse_unreadable(table, [unlearned_target(c) for c in schema.targets])
        raise
    opened = open_rows(sample, preparation)
    return OpenedSample(given, recipe, schema, preparation, opened, table)


def describe(
    table,
    *,
    target=None,
    recipe=None,
    settings=None,
    columns=None,
    media_root=None,
    encoding=None,
):
    """The `Description` of what `train` with the same arguments would do."""
    sample = open_sample(
        table,
        target=target,
        recipe=recipe,
        settings=settings,
        columns=columns,
        media_root=media_root,
        encoding=encoding,
    )
    return described(sample)


def described(sample):
    """The `Description` of an `OpenedSample`."""
    recipe, preparation, opened = sample.recipe, sample.preparation, sample.rows
    network = build(recipe, preparation)
    return Description(
        schema=sample.schema,
        recipe=sample.given.with_settings(
            {"columns": recipe.columns, "absent": recipe.absent}
        ),
        shapes=_shapes(network, preparation, opened),
        parameters=_parameters(network),
        estimate=_estimate(network, recipe, opened, len(sample.table)),
        homogeneous=len({str(c.encoder) for c in preparation.columns}) == 1,
        cells=accounting.summary(by_name(preparation, opened.columns)),
        costs=_costs(network),
    )


def _costs(network):
    """A sentence for each part whose work grows faster than its columns do."""
    sentences, count = [], len(network.keys)
    fusion = network.fusion
    if fusion.cost != "linear" and count > _FEW:
        name = type(fusion).__name__
        sentences.append(
            f"The work of the fusion {name} grows {_GROWTH[fusion.cost]} the columns "
            f"and blocks that it sees, here {count}: mean, late and concatenate cost "
            "less"
        )
    for key in network.blocks:
        encoder, columns = network.encoders[key], len(network.entries[key].columns)
        if encoder.cost != "linear" and columns > _FEW:
            name = type(encoder).__name__
            sentences.append(
                f"The work of the encoder {name} grows {_GROWTH[encoder.cost]} the "
                f"columns of a block, here {columns}: cnn costs less"
            )
    return sentences


def _shapes(network: Network, preparation, opened):
    inputs, _ = opened.batches(1).batch(0)
    steps, streams = [], {}
    for key, entry in network.entries.items():
        stages, streams[key] = _stages_of(network, entry, inputs)
        steps += [{"column": entry.label, **stage} for stage in stages]
    present = np.ones((1, len(network.slugs)), bool)
    streams = network.mixed(streams, present)
    for stage in steps:
        if stage["shape"] is None:
            stage["shape"] = _shape(streams[stage.pop("key")].values)
    logits = network(inputs)["logits"]
    steps_only = network.head.reads_steps and len(streams) == 1
    if network.fusion.level != "decision" and not steps_only:
        fused = network.fusion(streams, network.shown(present))
        steps.append(_stage("", network.fusion.__class__.__name__, fused.values))
    several = logits if isinstance(logits, dict) else {"": logits}
    for name, each in several.items():
        steps.append(_stage(name, network.head.__class__.__name__, each))
    return steps


def _stages_of(network, entry, inputs):
    """Stages of an entry, the last without its shape, and its encoded Stream."""
    arrays, mask = network.cells(entry.key, inputs)
    values, real = network.fronted(entry.key, arrays, mask)
    encoder = entry.columns[0].encoder["name"]
    stored = arrays if entry.block else {entry.key: arrays}
    stages = [
        {"stage": f"{_kinds([group])} (stored)", "shape": _shape(stored[group.name])}
        for group in entry.groups
    ]
    stages.append({"stage": f"{_kinds(entry.groups)} front", "shape": _shape(values)})
    stages.append({"stage": f"{encoder} encoder", "shape": None, "key": entry.key})
    return stages, network.read(entry.key, arrays, mask, values, real)


def _kinds(groups):
    return ", ".join(dict.fromkeys(group.columns[0].modality for group in groups))


def _stage(column, stage, values):
    return {"column": column, "stage": stage.lower(), "shape": _shape(values)}


def _shape(values):
    return [int(size) for size in values.shape[1:]]


def _parameters(network):
    """Trainable weights by entry, fusion and heads; shared ones count once."""
    counted, seen = {}, set()
    groups = {
        key: [network.fronts[key], network.encoders[key], network.absent[key]]
        for key in network.keys
    }
    for key, block in network.blocks.items():
        groups[key].append(block.tokens)
    groups["fusion"] = [network.fusion]
    groups["heads"] = [network.head, *network.heads.values()]
    for name, layers in groups.items():
        weights = [w for layer in layers for w in layer.trainable_weights]
        fresh = [w for w in weights if id(w) not in seen]
        seen.update(id(w) for w in fresh)
        counted[name] = int(sum(np.prod(w.shape) for w in fresh))
    return counted


def _estimate(network, recipe, opened, rows):
    training = recipe.training
    known = np.flatnonzero(answered(opened.truth))
    chosen = np.resize(known, training.batch_size)
    columns = opened.batches(len(chosen))
    inputs, truth = columns.inputs(chosen), taken(opened.truth, chosen)
    steps = -(-round(rows * (1 - training.held_share)) // training.batch_size)
    compile_network(network, training, steps, jit=False)
    network.train_on_batch(inputs, truth)
    begun = time.perf_counter()
    for _ in range(_STEPS):
        network.train_on_batch(inputs, truth)
    seconds = (time.perf_counter() - begun) / _STEPS
    return {
        "rows": rows,
        "decoded_bytes": int(_decoded_bytes(opened) / len(opened.table) * rows),
        "peak_memory_bytes": _peak_memory_bytes(),
        "seconds_a_step": seconds,
        "steps": steps * training.epochs,
        "training_seconds": seconds * steps * training.epochs,
    }


def _peak_memory_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # bytes; elsewhere KiB


def _decoded_bytes(opened):
    total = 0
    for column in opened.columns.values():
        inner = np.prod(column.shape[1:] or [1])
        total += int(column.lengths.sum() * inner) * np.dtype(column.dtype).itemsize
    return total
