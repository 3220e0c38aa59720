"""Batches: our own order, padding to few lengths, masks, presence."""

import numpy as np
import pytest

from homodal.data.batches import Batches, bucket, padded
from homodal.data.preparation import PreparedColumn
from homodal.data.store import stored
from homodal.tables.table import Table

LENGTHS = [(row * 7) % 38 + 1 for row in range(50)]


@pytest.fixture(scope="module")
def columns(tmp_path_factory):
    """A text of varying length, every fifth absent, and a number, always there."""
    from homodal.modalities.text import Text

    reader = Text(units="character", min_count=1, max_tokens=40)
    texts = [
        None if row % 5 == 0 else "ab" * (length // 2) + "a" * (length % 2)
        for row, length in enumerate(LENGTHS)
    ]
    facts = reader.learn([reader.read(t) for t in texts if t])
    folder = tmp_path_factory.mktemp("decoded")
    words = PreparedColumn("words", "words", "text", vars(reader), {}, facts)
    number = {"location": 0.0, "scale": 1.0}
    size = PreparedColumn("size", "size", "number", {}, {}, number)
    table = Table.open({"words": texts, "size": [r / 10 for r in range(50)]})
    return {c.slug: stored(table, c, folder) for c in (words, size)}


def of(columns, **options):
    truth = np.arange(50) % 3
    return Batches(columns, truth, np.arange(50), **({"batch_size": 8} | options))


def test_an_order_is_a_function_of_seed_and_epoch(columns):
    orders = {
        (seed, epoch): of(columns, seed=seed).order(epoch).tolist()
        for seed in (0, 1)
        for epoch in (0, 1, 2)
    }
    assert len({tuple(order) for order in orders.values()}) == 6
    assert all(sorted(order) == list(range(50)) for order in orders.values())
    assert of(columns, seed=1).order(2).tolist() == orders[1, 2]


def test_an_order_does_not_depend_on_numpys_global_seed(columns):
    before = of(columns, seed=0).order(0)
    np.random.seed(7)
    np.testing.assert_array_equal(of(columns, seed=0).order(0), before)


def test_without_a_seed_rows_keep_their_order(columns):
    batches = Batches(columns, None, np.array([4, 2, 9]), batch_size=2)
    assert batches.order(0).tolist() == batches.order(5).tolist() == [4, 2, 9]
    inputs, truth = batches.batch(1)
    assert truth is None
    assert inputs["size"].tolist() == [[pytest.approx(0.9)]]


def test_an_epoch_shows_every_row_once_with_its_own_answer(columns):
    batches = of(columns, seed=0)
    assert len(batches) == 7
    seen = []
    for index in range(len(batches)):
        inputs, truth = batches.batch(index, epoch=3)
        rows = np.round(inputs["size"][:, 0] * 10).astype(int)
        np.testing.assert_array_equal(truth, rows % 3)
        seen += rows.tolist()
    assert len(rows) == 2
    assert sorted(seen) == list(range(50))


def test_rows_of_one_length_come_together(columns):
    def spread(batches):
        order = batches.order(0)[:48].reshape(6, 8)
        return np.mean([np.ptp(columns["words"].lengths[rows]) for rows in order])

    assert spread(of(columns, seed=0)) < 0.6 * spread(of(columns))


def test_arrays_are_padded_with_zeros_and_masked(columns):
    rows = np.array([0, 1, 3])
    arrays, mask = padded(columns["words"], rows)
    lengths = columns["words"].lengths[rows]
    assert lengths.tolist() == [0, 8, 22]
    np.testing.assert_array_equal(mask.sum(axis=1), lengths)
    assert (arrays[~mask] == 0).all() and (arrays[mask] != 0).all()
    np.testing.assert_array_equal(arrays[2][mask[2]], columns["words"].array(3))


@pytest.mark.parametrize("buckets", [2, 8])
def test_few_padded_lengths(columns, buckets):
    batches = of(columns, seed=0, batch_size=1, buckets=buckets)
    shapes = {batches.batch(i)[0]["words"].shape[1] for i in range(50)}
    assert 1 < len(shapes) <= buckets


def test_the_shapes_of_an_epoch_are_counted(columns):
    batches = of(columns, seed=0, batch_size=3)
    order = batches.order(0)
    made = [batches.batch(i, order=order)[0] for i in range(len(batches))]
    shapes = {tuple(sorted((n, a.shape) for n, a in each.items())) for each in made}
    assert batches.shapes() == len(shapes) > 1


def test_a_bucket_holds_its_steps():
    for longest in (1, 7, 38, 100):
        for steps in range(1, longest + 1):
            found = bucket(steps, longest, 8)
            assert steps <= found < steps + -(-longest // 8)


def test_presence_is_status_and_only_hides_the_others(columns):
    rows = np.arange(10)
    there = columns["words"].status[rows] == 0
    both = of(columns).inputs(rows)["present"]
    np.testing.assert_array_equal(both, np.stack([there, np.ones(10, bool)], axis=1))
    words = of(columns, only=("words",)).inputs(rows)
    np.testing.assert_array_equal(words["present"][:, 0], there)
    assert not words["present"][:, 1].any()


def test_inputs_that_vary_are_named(columns):
    assert of(columns).varying == ["words", "words_mask"]


def test_half_precision_is_computed_in_single(tmp_path):
    from homodal.modalities.audio import Audio

    sound = Audio().example(tmp_path, np.random.default_rng(0))
    column = PreparedColumn("s", "s", "audio", {"rate_hz": 8000}, {})
    table = Table.open({"s": [sound.name]}, media_root=tmp_path)
    found = stored(table, column, tmp_path / "decoded")
    assert found.dtype == "float16"
    assert padded(found, np.array([0]))[0].dtype == "float32"
