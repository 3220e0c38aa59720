import io

import numpy as np
import pytest
import soundfile

from homodal.media import chunks


def content(format, subtype=None):
    file = io.BytesIO()
    soundfile.write(file, np.linspace(-0.5, 0.5, 500), 8000, subtype, format=format)
    return file.getvalue()


@pytest.mark.parametrize("format", ["WAV", "RF64", "AIFF", "CAF", "W64", "AU"])
def test_samples_are_as_many_as_are_declared(format):
    layout = chunks.find_samples(io.BytesIO(content(format)))
    assert layout.declared == layout.present == 1000
    cut = chunks.find_samples(io.BytesIO(content(format)[:-300]))
    assert (cut.declared, cut.present) == (1000, 700)


@pytest.mark.parametrize("format", ["FLAC", "MP3", "VOC"])
def test_files_without_chunks_have_no_layout(format):
    assert chunks.find_samples(io.BytesIO(content(format))) is None


def test_the_coding_of_a_wav_is_seen():
    for subtype, tag in (("PCM_16", 1), ("FLOAT", 3), ("ULAW", 7), ("MS_ADPCM", 2)):
        assert chunks.find_samples(io.BytesIO(content("WAV", subtype))).coding == tag
    assert chunks.find_samples(io.BytesIO(content("WAVEX", "FLOAT"))).coding == 3


@pytest.mark.parametrize("size", [0, 200, 5000, 0xFFFFFFFF])
def test_a_mended_wav_declares_what_it_has(size):
    broken = bytearray(content("WAV"))
    broken[40:44] = size.to_bytes(4, "little")
    file = io.BytesIO(bytes(broken))
    mended, why = chunks.mended(file, chunks.find_samples(file))
    layout = chunks.find_samples(mended)
    assert layout.declared == layout.present == 1000
    assert (why is None) == (size == 5000)  # noted where samples are lacking


def test_a_true_file_is_left_alone():
    file = io.BytesIO(content("WAV"))
    assert chunks.mended(file, chunks.find_samples(file)) == (file, None)
