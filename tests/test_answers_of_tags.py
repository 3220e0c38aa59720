"""Tags in every scheme: trained, answered and scored as what they are."""

import numpy as np
import pytest

import homodal
from homodal.errors import TargetError

seqeval = pytest.importorskip("seqeval.metrics")

CITIES = ["rome", "new york", "oslo", "san francisco"]
OTHERS = ["fly", "from", "to", "with", "today", "please"]
SETTINGS = {
    "encoder": {"name": "cnn", "width": 16, "depth": 1},
    "training.epochs": 6,
    "training.batch_size": 8,
    "training.learning_rate": 0.01,
    "training.jit": "off",
}


def sentences(rows, seed=0):
    """Words, and their tags in IOB2; two cities may touch."""
    rng = np.random.default_rng(seed)
    for _ in range(rows):
        words, tags = [], []
        for _ in range(rng.integers(3, 7)):
            if rng.random() < 0.5:
                words.append(str(rng.choice(OTHERS)))
                tags.append("O")
            else:
                city = str(rng.choice(CITIES)).split()
                words += city
                tags += ["B-city", *["I-city"] * (len(city) - 1)]
        yield words, tags


def iob1(tags):
    """B only where a span touches one before it."""
    touching = [before != "O" for before in ["O", *tags[:-1]]]
    pairs = zip(tags, touching, strict=True)
    return ["I-city" if t == "B-city" and not beside else t for t, beside in pairs]


def bilou_below(tags):
    """BILOU in small letters, the type in front."""
    found = []
    for tag, after in zip(tags, [*tags[1:], "O"], strict=True):
        last = not after.startswith("I")
        letter = {"B": "u" if last else "b", "I": "l" if last else "i"}.get(tag[0])
        found.append(f"city_{letter}" if letter else "o")
    return found


def table(convert, rows=120, seed=0):
    pairs = list(sentences(rows, seed))
    return {
        "text": [" ".join(words) for words, _ in pairs],
        "tags": [" ".join(convert(tags)) for _, tags in pairs],
    }


@pytest.mark.parametrize(
    ("convert", "options"),
    [
        (iob1, {"scheme": "iob1"}),
        (bilou_below, {"scheme": "bilou", "form": "type_b"}),
    ],
)
def test_a_scheme_is_learned_as_well_as_any_and_answered_in(tmp_path, convert, options):
    run = homodal.train(
        table(convert), target="tags", settings=SETTINGS, out=tmp_path / "run"
    )
    target = run.model.preparation.target
    assert target.options == options | {"of": "text"}
    new = table(convert, 40, seed=1)
    found = homodal.evaluate(run.folder, new).scores["f1"]["value"]
    assert found > 0.95
    answers = homodal.load(run.folder).predict({"text": new["text"]})
    said = [tags.split() for tags in answers.column("tags").to_pylist()]
    assert {tag for tags in said for tag in tags} <= set(target.facts["tags"])
    if options["scheme"] == "iob1":
        truth = [tags.split() for tags in new["tags"]]
        assert found == pytest.approx(seqeval.f1_score(truth, said))


@pytest.mark.parametrize("kind", [None, "tags"], ids=["recognised", "told"])
@pytest.mark.parametrize("odd", ["B_city", "o", "b-city", "X-city"])
def test_one_mistyped_tag_is_an_error_with_its_row(tmp_path, kind, odd):
    cells = table(list)
    cells["tags"][16] = " ".join([odd, *cells["tags"][16].split()[1:]])
    settings = SETTINGS | ({"columns.tags": kind} if kind else {})
    with pytest.raises(
        TargetError, match=f"row 17 of 'tags' .*'{odd}' is no tag of BIO"
    ):
        homodal.train(cells, target="tags", settings=settings, out=tmp_path / "run")


def test_a_list_of_tags_is_read_like_a_text_of_them(tmp_path):
    cells = table(list, 40)
    cells["tags"] = [tags.split() for tags in cells["tags"]]
    described = homodal.describe(cells, target="tags").schema.targets[0]
    assert (described.modality, described.options["scheme"]) == ("tags", "bio")
