"""Decoding under guard: in child processes that may crash, hang or be killed.

A few children (see `data.processes`) each hold a queue of cells. A cell that takes
longer than its deadline, or that ends its child, is a bad cell; the child is replaced,
the cells behind it are asked again, and everything goes on.
"""

import json
import os
import selectors
import time
from collections import deque
from pathlib import Path

import numpy as np

from homodal.contracts import Evidence
from homodal.data import processes
from homodal.data.reading import BAD, OK, read_cell
from homodal.errors import BadCell, HomodalError, PartError
from homodal.tables.addresses import ALLOW_REMOTE

DEADLINE_SECONDS = 60.0  # of one cell
_START_SECONDS = 300.0
_TICK_SECONDS = 1.0
_QUEUED = 8  # cells a child has before it: it never waits for the next one
_AHEAD = 512  # cells decoded beyond the one that is due
_AHEAD_BYTES = 64 * 2**20
_CRASHED, _LATE = "the decoder crashed", "decoding took longer than"


def decoded(prepared, cells, *, seconds=None, children=None, encoded=True):
    """Yield `(status, array, reason)` for each of the iterable `cells`, in order.

    prepared: the `PreparedColumn`. seconds: a cell's deadline. children: how many
    processes; as many as there are processors. encoded: False for the arrays as they
    were read. Raises `PartError` when the modality cannot be made in a child.
    """
    yield from _answered(
        cells,
        children,
        modality=prepared.modality,
        options=prepared.options,
        facts=prepared.facts,
        seconds=seconds or DEADLINE_SECONDS,
        encoded=encoded,
    )


def recognised(modality, options, cells, *, seconds=None):
    """The `Evidence` that a modality finds in sample cells, looked at in a child.

    Where a cell ends the child or blocks it, the cells are looked at one by one first,
    and the others recognised. seconds: a cell's deadline. Raises `PartError`.
    """
    told = {"modality": modality, "options": options, "facts": None}
    told["seconds"] = seconds or DEADLINE_SECONDS
    for left in (cells, _harmless(cells, told)):
        left = list(left)
        [(status, _, text)] = _answered([left], 1, **told, recognise=True)
        if status == OK:
            return Evidence(**json.loads(text))
    return Evidence(0.0, text)


def looked(task, modality, options, cells, *, seconds=None, children=None):
    """Yield `(status, array, text)`: what `task` makes of each cell in a child.

    task: "package.module:function", called there with the modality's name, the
    Modality and the cell; it returns such a triple. None and a `BadCell` reach no
    child, and a cell that ends or blocks one is bad. seconds, children: as `decoded`.
    """
    told = {"modality": modality, "options": options, "facts": None, "task": task}
    yield from _answered(cells, children, seconds=seconds or DEADLINE_SECONDS, **told)


def _harmless(cells, told):
    """The cells that a decoder comes back from, whatever it says of them."""
    results = _answered(cells, 1, **told, encoded=False)
    for cell, (_, _, reason) in zip(cells, results, strict=True):
        if not reason.startswith((_CRASHED, _LATE)):
            yield cell


def _answered(cells, children, **told):
    described = {"folder": str(Path.cwd()), "path": processes.search_path(), **told}
    described["remote"] = os.environ.get(ALLOW_REMOTE, "")
    job = _Job(described, iter(cells), children or os.cpu_count() or 1)
    try:
        yield from job.results()
    finally:
        job.close()


