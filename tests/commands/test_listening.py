"""The command that listens, from a file and from raw samples."""

import io
import sys
from types import SimpleNamespace

import numpy as np
import soundfile

from homodal.commands.listening import listen


def test_a_file_and_raw_samples_give_the_words(spoken, tmp_path, capsys, monkeypatch):
    run, table, rate_hz = spoken
    place = table["said"].index(max(table["said"], key=len))
    sound = table["sound"][place]
    wanted = run.model.predict({"sound": [sound]}).to_pylist()[0]["said"]
    whole = (sound * 32767).astype("<i2")
    soundfile.write(tmp_path / "a.wav", whole, rate_hz)
    listen(str(run.folder), str(tmp_path / "a.wav"), chunk=0.2)
    out, err = capsys.readouterr()
    assert out.strip() == wanted
    assert wanted.startswith(" ".join(err.split())) and err.strip()
    # an odd number of bytes at first: half a sample waits for its other half
    stream = _Dribbling(whole.tobytes())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
    listen(str(run.folder), "-", rate=rate_hz, chunk=0.2)
    assert capsys.readouterr().out.strip() == wanted


class _Dribbling(io.BytesIO):
    def read(self, size=-1):
        return super().read(max(size - 1, 1))


def test_the_words_of_the_test_are_not_silence(spoken):
    assert all(np.abs(sound).max() > 0.1 for sound in spoken[1]["sound"])
