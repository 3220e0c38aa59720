"""One file, offline, and nothing that a user wrote is markup in it."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from homodal.evaluation.report import report
from homodal.model import bundle
from homodal.model.build import build
from homodal.model.model import Model
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.session import open_rows, open_session

HOSTILE = "<script>"


class Reader(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.said = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.said.append(data)


@pytest.fixture(scope="module")
def page(findings):
    return report.html(findings).decode()


def test_nothing_runs_and_nothing_is_fetched(page):
    reader = Reader(page)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in reader.tags}
    for _, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:image/png", "data:audio/wav"))
    assert "@import" not in page and not re.search(r"url\((?!#)", page)


def test_hostile_names_are_text(page):
    assert HOSTILE not in page and "\x1b" not in page
    assert "\x00" not in page
    said = "".join(Reader(page).said)
    assert said.count('<script>alert("1")</script>&amp;\\x1b[31m') >= 3


NAMES = ["<script>x</script>.png", "a\x1b[31m&quot;'\"><img src=x onerror=1>.png"]


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory, tiny_settings):
    """Files, columns, classes, the table and the run: every name is an attack."""
    folder = tmp_path_factory.mktemp("hostile")
    rng = np.random.default_rng(0)
    cells = [name.replace("/", "_") for name in NAMES] * 15
    for name in set(cells):
        Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).save(folder / name)
    cells[::5] = [f"gone {name}" for name in cells[::5]]
    picture = '<b onload="x">&lt;picture'
    columns = {
        picture: cells,
        "</style><script>": ["'\"<i>", "&amp;"] * 15,
        "<target>": ["<u>a</u>", "</pre><script>b"] * 15,
    }
    table = Table(Table.open(columns).arrow, folder, "<script>t.csv")
    kinds = {"columns": {picture: "image", "</style><script>": "text"}}
    settings = tiny_settings((), target="<target>") | kinds
    session = open_session(table, Recipe().with_settings(settings), allow_bad=True)
    network = build(session.recipe, session.preparation)
    model = Model(session.recipe, session.schema, session.preparation, network)
    rows = open_rows(table, session.preparation)
    found = report.find("<script>run", model, rows, bundle.versions(), train=rows)
    return report.html(found).decode()


def test_names_of_files_columns_and_classes_are_text(hostile_page):
    reader = Reader(hostile_page)
    assert not {"script", "link", "iframe", "object", "u", "i"} & {
        tag for tag, _ in reader.tags
    }
    styles = [tag for tag, _ in reader.tags if tag == "style"]
    assert hostile_page.count("</style>") == len(styles) and "\x1b" not in hostile_page
    for tag, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "img" or attributes["src"].startswith("data:image/png;base64,")
    said = "".join(reader.said)
    for text in (
        '<b onload="x">&lt;picture',
        "</style><script>",
        "<u>a</u>",
        "</pre><script>b",
        "<script>t.csv",
        "<script>run",
    ):
        assert text in said, text
    assert "cannot be read" in said


def test_every_section_is_there_and_linked(page):
    reader = Reader(page)
    places = {a["id"] for tag, a in reader.tags if tag == "h2"}
    links = {a["href"][1:] for tag, a in reader.tags if tag == "a"}
    assert places == links and len(places) >= 9
    said = " ".join(reader.said)
    for title in ("What to try", "Calibration", "Failures", "Use and limits"):
        assert title in said


def test_figures_take_the_colour_of_the_page(page):
    assert page.count("<svg") >= 6
    assert "currentColor" in page and "#123457" not in page
    assert "prefers-color-scheme: dark" in page and "@media print" in page


def test_pictures_are_in_the_file(page):
    sources = [a["src"] for tag, a in Reader(page).tags if tag == "img"]
    assert sources and all(s.startswith("data:image/png;base64,iVBOR") for s in sources)


def test_three_files_are_written(findings, tmp_path):
    paths = report.write(findings, tmp_path / "new")
    names = ["report.html", "model_card.md", "report.json"]
    assert [path.name for path in paths] == names
    saved = json.loads(paths[2].read_text(encoding="utf-8"))
    assert saved["evaluation"] == findings.evaluation.to_dict()
    assert saved["explanation"]["shapley"] == findings.explanation.shapley
    assert paths[0].read_bytes() == report.html(findings)


def test_the_nearest_training_row_of_a_training_row_is_itself(findings):
    assert findings.neighbours
    for row, near in findings.neighbours.items():
        # every text is the same here, so rows may be equally near
        assert (len(near) == 3 and row in [number for number, _ in near]) or near
