"""An `Evaluation` in the terminal: what the model is worth, then where it fails.

Labels and column names are the user's. They are shown as plain `Text`, never as rich
markup, and in the encoding of the terminal.
"""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from homodal.evaluation.labels import cut, printable

_LONGEST = 10  # lines of a table that could have one for each class
_NAME_WIDTH = 30
_CLASS_WIDTH = 24
_SLICES = 5
_REASON_WIDTH = 34
_LEGEND = Text("[low, high]: 95 % interval")
PLAIN_MODEL = "linear model of plain features"
_COMPARED = {"accuracy": "accuracy", "f1_macro": "F1 macro"}
_MENTIONED = {
    "balanced_accuracy": "balanced accuracy",
    "top_3_accuracy": "top 3",
    "precision_macro": "precision macro",
    "recall_macro": "recall macro",
    "f1_weighted": "F1 weighted",
    "log_loss": "log loss",
    "mae_ranks": "mean error in ranks",
    "kappa_quadratic": "quadratic kappa",
    "eer": "equal error rate",
    "roc_auc": "ROC AUC",
}


def show(evaluation, console=None):
    """Print `evaluation` on `console` (standard output by default)."""
    console = console or Console(highlight=False)
    classes = "accuracy" in evaluation.scores
    for part in (
        _worth if classes else _all_scores,
        _more_scores,
        _errors,
        _certainty,
        _rows,
        _classes,
        _slices,
        _unseen,
        _bad_cells,
    ):
        for line in part(evaluation, console.encoding):
            console.print(line, highlight=False)


def _worth(evaluation, encoding):
    columns = [*_COMPARED.values()]
    table = _table("scored on", columns, caption=_LEGEND)
    table.add_row("all columns", *_cells(evaluation.scores), style="bold")
    for name, scores in _best_first(evaluation.columns_alone):
        table.add_row(_name(f"{name} alone", encoding), *_cells(scores))
    if evaluation.plain:
        table.add_row(PLAIN_MODEL, *_cells(evaluation.plain))
    if evaluation.baseline:
        label = f"always '{evaluation.baseline['label']}'"
        table.add_row(_name(label, encoding), *_cells(evaluation.baseline))
    yield table


def _all_scores(evaluation, encoding):
    """Of answers that are not one class a row; the main score comes first."""
    chance = evaluation.details.get("chance", {})
    titles = ["all columns", "by chance"] if chance else ["all columns"]
    table = _table("score", titles, caption=_LEGEND)
    for name, measured in evaluation.scores.items():
        more = [_number(chance.get(name))] if chance else []
        table.add_row(_name(name, encoding), _measured(measured), *more)
    yield table
    main = next(iter(evaluation.scores))
    others = {f"{n} alone": s[main] for n, s in evaluation.columns_alone.items()}
    if main in evaluation.plain:
        others[PLAIN_MODEL] = evaluation.plain[main]
    if main in evaluation.baseline:
        label = f"always '{evaluation.baseline['label']}'"
        others[label] = evaluation.baseline[main]
    if others:
        table = _table("beside it", [main])
        for name, measured in others.items():
            table.add_row(_name(name, encoding), _measured(measured))
        yield table


def _more_scores(evaluation, encoding):
    said = [
        f"{title} {_number(evaluation.scores[name]['value'])}"
        for name, title in _MENTIONED.items()
        if name in evaluation.scores
    ]
    if said:
        yield Text(", ".join(said))


def _errors(evaluation, encoding):
    """Of transcripts: how words went wrong, and which most often."""
    found = evaluation.details.get("errors")
    if not found:
        return
    words = found["words"]
    kinds = ("substitutions", "deletions", "insertions")
    said = ", ".join(f"{found[kind]:,} {kind}" for kind in kinds)
    yield Text(f"of {words:,} words: {said}")
    listed = [(f"{true} -> {heard}", n) for true, heard, n in found["substituted"]]
    listed += [(f"{word} left out", n) for word, n in found["deleted"]]
    listed += [(f"{word} put in", n) for word, n in found["inserted"]]
    if not listed:
        return
    listed.sort(key=lambda one: -one[1])
    table = _table("commonest errors", ["times"])
    for what, times in listed[:_LONGEST]:
        table.add_row(_name(what, encoding), f"{times:,}")
    yield table
    yield from _rest(listed, "kinds of error")


def _certainty(evaluation, encoding):
    found = evaluation.calibration
    if "ece" not in found:
        return
    said = f"calibration error (ECE) {_measured(found['ece'])}, Brier score "
    said += f"{_measured(found['brier'])}"
    if found["fitted_on"]:
        said += f", temperature {found['temperature']:.2f}"
    yield Text(said)
    for each in found["sets"]:
        if (each["method"], each["level"]) == ("split", 0.9):
            yield Text(
                f"sets for 90 %: {each['coverage']['value']:.0%} hold the truth, with "
                f"{each['size']:.1f} classes on average"
            )
    for each in found["thresholds"][:1]:
        yield Text(
            f"{each['accuracy']:.0%} right if only the {each['coverage']:.0%} of rows "
            f"are answered whose probability is {each['threshold']:.2f} or more"
        )


