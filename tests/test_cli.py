"""The commands as a user meets them: output, files, exit codes, errors in one line."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from PIL import Image

from homodal import cli
from homodal.errors import TrainingError

pytestmark = pytest.mark.usefixtures("eagerly")
SMALL = [
    "encoder.width=8",
    "encoder.depth=1",
    "fusion.width=8",
    "training.epochs=1",
    "training.batch_size=8",
]
ROWS = 24
ROOT = str(Path(cli.__file__).parent.parent)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a table of pictures and words, and a run on it: `runs/a`."""
    folder = tmp_path_factory.mktemp("user")
    rng = np.random.default_rng(0)
    lines = ["face,words,label"]
    for row in range(ROWS):
        name = f"{row}.png"
        Image.fromarray(rng.integers(0, 255, (6, 6, 3), np.uint8)).save(folder / name)
        words = " ".join(rng.choice(["red", "blue", "big", "tree", "sea"], 4))
        cell = name if row % 4 else ""
        lines.append(f"{cell},{words},{'ab'[row % 2]}")
    (folder / "train.csv").write_text("\n".join(lines) + "\n")
    settings = [part for pair in SMALL for part in ("--set", pair)]
    arguments = ["train", "train.csv", "--target", "label", *settings]
    done = shell(folder, *arguments, "--out", "runs/a")
    assert done.returncode == 0, done.stderr
    (folder / "train.out").write_text(done.stdout)
    (folder / "train.err").write_text(done.stderr)
    return folder


def shell(folder, *arguments, **variables):
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "homodal", *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"COLUMNS": "80", "PYTHONPATH": ROOT} | variables,
        capture_output=True,
        text=True,
        timeout=250,
    )


