"""The whole report: what is measured once, written as HTML, Markdown and JSON."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from homodal.checks.check import check
from homodal.data import accounting
from homodal.errors import TableError
from homodal.evaluation.advice import advice_for
from homodal.evaluation.attribution import attribute
from homodal.evaluation.encodings import Encodings
from homodal.evaluation.explanation import explain_rows
from homodal.evaluation.failures import failures_of, listed, misled_rows, nearest
from homodal.evaluation.files import replace
from homodal.evaluation.measure import measure
from homodal.evaluation.report import sections, worth
from homodal.evaluation.report.card import model_card
from homodal.evaluation.report.data import MOST_CHECKED, data_card
from homodal.evaluation.report.failing import MISLED, card, failures, nearest_of
from homodal.evaluation.report.looked import legend, looked_at
from homodal.evaluation.report.page import tag, whole_page
from homodal.training.session import Rows

_COMPARED_TO = 1000  # training rows among which the nearest are sought


@dataclass(frozen=True)
class Findings:
    """Everything that the report says, before it is written.

    versions, cost: what made the model and what it took. history: the journal's epochs.
    train: the rows it learned from, or None. neighbours: `{row: [(training row,
    label)]}`, rows from 1. asked: rows that somebody wants to see, as `failures_of`
    lists them. checked: the `Check` of the rows, or None.
    """

    name: str
    model: object
    rows: Rows
    evaluation: object
    explanation: object
    failures: dict
    advice: list
    versions: dict
    cost: dict
    history: list = field(default_factory=list)
    train: Rows | None = None
    neighbours: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    checked: object = None

    def to_dict(self):
        """JSON-able."""
        return {
            "name": self.name,
            "table": self.rows.table.name,
            "evaluation": self.evaluation.to_dict(),
            "explanation": self.explanation.to_dict(),
            "failures": self.failures,
            "advice": [each.to_dict() for each in self.advice],
            "check": None if self.checked is None else self.checked.to_dict(),
            "recipe": sections.recipe_of(self.model),
            "versions": self.versions,
            "cost": self.cost,
        }


def find(name, model, rows, versions, *, history=(), train=None, asked=(), names=None):
    """The `Findings` of a `Model` on `Rows`; train: `Rows` it learned from, or None.

    asked: numbers of rows to show, from 1. names: what the advice's commands speak of
    (`evaluation.advice.Names`). Raises `TableError` for one that has no
    answer to compare with.
    """
    evaluation, outcomes = measure(model, rows)
    shown = _entries(outcomes, model.classes, asked)
    explanation = explain_rows(model, rows)
    failing = failures_of(outcomes, model.classes)
    failing["misled"] = {
        name: _entries(outcomes, model.classes, numbers)
        for name, numbers in misled_rows(explanation).items()
    }
    return Findings(
        name=name,
        model=model,
        rows=rows,
        evaluation=evaluation,
        explanation=explanation,
        failures=failing,
        advice=advice_for(evaluation, history, explanation, names),
        versions=versions,
        cost=_cost(model, history),
        history=list(history),
        train=train,
        neighbours=_neighbours(model, rows, train, failing, shown) if train else {},
        asked=shown,
        checked=checked_on(model, rows, train),
    )


def write(findings, folder):
    """`report.html`, `model_card.md` and `report.json` in `folder`; their paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(findings.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)
    files = {
        "report.html": html(findings),
        "model_card.md": model_card(findings).encode(),
        "report.json": f"{text}\n".encode(),
    }
    for name, data in files.items():
        replace(folder / name, data)
    return [folder / name for name in files]


def html(findings):
    """The report as the bytes of one HTML file."""
    evaluation, model = findings.evaluation, findings.model
    shares = {each["row"]: each["columns"] for each in findings.explanation.each_row}

    def made(entry):
        near = findings.neighbours.get(entry["row"], ())
        near = nearest_of(model, findings.train, near)
        looked, share = _looked(findings, entry), shares.get(entry["row"])
        return card(model, findings.rows, entry, near, looked, share)

    parts = [
        ("Rows asked for", _asked_for(findings, made)),
        ("What to try", sections.advice(findings.advice)),
        ("Scores", sections.scores(evaluation, findings.history)),
        ("What each column is worth", worth.contributions(findings.explanation)),
        ("Classes", sections.classes(evaluation)),
        ("Calibration", sections.calibration(evaluation.calibration)),
        ("Where it is worse", sections.slices(evaluation.slices)),
        ("Failures", _failing(findings, made)),
        ("Data", _data(findings)),
        ("Use and limits", _limits(findings)),
        ("How it was made", sections.making(model, findings.versions, findings.cost)),
    ]
    parts = [(title, body) for title, body in parts if body]
    links = [tag("a", t, href=f"#part{n}") for n, (t, _) in enumerate(parts)]
    target = model.preparation.target.name
    body = [
        tag("h1", f"{findings.name}: {target}"),
        tag("p", _summary(findings), class_="soft"),
        tag("nav", links),
        sections.tiles(evaluation),
    ]
    for number, (title, elements) in enumerate(parts):
        body += [tag("h2", title, id=f"part{number}"), *elements]
    return whole_page(f"{findings.name}: {target}", body)


