"""Where a model fails, row by row, and whether the model or the label is to blame.

Candidates for wrong labels are those of confident learning: Northcutt, Jiang, Chuang,
"Confident Learning: Estimating Uncertainty in Dataset Labels", 2021, arXiv:1911.00068.
Rows count from 1, as in a spreadsheet without its header.
"""

import numpy as np

MOST = 10
_EXAMPLES = 3


def failures_of(outcomes, classes, most=MOST):
    """`{"mistakes", "confusions", "wrong_labels"}` of `Outcomes`, the worst first.

    mistakes, wrong_labels: `[{"row", "label", "predicted", "probability",
    "of_label"}]`, by the probability of the prediction and by that of the label.
    confusions: `[{"label", "predicted", "rows", "share", "examples"}]`, share of the
    label's rows; examples: numbers of the surest of them.
    """
    truth = outcomes.truth.astype(int)
    predicted = outcomes.predicted.astype(int)
    wrong = np.flatnonzero(truth != predicted)
    by_confidence = wrong[np.argsort(-outcomes.confidence[wrong], kind="stable")]
    suspects = wrong_labels(outcomes)
    return {
        "mistakes": listed(outcomes, by_confidence[:most], classes),
        "confusions": _confusions(outcomes, by_confidence, classes, most),
        "wrong_labels": listed(outcomes, suspects[:most], classes),
    }


def wrong_labels(outcomes):
    """Places of rows whose label is probably wrong, the likeliest first.

    Those where another class is at least as probable as it is, on average, in the rows
    that bear its label.
    """
    truth, predicted = outcomes.truth.astype(int), outcomes.predicted.astype(int)
    usual = {c: outcomes.of_truth[truth == c].mean() for c in np.unique(truth)}
    limits = np.array([usual.get(c, np.inf) for c in predicted])
    found = np.flatnonzero((truth != predicted) & (outcomes.confidence >= limits))
    return found[np.argsort(outcomes.of_truth[found], kind="stable")]


def misled_rows(explanation, most=MOST):
    """`{column: [row, ...]}`: wrong rows that are right without this column."""
    found = {}
    for each in explanation.each_row:
        for name in each["right_without"]:
            found.setdefault(name, []).append(each["row"])
    return {name: rows[:most] for name, rows in found.items()}


def nearest(vectors, others, most=3):
    """Places of the rows of `others (m, width)` nearest to each of `vectors`.

    `(n, most)`, by cosine after each feature is standardised over `others`.
    """
    mean, spread = others.mean(axis=0), others.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    vectors, others = _unit((vectors - mean) / spread), _unit((others - mean) / spread)
    return np.argsort(-vectors @ others.T, axis=1, kind="stable")[:, :most]


def _unit(rows):
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)


def listed(outcomes, places, classes):
    """What is said of the rows at these places of `Outcomes`, a dict each."""
    return [
        {
            "row": int(outcomes.row[place]) + 1,
            "label": classes[int(outcomes.truth[place])],
            "predicted": classes[int(outcomes.predicted[place])],
            "probability": float(outcomes.confidence[place]),
            "of_label": float(outcomes.of_truth[place]),
        }
        for place in places
    ]


def _confusions(outcomes, by_confidence, classes, most):
    truth, predicted = outcomes.truth.astype(int), outcomes.predicted.astype(int)
    of_pair = {}
    for place in by_confidence:
        of_pair.setdefault((truth[place], predicted[place]), []).append(place)
    pairs = sorted(sorted(of_pair.items()), key=lambda each: -len(each[1]))[:most]
    return [
        {
            "label": classes[label],
            "predicted": classes[answer],
            "rows": len(places),
            "share": float(len(places) / (truth == label).sum()),
            "examples": [int(outcomes.row[p]) + 1 for p in places[:_EXAMPLES]],
        }
        for (label, answer), places in pairs
    ]
