"""Beams against sums over all texts, and with guides."""

import itertools

import numpy as np
import pytest

from homodal.decoding.beam import Guide, ctc_beam, transducer_beam
from homodal.decoding.grammar import Grammar
from homodal.decoding.language import Ngrams, count
from homodal.decoding.speech import log_softmax

STEPS, WIDTH = 4, 3


def logs(seed=0):
    return log_softmax(np.random.default_rng(seed).normal(0, 2, (STEPS, WIDTH)))


def by_text(table):
    """`{units: probability}` over all paths."""
    found = {}
    for path in itertools.product(range(WIDTH), repeat=STEPS):
        units = tuple(unit - 1 for unit, _ in itertools.groupby(path) if unit)
        share = np.exp(sum(table[t, unit] for t, unit in enumerate(path)))
        found[units] = found.get(units, 0) + share
    return found


@pytest.mark.parametrize("seed", range(6))
def test_a_wide_beam_finds_the_likeliest_text_over_all_its_paths(seed):
    table = by_text(logs(seed))
    best = max(table, key=table.get)
    units, log = ctc_beam(logs(seed), Guide(), 100)
    assert units == best
    assert log == pytest.approx(np.log(table[best]))


def test_a_grammar_allows_nothing_else():
    rng = np.random.default_rng(0)
    spelled = {"ab": [1, 2], "ba": [2, 1]}
    for _ in range(10):
        table = log_softmax(rng.normal(0, 2, (9, 4)))
        guide = Guide(Grammar(["ab", "ba"], spelled.get, 0))
        units, _ = ctc_beam(table, guide, 8)
        words = "".join(" ab"[unit] for unit in units).split()
        assert set(words) <= {"ab", "ba"}


def test_a_language_model_breaks_a_tie():
    table = log_softmax(np.array([[0, 5.0, 0], [5, 0, 0], [0, 4, 4.1]]))
    ngrams = Ngrams(count([[0, 0]] * 9, 2), 2, 2)
    assert ctc_beam(table, Guide(), 8)[0] == (0, 1)
    assert ctc_beam(table, Guide(None, ngrams, 1.0), 8)[0] == (0, 0)
    assert ctc_beam(table, Guide(bonus=-20.0), 8)[0] == ()


@pytest.mark.parametrize("seed", range(4))
def test_a_transducer_beam_sums_over_the_steps_of_its_units(seed):
    rng = np.random.default_rng(seed)
    sound, tables = rng.normal(0, 2, (STEPS, WIDTH)), rng.normal(0, 2, (3, WIDTH))

    def said(units):
        return tables[units[-1] + 1 if len(units) else 0]

    found = {}
    for path in itertools.product(range(WIDTH), repeat=STEPS):
        log, units = 0.0, ()
        for step, unit in enumerate(path):
            log += log_softmax(sound[step] + said(units))[unit]
            units = (*units, unit - 1) if unit else units
        found[units] = found.get(units, 0) + np.exp(log)
    best = max(found, key=found.get)
    units, log, when = transducer_beam(sound, said, Guide(), 200)
    assert units == best
    assert log == pytest.approx(np.log(found[best]))
    assert len(when) == len(units) and list(when) == sorted(set(when))
