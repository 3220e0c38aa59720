"""Transcripts: spelling, facts, and words out of logits."""

from itertools import pairwise

import numpy as np
import pytest

from homodal.decoding.speech import NEVER
from homodal.errors import BadCell, PartError
from homodal.targets.transcript import Transcript

TEXTS = ["bin blue now", "set red now", "bin red soon", "bin blue now"]


def sure(target, facts, text, steps=40):
    """Logits `(1, steps, 1 + units)` that say `text`, a blank after each unit."""
    logits = np.zeros((1, steps, 1 + len(facts["vocabulary"])), np.float32)
    logits[..., 0] = 9.0
    for place, unit in enumerate(target.encode(text, facts)):
        if unit >= 0:
            logits[0, 2 * place, 0] = 0.0
            logits[0, 2 * place, unit + 1] = 9.0
    return logits


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("Hello, World!", "hello world"),
        ("  It\u2019s 5 o'clock -- 'well' ", "it's 5 o'clock well"),
        ("Ein T\u00fcr-Schlo\u00df.", "ein t\u00fcr-schlo\u00df"),
        ("\u4f60\u597d\uff0c\u4e16\u754c\u3002", "\u4f60\u597d \u4e16\u754c"),
    ],
)
def test_plain_spelling_is_what_is_said(cell, plain):
    assert Transcript().read(cell) == plain


def test_kept_spelling_keeps_all_but_white_space():
    assert Transcript(spelling="kept").read(" Hello,  World!") == "Hello, World!"


@pytest.mark.parametrize("cell", ["...", 5, None, "' -"])
def test_what_says_nothing_is_a_bad_cell(cell):
    with pytest.raises(BadCell):
        Transcript().read(cell)


@pytest.mark.parametrize("units", ["character", "subword", "word"])
@pytest.mark.parametrize("decoding", ["greedy", "beam"])
def test_logits_that_are_sure_decode_to_their_text(units, decoding):
    target = Transcript(units=units, decoding=decoding)
    facts = target.learn(TEXTS)
    for text in TEXTS:
        answers = target.decode(sure(target, facts, text), facts)
        assert answers["text"] == [text]
        assert answers["confidence"][0] > 0.9
        words = answers["words"][0]
        assert [word["word"] for word in words] == text.split()
        starts = [word["start"] for word in words]
        assert starts == sorted(starts) and 0 <= starts[0] < words[-1]["end"] <= 1


def test_times_become_seconds_and_none_where_nobody_knows():
    target = Transcript()
    facts = target.learn(TEXTS)
    logits = np.repeat(sure(target, facts, "bin blue now"), 2, axis=0)
    answers = target.decode(logits, facts)
    timed = target.in_seconds(answers, np.array([4.0, 0.0]))
    assert timed["words"][0][1]["start"] == pytest.approx(8 / 40 * 4.0)
    assert timed["words"][1][1]["start"] is None
    assert timed["text"] == answers["text"]


def test_masked_steps_are_no_time():
    target = Transcript()
    facts = target.learn(TEXTS)
    logits = sure(target, facts, "set red now")
    short = target.decode(logits, facts)["words"][0]
    padding = np.full_like(logits, NEVER)
    padding[..., 0] = 0.0
    longer = target.decode(np.concatenate([logits, padding], axis=1), facts)
    assert longer["words"][0] == short


@pytest.mark.parametrize("units", ["character", "subword", "word"])
def test_a_lexicon_says_nothing_but_its_words_and_pairs_nothing_but_its_pairs(units):
    rng = np.random.default_rng(0)
    known = {word for text in TEXTS for word in text.split()}
    follow = {pair for text in TEXTS for pair in pairwise(text.split())}
    for lexicon in ("words", "pairs"):
        target = Transcript(
            units=units, decoding="beam", lexicon=lexicon, language_model=3
        )
        facts = target.learn(TEXTS)
        width = 1 + len(facts["vocabulary"])
        logits = rng.normal(0, 3, (8, 30, width)).astype("float32")
        answers = target.decode(logits, facts)
        said = [text.split() for text in answers["text"]]
        assert {word for words in said for word in words} <= known
        assert any(said)
        if lexicon == "pairs":
            pairs = {p for words in said for p in pairwise(words)}
            assert pairs <= follow


def test_a_language_model_prefers_what_it_knows():
    target = Transcript(decoding="beam", language_model=4, language_weight=1.0)
    facts = target.learn(TEXTS)
    logits = sure(target, facts, "bin blue now")
    for step, heard in (
        (8, "e"),
        (10, "b"),
    ):  # one letter is as likely as the right one
        logits[0, step, 1 + facts["vocabulary"].index(heard)] = 9.0
    assert target.decode(logits, facts)["text"] == ["bin blue now"]


def test_a_transducer_is_decoded_by_both_searches():
    for decoding in ("greedy", "beam"):
        target = Transcript(decoding=decoding)
        facts = target.learn(TEXTS)
        width = 1 + len(facts["vocabulary"])
        never_again = -90 * np.eye(width, dtype=np.float32)[None]
        logits = {
            "sound": sure(target, facts, "set red now"),
            "last": never_again,
            "before": np.zeros_like(never_again),
        }
        answers = target.decode(logits, facts)
        assert answers["text"] == ["set red now"]
        assert answers["words"][0][1]["start"] == pytest.approx(8 / 40)


def test_prose_that_differs_is_a_transcript_and_says_so():
    texts = [f"set {colour} {n} now" for colour in ("red", "blue") for n in range(9)]
    evidence = Transcript().recognise(texts)
    assert evidence.confidence == 0.6
    assert "100%" in evidence.why and "several words" in evidence.why
    assert Transcript().recognise(["set red now", "set blue now"] * 9).confidence < 0.5
    assert Transcript().recognise([f"w{n}" for n in range(18)]).confidence < 0.5


def test_only_a_beam_has_a_lexicon():
    with pytest.raises(PartError, match=r"Only a beam.*decoding: greedy.*beam"):
        Transcript(lexicon="words")
    with pytest.raises(PartError, match="'units' of target 'transcript' is wrong"):
        Transcript(units="letter")


def test_words_are_the_units_where_few_are_said_often():
    lines = ["red at two", "blue by one", "red by two", "blue at one"]
    target = Transcript()
    often = target.learn(lines * 40)
    assert often["units"] == "word"
    said = target.encode("two red", often)[:2]
    assert [often["vocabulary"][place] for place in said] == ["▁two", "▁red"]
    assert target.learn(lines * 3)["units"] == "character"  # each is said too seldom
    new = [f"red at word{n}" for n in range(40)]
    assert target.learn(lines * 40 + new)["units"] == "character"  # others may come
    assert Transcript(units="character").learn(lines * 40)["units"] == "character"
    assert Transcript(vocabulary_size=4).learn(lines * 40)["units"] == "character"


def test_a_target_of_an_older_bundle_has_characters():
    facts = Transcript(units="character").learn(["ab ba"])
    del facts["units"]
    assert Transcript().encode("ab", facts)[:2].tolist() == [
        facts["vocabulary"].index("a"),
        facts["vocabulary"].index("b"),
    ]
