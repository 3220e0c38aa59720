import io

import numpy as np
import pytest
import soundfile

from homodal.media import ogg


@pytest.fixture(scope="module", params=["OPUS", "VORBIS"])
def content(request):
    file = io.BytesIO()
    noise = np.random.default_rng(0).normal(0, 0.1, 64000)
    soundfile.write(file, noise, 16000, format="OGG", subtype=request.param)
    return file.getvalue()


def walk(content, most=np.inf):
    return ogg.walk_pages(io.BytesIO(content), most)


def pages_at(content):
    return [at for at in range(len(content)) if content[at : at + 4] == b"OggS"]


def test_a_whole_file_is_whole(content):
    assert walk(content) == ogg.Pages(ended=True, chained=False, whole=True)
    assert walk(content).damage() is None
    assert walk(content + bytes(99)).is_whole  # what stands behind it is none of it


def test_one_bit_of_a_page_is_enough(content):
    broken = bytearray(content)
    broken[(pages_at(content)[-2] + pages_at(content)[-1]) // 2] ^= 1
    assert not walk(bytes(broken)).whole
    assert walk(bytes(broken)).damage().startswith("damaged sound")


def test_a_page_that_is_missing_is_seen(content):
    first, second = pages_at(content)[-3:-1]
    assert not walk(content[:first] + content[second:]).whole


def test_an_end_that_is_missing_is_seen(content):
    found = walk(content[: pages_at(content)[-1]])
    assert (found.whole, found.ended) == (True, False)
    assert found.damage() == "truncated sound: it has no last page"


def test_sounds_one_behind_another_are_chained(content):
    assert walk(content * 2).chained and walk(content * 2).damage() is None


def test_what_stands_behind_the_seconds_wanted_is_not_looked_at(content):
    cut = content[: pages_at(content)[-1]]
    assert walk(cut, 1.0).is_whole and not walk(cut, 100.0).is_whole
