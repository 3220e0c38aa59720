"""A check as one HTML file: no script, no other file, works offline, prints well.

All text of the user's is escaped; pictures are drawn anew, so that nothing of a
hostile file reaches the page but its pixels.
"""

import base64
import io
from html import escape

import numpy as np

from homodal import parts
from homodal.checks.findings import figure, kind_of
from homodal.checks.style import STYLE
from homodal.data import guard
from homodal.data.preparation import PreparedColumn
from homodal.data.reading import BAD, cells_of, usable
from homodal.places import write_text

_CASES = 6  # rows of a finding that are shown
_SIDE_PX = 96
_WAVE_PX = (160, 48)
_FRAMES = 3
_TEXT = 160  # characters
_DRAWN = ("image", "images", "audio", "video")


def write(check, path):
    """Write the page of a `Check` to `path`."""
    write_text(path, page(check), errors="xmlcharrefreplace")


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
            *(_column(check, name, facts) for name, facts in check.columns().items()),
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
    shown = _pairs(check, finding) if finding.pairs else _rows(check, finding)
    evidence = ""
    if not finding.pairs:
        lines = (f"<li>{escape(str(e))}</li>" for e in finding.evidence[:_CASES])
        evidence = "".join(lines)
    return (
        f"<section class={finding.severity}><h3><b>{finding.severity}</b> {names}: "
        f"{escape(finding.what)}</h3>"
        + (f"<p>{escape(finding.do)}.</p>" if finding.do else "")
        + (f"<ul>{evidence}</ul>" if evidence else "")
        + (f"<div class=cases>{shown}</div>" if shown else "")
        + "</section>"
    )


def _rows(check, finding):
    """The first rows of a finding, each with its answer and its cells."""
    own = check.inspection
    return "".join(
        _case(_shown(own, finding, row), _caption(own, row))
        for row in finding.rows[:_CASES]
    )


def _pairs(check, finding):
    """The first pairs of rows of a finding, side by side."""
    own = check.inspection
    other = check.others.get(finding.other, own)
    where = f" of {finding.other}" if finding.other else ""
    return "".join(
        _case(
            _shown(own, finding, one) + _shown(other, finding, two),
            f"{_caption(own, one)} | {_caption(other, two, where)}",
        )
        for one, two in finding.pairs[:_CASES]
    )


def _case(cells, caption):
    return f"<figure>{cells}<figcaption>{escape(caption)}</figcaption></figure>"


def _caption(inspection, row, where=""):
    answer = inspection.answers[row - 1] if inspection.answers else None
    return f"row {row}{where}" + (f" · {answer[:40]}" if answer is not None else "")


def _shown(inspection, finding, row):
    names = [name for name in finding.columns if name in inspection.seen]
    return "".join(_cell(inspection, name, row - 1) for name in names[:3])


def _cell(inspection, name, row):
    seen = inspection.seen[name]
    if seen.status[row] == BAD:
        return f"<em>{escape(seen.reasons[row][:_TEXT])}</em>"
    (cell,) = inspection.table.cells(name, [row])
    if cell is None:
        return "<em>empty</em>"
    if seen.modality in _DRAWN:
        return _drawn(inspection, seen, row)
    return f"<q>{escape(str(cell)[:_TEXT])}</q>"


def _drawn(inspection, seen, row):
    column = next(c for c in inspection.schema.inputs if c.name == seen.name)
    part = parts.find("modality", seen.modality)
    own = {k: v for k, v in column.options.items() if k in part.options}
    if seen.modality != "audio":
        own |= {"height_px": _SIDE_PX, "width_px": _SIDE_PX}
    if seen.modality == "video":
        own["frames"] = _FRAMES
    [cell] = cells_of(inspection.table, part.make(**own), seen.name, [row])
    column = PreparedColumn(seen.name, seen.name, seen.modality, own, {})
    [(_, array, reason)] = guard.decoded(column, [cell], children=1, encoded=False)
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


def _column(check, name, facts):
    kind, sure = kind_of(facts), f"{facts['confidence']:.0%}"
    rows = [("recognised", f"{kind}, {sure}: {facts['why']}")]
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
    return f"<h3>{escape(name)}</h3><table>{table}</table>{_examples(check, name)}"


def _examples(check, name):
    """A few media of a column, evenly spread over its rows."""
    seen = check.inspection.seen.get(name)
    if seen is None or seen.modality not in _DRAWN:
        return ""
    rows = np.flatnonzero(usable(seen.status))
    chosen = rows[np.unique(np.linspace(0, len(rows) - 1, _CASES).astype(int))]
    cases = "".join(
        _case(_cell(check.inspection, name, row), _caption(check.inspection, row + 1))
        for row in (chosen.tolist() if len(rows) else [])
    )
    return f"<div class=cases>{cases}</div>" if cases else ""


def _figure(said):
    if "commonest" in said:
        each = [f"{name} {count:,}" for name, count in said["commonest"].items()]
        return f"{said['different']} different: " + ", ".join(each)
    low, middle, high = (figure(said[k]) for k in ("lowest", "median", "highest"))
    return low if low == high else f"{low} to {high}, half of them up to {middle}"