class _Job:
    """One column's cells on their way through the children."""

    def __init__(self, described, cells, children):
        self._described = described
        self._cells = enumerate(cells)
        self._most = children
        self._children: list[processes.Child] = []
        self._again: deque = deque()  # cells whose child died before their turn
        self._tried: set[int] = set()
        self._done: dict[int, tuple] = {}
        self._bytes = 0
        self._due = 0
        self._over = False
        self._selector = selectors.DefaultSelector()

    def results(self):
        """Yield the results in the order of the cells."""
        while True:
            self._hand_out()
            while self._due in self._done:
                result = self._done.pop(self._due)
                self._due += 1
                self._bytes -= _size(result)
                yield result
                self._hand_out()
            if self._over and not any(c.queue for c in self._children):
                return
            self._listen()

    def close(self):
        """Give the children back that are at rest, and end the others."""
        self._selector.close()
        for child in self._children:
            processes.given_back(child)
        self._children = []

    def _hand_out(self):
        """Fill the queues, without running too far ahead of the row that is due."""
        while cell := self._next_cell():
            place, content = cell
            if content is None or isinstance(content, BadCell):
                self._keep(place, read_cell(None, None, content))
                continue
            child = self._free()
            child.queue.append(cell)
            child.ask("read", content)
        for child in self._children:
            child.flush()

    def _next_cell(self):
        full = all(len(c.queue) >= _QUEUED or c.behind for c in self._children)
        if full and len(self._children) >= self._most:
            return None
        if self._again:
            return self._again.popleft()
        if self._over or self._bytes >= _AHEAD_BYTES:
            return None
        if sum(len(c.queue) for c in self._children) + len(self._done) >= _AHEAD:
            return None
        cell = next(self._cells, None)
        self._over = cell is None
        return cell

    def _free(self):
        """The child with the shortest queue; a new one while all have work."""
        child = min(self._children, key=lambda c: len(c.queue), default=None)
        if child is None or (child.queue and len(self._children) < self._most):
            child = self._enlisted()
        return child

    def _enlisted(self):
        child = processes.taken()
        child.ready, child.waited = False, 0.0
        child.ask("column", self._described)
        self._selector.register(child.answers, selectors.EVENT_READ, child)
        self._children.append(child)
        return child

    def _listen(self):
        begun = time.monotonic()
        writers = [c for c in self._children if c.behind]
        for child in writers:
            self._selector.register(child.asked, selectors.EVENT_WRITE, child)
        events = self._selector.select(_TICK_SECONDS)
        for child in writers:
            self._selector.unregister(child.asked)
        # Time during which this process itself was stopped is nobody's fault
        waited = min(time.monotonic() - begun, 1.5 * _TICK_SECONDS)
        heard = {key.fd for key, _ in events}
        for child in list(self._children):
            if child.asked in heard:
                child.flush()
            if child.answers in heard:
                child.waited = 0.0
                self._take(child)
            elif child.queue:
                child.waited += waited
                self._judge(child)

    def _take(self, child):
        messages, alive = child.received()
        for header, payload in messages:
            if "failed" in header:
                raise PartError(
                    f"The modality '{self._described['modality']}' cannot be made in a "
                    f"decoding process: {header['failed']}",
                    do="Its module must be importable from a fresh Python",
                )
            if "ready" in header:
                child.ready = True
            else:
                place, _ = child.queue.popleft()
                self._keep(place, _result(header, payload))
        if not alive:
            cause = child.cause()
            if not child.ready:
                raise HomodalError(f"A decoding process could not start ({cause})")
            self._replace(child, f"{_CRASHED} ({cause})", again=True)

    def _judge(self, child):
        limit = self._described["seconds"] if child.ready else _START_SECONDS
        if child.waited < limit:
            return
        child.end()
        if not child.ready:
            raise HomodalError(f"A decoding process did not start in {limit:g} seconds")
        self._replace(child, f"{_LATE} {limit:g} seconds")

    def _replace(self, child, reason, again=False):
        """The first cell in a dead child's queue was its end; the others are not.

        After a crash that cell is tried once more: the system may have killed the child
        for another's greed.
        """
        self._selector.unregister(child.answers)
        self._children.remove(child)
        cells = list(child.queue)
        child.queue.clear()
        if cells and (not again or cells[0][0] in self._tried):
            self._keep(cells.pop(0)[0], (BAD, None, reason))
        elif cells:
            self._tried.add(cells[0][0])
        self._again.extendleft(reversed(cells))

    def _keep(self, place, result):
        self._done[place] = result
        self._bytes += _size(result)


def _result(header, payload):
    array = None
    if "shape" in header:
        array = np.frombuffer(payload, header["dtype"]).reshape(header["shape"])
    return header["status"], array, header["reason"]


def _size(result):
    return 0 if result[1] is None else result[1].nbytes
