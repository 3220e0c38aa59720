"""What tells the answer: copies, groups, words, file names, durations."""

import numpy as np
import pytest

from homodal.checks.check import check
from homodal.checks.leakage import purity, tells, variance_explained


def test_purity_by_hand():
    values = ["u"] * 10 + ["v"] * 10 + ["w"] * 5
    answers = ["a"] * 9 + ["b"] + ["b"] * 10 + ["a"] * 5
    pure, different, majority = purity(values, answers)
    assert pure == pytest.approx(24 / 25)
    assert different == 3 and majority == pytest.approx(14 / 25)


def test_what_never_repeats_tells_nothing():
    answers = ["a", "b"] * 20
    assert not tells(list(range(40)), answers)
    assert tells([answer * 2 for answer in answers], answers)


def test_a_common_answer_is_no_news():
    answers = ["a"] * 97 + ["b"] * 3
    assert not tells(["x", "y"] * 50, answers)


def test_eta_squared_against_its_definition():
    rng = np.random.default_rng(0)
    answers = np.repeat(["a", "b", "c"], 20)
    values = rng.normal(size=60) + np.repeat([0, 1, 3], 20)
    groups = values.reshape(3, 20)
    between = 20 * ((groups.mean(axis=1) - values.mean()) ** 2).sum()
    wanted = between / ((values - values.mean()) ** 2).sum()
    assert variance_explained(values, answers) == pytest.approx(wanted)
    assert variance_explained(np.ones(60), answers) == 0


def test_a_copy_of_the_target_and_a_text_that_names_it(found):
    # training leaves a copy out by itself
    assert found["copy-of-target", "animal"].severity == "warning"
    assert "does not use it" in found["copy-of-target", "animal"].do
    assert found["text-tells-target", "text"].severity == "warning"
    assert ("copy-of-target", "same") not in found
    assert ("text-tells-target", "number") not in found


def test_a_group_with_one_answer_each():
    speakers = [f"s{i // 10}" for i in range(60)]
    table = {"speaker": speakers, "y": ["a" if i < 30 else "b" for i in range(60)]}
    (finding,) = [
        f for f in check(table, target="y").findings if f.kind == "group-tells-target"
    ]
    assert finding.columns == ("speaker",) and "6 different" in finding.what


def test_names_of_files_and_durations(tmp_path, recorded):

    rng = np.random.default_rng(0)
    rows = [(i % 2, i) for i in range(40)]
    sounds = [
        recorded(tmp_path, f"c{k}_{i}.wav", 0.2 * rng.normal(size=800 + 1600 * k + i))
        for k, i in rows
    ]
    table = {"file": sounds, "y": ["ab"[k] for k, _ in rows]}
    found = {f.kind: f for f in check(table, target="y", root=tmp_path).findings}
    assert "'c0_0.wav'" in found["file-name-tells-target"].what
    assert found["duration-tells-target"].columns == ("file",)
