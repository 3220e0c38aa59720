import xml.etree.ElementTree as ET

from homodal.evaluation.report.page import table, tag, whole_page


def shown(element):
    return ET.tostring(element, encoding="unicode", method="html")


def test_text_and_elements_keep_their_order():
    made = tag("p", "a", tag("b", "c"), "d", None, ["e", tag("i", 1)], class_="x")
    assert shown(made) == '<p class="x">a<b>c</b>de<i>1</i></p>'


def test_text_is_never_markup():
    made = tag("p", '<b onclick="x">&', title='"><script>')
    assert "<b" not in shown(made)
    assert '"><script' not in shown(made)
    assert shown(tag("p", "a\x1b\x00b\nc")) == "<p>a\\x1b\\x00b\nc</p>"


def test_numbers_stand_to_the_right():
    text = shown(table(("name", "rows"), [("<a>", 3)], numbers=(1,)))
    assert '<th class="n">rows</th>' in text
    assert '<td>&lt;a&gt;</td><td class="n">3</td>' in text


def test_a_page_is_whole():
    page = whole_page("<t>", [tag("p", "快乐")]).decode()
    assert page.startswith("<!DOCTYPE html>\n<html")
    assert "<title>&lt;t&gt;</title>" in page and "快乐" in page
    assert '<meta name="viewport"' in page
