import io

from homodal.media.patched import PatchedFile


def test_it_reads_as_the_file_should_have_been():
    file = PatchedFile(io.BytesIO(b"xx0123456789"), 2, patches={4: b"AB", 11: b"Z"})
    assert file.read() == b"01AB45678Z"
    assert (file.seek(3), file.read(2), file.tell()) == (3, b"B4", 5)
    assert file.seek(-1, 2) == 9 and file.read() == b"Z" and file.read() == b""
    assert file.seek(-4, 1) == 6 and file.read(1) == b"6"


def test_it_ends_where_it_is_told_to():
    file = PatchedFile(io.BytesIO(b"0123456789"), 1, 5)
    assert (file.read(99), file.seek(0, 2)) == (b"1234", 4)
