"""The sections of the report, each a list of elements; an empty one is left out."""

import numpy as np

from homodal.evaluation.advice import folded
from homodal.evaluation.report import figures
from homodal.evaluation.report.figures import short
from homodal.evaluation.report.page import table, tag
from homodal.evaluation.terminal import PLAIN_MODEL

_MOST_CLASSES = 25  # in the confusion table
_MOST_ROWS = 15
_MOST_LUCKY = 6
_COMMAND_WIDTH = 88
_METHODS = {"aps": "adaptive (APS)", "per_class": "per class"}
_LUCK = 0.05
_BLUE = "0, 114, 178"


def tiles(evaluation):
    """The headline figures."""
    scores, calibration = evaluation.scores, evaluation.calibration
    shown = [("accuracy", scores.get("accuracy")), ("F1 macro", scores.get("f1_macro"))]
    shown.append(
        (f"always “{evaluation.baseline['label']}”", evaluation.baseline["accuracy"])
    )
    shown.append(("calibration error", calibration.get("ece")))
    made = [
        tag(
            "div",
            tag("b", number(entry["value"])),
            tag("span", name, class_="soft"),
            tag("br"),
            tag("span", interval(entry), class_="soft"),
            class_="tile",
        )
        for name, entry in shown
        if entry and entry["value"] is not None
    ]
    return [tag("div", made, class_="tiles")]


def advice(found):
    """What to try next."""
    if not found:
        return [tag("p", "Nothing stands out.")]
    items = [
        tag(
            "li",
            each.finding,
            ". ",
            tag("br"),
            tag("span", f"Try: {each.attempt}:", class_="soft"),
            tag("pre", "\n".join(folded(each.command, _COMMAND_WIDTH))),
        )
        for each in found
    ]
    return [tag("ol", items, class_="advice")]


def scores(evaluation, history):
    """All columns, each alone, a plain model, the same answer; learning curves."""
    rows = [("all columns", evaluation.scores)]
    rows += [(f"{name} alone", s) for name, s in evaluation.columns_alone.items()]
    if evaluation.plain:
        rows.append((PLAIN_MODEL, evaluation.plain))
    body = [
        (
            name,
            measured(s["accuracy"]),
            measured(s["f1_macro"]),
            measured(s["log_loss"]),
        )
        for name, s in rows
    ]
    base = evaluation.baseline
    body.append((f"always “{base['label']}”", measured(base["accuracy"]), "", ""))
    made = [
        table(
            ("scored on", "accuracy", "F1 macro", "log loss"), body, numbers=(1, 2, 3)
        ),
        tag("p", "[low, high]: 95 % bootstrap intervals (BCa).", class_="soft"),
    ]
    if len(history) > 1:
        pair = (
            figure(
                figures.loss_curve(history),
                "Loss by epoch. In training it adds the columns' own losses.",
            ),
            figure(figures.accuracy_curve(history), "Accuracy on the rows held out."),
        )
        made.append(tag("div", pair, class_="pair"))
    return made


def classes(evaluation):
    """Precision, recall and F1 by class; who is taken for whom."""
    here = [(k, v) for k, v in evaluation.per_class.items() if v["rows"]]
    here.sort(key=lambda item: item[1]["f1"]["value"])
    body = [
        (
            name,
            measured(v["precision"]),
            measured(v["recall"]),
            measured(v["f1"]),
            f"{v['rows']:,}",
        )
        for name, v in here[:_MOST_ROWS]
    ]
    titles = ("class, worst first", "precision", "recall", "F1", "rows")
    made = [table(titles, body, numbers=(1, 2, 3, 4))]
    if len(here) > _MOST_ROWS:
        made.append(
            tag(
                "p",
                f"and {len(here) - _MOST_ROWS} more classes that do better.",
                class_="soft",
            )
        )
    return [*made, *_confusion(evaluation.confusion)]


