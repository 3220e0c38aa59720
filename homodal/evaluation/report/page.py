"""HTML as a tree: whatever a user wrote is text in it, and can never be markup."""

import xml.etree.ElementTree as ET

from homodal.evaluation.labels import printable

_STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f24; --soft: #5b6470;
  --line: #d8dde3; --panel: #f5f7f9; --accent: #0072b2; --warn: #b34700; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --ink: #e8eaed;
  --soft: #a2abb5; --line: #363c43; --panel: #1d2125; --accent: #56b4e9;
  --warn: #e69f00; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 1.5rem 1rem 4rem; color: var(--ink);
  background: var(--paper); font: 16px/1.5 system-ui, "Segoe UI", Roboto,
  "Noto Sans", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .6rem; padding-top: .9rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p { margin: .4rem 0; max-width: 46rem; overflow-wrap: anywhere; }
a { color: var(--accent); }
.small { display: block; color: var(--soft); font-size: .72rem; }
.soft { color: var(--soft); font-size: .9rem; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin-top: .8rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
  gap: .8rem; margin: 1.2rem 0; }
.tile { background: var(--panel); border-radius: .5rem; padding: .7rem .9rem; }
.tile b { display: block; font-size: 1.5rem; line-height: 1.3; }
.wide { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: .92rem; margin: .5rem 0; }
th, td { padding: .3rem .7rem .3rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--soft); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
table.heat td { padding: .25rem .45rem; text-align: center; border: 1px solid
  var(--line); font-variant-numeric: tabular-nums; min-width: 2.1rem; }
table.heat th { padding: .25rem .45rem; white-space: nowrap; }
table.heat thead th { vertical-align: bottom; font-size: .82rem; }
figure { margin: .8rem 0; }
figure svg { max-width: 100%; height: auto; display: block; }
figcaption { color: var(--soft); font-size: .9rem; max-width: 46rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr));
  gap: 1rem; }
.cards { display: grid; gap: .9rem;
  grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); }
.card { border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem;
  break-inside: avoid; min-width: 0; overflow-wrap: anywhere; }
.card dl { margin: .4rem 0 0; font-size: .9rem; }
.card dt { color: var(--soft); font-size: .8rem; margin-top: .45rem; }
.card dd { margin: 0; }
.card img { max-width: 100%; height: auto; image-rendering: pixelated;
  border-radius: .25rem; display: block; }
.both { display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: flex-start; }
.both > * { max-width: 100%; min-width: 0; }
.near { max-width: 48%; } .near .soft { display: block; font-size: .8rem; }
.near svg { max-width: 100%; height: auto; }
.card table { font-size: .82rem; width: 100%; margin: .6rem 0 0; }
.card th, .card td { padding: .15rem .5rem .15rem 0; }
.card audio { width: 100%; height: 2rem; margin-top: .2rem; }
.wrong { color: var(--warn); font-weight: 600; }
ol.advice li { margin: .5rem 0; max-width: 46rem; }
ol.advice pre { margin: .2rem 0 0; padding: .4rem .6rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
mark { color: var(--ink); border-radius: .2rem; padding: 0 .1rem; }
code, pre { font: .87rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
pre { background: var(--panel); padding: .8rem; overflow-x: auto;
  border-radius: .5rem; }
@media print { :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb;
  --panel: #f2f2f2; --accent: #000; --warn: #000; color-scheme: light; }
  body { font-size: 10.5pt; max-width: none; padding: 0; } nav, audio { display: none; }
  .card { break-inside: auto; }
  figure, table, .tile, .both { break-inside: avoid; } h2, h3 { break-after: avoid; } }
"""


def tag(name, /, *children, **attributes):
    """An element; children are elements, lists of them, or text, which is shown as is.

    attributes: `class_` stands for `class`. None among the children is left out.
    """
    made = ET.Element(name, {k.rstrip("_"): str(v) for k, v in attributes.items()})
    _add(made, children)
    return made


def table(titles, rows, numbers=()):
    """A table; `numbers`: places of the columns that are set to the right."""
    kinds = [{"class_": "n"} if n in numbers else {} for n in range(len(titles))]
    head = tag("tr", *(tag("th", t, **k) for t, k in zip(titles, kinds, strict=True)))
    body = [
        tag("tr", *(tag("td", c, **k) for c, k in zip(row, kinds, strict=True)))
        for row in rows
    ]
    whole = tag("table", tag("thead", head), tag("tbody", body))
    return tag("div", whole, class_="wide")


def whole_page(title, body):
    """The HTML file of these elements as bytes: no script, nothing from outside."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
    )
    style = ET.SubElement(head, "style")
    style.text = _STYLE
    page = tag("html", head, tag("body", body), lang="en")
    text = ET.tostring(page, encoding="unicode", method="html")
    return f"<!DOCTYPE html>\n{text}\n".encode()


def _add(made, children):
    for child in children:
        if child is None:
            continue
        if isinstance(child, (list, tuple)):
            _add(made, child)
        elif isinstance(child, ET.Element):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + _text(child)
        else:
            made.text = (made.text or "") + _text(child)


def _text(value):
    """Line breaks stay; other letters that cannot be shown become escapes."""
    return "\n".join(printable(line) for line in str(value).split("\n"))
