"""At most five findings about a run, each with its figure and the command to try.

Rules read an `Evaluation`, the epochs of the journal and, where there is one, an
`Explanation`. A rule speaks only where its figure stands out of what luck would do.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path

from homodal.errors import HomodalError

MOST = 5
_HOT, _COLD = 1.25, 0.8  # temperatures worth a word
_OVERFIT = 0.1  # validation loss above its lowest, as a share
_CONFUSED = 0.15  # of a class's rows taken for one other
_MOST_NAMED, _FIRST = 8, 3  # columns in one sentence, and of more than these
_GAPS = 0.25  # of the errors in rows with a gap, and twice their share of rows


@dataclass(frozen=True)
class Names:
    """What the commands speak of: the training table and its target, a run, a test."""

    table: str = "TABLE"
    target: str = "TARGET"
    run: str = "RUN"
    test: str = "TEST"

    def train(self, *options):
        """The command that trains again, with other options."""
        words = ["homodal", "train", self.table, "--target", self.target, *options]
        return shlex.join(words)

    def check(self):
        """The command that looks through the training table."""
        return shlex.join(["homodal", "check", self.table, "--target", self.target])

    def measure(self, verb):
        """`explain`, `report` or `evaluate` of the run on the test table."""
        return shlex.join(["homodal", verb, self.run, self.test])


def names_of(folder, test=None):
    """The `Names` of a run's folder; what is not known stays in capitals."""
    from homodal.training import runs  # it loads Keras, which a check has no need of

    known = {"run": _shown(folder)} | ({"test": _shown(test)} if test else {})
    try:
        start, recipe, _ = runs.load_start(Path(folder))
    except HomodalError:  # a bundle alone
        return Names(**known)
    if start.table is not None:
        known["table"] = _shown(start.table)
    return Names(target=recipe.target, **known)


def _shown(path):
    """A path as it is typed from here."""
    path, here = Path(path), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


@dataclass(frozen=True)
class Advice:
    """finding: what is so, with its figure; attempt: what may mend it, in words.

    command: what to type. weight: 0 to 1, how much it matters.
    """

    finding: str
    attempt: str
    command: str
    weight: float

    def to_dict(self):
        """JSON-able."""
        return {"finding": self.finding, "try": self.attempt, "command": self.command}


def folded(command, width):
    """The command in lines of at most `width`, where its options allow it."""
    lines = [""]
    for part in command.replace(" --", "\n--").split("\n"):
        longer = f"{lines[-1]} {part}".strip()
        if lines[-1] and len(longer) > width - 2:
            lines[-1] += " \\"
            longer = f"  {part}"
        lines = [*lines, longer] if longer.startswith("  ") else [*lines[:-1], longer]
    return lines


def advice_for(evaluation, history=(), explanation=None, names=None, most=MOST):
    """`[Advice]`, the weightiest first, at most `most`."""
    names = names or Names()
    found = [
        *_no_better_than_guessing(evaluation, names),
        *_no_better_than_plain(evaluation, names),
        *_useless_columns(evaluation, explanation, names),
        *_confused_classes(evaluation, names),
        *_overfitting(history, names),
        *_still_learning(history, names),
        *_certainty(evaluation, history, names),
        *_slices(evaluation, names),
        *_unreadable(evaluation, names),
        *_few_rows(evaluation, names),
    ]
    return sorted(found, key=lambda each: -each.weight)[:most]


def _no_better_than_guessing(evaluation, names):
    base = evaluation.baseline.get("accuracy", {}).get("value")
    score = evaluation.scores.get("accuracy", {})
    if base is None or score.get("low") is None or score["low"] > base:
        return
    yield Advice(
        f"The model ({score['value']:.0%} right) is not surely better than always "
        f"answering '{evaluation.baseline['label']}' ({base:.0%})",
        "more rows, or columns that bear on the target; what is wrong with these",
        names.check(),
        1.0,
    )


def _no_better_than_plain(evaluation, names):
    plain = evaluation.plain.get("accuracy", {}).get("value")
    value = evaluation.scores.get("accuracy", {}).get("value")
    if plain is None or value is None or value > plain or value == 1:
        return
    yield Advice(
        f"A linear model of plain features is right in {plain:.1%} of the rows, the "
        f"whole model in {value:.1%}: the network adds nothing",
        "another encoder or other settings, compared with each other",
        names.train("--set", "encoder=transformer"),
        0.6,
    )


