import numpy as np

from homodal.studies.variants import ONE_TEXT, as_one_text, without_cells
from homodal.tables.table import Table


def table(rows=400):
    columns = {
        "word": [f"w{i}" if i % 4 else None for i in range(rows)],
        "size": [float(i) for i in range(rows)],
        "label": ["ab"[i % 2] for i in range(rows)],
    }
    return Table.open(columns)


def there(found, column):
    return np.array([cell is not None for cell in found.cells(column)])


def test_about_so_many_cells_go_and_no_row_is_left_empty():
    full = table()
    for share in (0.25, 0.75):
        found = without_cells(full, ["word", "size"], share)
        word, size = there(found, "word"), there(found, "size")
        assert (word | size).all()
        assert not (word & ~there(full, "word")).any()
        both = there(full, "word")
        kept = np.mean([word[both].mean(), size[both].mean()])
        # of two cells one stays in any case: both draws low, share^2 / 2 come back
        assert abs(kept - (1 - share + share**2 / 2)) < 0.06
        assert size[~both].all()
        assert found.cells("label") == full.cells("label")


def test_what_goes_is_a_function_of_the_seed():
    first, again = (without_cells(table(), ["word", "size"], 0.5) for _ in range(2))
    other = without_cells(table(), ["word", "size"], 0.5, seed=1)
    assert first.cells("size") == again.cells("size") != other.cells("size")


def test_all_columns_as_one_text():
    found = as_one_text(table(6), ["word", "size"], "label")
    assert found.columns == [ONE_TEXT, "label"]
    assert found.cells(ONE_TEXT)[:2] == ["size: 0.0", "word: w1; size: 1.0"]
    assert found.cells("label") == table(6).cells("label")
