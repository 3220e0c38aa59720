"""A modality whose cells crash, hang or fill the memory."""

import pytest

from homodal.data.preparation import PreparedColumn

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
def traps(tmp_path_factory):
    """A folder with a modality whose cells say what becomes of their decoder."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "traps.py").write_text(TRAP)
    return folder


@pytest.fixture
def trapped(traps, monkeypatch):
    """A column of that modality."""
    monkeypatch.syspath_prepend(str(traps))
    return PreparedColumn("x", "x", "traps:Trap", {}, {"name": "cnn"})
