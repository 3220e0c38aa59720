"""Whether one column starves the others, from the journal of a run."""

from statistics import mean

_LAST = 3  # epochs
_LITTLE = 0.2  # of the largest gradient
_BEHIND = 0.2  # of accuracy, between the columns' own answers


def starved(epochs, progress="accuracy"):
    """`{column: reason}` of columns that another one leaves little to learn.

    epochs: the journal's epoch events. A column starves where, in the mean of the last
    three epochs, less than a fifth of the largest gradient reaches it while its own
    answers to the training rows are right in a fifth of all rows less than those of the
    column that gets most. Whether it could say more only a training of the column alone
    can tell.
    """
    last = [event.get("columns") or {} for event in epochs[-_LAST:]]
    columns = [c for c in (last[-1] if last else {}) if progress in last[-1][c]]
    if len(columns) < 2:
        return {}
    gradient = {c: mean(one[c].get("gradient", 0.0) for one in last) for c in columns}
    right = {c: mean(one[c][progress] for one in last) for c in columns}
    leader = max(columns, key=right.get)
    found = {}
    for column in columns:
        share = gradient[column] / max(gradient[leader], 1e-12)
        if share < _LITTLE and right[leader] - right[column] > _BEHIND:
            found[column] = (
                f"'{column}' gets {share:.0%} of the gradient of '{leader}' and is "
                f"right in {right[column]:.0%} of the training rows by itself, "
                f"'{leader}' in {right[leader]:.0%}: it says little, or it is starved"
            )
    return found


def levers(column):
    """What to try against it."""
    return (
        f"Try: --columns {column} (alone, to see what it can say), then "
        "--set training.balance=ogm, a higher training.auxiliary_weight or "
        "--set training.modality_dropout=0.3"
    )
