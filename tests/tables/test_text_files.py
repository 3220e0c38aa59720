"""Text as tables, from any opened file."""

import io

import pytest

from homodal.errors import ColumnError, TableError
from homodal.tables.json_files import read_json_lines
from homodal.tables.text_files import read_csv, refuse_doubles


def csv_of(content, **options):
    return read_csv(lambda: io.BytesIO(content), "t.csv", **options).to_pylist()


def test_a_named_delimiter_is_taken():
    assert csv_of(b"a,b\tc\n1,2\t3\n", delimiter="\t") == [{"a,b": "1,2", "c": "3"}]


def test_a_long_table_is_cut_between_letters_only():
    row = "油" * 30 + ",1\n"
    rows = csv_of(("x,y\n" + row * 2000).encode())
    assert len(rows) == 2000 and rows[-1] == {"x": "油" * 30, "y": "1"}


def test_a_letter_that_no_encoding_has():
    with pytest.raises(TableError, match="line 1 is not UTF-8"):
        csv_of(b"a,\xff\x00\x81b\n1,2\n")


@pytest.mark.parametrize(
    "content",
    [
        b'a,b\n1,2\n3,"4\n5,6\n7,8\n',  # up to the end of the file
        b'a,b\n1,2\n3,"4\n5,"6\n7,8\n',  # up to another one
        b'a,b\n1,2\n"3,4\n5,6\n7,8\n',
        b'a,b\r\n1,2\r\n3,"4\r\n5,6\r\n',
    ],
)
def test_an_open_quote_swallows_no_rows(content):
    with pytest.raises(TableError, match="line 3: a quote opens that is not closed"):
        csv_of(content)


def test_quotes_that_are_meant():
    long = "x" * 200_000  # more than the csv module takes by itself
    content = f'a,b\n"1\n""2""",5" wide\n{long},"; ,"\n'.encode()
    assert csv_of(content) == [
        {"a": '1\n"2"', "b": '5" wide'},
        {"a": long, "b": "; ,"},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_mixed_ends_of_lines(encoding):
    content = "a,b\r\n1,2\n\n3,4\r5,6".encode(encoding)
    found = csv_of(content)
    assert [list(row.values()) for row in found] == [["1", "2"], ["3", "4"], ["5", "6"]]


def test_json_lines_name_the_line():
    with pytest.raises(TableError, match="line 2 is not UTF-8"):
        read_json_lines(lambda: io.BytesIO(b'{"a": 1}\n{"a": "\xe9"}'), "t.jsonl")


def rows_of(*lines):
    content = "\n".join(lines).encode()
    return read_json_lines(lambda: io.BytesIO(content), "t.jsonl").to_pylist()


def test_half_a_letter_costs_no_row():
    found = rows_of('{"a": "x\\ud800y", "b": ["\\udfff"]}', '{"a": "z"}')
    assert found == [{"a": "x\x1ay", "b": ["\x1a"]}, {"a": "z", "b": None}]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "line 2: .*recursion"),
        ('{"a": 1, "a": 2}', "line 2: more than one 'a'"),
    ],
    ids=["deep", "doubled"],
)
def test_odd_json_is_one_sentence(line, message):
    with pytest.raises(TableError, match=message):
        rows_of('{"a": 1}', line)


def test_doubles():
    refuse_doubles(["a", "b"], "x")
    with pytest.raises(ColumnError, match="'a'"):
        refuse_doubles(["a", "b", "a"], "x")


@pytest.mark.parametrize(
    "content, cells",
    [
        (b"text\na\n\nb\n", ["a", "", "b"]),
        (b"text\na\n\nb", ["a", "", "b"]),
        (b"text\r\na\r\n\r\nb\r\n", ["a", "", "b"]),
        (b"text\n\na\n", ["", "a"]),
        (b"text\na\n\n", ["a", ""]),
        (b"text\na\n\n\n", ["a", "", ""]),
        (b"text\na\n", ["a"]),
        (b"text\na", ["a"]),
        (b"text\n", []),
        (b"text", []),
        (b"text\n\n", [""]),
        (b'text\n""\n" "\n', ["", " "]),
        (b'text\n"a\n\nb"\n', ["a\n\nb"]),
    ],
)
def test_in_a_table_of_one_column_an_empty_line_is_a_row(content, cells):
    assert [row["text"] or "" for row in csv_of(content)] == cells


def test_in_a_table_of_more_columns_an_empty_line_is_none():
    assert len(csv_of(b"a,b\n1,2\n\n3,4\n\n")) == 2


@pytest.mark.parametrize("encoding", ["cp1252", "gb18030", "utf-16", "utf-16-le"])
def test_an_encoding_that_is_told(encoding):
    text = "name,n\nÖl,1\n" if encoding == "cp1252" else "name,n\n油,1\n"
    rows = csv_of(text.encode(encoding), encoding=encoding)
    assert rows == [{"name": text[7:].partition(",")[0], "n": "1"}]


def test_a_mark_wins_over_an_encoding_of_unicode_that_is_told():
    content = "a\n油\n".encode("utf-8-sig")
    assert csv_of(content, encoding="utf-8") == [{"a": "油"}]


def test_a_letter_that_the_encoding_lacks_is_named_with_its_line():
    content = "a\nx\nÖ\n".encode()
    with pytest.raises(TableError, match=r"line 3 is not ascii text.*--encoding NAME"):
        csv_of(content, encoding="ascii")


def test_the_hint_names_the_option():
    with pytest.raises(TableError, match=r"--encoding cp1252.*iconv -f cp1252"):
        csv_of("a,b\ncafé,1\n".encode("cp1252"))