def calibration(found):
    """Reliability, coverage and accuracy, conformal sets."""
    if "diagram" not in found:
        return []
    temperature = "No temperature was fitted."
    if found["fitted_on"]:
        temperature = (
            f"Temperature {found['temperature']:.2f}, fitted on "
            f"{found['fitted_on']:,} validation rows and applied to every answer."
        )
    made = [
        tag("p", temperature),
        tag(
            "p",
            f"Calibration error (ECE) {measured(found['ece'])}, with equally filled "
            f"bins {measured(found['adaptive_ece'])}, Brier score "
            f"{measured(found['brier'])}.",
        ),
        tag(
            "div",
            figure(
                figures.reliability(found["diagram"], found["adaptive_diagram"]),
                "Reliability: how often answers of a confidence are right. Dots are "
                "as large as their share of rows.",
            ),
            figure(
                figures.coverage(found["curve"]),
                "Accuracy, if only the surest rows are answered.",
            ),
            class_="pair",
        ),
    ]
    if found["thresholds"]:
        body = [
            (f"{e['accuracy']:.0%}", f"{e['threshold']:.3f}", f"{e['coverage']:.0%}")
            for e in found["thresholds"]
        ]
        made += [
            tag("h3", "Thresholds"),
            table(
                ("to be right in", "predict --abstain-below", "answers"),
                body,
                numbers=(0, 1, 2),
            ),
        ]
    if found["sets"]:
        body = [
            (
                _METHODS.get(e["method"], e["method"]),
                f"{e['level']:.0%}",
                measured(e["coverage"]),
                f"{e['worst_class']:.0%}",
                f"{e['size']:.2f}",
                f"{e['single']:.0%}",
            )
            for e in found["sets"]
        ]
        made += [
            tag("h3", "Conformal sets"),
            table(
                (
                    "method",
                    "promised",
                    "hold the truth",
                    "worst class",
                    "classes a set",
                    "of one class",
                ),
                body,
                numbers=(1, 2, 3, 4, 5),
            ),
        ]
    return made


def slices(found):
    """Where the model is worse: what is surely so, and what may be luck."""
    worse = [e for e in found if e["accuracy"]["value"] < e["rest"]]
    if not worse:
        return []
    surely = [e for e in worse if e["p"] < _LUCK]
    others = [e for e in worse if e["p"] >= _LUCK]
    made = [_slices(surely[:_MOST_ROWS])] if surely else []
    if not surely:
        text = f"None of {len(found)} slices is surely worse than the rest."
        made.append(tag("p", text))
    if others:
        made += [
            tag("h3", "Worse by what may be luck"),
            _slices(others[:_MOST_LUCKY]),
        ]
    note = "p: Fisher's exact test after Holm over all slices."
    return [*made, tag("p", note, class_="soft")]


def _slices(found):
    body = [
        (
            e["by"],
            e["slice"],
            f"{e['rows']:,}",
            measured(e["accuracy"]),
            number(e["rest"]),
            f"{e['p']:.3f}",
        )
        for e in found
    ]
    titles = ("by", "slice", "rows", "accuracy", "elsewhere", "p")
    return table(titles, body, numbers=(2, 3, 4, 5))


def making(model, versions, cost):
    """Recipe, versions and cost."""
    packages = ", ".join(f"{k} {v}" for k, v in versions["packages"].items())
    return [
        table(("", ""), list(cost.items()), numbers=(1,)),
        tag(
            "p",
            f"homodal {versions['homodal']}, Python {versions['python']}, backend "
            f"{versions['backend']}; {packages}.",
            class_="soft",
        ),
        tag("pre", model.recipe.to_yaml()),
    ]


def figure(svg, caption):
    """A figure and what it shows."""
    svg.set("role", "img")
    svg.set("aria-label", caption)
    return tag("figure", svg, tag("figcaption", caption))


def number(value):
    """Three decimals, or a dash."""
    return "–" if value is None else f"{value:.3f}"


def interval(entry):
    """`[low, high]`."""
    return "" if entry["low"] is None else f"[{entry['low']:.3f}, {entry['high']:.3f}]"


def measured(entry):
    """`0.917 [0.890, 0.941]`."""
    return f"{number(entry['value'])} {interval(entry)}"


def _confusion(found):
    """The table; of very many classes the part of those that are confused most."""
    labels, matrix = found["classes"], np.asarray(found["matrix"], int)
    note = "Numbers are rows; the colour is the share of the true class."
    totals = np.maximum(matrix.sum(axis=1), 1)
    if len(labels) > _MOST_CLASSES:
        wrong = matrix - np.diag(np.diagonal(matrix))
        order = np.argsort(-(wrong.sum(axis=0) + wrong.sum(axis=1)), kind="stable")
        kept = np.sort(order[:_MOST_CLASSES])
        note += f" The {len(kept)} of {len(labels)} classes that are confused most."
        labels, matrix = [labels[k] for k in kept], matrix[np.ix_(kept, kept)]
        totals = totals[kept]
    head = tag(
        "tr",
        tag("th", "truth \\ answer"),
        [tag("th", short(label, 16)) for label in labels],
    )
    body = []
    for label, counts, total in zip(labels, matrix.tolist(), totals, strict=True):
        cells = [
            tag(
                "td",
                count or "",
                style=f"background: rgba({_BLUE}, {0.75 * (count / total) ** 0.5:.2f})",
            )
            for count in counts
        ]
        body.append(tag("tr", tag("th", short(label, 22)), cells))
    whole = tag("table", tag("thead", head), tag("tbody", body), class_="heat")
    return [
        tag("h3", "Confusion"),
        tag("div", whole, class_="wide"),
        tag("p", note, class_="soft"),
    ]


def recipe_of(model):
    """The recipe as a dict, for the JSON."""
    return model.recipe.to_dict()
