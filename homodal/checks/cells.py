"""Rules about single cells: unreadable, truncated, empty, silent, clipped, flat."""

from collections import Counter

from homodal.checks.findings import ERROR, NOTE, WARNING, Finding, from_one, share
from homodal.data.accounting import TOLERATED_SHARE
from homodal.data.store import ABSENT, BAD, REPAIRED
from homodal.media.repairs import kinds

_MOSTLY = 0.5
_CLIPPED = 1e-3  # of the samples
_FLAT = 0.01  # of full contrast, from 0 to 1
_STILL = 1e-4  # mean change from frame to frame, from 0 to 1


def cell_findings(inspection):
    """Findings about the cells of every input column."""
    found = []
    for seen in inspection.seen.values():
        found += _unreadable(seen) + _repaired(seen) + _absent(seen)
        found += _odd(seen) + _mixed(seen)
    return found


def _unreadable(seen):
    bad = seen.rows(BAD)
    if not bad:
        return []
    given = int((seen.status != ABSENT).sum())
    severity = ERROR if len(bad) / given > TOLERATED_SHARE else WARNING
    truncated = [row for row in bad if "truncated" in seen.reasons[row]]
    other = [row for row in bad if row not in set(truncated)]
    found = []
    for kind, rows, words in (
        ("truncated", truncated, "end too early"),
        ("unreadable", other, "cannot be read"),
    ):
        if rows:
            reasons = Counter(kinds(seen.reasons[row])[0] for row in rows)
            found.append(
                Finding(
                    kind,
                    severity,
                    (seen.name,),
                    f"{share(len(rows), given)} cells {words}",
                    from_one(rows),
                    "Mend or drop them; more than 5 % stop a training",
                    tuple(f"{n} x {why}" for why, n in reasons.most_common(5)),
                )
            )
    return found


def _repaired(seen):
    mended = seen.rows(REPAIRED)
    if not mended:
        return []
    given = int((seen.status != ABSENT).sum())
    reasons = Counter(kind for row in mended for kind in kinds(seen.reasons[row]))
    what = f"{share(len(mended), given)} cells are mended to be read"
    said = tuple(f"{n} x {why}" for why, n in reasons.most_common(5))
    return [Finding("repaired", NOTE, (seen.name,), what, from_one(mended), "", said)]


def _absent(seen):
    absent = seen.rows(ABSENT)
    count, rows = len(absent), len(seen.status)
    if count == rows or count / rows < _MOSTLY:
        return []
    what = f"{share(count, rows)} cells are empty"
    return [Finding("mostly-absent", NOTE, (seen.name,), what, from_one(absent))]


_ODD = (
    ("silent", ("audio",), "silent", lambda v: v > 0, "hold silence only"),
    ("clipped", ("audio",), "clipped", lambda v: v > _CLIPPED, "are clipped"),
    ("flat", ("image", "video"), "contrast", lambda v: v < _FLAT, "show one colour"),
    ("still", ("video",), "motion", lambda v: v < _STILL, "show no motion"),
)


def _odd(seen):
    found = []
    for kind, modalities, figure, holds, words in _ODD:
        rows = seen.where(figure, holds) if seen.modality in modalities else []
        if rows:
            given = int((seen.status != ABSENT).sum())
            what = f"{share(len(rows), given)} cells {words}"
            found.append(Finding(kind, WARNING, (seen.name,), what, from_one(rows)))
    return found


def _mixed(seen):
    """Several sampling rates in a column: the higher ones lose their treble."""
    rates = Counter(v for v in seen.figures.get("rate_hz", []) if v is not None)
    if len(rates) < 2:
        return []
    common, _ = rates.most_common(1)[0]
    rows = seen.where("rate_hz", lambda rate: rate != common)
    each = ", ".join(f"{n:,} x {rate:,} Hz" for rate, n in rates.most_common(4))
    what = f"{len(rates)} sampling rates are mixed: {each}"
    return [Finding("mixed-rates", NOTE, (seen.name,), what, from_one(rows))]
