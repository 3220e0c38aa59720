"""A check as one HTML file: no script, no other file, works offline, prints well.

All text of the user's is escaped; pictures are drawn anew, so that nothing of a
hostile file reaches the page but its pixels.
"""

import base64
import io
from html import escape
from pathlib import Path

import numpy as np

from homodal import parts
from homodal.checks.findings import figure
from homodal.checks.style import STYLE
from homodal.data import guard
from homodal.data.preparation import PreparedColumn
from homodal.data.reading import BAD, locate

_CASES = 6  # rows of a finding that are shown
_SIDE_PX = 96
_WAVE_PX = (160, 48)
_FRAMES = 3
_TEXT = 160  # characters
_DRAWN = ("image", "images", "audio", "video")


def write(check, path):
    """Write the page of a `Check` to `path`."""
    text = page(check)
    Path(path).write_text(text, encoding="utf-8", errors="xmlcharrefreplace")


def page(check):
    """The page as HTML text."""
    name = escape(check.inspection.table.name)
    body = "".join(
        (
            f"<h1>Check of {name}</h1>",
            f"<p>{_summary(check)}</p>",
            _classes(check),
            "<h2>Findings</h2>",
            *(_finding(check, finding) for finding in check.findings),
            "" if check.findings else "<p>Nothing was found.</p>",
            "<h2>Columns</h2>",
            *(_column(name, facts) for name, facts in check.columns().items()),
        )
    )
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    return (
        f"<!doctype html><html lang='en'><head>{head}<title>Check of {name}</title>"
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


def _summary(check):
    counts: dict[str, int] = {}
    for finding in check.findings:
        counts[finding.severity] = counts.get(finding.severity, 0) + 1
    said = ", ".join(f"{n} {word}{'s' * (n > 1)}" for word, n in counts.items())
    inputs = len(check.inspection.seen)
    return f"{check.rows:,} rows, {inputs} input columns; {said or 'no findings'}."


def _classes(check):
    counts = check.to_dict()["classes"]
    if not counts:
        return ""
    most = max(counts.values())
    bars = "".join(
        f"<tr><th>{escape(name[:60])}</th><td class=n>{rows:,}</td>"
        f"<td class=bar><i style='width:{100 * rows / most:.1f}%'></i></td></tr>"
        for name, rows in list(counts.items())[:40]
    )
    rest = f"<p>and {len(counts) - 40:,} more</p>" if len(counts) > 40 else ""
    return f"<h2>Classes</h2><table class=bars>{bars}</table>{rest}"


def _finding(check, finding):
    names = ", ".join(escape(name) for name in finding.columns)
    evidence = "".join(f"<li>{escape(str(e))}</li>" for e in finding.evidence[:_CASES])
    cases = "".join(_case(check, finding, row) for row in finding.rows[:_CASES])
    return (
        f"<section class={finding.severity}><h3><b>{finding.severity}</b> {names}: "
        f"{escape(finding.what)}</h3>"
        + (f"<p>{escape(finding.do)}.</p>" if finding.do else "")
        + (f"<ul>{evidence}</ul>" if evidence else "")
        + (f"<div class=cases>{cases}</div>" if cases else "")
        + "</section>"
    )


def _case(check, finding, row):
    """One row of a finding: its number, its answer, and its cells."""
    answers = check.inspection.answers
    answer = answers[row - 1] if answers else None
    label = f" · {escape(answer[:40])}" if answer is not None else ""
    shown = [name for name in finding.columns if name in check.inspection.seen]
    cells = "".join(_cell(check, name, row - 1) for name in shown[:3])
    return f"<figure>{cells}<figcaption>row {row}{label}</figcaption></figure>"


def _cell(check, name, row):
    seen = check.inspection.seen[name]
    if seen.status[row] == BAD:
        return f"<em>{escape(seen.reasons[row][:_TEXT])}</em>"
    (cell,) = check.inspection.table.cells(name, [row])
    if cell is None:
        return "<em>empty</em>"
    if seen.modality in _DRAWN:
        return _drawn(check, seen, cell)
    return f"<q>{escape(str(cell)[:_TEXT])}</q>"


def _drawn(check, seen, cell):
    column = next(c for c in check.inspection.schema.inputs if c.name == seen.name)
    part = parts.find("modality", seen.modality)
    own = {k: v for k, v in column.options.items() if k in part.options}
    if seen.modality != "audio":
        own |= {"height_px": _SIDE_PX, "width_px": _SIDE_PX}
    if seen.modality == "video":
        own["frames"] = _FRAMES
    located = locate(check.inspection.table, part.make(**own), cell)
    column = PreparedColumn(seen.name, seen.name, seen.modality, own, {})
    [(_, array, reason)] = guard.decoded(column, [located], children=1, encoded=False)
    if array is None:
        return f"<em>{escape(reason[:_TEXT])}</em>"
    if seen.modality == "audio":
        return wave(array)
    pictures = [array] if seen.modality == "image" else array
    return "".join(_picture(pixels) for pixels in pictures)


def _picture(pixels):
    from homodal.media import images

    file = io.BytesIO()
    images.from_array(pixels).save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode("ascii")
    return f"<img alt='' src='data:image/png;base64,{data}'>"


def wave(samples):
    """The lowest and highest sample of each pixel column, as an SVG."""
    width, height = _WAVE_PX
    pieces = np.array_split(samples, min(width, len(samples)))
    scale = height / 2 / max(float(np.abs(samples).max()), 1e-9)
    lines = "".join(
        f"M{x} {height / 2 - piece.max() * scale:.1f}"
        f"V{height / 2 - piece.min() * scale + 0.5:.1f}"
        for x, piece in enumerate(pieces)
    )
    size = f"width={width} height={height} viewBox='0 0 {width} {height}'"
    return f"<svg {size}><path d='{lines}'/></svg>"


def _column(name, facts):
    kind = facts["kind"] or facts["role"]
    rows = [("recognised", f"{kind}, {facts['confidence']:.0%}: {facts['why']}")]
    if "cells" in facts:
        counts = ", ".join(
            f"{count:,} {word}" for word, count in facts["cells"].items()
        )
        rows.append(("cells", counts))
        if facts["repeated"]:
            rows.append(("repeated", f"{facts['repeated']:,}"))
        rows += [(what, _figure(said)) for what, said in facts["figures"].items()]
    table = "".join(
        f"<tr><th>{escape(k.replace('_', ' '))}</th><td>{escape(v)}</td></tr>"
        for k, v in rows
    )
    return f"<h3>{escape(name)}</h3><table>{table}</table>"


def _figure(said):
    if "commonest" in said:
        each = [f"{name} {count:,}" for name, count in said["commonest"].items()]
        return f"{said['different']} different: " + ", ".join(each)
    low, middle, high = (figure(said[k]) for k in ("lowest", "median", "highest"))
    return low if low == high else f"{low} to {high}, half of them up to {middle}"