@pytest.fixture
def homodal(folder, monkeypatch, capsys):
    """`homodal(*arguments)`: its code, stdout and stderr, run in this process."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["homodal", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        return stopped.value.code, said.out, said.err

    return run


def assert_fails(result, message):
    """One clear message on stderr, nothing on stdout, exit code 1, no traceback."""
    code, out, err = result
    assert code == 1
    assert out == ""
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    assert err.startswith("homodal: ")
    assert re.search(message, err), err


def test_train_is_quiet_where_nobody_watches(folder):
    out, err = (folder / "train.out").read_text(), (folder / "train.err").read_text()
    assert "1 epochs in" in out and "all columns" in out and "face alone" in out
    assert "The model is in runs/a/bundle" in out
    assert "\x1b" not in out + err
    assert "Reading" not in err and "Training" not in err
    assert "oneDNN" not in err and "cuda" not in err.lower()  # TensorFlow's greetings
    assert (folder / "runs" / "a" / "bundle" / "weights.safetensors").is_file()


def test_evaluate_shows_and_writes(homodal, folder):
    code, out, _ = homodal("evaluate", "runs/a", "train.csv", "--json", "scores.json")
    assert code == 0
    assert "all columns" in out and f"{ROWS} rows, {ROWS} scored." in out
    assert "Written: runs/a/evaluation.json" in out
    saved = json.loads((folder / "scores.json").read_text())
    assert saved["rows"] == ROWS
    assert set(saved["scores"]["accuracy"]) == {"value", "low", "high"}
    assert set(saved["columns_alone"]) == {"face", "words"}
    assert json.loads((folder / "runs/a/evaluation.json").read_text()) == saved
    assert (folder / "runs/a/confusion.png").is_file()


def test_evaluating_a_bundle_leaves_it_whole(homodal, folder, tmp_path):
    bundle = shutil.copytree(folder / "runs/a/bundle", tmp_path / "bundle")
    before = {path.name: path.read_bytes() for path in bundle.iterdir()}
    code, out, _ = homodal("evaluate", bundle, "train.csv")
    assert code == 0 and "Written" not in out
    assert {path.name: path.read_bytes() for path in bundle.iterdir()} == before


def test_predict_answers_every_row(homodal, folder):
    (folder / "new.csv").write_text('words,more\nred tree,1\nblue sea,2\n"",3\n')
    code, out, err = homodal("predict", "runs/a", "new.csv", "--out", "answers.csv")
    assert code == 0
    assert "3 rows in, 3 rows out: answers.csv" in out
    assert err.count("Going on without 'face': not in new.csv") == 1
    assert "1 rows without one usable cell" in err
    lines = (folder / "answers.csv").read_text().splitlines()
    assert lines[0] == '"label","probability","status"'
    assert len(lines) == 4
    assert lines[3].startswith(',,"no answer: absent: face; absent: words"')
    listed = (folder / "answers.quarantine.csv").read_text().splitlines()
    assert listed[0] == "row,column,status,reason"
    assert sorted(listed[1:])[-2:] == ["3,face,absent,", "3,words,absent,"]
    assert "with reasons: answers.quarantine.csv" in err


def test_the_cache_is_shown_checked_and_emptied(homodal, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HOMODAL_CACHE", str(tmp_path / "cells"))
    assert homodal("predict", "runs/a", "train.csv", "--out", "c.csv")[0] == 0
    code, out, _ = homodal("cache", "--json", "cache.json")
    assert code == 0 and "of at most 50 GB" in out
    saved = json.loads((folder / "cache.json").read_text())
    assert saved["shards"] == 2
    assert {kind["rows"] for kind in saved["modalities"].values()} == {ROWS}
    for modality in saved["modalities"]:
        assert modality in out
    path = next((tmp_path / "cells").iterdir())
    path.write_bytes(path.read_bytes()[:-1])
    _, out, _ = homodal("cache", "--check")
    assert "1 damaged shards removed" in out and not path.exists()
    _, out, _ = homodal("cache", "--empty")
    assert "Emptied: 0.0 MB freed" in out
    assert list((tmp_path / "cells").iterdir()) == []


def test_predict_writes_other_formats_with_probabilities(homodal, folder):
    arguments = ["predict", "runs/a", "train.csv", "--probabilities", "--out"]
    assert homodal(*arguments, "a.parquet")[0] == 0
    table = pyarrow.parquet.read_table(folder / "a.parquet")
    assert table.num_rows == ROWS
    each = [table[f"probability of {name}"].to_numpy() for name in "ab"]
    np.testing.assert_allclose(np.sum(each, axis=0), 1, rtol=1e-5)
    assert homodal(*arguments, "a.jsonl")[0] == 0
    rows = [json.loads(line) for line in (folder / "a.jsonl").read_text().splitlines()]
    assert [row["label"] for row in rows] == table["label"].to_pylist()


def test_describe_names_columns_with_their_evidence(homodal):
    settings = [part for pair in SMALL for part in ("--set", pair)]
    code, out, _ = homodal("describe", "train.csv", "--target", "label", *settings)
    assert code == 0
    assert "18 of 18 cells open as pictures" in " ".join(out.split())
    assert "parameters" in out and "to train" in out
    assert max(map(len, out.splitlines())) <= 80


def test_parts_and_recipes_are_listed(homodal, folder):
    code, out, _ = homodal("parts", "--json", "parts.json")
    assert code == 0 and "gated" in out
    listed = json.loads((folder / "parts.json").read_text())
    assert all(list(p) == ["kind", "name", "summary", "options"] for p in listed)
    gated = next(p for p in listed if (p["kind"], p["name"]) == ("fusion", "gated"))
    assert gated["options"]["width"] == 128
    code, out, _ = homodal("recipes")
    assert code == 0 and "image-cnn+text-rnn" in out


def test_resuming_a_finished_run_ends_well(homodal):
    code, out, _ = homodal("train", "--resume", "runs/a")
    assert code == 0 and "The model is in runs/a/bundle" in out


def test_columns_and_kinds_are_chosen(homodal, folder):
    settings = [p for s in [*SMALL, "columns.words=category"] for p in ("--set", s)]
    arguments = ["train", "train.csv", "--target", "label", *settings]
    result = homodal(*arguments, "--columns", "words", "--out", "runs/words")
    assert result[0] == 0
    saved = json.loads((folder / "runs/words/bundle/preparation.json").read_text())
    assert [(c["name"], c["modality"]) for c in saved["columns"]] == [
        ("words", "category")
    ]


def test_a_terminal_without_unicode(folder):
    (folder / "新.csv").write_text("words\nred tree\n", encoding="utf-8")
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    arguments = ["predict", "runs/a", "新.csv", "--out", "答.jsonl"]
    done = shell(folder, *arguments, **ascii_only)
    assert done.returncode == 0, done.stderr
    assert "1 rows in, 1 rows out: \\u7b54.jsonl" in done.stdout


def test_without_arguments_there_is_help(homodal):
    _, out, err = homodal()
    assert "Usage: homodal" in out + err
    code, out, _ = homodal("--help")
    assert code == 0
    for command in ("describe", "train", "evaluate", "predict", "parts", "recipes"):
        assert command in out


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["train", "trian.csv", "--target", "label"], "Did you mean 'train.csv'"),
        (["train", "train.csv", "--target", "lable"], "Did you mean 'label'"),
        (["train", "train.csv"], "no target.*face, words, label"),
        (["train"], "No table is given"),
        (["train", "--resume", "nowhere"], "holds no run to resume"),
        (
            ["train", "train.csv", "--target", "label", "--out", "runs/a"],
            "already holds",
        ),
        (["evaluate", "nowhere", "train.csv"], "no folder 'nowhere'"),
        (["evaluate", "runs", "train.csv"], "holds no saved model"),
        (["evaluate", "runs/a", "train.csv", "--json", "no/s.json"], "no folder 'no'"),
        (["predict", "runs/a", "train.csv", "--out", "a.xls"], "cannot be written to"),
        (["predict", "runs/a", "train.csv", "--out", "no/a.csv"], "no folder 'no'"),
        (["predict", "runs/a", "train.csv", "--out", "./train.csv"], "would replace"),
        (["describe", "train.csv", "--target", "label", "--recipe", "cn"], "no recipe"),
    ],
    ids=lambda value: "-".join(value)[:40] if isinstance(value, list) else "",
)
def test_mistakes_are_answered_in_one_line(homodal, arguments, message):
    assert_fails(homodal(*arguments), message)


@pytest.mark.parametrize(
    "setting, message",
    [
        ("training.epoch=3", "Unknown key 'training.epoch'.*Did you mean 'epochs'"),
        ("training.epochs=many", "'training.epochs' of the recipe is wrong.*'many'"),
        ("training.epochs=[", "value of 'training.epochs' is not readable YAML"),
        ("fusion.widht=3", "Unknown option 'widht' of fusion 'gated'"),
        ("encoder=transfomer", "no encoder .*Did you mean 'transformer'"),
        ("columns.face=picture", "no modality 'picture'"),
        ("columns.fase=image", "no column 'fase'.*Did you mean 'face'"),
        ("training.epochs", "says no value"),
    ],
)
def test_wrong_settings(homodal, setting, message):
    arguments = ["train", "train.csv", "--target", "label", "--out", "runs/never"]
    assert_fails(homodal(*arguments, "--set", setting), message)


def test_an_option_that_does_not_exist(homodal):
    code, out, err = homodal("train", "train.csv", "--tagret", "label")
    assert code == 1 and out == ""
    assert "No such option" in err and "--target" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "is an empty file"),
        ("words,label\n", "has no rows"),
        ("words,words,label\na,b,c\n", "more than one column named 'words'"),
        (
            "words,label\n" + "".join(f"tree {n},a\n" for n in range(9)),
            "one class only",
        ),
        ("words,label\n" + "a red tree,\n" * 9, "empty in every row"),
        ("words,label\na red tree,a\nsea,b\n", "too few to train and validate"),
    ],
    ids=["empty", "no rows", "doubles", "one class", "no class", "few"],
)
def test_tables_that_cannot_be_learned(homodal, folder, text, message):
    (folder / "wrong.csv").write_text(text)
    settings = ["--set", "columns.words=text"] if "words,label" in text else []
    arguments = ["train", "wrong.csv", "--target", "label", "--out", "runs/wrong"]
    assert_fails(homodal(*arguments, *settings), message)
    assert not (folder / "runs/wrong").exists()


def media_table(folder, cells):
    lines = [f"{cell},{'ab'[row % 2]}" for row, cell in enumerate(cells)]
    (folder / "media.csv").write_text("\n".join(["m,label", *lines]) + "\n")


@pytest.mark.parametrize(
    "content, reason",
    [(b"no picture", "image"), (b"", "empty file"), (None, "no such file")],
)
def test_pictures_that_cannot_be_read(homodal, folder, content, reason):
    for row in range(3):
        (folder / f"x{row}.png").unlink(missing_ok=True)
        if content is not None:
            (folder / f"x{row}.png").write_bytes(content)
    media_table(folder, [f"{n}.png" for n in range(1, 12)] + ["x0.png", "x1.png"] * 3)
    arguments = ["train", "media.csv", "--target", "label", "--out", "runs/never"]
    result = homodal(*arguments, "--set", "columns.m=image")
    assert_fails(result, rf"cells of column 'm' cannot be read.*row \d+.*{reason}")


def test_a_film_without_sound_as_a_sound(homodal, folder):
    from homodal.modalities.video import Video

    rng = np.random.default_rng(0)
    media_table(folder, [Video().example(folder, rng).name for _ in range(12)])
    arguments = ["train", "media.csv", "--target", "label", "--out", "runs/never"]
    result = homodal(*arguments, "--set", "columns.m=audio")
    assert_fails(result, "cells of column 'm' cannot be read.*no sound")


def test_a_flipped_byte_in_a_bundle(homodal, folder, tmp_path):
    bundle = shutil.copytree(folder / "runs/a/bundle", tmp_path / "bundle")
    weights = bundle / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[-5] ^= 1
    weights.write_bytes(bytes(data))
    result = homodal("predict", bundle, "train.csv", "--out", "answers.csv")
    assert_fails(result, r"damaged: 'weights\.safetensors' is not what was saved")


def test_an_interrupt_is_130_and_no_traceback(homodal, monkeypatch):
    from homodal import api

    def interrupted(run):
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "load", interrupted)
    code, _, err = homodal("predict", "runs/a", "train.csv", "--out", "answers.csv")
    assert code == 130
    assert "Traceback" not in err


def test_an_error_of_ours_is_one_line_and_a_bug_is_not_hidden(homodal, monkeypatch):
    from homodal import pages

    def fails(error):
        def show():
            raise error

        return show

    monkeypatch.setattr(pages, "show_recipes", fails(TrainingError("It is late")))
    assert_fails(homodal("recipes"), "It is late")
    monkeypatch.setattr(pages, "show_recipes", fails(ZeroDivisionError("a bug")))
    with pytest.raises(ZeroDivisionError, match="a bug"):
        monkeypatch.setattr(sys, "argv", ["homodal", "recipes"])
        cli.main()


def test_explain_shows_and_writes(homodal, folder):
    code, out, _ = homodal("explain", "runs/a", "train.csv", "--json", "worth.json")
    assert code == 0
    assert "Shapley value" in out and "columns shown" in out
    assert "Written: runs/a/explanation.json" in out
    saved = json.loads((folder / "worth.json").read_text())
    assert {tuple(each["columns"]) for each in saved["subsets"]} == {
        ("face",),
        ("words",),
        ("face", "words"),
    }
    assert json.loads((folder / "runs/a/explanation.json").read_text()) == saved


def test_unsure_rows_stay_without_an_answer(homodal, folder):
    arguments = ["--out", "unsure.csv", "--abstain-below", "1", "--sets", "0.9"]
    code, _, err = homodal("predict", "runs/a", "train.csv", *arguments)
    assert code == 0
    assert f"{ROWS} rows left without an answer, since the model is not sure" in err
    assert_fails(
        homodal("predict", "runs/a", "train.csv", "--out", "a.csv", "--sets", "0.7"),
        r"level 0\.7",
    )


def test_several_runs_are_compared_on_the_same_rows(homodal, folder):
    shutil.copytree(folder / "runs/a", folder / "runs/b")
    arguments = ["evaluate", "runs/a", "runs/b", "train.csv", "--json", "two.json"]
    code, out, _ = homodal(*arguments)
    assert code == 0 and "cannot be told apart" in " ".join(out.split())
    saved = json.loads((folder / "two.json").read_text())
    assert [each["name"] for each in saved["models"]] == ["runs/a", "runs/b"]
    assert saved["pairs"][0]["p"] == 1 and not saved["pairs"][0]["differ"]


def test_the_exit_code_of_a_check_says_whether_there_are_errors(homodal, folder):
    (folder / "fine.csv").write_text(
        "x,y\n" + "".join(f"{row * 1.37},{'ab'[row % 2]}\n" for row in range(40))
    )
    (folder / "codes.csv").write_text(
        "x,y\n" + "".join(f"{row * 1.37},k{row}\n" for row in range(40))
    )
    assert homodal("check", "fine.csv", "--target", "y")[0] == 0
    code, out, _ = homodal("check", "codes.csv", "--target", "y", "--json", "c.json")
    assert code == 1
    assert "is it an identifier" in " ".join(out.split())
    findings = json.loads((folder / "c.json").read_text())["findings"]
    assert "no-target" in [finding["kind"] for finding in findings]
    against = ("--target", "y", "--against", "fine.csv")
    code, out, _ = homodal("check", "fine.csv", *against)
    assert code == 1 and "stand in this table, too" in " ".join(out.split())
