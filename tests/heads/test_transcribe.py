"""The head of transcripts, and the whole way from sounds to words."""

import keras
import numpy as np
import pyarrow as pa
import pytest
from keras import ops

import homodal
from homodal.decoding.speech import NEVER
from homodal.errors import ColumnError, PartError, TargetError
from homodal.heads.transcribe import Transcribe
from homodal.layers.stream import Stream, Timed
from homodal.targets.transcript import Transcript


def stream(rows=3, steps=6, width=8):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(rows, steps, width)).astype("float32")
    mask = np.ones((rows, steps), bool)
    mask[0, 4:] = False
    return Stream(ops.convert_to_tensor(values), ops.convert_to_tensor(mask))


@pytest.mark.parametrize("predictor", ["window", "gru"])
@pytest.mark.parametrize("kind", ["ctc", "transducer", "both"])
def test_every_kind_gives_finite_losses_and_nothing_for_nothing(kind, predictor):
    head = Transcribe(["a", "b", "c"], kind=kind, predictor=predictor, dropout=0.0)
    logits = head(stream())
    truth = np.array([[0, 1, -1], [2, 2, 1], [-2, -2, -2]], "int32")
    for figures in (head.loss(logits, truth), head.progress(logits, truth)):
        figures = np.asarray(ops.convert_to_numpy(figures))
        assert figures.shape == (3,) and np.isfinite(figures).all()
        assert figures[2] == 0


@pytest.mark.parametrize("predictor", ["window", "gru"])
def test_a_transducer_with_ctc_learns_rows_by_heart(predictor):
    keras.utils.set_random_seed(0)
    head = Transcribe(["a", "b", "c"], kind="both", predictor=predictor, dropout=0.0)
    given, truth = stream(), np.array([[0, 1, -1], [2, 2, 1], [1, -1, -1]], "int32")
    head(given)
    model = Fitted(head)
    model.compile(optimizer=keras.optimizers.Adam(0.1), jit_compile=False)
    arrays = {"values": np.asarray(given.values), "mask": np.asarray(given.mask)}
    model.fit(arrays, truth, epochs=40, batch_size=3, verbose=0)
    logits = head(given)
    assert float(ops.max(head.loss(logits, truth))) < 0.3
    logits = {name: ops.convert_to_numpy(each) for name, each in logits.items()}
    for options in ({}, {"decoding": "beam"}, {"decoding": "beam", "beam": 1}):
        found = Transcript(**options).decode(logits, {"vocabulary": ["a", "b", "c"]})
        assert found["text"] == ["ab", "ccb", "b"]


class Fitted(keras.Model):
    def __init__(self, head):
        super().__init__()
        self.head = head

    def call(self, inputs):
        return self.head(Stream(inputs["values"], inputs["mask"]))

    def compute_loss(self, x, y, y_pred, sample_weight=None, training=True):
        return ops.mean(self.head.loss(y_pred, y))


def test_recurrences_of_its_own_take_a_stream_that_knows_its_seconds():
    head = Transcribe(["a", "b"], depth=1, dropout=0.0)
    values, mask = stream()
    seconds = ops.zeros((3, 6, 2))
    logits = head(Timed(values, mask, seconds))
    assert logits.shape == (3, 6, 3)
    logits = np.asarray(ops.convert_to_numpy(logits))
    assert (logits[0, 4:, 1:] == NEVER).all() and (logits[1:, :, 1:] > NEVER).all()


@pytest.mark.parametrize("kind", ["ctc", "both"])
def test_priors_are_those_of_a_batch(kind):
    plain, against = (
        Transcribe(["a", "b"], kind=kind, dropout=0.0, prior_weight=weight)
        for weight in (0.0, 0.4)
    )
    assert plain.rows_apart and not against.rows_apart
    truth = np.array([[0, 1], [1, 1], [1, -1]], "int32")
    logits = plain(stream())
    plain, against = (
        ops.convert_to_numpy(head.loss(logits, truth)) for head in (plain, against)
    )
    assert (np.abs(plain - against) > 1e-3).all()


def test_an_unknown_kind_is_refused():
    with pytest.raises(PartError, match=r"kind of head 'transcribe'.*both"):
        Transcribe(["a"], kind="hmm")(stream())
    with pytest.raises(PartError, match=r"predictor of head 'transcribe'.*gru"):
        Transcribe(["a"], kind="both", predictor="lstm")(stream())


def test_spoken_letters_are_learned_and_timed(spoken):
    run, table, rate_hz = spoken
    scores = run.evaluation.scores
    assert next(iter(scores)) == "wer"
    assert scores["cer"]["value"] < 0.2 < run.evaluation.baseline["wer"]["value"]
    answers = homodal.load(run.folder).predict({"sound": table["sound"]}).to_pylist()
    pairs = list(zip(answers, table["said"], table["sound"], strict=True))
    right = [(answer, said) for answer, said, _ in pairs if answer["said"] == said]
    assert len(right) > len(pairs) / 2
    for answer, _, sound in pairs:
        times = [t for w in answer["words"] for t in (w["start"], w["end"])]
        assert times == sorted(times)
        assert all(0 <= t <= len(sound) / rate_hz for t in times)
    # a tenth of a second a letter: the second word begins after the first and a pause
    starts = [
        (answer["words"][1]["start"], (said.index(" ") + 1) / 10)
        for answer, said in right
        if " " in said
    ]
    assert all(abs(found - true) < 0.1 for found, true in starts)


def test_a_transcript_needs_something_to_hear_or_see():
    table = pa.table(
        {"n": [1.0, 2.5] * 20, "said": [f"say {i} now" for i in range(40)]}
    )
    with pytest.raises(ColumnError, match=r"'transcript' needs .* audio or video"):
        homodal.train(table, target="said", settings={"columns.said": "transcript"})
    # without one, texts are not taken for a transcript
    with pytest.raises(TargetError, match="has a label of its own in 'said'"):
        homodal.train(table, target="said")
