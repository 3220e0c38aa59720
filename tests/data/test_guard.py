"""A decoder may crash, hang or fill the memory: it costs one cell, and it is said."""

import os
import time

import numpy as np
import pytest

from homodal.data import guard, processes
from homodal.data.preparation import PreparedColumn
from homodal.data.reading import ABSENT, BAD, OK
from homodal.errors import BadCell, PartError


def outcomes(column, cells, **options):
    return list(guard.decoded(column, cells, **options))


def test_results_come_in_the_order_of_the_cells(trapped):
    cells = ["a" * (1 + i % 7) for i in range(2000)]
    found = outcomes(trapped, cells, children=2)
    assert [array[0] for _, array, _ in found] == [len(cell) for cell in cells]
    assert {status for status, _, _ in found} == {OK}
    pids = {int(array[1]) for _, array, _ in found}
    assert len(pids) == 2 and os.getpid() not in pids


@pytest.mark.parametrize(
    "trap, reason",
    [
        ("crash", "the decoder crashed (SIGSEGV)."),
        ("hang", "decoding took longer than 1 seconds."),
        ("sleep", "decoding took longer than 1 seconds."),
        ("memory", "needs more memory than is allowed to it"),
        ("wrong", "KeyError"),
    ],
)
def test_what_ends_or_blocks_a_decoder_costs_one_cell(trapped, trap, reason):
    cells = ["ok"] * 20 + [trap] + ["ok"] * 20
    begun = time.monotonic()
    found = outcomes(trapped, cells, seconds=1, children=2)
    assert time.monotonic() - begun < 60
    assert [status for status, _, _ in found] == [OK] * 20 + [BAD] + [OK] * 20
    assert reason.rstrip(".") in found[20][2]


def test_a_child_that_was_killed_once_is_no_fault_of_the_cell(trapped, tmp_path):
    told = {"mark": str(tmp_path / "was here")}
    marked = PreparedColumn(**(vars(trapped) | {"options": told}))
    found = outcomes(marked, ["ok", "once", "ok"])
    assert [status for status, _, _ in found] == [OK, OK, OK]


def test_many_crashes_in_a_row(trapped):
    found = outcomes(trapped, ["crash"] * 5 + ["fine"], children=2)
    assert [status for status, _, _ in found] == [BAD] * 5 + [OK]


def test_arrays_larger_than_a_pipe_and_noise_on_standard_output(trapped):
    cells = ["large", "print"] * 12 + [b"x" * 3_000_000] * 12
    found = outcomes(trapped, cells, children=2)
    assert [status for status, _, _ in found] == [OK] * 36
    np.testing.assert_array_equal(found[22][1], np.arange(2**19))
    assert found[30][1][0] == 3_000_000


def test_cells_that_need_no_decoder_start_none(trapped, monkeypatch):
    monkeypatch.setattr(processes, "taken", None)
    found = outcomes(trapped, [None, BadCell("no such file: x")])
    assert [status for status, _, _ in found] == [ABSENT, BAD]
    assert found[1][2] == "no such file: x."


def test_a_child_never_loads_keras(trapped):
    [(_, array, _)] = outcomes(trapped, ["modules"])
    assert not array.any()


def test_a_part_that_cannot_be_made_in_a_child_is_an_error(trapped):
    lost = PreparedColumn("x", "x", "nowhere_at_all:Trap", {}, {"name": "cnn"})
    with pytest.raises(PartError, match="cannot be made in a decoding process"):
        outcomes(lost, ["ok"])


@pytest.mark.parametrize("trap", ["crash", "hang"])
def test_a_sample_is_recognised_without_the_cells_that_end_a_decoder(trapped, trap):
    cells = ["a", trap, "b", "c"]
    found = guard.recognised(trapped.modality, {"mark": "x"}, cells, seconds=1)
    assert (found.confidence, found.why) == (0.5, "3 cells")
    assert found.options == {"mark": "seen"}
    assert guard.recognised(trapped.modality, {}, ["wrong"]).confidence == 0.0
