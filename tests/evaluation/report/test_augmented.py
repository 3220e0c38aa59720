"""The sheet of cells before and after augmentation: every column that changes."""

import numpy as np
import pytest

from homodal.evaluation.report.augmented import augmented_page, spectrogram
from homodal.training.describe import open_sample


@pytest.fixture(scope="module")
def pages(tmp_path_factory, tiny_table, tiny_settings):
    """`pages(settings)`: the page of a table of four modalities as text."""
    pytest.importorskip("matplotlib")
    folder, kinds = tmp_path_factory.mktemp("sheet"), ("image", "audio", "text")
    kinds = (*kinds, "number", "vector")
    table = tiny_table(folder, kinds)

    def made(**settings):
        sample = open_sample(
            table,
            target="label",
            settings=tiny_settings(kinds) | settings,
            media_root=folder,
        )
        return augmented_page(sample).decode()

    return made


def test_every_column_is_shown_as_it_is_and_changed(pages):
    page = pages(augment="strong")
    for name in ("image", "audio", "text", "number", "vector"):
        assert f"<h2>{name}</h2>" in page
    assert page.count("as it is") == 5 * 3 and page.count("draw 2") == 5 * 3
    assert "data:audio/wav" in page and "[UNK]" in page


def test_a_page_of_none_says_so(pages):
    assert "Training changes no cell" in pages()


def test_only_columns_that_change_are_shown(pages):
    page = pages(augment=["move"])
    assert "<h2>image</h2>" in page and "<h2>text</h2>" not in page


def test_a_high_tone_is_a_line_near_the_top():
    time = np.arange(8000) / 8000
    picture = spectrogram(np.sin(2 * np.pi * 3500 * time))[..., 0]
    assert picture.mean(axis=1).argmax() < len(picture) / 4
