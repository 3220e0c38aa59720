"""Children that decode are reused, replaced when dead, and never left behind."""

import subprocess
import sys
import textwrap
import time

from homodal.data import guard, processes
from homodal.data.reading import OK


def test_what_is_not_consumed_leaves_no_process_behind(trapped):
    results = guard.decoded(trapped, ["sleep", "sleep"], children=2)
    half = guard.decoded(trapped, ["ok", "sleep"], children=2)
    pid = int(next(half)[1][1])
    half.close()
    results.close()
    processes.close()
    assert _ended(pid, seconds=30)


def test_a_child_that_died_while_it_waited_is_replaced(trapped):
    list(guard.decoded(trapped, ["ok"], children=1))
    for child in processes._idle:
        child._process.kill()
        child._process.wait()
    [(status, _, _)] = guard.decoded(trapped, ["ok"], children=1)
    assert status == OK


def test_children_end_with_a_parent_that_was_killed(traps):
    script = f"""
        import sys
        sys.path.insert(0, {str(traps)!r})
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
    assert _ended(pid, seconds=60)


def _ended(pid, seconds):
    """Whether the process ends in time."""
    deadline = time.monotonic() + seconds
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not _runs(pid)


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
