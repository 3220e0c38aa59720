"""The section of failures: each row as a card, with what is known of it."""

from homodal.evaluation.report.cells import cells_of
from homodal.evaluation.report.page import table, tag

_MISTAKES = 6
_SUSPECTS = 3
_SUSPECTED = (
    "The model is as sure of another class as it usually is of rows of that class: "
    "look whether the label is right."
)
_NEIGHBOURS = 2


def failures(found, cards):
    """`found`: of `failures_of`; cards: a function of an entry to an element."""
    made = []
    if found["confusions"]:
        body = [
            (
                each["label"],
                each["predicted"],
                f"{each['rows']:,}",
                f"{each['share']:.0%}",
            )
            for each in found["confusions"]
        ]
        titles = ("truth", "answer", "rows", "of the class")
        made += [
            tag("h3", "Most frequent confusions"),
            table(titles, body, numbers=(2, 3)),
        ]
    if found["mistakes"]:
        shown = [cards(each) for each in found["mistakes"][:_MISTAKES]]
        made += [
            tag("h3", "Most confident mistakes"),
            tag("div", shown, class_="cards"),
        ]
    made += _suspects(found, cards)
    for name, rows in found.get("misled", {}).items():
        listed = ", ".join(map(str, rows))
        made.append(tag("p", f"Right without the column “{name}”: rows {listed}."))
    return made


def _suspects(found, cards):
    """A table of all; cards of those that are not shown already."""
    if not found["wrong_labels"]:
        return []
    body = [
        (f"{e['row']:,}", e["label"], e["predicted"], f"{e['probability']:.0%}")
        for e in found["wrong_labels"]
    ]
    shown = {each["row"] for each in found["mistakes"][:_MISTAKES]}
    others = [each for each in found["wrong_labels"] if each["row"] not in shown]
    return [
        tag("h3", "Candidates for wrong labels"),
        tag("p", _SUSPECTED, class_="soft"),
        table(("row", "label", "the model says", ""), body, numbers=(0, 3)),
        tag("div", [cards(each) for each in others[:_SUSPECTS]], class_="cards"),
    ]


def card(model, rows, entry, neighbours=(), looked=()):
    """One row: its cells, label and answer; the training rows it resembles."""
    wrong = entry["label"] != entry["predicted"]
    answer = tag("span", entry["predicted"], **({"class_": "wrong"} if wrong else {}))
    parts = [
        tag(
            "div",
            tag("b", f"row {entry['row']}: "),
            tag("span", entry["label"]),
            ", taken for " if wrong else ", answered ",
            answer,
            f" ({entry['probability']:.0%})",
        )
    ]
    listed = []
    for name, cell in cells_of(model, rows, entry["row"] - 1):
        listed += [tag("dt", name), tag("dd", cell)]
    for name, element in looked:
        listed += [tag("dt", f"what spoke for the answer: {name}"), tag("dd", element)]
    if neighbours:
        said = "; ".join(
            f"row {number} ({label})" for number, label in neighbours[:_NEIGHBOURS]
        )
        listed += [tag("dt", "nearest training rows"), tag("dd", said)]
    return tag("div", parts, tag("dl", listed), class_="card")
