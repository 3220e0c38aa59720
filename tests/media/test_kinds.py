import pytest

from homodal.errors import BadCell
from homodal.media import frames, images, kinds, sound


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"8BPS\0\1" + bytes(40), "a Photoshop picture"),
        (b"\xff\x0a" + bytes(40), "a JPEG XL picture"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40), "a JPEG 2000 picture"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(40), "a camera's raw picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a drawing (SVG)"),
        (b"MThd\0\0\0\6" + bytes(40), "a MIDI score"),
        (b"MAC \x96\x0f" + bytes(40), "a Monkey's Audio sound"),
    ],
)
def test_what_nothing_reads_is_named_by_every_reader(head, name):
    kind = kinds.unreadable_kind(head)
    assert kind is not None and kind.name.startswith(name)
    for read in (
        lambda: images.read(head, 8, 8, 3),
        lambda: sound.read(head, 8000, 1.0),
        lambda: frames.read(head, 8, 8, 3, 2),
    ):
        with pytest.raises(BadCell) as error:
            read()
        assert str(error.value).startswith(name)


@pytest.mark.parametrize(
    "head",
    [b"", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WAVE", b"hello", b"\0\0\0\x18ftypisom\0\0",
     b"\0\0\0\x1cftypmp42\0\0\0\0isommp42", b"II*\0\x08\0\0\0"],
)  # fmt: skip
def test_what_a_decoder_reads_is_no_such_kind(head):
    assert kinds.unreadable_kind(head) is None


def test_avif_and_heic_are_told_apart():
    avif = b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B"
    heic = b"\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf"
    assert not kinds.is_heic(avif) and kinds.is_heic(heic)