def _useless_columns(evaluation, explanation, names):
    if explanation is not None:
        # what holds zero may be luck; what does not costs accuracy
        harmful = {n: e for n, e in explanation.shapley.items() if e["high"] < 0}
        others = [c for c in explanation.columns if c not in harmful]
        if harmful and others:
            figures = (
                f"{e['value']:+.1%} [{e['low']:+.1%}, {e['high']:+.1%}]"
                for e in harmful.values()
            )
            yield Advice(
                f"{_named('The column', harmful)} "
                + ("add " if len(harmful) > 1 else "adds ")
                + _and(figures)
                + " of accuracy",
                "train without",
                names.train("--columns", ",".join(others)),
                0.5,
            )
        return
    base = evaluation.baseline.get("accuracy", {}).get("value")
    whole = evaluation.scores.get("accuracy", {}).get("low")
    if base is None or whole is None:
        return
    useless = {
        name: scores["accuracy"]["value"]
        for name, scores in evaluation.columns_alone.items()
        if scores["accuracy"]["value"] <= base and scores["accuracy"]["high"] < whole
    }
    if useless:
        yield Advice(
            _alone(useless, len(evaluation.columns_alone))
            + f" right, no better than guessing ({base:.0%})",
            "see whether the model is better with than without",
            names.measure("explain"),
            0.5,
        )


def _alone(accuracies, columns):
    """`The columns 'a' and 'b' alone are 49% and 50%`; of many, the first few."""
    if len(accuracies) > _MOST_NAMED:
        first = dict(list(accuracies.items())[:_FIRST])
        count = f"{len(accuracies)} of {columns} columns alone are at most "
        return f"{count}{max(accuracies.values()):.0%} ({_named('column', first)}, …)"
    return (
        f"{_named('The column', accuracies)} alone "
        f"{'are' if len(accuracies) > 1 else 'is'} "
        + _and(f"{value:.0%}" for value in accuracies.values())
    )


def _named(what, names):
    ending = "s" if len(names) > 1 else ""
    return f"{what}{ending} " + _and(f"'{name}'" for name in names)


def _and(words):
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _confused_classes(evaluation, names):
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
            "look at these rows; more rows of both, or one class of two",
            names.measure("report"),
            0.4 + 0.5 * count / rows,
        )


def _losses(history):
    return [
        (event["epoch"] + 1, event["valid"]["log_loss"])
        for event in history
        if "log_loss" in event.get("valid", {})
    ]


def _overfitting(history, names):
    losses = _losses(history)
    if len(losses) < 4:
        return
    epoch, lowest = min(losses, key=lambda each: each[1])
    last = losses[-1][1]
    if epoch <= losses[-1][0] - 3 and last > lowest * (1 + _OVERFIT):
        yield Advice(
            f"Over-fitting after epoch {epoch}: the validation loss rose from "
            f"{lowest:.3f} to {last:.3f}",
            "a stronger decay of the weights, and fewer epochs",
            names.train(
                *("--set", "training.weight_decay=0.1"),
                *("--set", f"training.epochs={epoch + 2}"),
            ),
            0.6,
        )


def _still_learning(history, names):
    losses = _losses(history)
    if len(losses) < 5:
        return
    values = [loss for _, loss in losses]
    if min(values) == values[-1] and values[-1] < 0.97 * values[-3]:
        yield Advice(
            f"The validation loss still fell at the end, from {values[-3]:.3f} to "
            f"{values[-1]:.3f} in two epochs",
            "train for longer",
            names.train("--set", f"training.epochs={2 * len(values)}"),
            0.55,
        )


def _certainty(evaluation, history, names):
    found = evaluation.calibration
    temperature = found.get("temperature", 1.0)
    if not found.get("fitted_on") or _COLD < temperature < _HOT:
        return
    word, attempt, change = "over", "smooth the labels", "head.label_smoothing=0.2"
    if temperature < 1:
        word, attempt = "under", "train for longer"
        change = f"training.epochs={2 * max(len(history), 10)}"
    yield Advice(
        f"The network is {word}-confident: temperature {temperature:.2g}; its answers "
        "are corrected by it",
        attempt,
        names.train("--set", change),
        0.3,
    )


def _slices(evaluation, names):
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
                *_more_of(each, names),
                0.35 + 0.4 * share,
            )
            return


def _more_of(each, names):
    """What may help a slice, in words and as a command."""
    if each["slice"] == "absent":
        change = names.train("--set", "training.modality_dropout=0.3")
        return "fill the gaps, or hide more cells in training", change
    return "more rows of this kind; look at these", names.measure("report")


def _unreadable(evaluation, names):
    for name, reasons in evaluation.bad_cells.items():
        cells = sum(reasons.values())
        reason = max(reasons, key=reasons.get)
        yield Advice(
            f"{cells:,} cells of '{name}' cannot be read, most of them: {reason}",
            "see which they are",
            names.check(),
            0.4,
        )


def _few_rows(evaluation, names):
    score = evaluation.scores.get("accuracy", {})
    if score.get("low") is None:
        return
    width = score["high"] - score["low"]
    if width > 0.15:
        yield Advice(
            f"{evaluation.scored:,} rows are few: the accuracy is known to within "
            f"{width / 2:.0%} only",
            "evaluate on more rows before choosing between models",
            names.measure("evaluate"),
            0.25,
        )
