"""Which pretrained network a column is read through."""

import pytest

from homodal.data.extractors import (
    encoder_of,
    extractor_told,
    extractors_for,
    installed,
    is_installed,
    read_options,
    source_of,
)
from homodal.errors import MissingPackage, RecipeError


def test_the_encoder_from_scratch_means_none():
    assert source_of({"name": "cnn"}, "image") == ""
    assert extractor_told({"name": "cnn"}, "image") == {}
    assert read_options({"name": "rnn"}, "image") == {}


def test_auto_is_the_first_that_is_for_the_modality():
    assert extractors_for("image") == ["efficientnet_lite0"]
    assert source_of({"name": "pretrained"}, "video") == "efficientnet_lite0"
    assert source_of({"name": "pretrained", "source": "auto"}, "text") == "wordllama"


def test_a_modality_without_any_is_learned_from_scratch():
    choice = {"name": "pretrained", "width": 32, "source": "auto"}
    assert source_of(choice, "number") == ""
    assert encoder_of(choice, "number") == {"name": "cnn", "width": 32}
    assert encoder_of(choice, "image") == choice


def test_one_that_is_for_another_modality_is_refused():
    with pytest.raises(RecipeError, match=r"'wordllama' is not for .*'image'"):
        source_of({"name": "pretrained", "source": "wordllama"}, "image")


def test_pictures_are_read_in_the_size_that_it_was_trained_on():
    assert read_options({"name": "pretrained"}, "image") == {
        "height_px": 224,
        "width_px": 224,
        "channels": 3,
    }


def test_a_package_that_lacks_is_named_with_the_extra(monkeypatch, tmp_path):
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    monkeypatch.setattr("homodal.data.extractors._INSTALLED", {})
    assert not is_installed("wordllama")
    with pytest.raises(MissingPackage, match=r"'wordllama', which") as error:
        installed("wordllama")
    assert "homodal[pretrained]" in str(error.value)
