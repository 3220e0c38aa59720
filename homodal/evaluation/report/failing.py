"""The section of failures: each row as a card, with what is known of it."""

from homodal.evaluation.report.cells import cells_of, glance
from homodal.evaluation.report.page import table, tag

_MISTAKES = 6
_SUSPECTS = 3
MISLED = 2  # cards of each column
_SUSPECTED = (
    "The model is as sure of another class as it usually is of rows of that class: "
    "look whether the label is right."
)
_NEIGHBOURS = 2


def failures(found, cards):
    """`found`: as the report's `find` makes it; cards: of an entry to an element.

    Each row has one card, in the first part that names it.
    """
    shown = set()

    def some(entries, most):
        fresh = [each for each in entries if each["row"] not in shown][:most]
        shown.update(each["row"] for each in fresh)
        return tag("div", [cards(each) for each in fresh], class_="cards")

    made = _confusions(found["confusions"])
    if found["mistakes"]:
        made.append(tag("h3", "Most confident mistakes"))
        made.append(some(found["mistakes"], _MISTAKES))
    if found["wrong_labels"]:
        made += _suspects(found["wrong_labels"])
        made.append(some(found["wrong_labels"], _SUSPECTS))
    misled = found.get("misled", {})
    if misled:
        made.append(tag("h3", "Right without a column"))
    for name, entries in misled.items():
        listed = ", ".join(str(each["row"]) for each in entries)
        made.append(tag("p", f"Right without the column “{name}”: rows {listed}."))
        made.append(some(entries, MISLED))
    return made


def _confusions(found):
    if not found:
        return []
    body = [
        (
            each["label"],
            each["predicted"],
            f"{each['rows']:,}",
            f"{each['share']:.0%}",
            ", ".join(map(str, each["examples"])),
        )
        for each in found
    ]
    titles = ("truth", "answer", "rows", "of the class", "such as rows")
    heading = tag("h3", "Most frequent confusions")
    return [heading, table(titles, body, numbers=(2, 3))]


def _suspects(found):
    body = [
        (f"{e['row']:,}", e["label"], e["predicted"], f"{e['probability']:.0%}")
        for e in found
    ]
    return [
        tag("h3", "Candidates for wrong labels"),
        tag("p", _SUSPECTED, class_="soft"),
        table(("row", "label", "the model says", "sure"), body, numbers=(0, 3)),
    ]


def card(model, rows, entry, near=(), looked=None, shares=None):
    """One row: its cells, label and answer; the training rows it resembles.

    near: `nearest_of`. looked: `{column: Looked}`. shares: `{column: Shapley value of
    the label's probability}`.
    """
    looked, shares = looked or {}, shares or {}
    wrong = entry["label"] != entry["predicted"]
    answer = tag("span", entry["predicted"], **({"class_": "wrong"} if wrong else {}))
    head = tag(
        "div",
        tag("b", f"row {entry['row']}: "),
        tag("span", entry["label"]),
        ", taken for " if wrong else ", answered ",
        answer,
        f" ({entry['probability']:.0%})",
    )
    listed = []
    for name, cell in cells_of(model, rows, entry["row"] - 1):
        drawn = looked[name].drawn if name in looked else None
        if drawn is not None and looked[name].instead:
            cell, drawn = drawn, None
        both = tag("div", cell, drawn, class_="both")
        listed += [tag("dt", name), tag("dd", both)]
    if near:
        listed += [tag("dt", "nearest training rows")]
        listed.append(tag("dd", tag("div", list(near), class_="both")))
    return tag("div", head, tag("dl", listed), _figures(looked, shares), class_="card")


def nearest_of(model, train, neighbours):
    """Elements of the nearest training rows `[(number, label)]`, each at a glance."""
    return [
        tag(
            "div",
            glance(model, train, number - 1),
            tag("span", f"row {number}: {label}", class_="soft"),
            class_="near",
        )
        for number, label in neighbours[:_NEIGHBOURS]
    ]


def _figures(looked, shares):
    if not looked:
        return None
    weighted = any(each.weight is not None for each in looked.values())
    titles = ["column", "logit"]
    titles += ["probability"] if shares else []
    titles += ["weight"] if weighted else []
    body = []
    for name, each in looked.items():
        line = [name, _signed(each.logit)]
        line += [_signed(shares[name])] if shares else []
        line += (
            ["" if each.weight is None else f"{each.weight:.2f}"] if weighted else []
        )
        body.append(line)
    return table(titles, body, numbers=range(1, len(titles)))


def _signed(value):
    return f"{value:+.2f}".replace("-", "−")  # a minus sign, as wide as the plus
