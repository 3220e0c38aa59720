"""Child processes that decode: started by name, spoken to through pipes, kept at rest.

`data.guard` gives them cells. They are started with `python -m`, not by
`multiprocessing`: a script without `if __name__ == "__main__"` would be run again by
each of them. They load NumPy and one modality, never Keras, and live until this process
ends, so that a second column starts at once.
"""

import atexit
import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

from homodal.data.decoder import HEAD
from homodal.errors import HomodalError

_PIPE_BYTES = 2**20
_F_SETPIPE_SZ = 1031

_idle: list = []
_lock = threading.Lock()


def taken():
    """A `Child` that has nothing to do, or a new one. Raises `HomodalError`."""
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.alive:
                return child
            child.end()
    try:
        return Child()
    except OSError as error:
        raise HomodalError(
            f"A decoding process could not start: {error.strerror or error}"
        ) from error


def given_back(child):
    """Keep a child for the next who needs one; end it unless it is at rest."""
    if child.queue or child.behind or not child.ready:
        child.end()
        return
    with _lock:
        _idle.append(child)


def close():
    """End the children that wait for work."""
    with _lock:
        waiting, _idle[:] = list(_idle), []
    for child in waiting:
        child.end()


atexit.register(close)


def search_path():
    """Where this process finds its modules; the children look there, too."""
    return [str(Path(folder or ".").resolve()) for folder in sys.path]


class Child:
    """One decoder process, its pipes and the cells that it has been given."""

    def __init__(self):
        settings = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        settings["PYTHONPATH"] = os.pathsep.join(search_path())
        self._process = subprocess.Popen(
            [sys.executable, "-m", "homodal.data.decoder"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | settings,
        )
        self._pipes = [p for p in (self._process.stdin, self._process.stdout) if p]
        self.asked, self.answers = (pipe.fileno() for pipe in self._pipes)
        for pipe in (self.asked, self.answers):
            os.set_blocking(pipe, False)
            _widen(pipe)
        self.queue: deque = deque()  # (place, cell) in the order they were asked
        self.ready = False
        self.waited = 0.0  # since it last said anything
        self._out = bytearray()
        self._in = bytearray()

    @property
    def alive(self):
        """False once the process has ended."""
        return self._process.poll() is None

    def ask(self, kind, value):
        """Queue a request; `flush` sends it."""
        # Safe in this direction: the child believes its parent
        request = pickle.dumps((kind, value), pickle.HIGHEST_PROTOCOL)
        self._out += len(request).to_bytes(8, "little") + request

    @property
    def behind(self):
        """True while something asked is not yet sent."""
        return bool(self._out)

    def flush(self):
        """Send as much as the pipe takes."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            while self._out:
                sent = os.write(self.asked, memoryview(self._out)[:_PIPE_BYTES])
                del self._out[:sent]

    def received(self):
        """`(messages, alive)`: every whole `(header, payload)` that has come."""
        alive = True
        try:
            block = os.read(self.answers, _PIPE_BYTES)
            alive = bool(block)
            self._in += block
        except BlockingIOError:
            pass
        messages = []
        while message := self._next():
            messages.append(message)
        return messages, alive

    def _next(self):
        if len(self._in) < HEAD.size:
            return None
        header, payload = HEAD.unpack_from(self._in)
        end = HEAD.size + header + payload
        if len(self._in) < end:
            return None
        text = json.loads(bytes(self._in[HEAD.size : HEAD.size + header]))
        data = bytes(self._in[HEAD.size + header : end])
        del self._in[:end]
        return text, data

    def end(self):
        """Kill it and wait; returns what it died of."""
        with contextlib.suppress(OSError):
            self._process.kill()
        code = self._process.wait()
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                pipe.close()
        return code

    def cause(self):
        """How a child whose pipe has closed came to its end."""
        try:
            code = self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            code = 0
        self.end()
        if code < 0:
            with contextlib.suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit code {code}"


def _widen(pipe):
    """A pipe that holds a whole film's frames; where the system allows it."""
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        fcntl.fcntl(pipe, _F_SETPIPE_SZ, _PIPE_BYTES)
