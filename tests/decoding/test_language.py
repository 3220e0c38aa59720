import json
import math

import pytest

from homodal.decoding.language import END, Ngrams, count, opened

TEXTS = [[0, 1, 0], [0, 1, 1], [0]]


def test_the_counts_are_of_every_run():
    counts = json.loads(count(TEXTS, 2))
    assert counts[""] == [END, 3, 0, 4, 1, 3]
    assert counts["-1"] == [0, 3]
    assert counts["0"] == [END, 2, 1, 2]


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("before", [(), (0,), (0, 1), (2, 2), (1, 0, 1, 1)])
def test_what_may_come_next_sums_to_one(order, before):
    model = Ngrams(count(TEXTS, order), order, 3)
    total = sum(math.exp(model.log(unit, before)) for unit in (END, 0, 1, 2))
    assert total == pytest.approx(1)


def test_witten_bell_by_hand():
    model = opened(count(TEXTS, 2), 2, 3)
    root = (4 + 3 / 4) / (10 + 3)  # four of ten are 0; three kinds were seen
    wanted = (3 + 1 * root) / (3 + 1)  # 0 came three times of three at the start
    assert math.exp(model.log(0, ())) == pytest.approx(wanted)


def test_a_longer_history_is_sharper():
    texts = [[0, 2], [1, 3]] * 20
    short, long = (Ngrams(count(texts, order), order, 4) for order in (1, 2))
    assert long.log(2, (0,)) > short.log(2, (0,))
    assert long.log(3, (0,)) < short.log(3, (0,))