def _rows(evaluation, encoding):
    unseen = sum(evaluation.unseen.values())
    said = [f"{evaluation.rows:,} rows", f"{evaluation.scored:,} scored"]
    if unseen:
        said.append(f"{unseen:,} of classes never seen in training")
    if evaluation.unlabelled:
        said.append(f"{evaluation.unlabelled:,} without label")
    yield Text(", ".join(said) + ".")


def _classes(evaluation, encoding):
    here = {k: v for k, v in evaluation.per_class.items() if v["rows"]}
    worst = sorted(here.items(), key=lambda item: item[1]["f1"]["value"])
    if worst:
        yield _class_table(worst[:_LONGEST], encoding)
    if len(worst) > _LONGEST:
        best = _number(worst[_LONGEST][1]["f1"]["value"])
        yield Text(f"and {len(worst) - _LONGEST} more classes, F1 {best} or better.")
    if missing := len(evaluation.per_class) - len(here):
        yield Text(f"{missing} of the model's classes have no row here.")


def _slices(evaluation, encoding):
    worse = [
        each
        for each in evaluation.slices
        if each["p"] < 0.05 and each["accuracy"]["value"] < each["rest"]
    ]
    if worse:
        table = _table("worse where", ["accuracy", "else", "rows"])
        for each in worse[:_SLICES]:
            table.add_row(
                _name(f"{each['by']}: {each['slice']}", encoding, 34),
                _measured(each["accuracy"]),
                _number(each["rest"]),
                f"{each['rows']:,}",
            )
        yield table


def _class_table(classes, encoding):
    table = _table("class, worst first", ["precision", "recall", "F1", "rows"])
    for label, scores in classes:
        table.add_row(
            _name(label, encoding, _CLASS_WIDTH),
            _number(scores["precision"]["value"]),
            _number(scores["recall"]["value"]),
            _measured(scores["f1"]),
            f"{scores['rows']:,}",
        )
    return table


def _unseen(evaluation, encoding):
    counts = evaluation.unseen | _unseen_labels(evaluation.details)
    most = sorted(counts.items(), key=lambda item: -item[1])
    if not most:
        return
    table = _table("class never seen in training", ["rows"])
    for label, rows in most[:_LONGEST]:
        table.add_row(_name(label, encoding), f"{rows:,}")
    yield table
    yield from _rest(most, "classes")


def _unseen_labels(details):
    """`{label: rows}` of answers that are sets; of several targets by "name: label"."""
    found = dict(details.get("unseen", {}))
    for name, own in details.items():
        if isinstance(own, dict) and isinstance(own.get("unseen"), dict):
            found |= {f"{name}: {label}": rows for label, rows in own["unseen"].items()}
    return found


def _bad_cells(evaluation, encoding):
    found = [
        (column, reason, cells)
        for column, reasons in evaluation.bad_cells.items()
        for reason, cells in reasons.items()
    ]
    if not found:
        return
    found.sort(key=lambda one: -one[2])
    table = _table("cells that count as absent", ["cells"], between="reason")
    for column, reason, cells in found[:_LONGEST]:
        why = _name(reason, encoding, _REASON_WIDTH)
        table.add_row(_name(column, encoding, 26), why, f"{cells:,}")
    yield table
    yield from _rest(found, "reasons")


def _rest(items, noun):
    if len(items) > _LONGEST:
        yield Text(f"and {len(items) - _LONGEST} more {noun}.")


def _table(first, numbers, between=None, caption=None):
    table = Table(box=box.SIMPLE_HEAD, caption=caption, caption_justify="left")
    table.add_column(first)
    if between:
        table.add_column(between)
    for title in numbers:
        table.add_column(title, justify="right", no_wrap=True)
    return table


def _best_first(columns):
    """Columns by accuracy; those without a score last."""
    return sorted(
        columns.items(), key=lambda item: -(item[1]["accuracy"]["value"] or 0)
    )


def _cells(scores):
    return [_measured(scores.get(name)) for name in _COMPARED]


def _measured(entry):
    """`0.917 [0.890, 0.941]`, as a Text: the brackets would be markup in a str."""
    if entry is None:
        return Text("")
    if entry["value"] is None:
        return Text("-")
    value, low, high = (_number(entry[key]) for key in ("value", "low", "high"))
    return Text(f"{value} [{low}, {high}]")


def _number(value):
    return "-" if value is None else f"{value:.3f}"


def _name(text, encoding, width=_NAME_WIDTH):
    return Text(cut(printable(text, encoding), width))
