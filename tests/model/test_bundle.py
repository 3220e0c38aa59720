"""A bundle predicts what its run predicted, or is refused in one line."""

import json
import shutil

import pytest
import yaml

import homodal
from homodal.data import folders
from homodal.errors import BundleError
from homodal.model import bundle

FILES = [
    "calibration.json",
    "evaluation.json",
    "manifest.json",
    "plain.safetensors",
    "preparation.json",
    "recipe.yaml",
    "schema.yaml",
    "versions.json",
    "weights.safetensors",
]


@pytest.fixture
def saved(trained, tmp_path):
    """A copy of a bundle, to be damaged."""
    return shutil.copytree(trained.folder / "bundle", tmp_path / "saved")


def reseal(folder, name, text):
    """Change a file and its hash: what a stranger could do."""
    (folder / name).write_text(text, encoding="utf-8")
    manifest = folder / folders.MANIFEST
    hashes = json.loads(manifest.read_text())
    hashes["sha256"][name] = folders.sha256(folder / name)
    manifest.write_text(json.dumps(hashes))


def test_a_bundle_is_these_files(saved):
    assert sorted(path.name for path in saved.iterdir()) == FILES


@pytest.mark.parametrize("place", ["run", "bundle"])
def test_what_is_loaded_answers_as_the_run_did_to_the_bit(trained, seen, saved, place):
    folder, table = seen
    model = homodal.load(trained.folder if place == "run" else saved)
    wanted = trained.model.predict(table, media_root=folder, probabilities=True)
    found = model.predict(table, media_root=folder, probabilities=True)
    assert found.equals(wanted)
    assert model.recipe == trained.model.recipe
    assert model.schema == trained.model.schema
    assert model.preparation == trained.model.preparation
    assert model.calibration == trained.model.calibration


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", [0, 0.5, -1])
def test_a_flipped_byte_in_any_file_is_refused_in_one_line(saved, name, place):
    data = bytearray((saved / name).read_bytes())
    position = place if place in (0, -1) else int(place * len(data))
    data[position] ^= 0x01
    (saved / name).write_bytes(bytes(data))
    with pytest.raises(BundleError, match=r"damaged|not a complete saved") as caught:
        homodal.load(saved)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(saved, name):
    (saved / name).unlink()
    message = (
        "holds no saved model" if name == folders.MANIFEST else f"'{name}' is miss"
    )
    with pytest.raises(BundleError, match=message):
        homodal.load(saved)


def test_a_newer_format_is_refused(saved):
    newer = json.loads((saved / "versions.json").read_text()) | {
        "format": bundle.FORMAT + 1,
        "homodal": "9.9",
    }
    reseal(saved, "versions.json", json.dumps(newer))
    with pytest.raises(BundleError, match=r"newer homodal \(9\.9, .*pip install"):
        homodal.load(saved)


def test_weights_of_another_network_are_refused(saved):
    recipe = (saved / "recipe.yaml").read_text().replace("width: 8", "width: 16")
    reseal(saved, "recipe.yaml", recipe)
    with pytest.raises(BundleError, match=r"has another shape|do not fit"):
        homodal.load(saved)


def test_a_program_in_a_bundle_is_never_run(saved, tmp_path):
    """A bundle from a stranger may name what it likes; only parts are ever made."""
    touched = tmp_path / "touched"
    recipe = {"fusion": {"name": "subprocess:Popen", "args": ["touch", str(touched)]}}
    reseal(saved, "recipe.yaml", json.dumps(recipe))
    with pytest.raises(homodal.errors.PartError, match="is no fusion"):
        homodal.load(saved)
    assert not touched.exists()


def test_yaml_of_a_bundle_makes_no_objects(saved):
    reseal(saved, "schema.yaml", "!!python/object/apply:os.getcwd []\n")
    with pytest.raises(BundleError, match=r"'schema\.yaml' cannot be read"):
        homodal.load(saved)


@pytest.mark.parametrize(
    "name, text",
    [
        ("preparation.json", "[]"),
        ("preparation.json", "{"),
        ("schema.yaml", "columns: 3"),
        ("versions.json", "{}"),
        ("weights.safetensors", "no tensors"),
    ],
)
def test_what_others_wrote_is_refused_in_one_line(saved, name, text):
    reseal(saved, name, text)
    with pytest.raises(BundleError, match=f"'{name}' cannot be read") as caught:
        homodal.load(saved)
    assert "\n" not in str(caught.value)


def test_nothing_foreign_is_taken_for_a_bundle(tmp_path, trained):
    with pytest.raises(BundleError, match=r"no folder '.*nowhere'"):
        homodal.load(tmp_path / "nowhere")
    with pytest.raises(BundleError, match=r"holds no saved model.*--resume"):
        homodal.load(tmp_path)
    checkpoint = next((trained.folder / "checkpoints").iterdir())
    with pytest.raises(BundleError, match="is missing"):
        homodal.load(checkpoint)


def test_a_bundle_is_text_and_plain_arrays(saved):
    for path in saved.iterdir():
        data = path.read_bytes()
        if path.suffix == ".safetensors":
            size = int.from_bytes(data[:8], "little")
            data = data[8 : 8 + size]  # its header says what the bytes after it are
        assert yaml.safe_load(data.decode()) is not None
    versions = json.loads((saved / "versions.json").read_text())
    assert versions["format"] == bundle.FORMAT
    assert {"keras", "numpy"} <= set(versions["packages"])


def test_a_bundle_replaces_an_older_one_whole(trained, tmp_path):
    bundle.write(tmp_path / "b", trained.model, {"first": True})
    bundle.write(tmp_path / "b", trained.model, {"second": True})
    assert json.loads((tmp_path / "b" / "evaluation.json").read_text()) == {
        "second": True
    }
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert homodal.load(tmp_path / "b").classes == ["a", "b", "c"]
