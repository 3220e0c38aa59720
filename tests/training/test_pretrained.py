"""A pretrained encoder: chosen where it pays, told, saved, read without its package.

The weights are small and drawn at random; what they see of colours is enough to tell
red pictures from blue ones.
"""

import json
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

import homodal
from homodal.model import bundle
from homodal.recipe import Recipe

pytestmark = pytest.mark.usefixtures("eagerly")
SMALL = {"training.epochs": 2, "training.batch_size": 16, "fusion.width": 8}


@pytest.fixture(scope="module")
def installed(tmp_path_factory, pretrained_files, eagerly):
    """Small packages are installed while the module's tests run."""
    folder = tmp_path_factory.mktemp("installed")
    pretrained_files.efficientnet_package(folder)
    pretrained_files.wordllama_package(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setattr("homodal.data.extractors._INSTALLED", {})
        yield folder


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """A folder, and a table of red and blue pictures of noise, with a gap."""
    folder, rng = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    table = {"face": [], "size": [], "label": []}
    for row in range(60):
        pixels = rng.integers(0, 256, (20, 24, 3), np.uint8)
        pixels[..., 0 if row % 2 else 2] //= 2
        Image.fromarray(pixels).save(folder / f"{row}.png")
        table["face"].append(f"{row}.png" if row else None)
        table["size"].append(float(rng.normal()))
        table["label"].append(["red", "blue"][row % 2])
    return folder, table


def train(pictures, out, **settings):
    folder, table = pictures
    return homodal.train(
        table, target="label", settings=SMALL | settings, out=out, media_root=folder
    )


@pytest.fixture(scope="module")
def run(pictures, installed, tmp_path_factory):
    out = tmp_path_factory.mktemp("told") / "run"
    return train(pictures, out, encoder="pretrained")


def test_a_told_encoder_reads_features_and_others_are_learned(run):
    face, size = run.model.preparation.columns
    assert face.extractor["name"] == "efficientnet_lite0"
    assert face.options["height_px"] == 224
    assert size.extractor == {} and size.encoder["name"] == "cnn"
    assert set(run.model.plain.columns) == {"face", "face.features", "size"}
    assert run.evaluation.scores["accuracy"]["value"] > 0.5


def test_a_bundle_answers_alike_without_the_package(run, pictures, installed):
    folder, table = pictures
    wanted = run.model.probabilities(table, media_root=folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("homodal.data.extractors._INSTALLED", {})
        patch.setattr(sys, "path", [p for p in sys.path if p != str(installed)])
        model = bundle.read(run.folder)
        found = model.probabilities(table, media_root=folder)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
    told = model.preparation.columns[0].extractor["sha256"]
    assert model.preparation.extractors["efficientnet_lite0"].sha256 == told


def test_it_is_explained_and_reported(run, pictures):
    folder, table = pictures
    explained = homodal.explain(run.folder, table, media_root=folder)
    assert set(explained.to_dict()["columns"]) == {"face", "size"}
    page, *_ = homodal.report(run.folder, table, media_root=folder)
    assert "face" in page.read_text(encoding="utf-8")


def test_the_encoder_is_chosen_where_it_pays(
    pretrained_files, tmp_path, monkeypatch, capsys
):
    """Each word stands in one row; only its vector says which kind it is of."""
    rng = np.random.default_rng(1)
    letters = rng.integers(97, 123, (2, 40, 8), np.uint8)
    kinds = [[bytes(word).decode() for word in kind] for kind in letters]
    pretrained_files.wordllama_package(tmp_path, kinds)
    monkeypatch.setattr("homodal.data.extractors._INSTALLED", {})
    monkeypatch.syspath_prepend(tmp_path)
    names = [word for pair in zip(*kinds, strict=True) for word in pair]
    words = ["red", "bird", "sea", "house"]
    table = {
        "name": [f"the {name}" for name in names],
        "noise": [" ".join(rng.choice(words, 6)) for _ in names],
        "label": ["a", "b"] * 40,
    }
    settings = SMALL | {"columns.name": "text", "columns.noise": "text"}
    run = homodal.train(table, target="label", settings=settings, out=tmp_path / "run")
    said = capsys.readouterr().err
    columns = {c.name: c for c in run.model.preparation.columns}
    assert columns["name"].extractor.get("name") == "wordllama", said
    assert columns["noise"].extractor == {}
    assert "'name' is read by the pretrained network 'wordllama'" in said
    assert "'noise' is learned from scratch, without 'wordllama'" in said
    assert "left-out rows" in said and "--set encoder=cnn" in said
    told = Recipe.open(run.folder / "recipe.yaml").columns
    assert told["name"]["encoder"] == {"name": "pretrained", "source": "wordllama"}
    assert "encoder" not in told["noise"]
    again = run.model.predict({"name": [f"the {kind[0]}" for kind in kinds]})
    assert again["label"].to_pylist() == ["a", "b"]


def test_cells_that_are_augmented_are_learned_from_scratch(
    pictures, installed, tmp_path
):
    run = train(pictures, tmp_path / "run", augment=["mirror"])
    assert all(c.extractor == {} for c in run.model.preparation.columns)


def test_answers_of_few_rows_that_teach_nothing_choose_nothing(
    installed, tmp_path, capsys
):
    """Of 400 rows that are asked none has the rare class."""
    rows = 3000
    table = {
        "text": [f"red bird {row}" for row in range(rows)],
        "label": ["rare" if row % 600 == 1 else "usual" for row in range(rows)],
    }
    told = {"columns.text": "text", "training.epochs": 1}
    run = homodal.train(table, target="label", settings=told, out=tmp_path / "run")
    assert run.model.classes == ["rare", "usual"]
    said = capsys.readouterr().err
    assert "earned from scratch, without" in said


def test_a_text_of_one_piece_stands_beside_longer_ones(installed, tmp_path):
    starts = ["", "green sea ", "bird sings runs "]
    texts = [f"{starts[row % 3]}w{row}" for row in range(45)]
    table = {"text": texts, "label": [["a", "b", "c"][row % 3] for row in range(45)]}
    run = homodal.train(
        table,
        target="label",
        settings=SMALL | {"encoder": "pretrained", "columns.text": "text"},
        out=tmp_path / "run",
    )
    assert run.model.plain.columns["text.features"].kernel.shape == (512, 3)
    assert run.evaluation.scores["accuracy"]["value"] == 1.0


def test_from_scratch_asks_nothing(pictures, installed, tmp_path, capsys):
    run = train(pictures, tmp_path / "run", encoder="cnn")
    assert all(c.extractor == {} for c in run.model.preparation.columns)
    assert "pretrained" not in capsys.readouterr().err


def test_what_its_manifest_does_not_list_is_no_part_of_a_bundle(run, tmp_path):
    place = shutil.copytree(run.folder / "bundle", tmp_path / "bundle")
    manifest = json.loads((place / "manifest.json").read_text())
    name = "extractor-efficientnet_lite0.safetensors"
    del manifest["sha256"][name]
    (place / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(homodal.errors.BundleError, match=f"'{name}' is missing"):
        bundle.read(place)


def test_other_weights_than_those_of_the_run_are_refused(
    run, pictures, tmp_path, pretrained_files
):
    from homodal.data.extractors import installed_extractors

    pretrained_files.efficientnet_package(tmp_path, seed=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("homodal.data.extractors._INSTALLED", {})
        patch.syspath_prepend(tmp_path)
        with pytest.raises(homodal.errors.BundleError, match="other weights"):
            installed_extractors(run.model.preparation.columns)


def test_words_that_are_tagged_are_not_read_as_pieces(installed, commands, tmp_path):
    settings = {"encoder": "pretrained", "columns.slots": "tags"}
    table = {n: cells for n, cells in commands(20).items() if n in ("text", "slots")}
    with pytest.raises(homodal.errors.RecipeError, match=r"makes pieces.*encoder=rnn"):
        homodal.train(table, target="slots", settings=settings, out=tmp_path / "run")


def test_cells_of_features_are_not_augmented(pictures, installed, tmp_path):
    run = train(pictures, tmp_path / "run", encoder="pretrained", augment="strong")
    assert run.model.preparation.columns[0].extractor
    asked = {"encoder": "pretrained", "augment": ["mirror"]}
    with pytest.raises(homodal.errors.RecipeError, match="No column takes"):
        train(pictures, tmp_path / "other", **asked)


def test_encoders_are_compared_each_with_cells_read_as_it_wants(
    pictures, installed, tmp_path
):
    folder, table = pictures
    found = homodal.compare(
        {name: table[name] for name in ("face", "label")},
        target="label",
        fusions=["mean"],
        encoders=["cnn", "pretrained"],
        seeds=1,
        alone=False,
        settings={"training.epochs": 1, "training.batch_size": 16},
        media_root=folder,
        out=tmp_path / "study",
    )
    assert not found.failed
    assert {line.encoder for line in found.lines} == {"cnn", "pretrained"}
    sizes = {
        homodal.load(path.parent).preparation.columns[0].options["height_px"]
        for path in (tmp_path / "study").rglob("bundle")
    }
    assert len(sizes) == 2 and 224 in sizes
