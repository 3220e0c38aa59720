"""`retrieve` is tested on a trained model in tests/test_answers_of_matches.py."""

import pytest

from homodal.commands import retrieving
from homodal.errors import TableError


def test_a_folder_that_is_not_there_is_refused_before_the_work(tmp_path):
    with pytest.raises(TableError, match="no folder"):
        retrieving.retrieve(
            "run", "table", query="a", of="b", json_file=tmp_path / "x" / "f.json"
        )
