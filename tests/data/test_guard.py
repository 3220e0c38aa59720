"""A decoder may crash, hang or fill the memory: it costs one cell, and it is said."""

import os
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from homodal.data import guard
from homodal.data.preparation import PreparedColumn
from homodal.data.reading import ABSENT, BAD, OK
from homodal.errors import BadCell, PartError

TRAP = """
import os, signal, time
import numpy as np
from homodal.contracts import Evidence, Modality

class Trap(Modality):
    media, dtype = True, "int64"
    def __init__(self, mark=""):
        self.mark = mark
    def recognise(self, cells):
        arrays = [self.read(cell) for cell in cells]
        return Evidence(0.5, f"{len(arrays)} cells", {"mark": "seen"})
    def read(self, cell):
        if cell == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if cell == "once" and not os.path.exists(self.mark):
            open(self.mark, "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        if cell == "hang":
            while True:
                pass
        if cell == "sleep":
            time.sleep(600)
        if cell == "print":
            print("noise on standard output", flush=True)
            os.write(1, b"more of it")
        if cell == "memory":
            return np.ones(2**36, "uint8")
        if cell == "wrong":
            raise KeyError("what a decoder raises")
        if cell == "large":
            return np.arange(2**19)
        if cell == "modules":
            import sys
            return np.array(["keras" in sys.modules, "tensorflow" in sys.modules])
        return np.array([len(cell), os.getpid()])
    def shape(self, facts):
        return (None,)
    def example(self, folder, rng):
        return "x"
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    folder = tmp_path_factory.mktemp("outside")
    (folder / "traps.py").write_text(TRAP)
    return folder


@pytest.fixture
def column(module, monkeypatch):
    monkeypatch.syspath_prepend(str(module))
    return PreparedColumn("x", "x", "traps:Trap", {}, {"name": "cnn"})


def outcomes(column, cells, **options):
    return list(guard.decoded(column, cells, **options))


def test_results_come_in_the_order_of_the_cells(column):
    cells = ["a" * (1 + i % 7) for i in range(2000)]
    found = outcomes(column, cells, children=2)
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
def test_what_ends_or_blocks_a_decoder_costs_one_cell(column, trap, reason):
    cells = ["ok"] * 20 + [trap] + ["ok"] * 20
    begun = time.monotonic()
    found = outcomes(column, cells, seconds=1, children=2)
    assert time.monotonic() - begun < 60
    assert [status for status, _, _ in found] == [OK] * 20 + [BAD] + [OK] * 20
    assert reason.rstrip(".") in found[20][2]


def test_a_child_that_was_killed_once_is_no_fault_of_the_cell(column, tmp_path):
    told = {"mark": str(tmp_path / "was here")}
    marked = PreparedColumn(**(vars(column) | {"options": told}))
    found = outcomes(marked, ["ok", "once", "ok"])
    assert [status for status, _, _ in found] == [OK, OK, OK]


def test_many_crashes_in_a_row(column):
    found = outcomes(column, ["crash"] * 5 + ["fine"], children=2)
    assert [status for status, _, _ in found] == [BAD] * 5 + [OK]


def test_arrays_larger_than_a_pipe_and_noise_on_standard_output(column):
    cells = ["large", "print"] * 12 + [b"x" * 3_000_000] * 12
    found = outcomes(column, cells, children=2)
    assert [status for status, _, _ in found] == [OK] * 36
    np.testing.assert_array_equal(found[22][1], np.arange(2**19))
    assert found[30][1][0] == 3_000_000


def test_cells_that_need_no_decoder_start_none(column, monkeypatch):
    monkeypatch.setattr(guard, "_Child", None)
    found = outcomes(column, [None, BadCell("no such file: x")])
    assert [status for status, _, _ in found] == [ABSENT, BAD]
    assert found[1][2] == "no such file: x."


def test_a_child_never_loads_keras(column):
    [(_, array, _)] = outcomes(column, ["modules"])
    assert not array.any()


def test_what_is_not_consumed_leaves_no_process_behind(column):
    results = guard.decoded(column, ["sleep", "sleep"], children=2)
    half = guard.decoded(column, ["ok", "sleep"], children=2)
    pid = int(next(half)[1][1])
    half.close()
    results.close()
    guard.close()
    deadline = time.monotonic() + 30
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)


def test_a_child_that_died_while_it_waited_is_replaced(column):
    outcomes(column, ["ok"], children=1)
    for child in guard._idle:
        child._process.kill()
        child._process.wait()
    assert outcomes(column, ["ok"], children=1)[0][0] == OK


def test_a_part_that_cannot_be_made_in_a_child_is_an_error(column):
    lost = PreparedColumn("x", "x", "nowhere_at_all:Trap", {}, {"name": "cnn"})
    with pytest.raises(PartError, match="cannot be made in a decoding process"):
        outcomes(lost, ["ok"])


def test_children_end_with_a_parent_that_was_killed(module):
    script = f"""
        import sys
        sys.path.insert(0, {str(module)!r})
        from homodal.data import guard
        from homodal.data.preparation import PreparedColumn
        column = PreparedColumn("x", "x", "traps:Trap", {{}}, {{"name": "cnn"}})
        results = guard.decoded(column, ["ok", "sleep"], seconds=1, children=1)
        print(int(next(results)[1][1]), flush=True)
        sys.stdin.read()
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(parent.stdout.readline())
    assert _runs(pid)
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 60
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("trap", ["crash", "hang"])
def test_a_sample_is_recognised_without_the_cells_that_end_a_decoder(column, trap):
    cells = ["a", trap, "b", "c"]
    found = guard.recognised(column.modality, {"mark": "x"}, cells, seconds=1)
    assert (found.confidence, found.why) == (0.5, "3 cells")
    assert found.options == {"mark": "seen"}
    assert guard.recognised(column.modality, {}, ["wrong"]).confidence == 0.0
