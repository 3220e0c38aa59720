"""The child process answers in JSON and bytes, and nothing else."""

import io
import json

import numpy as np

from homodal.data import decoder
from homodal.data.reading import BAD, OK
from homodal.errors import BadCell

DESCRIBED = {"facts": {}, "encoded": True}


class Reader:
    dtype = "int16"

    def __init__(self, result):
        self.result = result

    def read(self, cell):
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    def encode(self, array, facts):
        return array


def test_a_message_is_a_header_and_bytes():
    file = io.BytesIO()
    decoder.send(file, {"status": 0}, b"payload")
    data = file.getvalue()
    header, payload = decoder.HEAD.unpack_from(data)
    text = data[decoder.HEAD.size :][:header]
    assert json.loads(text) == {"status": 0}
    assert (payload, data[-7:]) == (7, b"payload")


def test_an_array_goes_back_as_its_bytes():
    array = np.arange(6).reshape(3, 2).T  # not contiguous
    said, payload = decoder._read(Reader(array), DESCRIBED, "cell")
    assert said == {"status": OK, "reason": "", "shape": [2, 3], "dtype": "<i2"}
    found = np.frombuffer(payload, said["dtype"]).reshape(said["shape"])
    np.testing.assert_array_equal(found, array)


def test_whatever_a_decoder_raises_is_a_bad_cell():
    for error in (BadCell("torn"), KeyError("torn"), MemoryError(), RecursionError()):
        said, payload = decoder._read(Reader(error), DESCRIBED, "cell")
        assert said["status"] == BAD and said["reason"] and payload == b""
