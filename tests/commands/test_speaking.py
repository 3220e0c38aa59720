"""`homodal speak`: a text to a file, a table to a folder."""

import csv

import pytest
import soundfile

from homodal.commands.evaluating import evaluate
from homodal.commands.speaking import speak
from homodal.errors import TableError


def test_a_text_becomes_a_file(voice, tmp_path, capsys):
    speak(str(voice.folder), "ab ca", tmp_path / "say.wav")
    assert "1 of 1 said" in capsys.readouterr().out
    assert soundfile.info(tmp_path / "say.wav").samplerate == 8000


def test_a_table_becomes_a_folder_that_a_recogniser_can_hear(
    voice, spoken, tmp_path, capsys
):
    texts = ["ab", "", "ba ca"]
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("said", "more"), *((t, "x") for t in texts)])
    out = tmp_path / "said"
    speak(str(voice.folder), str(tmp_path / "t.csv"), out)
    assert "2 of 3 said" in capsys.readouterr().out
    with (out / "table.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["sound"] for row in rows] == ["1.wav", "", "3.wav"]
    assert [row["more"] for row in rows] == ["x"] * 3
    assert rows[0]["status"] == "ok" != rows[1]["status"]
    evaluate([str(spoken[0].folder / "bundle")], str(out / "table.csv"))
    assert "wer" in capsys.readouterr().out


def test_what_to_write_must_fit_what_to_say(voice, tmp_path):
    with pytest.raises(TableError, match=r"FILE\.wav"):
        speak(str(voice.folder), "ab", tmp_path / "folder")
    with pytest.raises(TableError, match="--out FOLDER"):
        speak(str(voice.folder), str(tmp_path), tmp_path / "a.wav")
    with pytest.raises(TableError, match="no folder"):
        speak(str(voice.folder), "ab", tmp_path / "none" / "a.wav")