def _asked_for(findings, made):
    cards = [made(entry) for entry in findings.asked]
    return [legend(), tag("div", cards, class_="cards")] if cards else []


def _failing(findings, made):
    elements = failures(findings.failures, made)
    return [legend(), *elements] if elements else []


def _looked(findings, entry):
    """Where the model looked when it gave this row its answer."""
    model = findings.model
    answer = model.classes.index(entry["predicted"])
    found = attribute(model.network, findings.rows, entry["row"] - 1, answer)
    return looked_at(model, findings.rows, found)


def _summary(findings):
    columns = ", ".join(
        f"{c.name} ({c.modality})" for c in findings.model.preparation.columns
    )
    return (
        f"Answers “{findings.model.preparation.target.name}” from {columns}. "
        f"Measured on "
        f"{findings.evaluation.scored:,} rows of {findings.rows.table.name}."
    )


def _limits(findings):
    model, evaluation = findings.model, findings.evaluation
    trained = sum(model.preparation.target.facts.get("counts", []))
    score = sections.measured(evaluation.scores["accuracy"])
    said = [
        f"Meant for rows like the {trained:,} it was trained on, for the "
        f"{len(model.classes)} classes it has seen; a row of another class gets one of "
        "these all the same.",
        f"Its accuracy, {score}, is that of this table; rows of another time, place or "
        "device may differ, and intervals do not cover that.",
        "Any of its columns may be absent; the section on columns says what that "
        "costs.",
        "Attributions and Shapley values describe this model on these rows, not "
        "causes.",
        "Not examined: fairness towards groups of people that no column names.",
    ]
    return [tag("ul", [tag("li", each) for each in said])]


def _data(findings):
    model, rows = findings.model, findings.rows
    named = {c.name: rows.columns[c.slug] for c in model.preparation.columns}
    counted = accounting.summary(named, rows.numbers)
    return data_card(model, findings.evaluation, counted, findings.checked)


def checked_on(model, rows, train=None):
    """The `Check` of these rows, and against those of the training; None of too many.

    It reads every cell anew, as the files are, and not as they are stored.
    """
    others = {}
    if train is not None and train.table is not rows.table:
        others = {"the training table": train.table}
    tables = [rows.table, *others.values()]
    if sum(map(len, tables)) > MOST_CHECKED:
        return None
    return check(
        rows.table,
        target=model.preparation.target.name,
        settings={"columns": model.recipe.columns},
        columns=model.columns,
        others=others,
    )


def _cost(model, history):
    weights = sum(int(np.prod(w.shape)) for w in model.network.trainable_weights)
    cost = {"parameters": f"{weights:,}"}
    if history:
        cost["epochs"] = f"{len(history)}"
        seconds = sum(event["seconds"] for event in history)
        cost["seconds of training"] = f"{seconds:,.0f}"
    return cost


def _entries(outcomes, classes, numbers):
    """The rows of these numbers, from 1, as `failures_of` lists them."""
    places = {int(row) + 1: place for place, row in enumerate(outcomes.row)}
    for row in numbers:
        if row not in places:
            raise TableError(
                f"Row {row} cannot be shown",
                expected="the number of a row with an answer that the model knows",
            )
    return listed(outcomes, [places[row] for row in numbers], classes)


def _neighbours(model, rows, train, failing, shown):
    """The training rows nearest to each failure, by their encodings."""
    entries = [*failing["mistakes"], *failing["wrong_labels"], *shown]
    for misled in failing["misled"].values():
        entries += misled[:MISLED]
    wanted = sorted({each["row"] for each in entries})
    known = train.numbers[train.truth[train.numbers] >= 0]
    if not wanted or not len(known):
        return {}
    rng = np.random.default_rng(0)
    few = np.sort(rng.choice(known, min(len(known), _COMPARED_TO), replace=False))
    ours, theirs = (
        Encodings(model, Rows(r.table, r.columns, r.truth, numbers))
        for r, numbers in ((rows, np.array(wanted) - 1), (train, few))
    )
    places = nearest(ours.vectors(), theirs.vectors())
    return {
        row: [
            (int(theirs.rows[p]) + 1, model.classes[int(theirs.truth[p])]) for p in near
        ]
        for row, near in zip(wanted, places, strict=True)
    }
