"""The weights that the packages of the extra `pretrained` bring, and what they know.

Runs in `make test-pretrained`, which installs them.
"""

import numpy as np
import pytest

import homodal
from homodal.data.extractors import installed

pytestmark = pytest.mark.pretrained


def test_word_vectors_know_which_words_are_alike():
    extractor = installed("wordllama")
    words = ["king", "queen", "carburetor"]
    means = [f.mean(axis=0) for f in extractor.extract(map(np.array, words))]
    king, queen, part = (each / np.linalg.norm(each) for each in means)
    assert king @ queen > king @ part + 0.1
    assert extractor.steps_of(np.array("a king")) == ["a", "king"]


def test_texts_of_words_that_training_never_showed_are_told(tmp_path):
    animals = "dog cat horse cow sheep goat pig duck goose hen wolf fox bear deer"
    tools = "hammer saw drill wrench pliers chisel screwdriver axe file plane"
    rows = [(f"the {w} {n}", "animal") for n, w in enumerate(animals.split())]
    rows += [(f"the {w} {n}", "tool") for n, w in enumerate(tools.split())]
    texts, labels = zip(*(rows * 2), strict=True)
    texts = [f"{text} {place}" for place, text in enumerate(texts)]
    table = {"text": list(texts), "label": list(labels)}
    run = homodal.train(
        table,
        target="label",
        settings={"columns.text": "text", "training.epochs": 5},
        out=tmp_path / "run",
    )
    assert run.model.preparation.columns[0].extractor["name"] == "wordllama"
    unseen = ["the lion", "the rabbit", "the elephant", "the spanner", "the sander"]
    answers = run.model.predict({"text": unseen})
    wanted = ["animal", "animal", "animal", "tool", "tool"]
    assert answers["label"].to_pylist() == wanted


def test_pictures_of_one_thing_are_alike_in_other_light():
    extractor = installed("efficientnet_lite0")
    rng = np.random.default_rng(0)
    high = np.kron(rng.integers(0, 256, (8, 8, 3)), np.ones((28, 28, 1)))
    ring = np.hypot(*(np.indices((224, 224)) - 112.0))
    round_ = 255.0 * (np.abs(ring - 60) < 15)[..., None].repeat(3, axis=-1)
    pictures = [high, 0.8 * high + 20, round_, 0.8 * round_ + 20]
    pictures = [picture.astype(np.uint8) for picture in pictures]
    found = np.concatenate(list(extractor.extract(pictures)))
    assert found.shape == (4, 1280) and found.min() >= 0
    unit = found / np.linalg.norm(found, axis=1, keepdims=True)
    alike = unit @ unit.T
    assert min(alike[0, 1], alike[2, 3]) > max(alike[0, 2], alike[1, 3]) + 0.1
