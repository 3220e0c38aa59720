"""At most five findings about a run, each with its figure and a command to try.

Rules read an `Evaluation`, the epochs of the journal and, where there is one, an
`Explanation`. A rule speaks only where its figure stands out of what luck would do.
"""

from dataclasses import dataclass

MOST = 5
_HOT, _COLD = 1.25, 0.8  # temperatures worth a word
_OVERFIT = 0.1  # validation loss above its lowest, as a share
_CONFUSED = 0.15  # of a class's rows taken for one other
_GAPS = 0.25  # of the errors in rows with a gap, and twice their share of rows


@dataclass(frozen=True)
class Advice:
    """finding: what is so, with its figure; attempt: what may mend it.

    weight: 0 to 1, how much it matters.
    """

    finding: str
    attempt: str
    weight: float

    def to_dict(self):
        """JSON-able."""
        return {"finding": self.finding, "try": self.attempt}


def advice_for(evaluation, history=(), explanation=None, most=MOST):
    """`[Advice]`, the weightiest first, at most `most`."""
    found = [
        *_no_better_than_guessing(evaluation),
        *_useless_columns(evaluation, explanation),
        *_confused_classes(evaluation),
        *_overfitting(history),
        *_still_learning(history),
        *_certainty(evaluation),
        *_slices(evaluation),
        *_unreadable(evaluation),
        *_few_rows(evaluation),
    ]
    return sorted(found, key=lambda each: -each.weight)[:most]


def _no_better_than_guessing(evaluation):
    base = evaluation.baseline.get("accuracy", {}).get("value")
    score = evaluation.scores.get("accuracy", {})
    if base is None or score.get("low") is None or score["low"] > base:
        return
    yield Advice(
        f"The model ({score['value']:.0%} right) is not surely better than always "
        f"answering '{evaluation.baseline['label']}' ({base:.0%})",
        "more rows, or columns that bear on the target; see: homodal check TABLE",
        1.0,
    )


def _useless_columns(evaluation, explanation):
    if explanation is not None:
        for name, entry in explanation.shapley.items():
            if len(explanation.columns) > 1 and entry["high"] < 0.01:
                others = [c for c in explanation.columns if c != name]
                yield _drop(name, others, f"adds {entry['value']:+.1%} of accuracy")
        return
    base = evaluation.baseline.get("accuracy", {})
    for name, scores in evaluation.columns_alone.items():
        alone = scores.get("accuracy", {"value": None})
        if alone["value"] is None or base.get("value") is None:
            continue
        if alone["value"] <= base["value"]:
            others = [c for c in evaluation.columns_alone if c != name]
            said = f"is {alone['value']:.0%} right alone, no better than guessing"
            yield _drop(name, others, f"{said} ({base['value']:.0%})")


def _drop(name, others, said):
    return Advice(
        f"The column '{name}' {said}",
        f"homodal train without it: --columns {','.join(others)}",
        0.5,
    )


def _confused_classes(evaluation):
    matrix = evaluation.confusion.get("matrix", [])
    classes = evaluation.confusion.get("classes", [])
    worst = None
    for truth, counts in enumerate(matrix):
        rows = sum(counts)
        for answer, count in enumerate(counts):
            if truth == answer or count < 3 or count / rows < _CONFUSED:
                continue
            if worst is None or count > worst[0]:
                worst = (count, rows, classes[truth], classes[answer])
    if worst:
        count, rows, truth, answer = worst
        yield Advice(
            f"'{truth}' is taken for '{answer}' in {count} of {rows} rows",
            "look at these rows in the report; more rows of both, or one class of two",
            0.4 + 0.5 * count / rows,
        )


def _losses(history):
    return [
        (event["epoch"] + 1, event["valid"]["log_loss"])
        for event in history
        if "log_loss" in event.get("valid", {})
    ]


def _overfitting(history):
    losses = _losses(history)
    if len(losses) < 4:
        return
    epoch, lowest = min(losses, key=lambda each: each[1])
    last = losses[-1][1]
    if epoch <= losses[-1][0] - 3 and last > lowest * (1 + _OVERFIT):
        yield Advice(
            f"Over-fitting after epoch {epoch}: the validation loss rose from "
            f"{lowest:.3f} to {last:.3f}",
            "homodal train --set training.weight_decay=0.1 "
            f"--set training.epochs={epoch + 2}",
            0.6,
        )


def _still_learning(history):
    losses = _losses(history)
    if len(losses) < 5:
        return
    values = [loss for _, loss in losses]
    if min(values) == values[-1] and values[-1] < 0.97 * values[-3]:
        yield Advice(
            f"The validation loss still fell at the end, from {values[-3]:.3f} to "
            f"{values[-1]:.3f} in two epochs",
            f"homodal train --set training.epochs={2 * len(values)}",
            0.55,
        )


def _certainty(evaluation):
    found = evaluation.calibration
    temperature = found.get("temperature", 1.0)
    if not found.get("fitted_on") or _COLD < temperature < _HOT:
        return
    word = "over" if temperature > 1 else "under"
    yield Advice(
        f"The network is {word}-confident: temperature {temperature:.2g}; its answers "
        "are corrected by it",
        "--set head.label_smoothing=0.1"
        if temperature > 1
        else "--set head.label_smoothing=0",
        0.3,
    )


def _slices(evaluation):
    errors = sum(
        sum(counts) - counts[place]
        for place, counts in enumerate(evaluation.confusion.get("matrix", []))
    )
    for each in evaluation.slices:
        accuracy = each["accuracy"]["value"]
        wrong = each["rows"] * (1 - accuracy)
        if each["p"] >= 0.05 or accuracy >= each["rest"] or not errors:
            continue
        share = wrong / errors
        if share > _GAPS:
            yield Advice(
                f"{share:.0%} of the errors are rows where {each['by']} "
                f"'{each['slice']}' ({accuracy:.0%} right, elsewhere "
                f"{each['rest']:.0%})",
                "more rows of this kind"
                if each["slice"] != "absent"
                else "--set training.modality_dropout=0.3, or fill the gaps",
                0.35 + 0.4 * share,
            )
            return


def _unreadable(evaluation):
    for name, reasons in evaluation.bad_cells.items():
        cells = sum(reasons.values())
        reason = max(reasons, key=reasons.get)
        yield Advice(
            f"{cells:,} cells of '{name}' cannot be read, most of them: {reason}",
            "homodal check TABLE names them all",
            0.4,
        )


def _few_rows(evaluation):
    score = evaluation.scores.get("accuracy", {})
    if score.get("low") is None:
        return
    width = score["high"] - score["low"]
    if width > 0.15:
        yield Advice(
            f"{evaluation.scored:,} rows are few: the accuracy is known to within "
            f"{width / 2:.0%} only",
            "evaluate on more rows before choosing between models",
            0.25,
        )
