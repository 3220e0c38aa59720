"""What every extractor promises, on small weights in its own format."""

import numpy as np
import pytest

from homodal import parts
from homodal.contracts import Extractor
from homodal.errors import BundleError

every_extractor = pytest.mark.parametrize("name", parts.names("extractor"))
# how a small package of each is written, by name
PACKAGES = {
    "efficientnet_lite0": "efficientnet_package",
    "wordllama": "wordllama_package",
}


@pytest.fixture
def installed(tmp_path, monkeypatch, pretrained_files):
    """`installed(name)`: an extractor of which a small package was found."""
    monkeypatch.syspath_prepend(tmp_path)

    def read(name):
        getattr(pretrained_files, PACKAGES[name])(tmp_path)
        part = parts.find("extractor", name).load()
        return part.read_from(part.place())

    return read


def cells(name, modality, count=5):
    """Cells as the modality reads them with the options that the extractor wants."""
    part = parts.find("extractor", name).load()
    rng = np.random.default_rng(0)
    if modality == "text":
        words = ["red bird sings", "green house", "sea", "a b c d e f", "runs runs"]
        return [np.array(words[place % 5]) for place in range(count)]
    size = part.reads[modality]["height_px"] // 4  # smaller ones will do
    shape = (size, size, 3)
    if modality == "image":
        return [rng.integers(0, 256, shape, np.uint8) for _ in range(count)]
    frames = (1, 3, 20, 7, 2)  # fewer and more than go through at once
    return [rng.integers(0, 256, (n, *shape), np.uint8) for n in frames[:count]]


@every_extractor
def test_features_are_steps_of_its_width(installed, name):
    extractor = installed(name)
    assert isinstance(extractor, Extractor) and extractor.reads
    for modality in extractor.reads:
        assert modality in parts.names("modality")
        given = cells(name, modality)
        found = list(extractor.extract(given))
        assert len(found) == len(given)
        for cell, features in zip(given, found, strict=True):
            assert features.ndim == 2 and features.shape[1] == extractor.width
            assert features.dtype == np.float32 and np.isfinite(features).all()
            assert len(features) >= 1
            if modality in extractor.single:
                assert len(features) == 1
            if modality == "video":
                assert len(features) == len(cell)
            assert len(extractor.steps_of(cell)) in (0, len(features))


@every_extractor
def test_a_cell_has_the_same_features_beside_any_others(installed, name):
    extractor = installed(name)
    for modality in extractor.reads:
        given = cells(name, modality)
        together = list(extractor.extract(given))
        for cell, wanted in zip(given, together, strict=True):
            [alone] = extractor.extract([cell])
            np.testing.assert_allclose(alone, wanted, rtol=1e-4, atol=1e-5)
        assert not np.array_equal(together[0][0], together[1][0])
        assert list(extractor.extract([])) == []


@every_extractor
def test_its_weights_make_the_same_extractor_again(installed, name):
    extractor = installed(name)
    again = type(extractor)(extractor.weights)
    assert again.sha256 == extractor.sha256 and len(extractor.sha256) == 64
    modality = next(iter(extractor.reads))
    for one, other in zip(
        extractor.extract(cells(name, modality)),
        again.extract(cells(name, modality)),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)
    changed = dict(extractor.weights)
    first = next(n for n, array in changed.items() if array.dtype.kind == "f")
    changed[first] = changed[first] + 1
    assert type(extractor)(changed).sha256 != extractor.sha256


@every_extractor
def test_without_its_package_there_is_no_place(name, monkeypatch, tmp_path):
    part = parts.find("extractor", name).load()
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert part.place() is None


@every_extractor
def test_a_damaged_file_is_refused(installed, name):
    part = type(installed(name))
    place = part.place()
    place.write_bytes(place.read_bytes()[:200])
    with pytest.raises(BundleError, match=place.name):
        part.read_from(place)
