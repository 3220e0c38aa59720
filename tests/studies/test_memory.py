import sys

import numpy as np
import pytest

from homodal.studies import memory


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets its peak")
def test_the_peak_is_of_the_block_alone():
    def added(mebibytes):
        with memory.watched() as peak:
            np.ones(mebibytes * 2**17).sum()
        return peak.added_bytes / 2**20

    large, small = added(200), added(20)
    assert 190 < large < 260
    assert small < 60


def test_a_system_that_tells_nothing_gives_none(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "_RESET", tmp_path / "nowhere" / "clear_refs")
    with memory.watched() as peak:
        pass
    assert peak.added_bytes is None
