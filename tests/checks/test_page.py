"""The page: everything shown, nothing run, nothing fetched."""

import re
from html.parser import HTMLParser

import numpy as np

from homodal.checks.check import check
from homodal.checks.page import page, wave
from homodal.tables.table import Table

HOSTILE = "<script>alert(1)</script>\" onload='x' &amp;"


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)


def parsed(text):
    tags = Tags()
    tags.feed(text)
    return tags


def test_findings_rows_and_pictures(checked):
    tags = parsed(page(checked))
    text = " ".join(tags.text)
    for finding in checked.findings:
        assert finding.what in text
    assert "row 6" in text and "truncated image" in text
    assert tags.tags.count("img") > 2 and "path" in tags.tags
    assert "38" not in re.findall(r"row (\d+)", text)  # no row without a finding shown


def test_nothing_of_the_users_is_markup():
    table = {
        HOSTILE: [HOSTILE, HOSTILE.upper(), HOSTILE, "fine words here"] * 3,
        "label": [HOSTILE, "b"] * 6,
    }
    found = check(table, target="label")
    tags = parsed(page(found))
    assert "script" not in tags.tags
    assert not any(name.startswith("on") for name, _ in tags.attributes)
    assert HOSTILE in " ".join(tags.text)


def test_nothing_is_fetched(checked):
    tags = parsed(page(checked))
    assert not {"script", "link", "iframe", "object"} & set(tags.tags)
    sources = [value for name, value in tags.attributes if name in ("src", "href")]
    assert sources and all(s.startswith("data:image/png;base64,") for s in sources)


def test_a_wave_is_as_high_as_it_is_loud():
    samples = np.concatenate([np.zeros(8000), np.sin(np.arange(8000))])
    heights = [
        float(low) - float(high)
        for high, low in re.findall(r"M\d+ ([\d.-]+)V([\d.-]+)", wave(samples))
    ]
    assert max(heights[:75]) == 0.5 and min(heights[85:]) > 40


def test_pairs_stand_side_by_side_also_those_of_another_table(faulty):
    folder, columns = faulty
    first = {name: cells[:20] for name, cells in columns.items()}
    rest = {name: cells[2:9] for name, cells in columns.items()}
    table, other = Table.open(first, folder), Table.open(rest, folder)
    found = check(table, target="label", columns=["picture"], others={"b.csv": other})
    text = page(found)
    figures = re.findall(r"<figure>(.*?)</figure>", text)
    shown = {re.sub(r"<img[^>]*>", "#", figure) for figure in figures}
    caption = "<figcaption>row 3 · dog | row {} · {}</figcaption>"
    assert "##" + caption.format("4", "cat") in shown  # the same picture, in one table
    assert "##" + caption.format("1 of b.csv", "dog") in shown


def test_every_column_of_media_has_examples(checked):
    text = page(checked)
    section = text[text.index("<h3>picture</h3>") : text.index("<h3>same</h3>")]
    assert section.count("<img") == 6 and section.count("<svg") == 6
    assert "row 1 · dog" in section and "row 40" in section
