import pytest

from homodal.errors import TableError
from homodal.tables.encodings import check_encoding


def test_names_of_encodings():
    for name in (None, "utf8", "CP1252", "gb18030"):
        assert check_encoding(name) == name
    with pytest.raises(TableError, match=r"no encoding 'cp1253x'.*Did you mean"):
        check_encoding("cp1253x")
    with pytest.raises(TableError, match="no encoding 'base64'"):
        check_encoding("base64")
