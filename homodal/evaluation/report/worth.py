"""The section on what each column is worth."""

from homodal.evaluation.report import figures
from homodal.evaluation.report.page import table, tag
from homodal.evaluation.report.sections import figure, measured, number

_MOST_CLASSES = 25


def contributions(found):
    """What the columns are worth."""
    if found is None:
        return []
    ordered = sorted(found.shapley.items(), key=lambda e: -e[1]["value"])
    made = [
        tag(
            "p",
            f"Accuracy {number(found.accuracy['value'])} = "
            f"{number(found.nothing['value'])} without any column, and the Shapley "
            f"values of the columns; measured on {found.rows:,} rows.",
        ),
        figure(
            figures.bars(ordered, "Shapley value (share of accuracy)"),
            "What each column adds to the accuracy, averaged over all orders in "
            "which the columns can come.",
        ),
    ]
    if len(found.columns) > 1:
        subsets = [
            (shown(e["columns"], found.columns), e["accuracy"])
            for e in found.subsets[:12]
        ]
        made.append(
            figure(
                figures.bars(subsets, "accuracy", zero=False),
                "The one model, shown only these columns"
                + (
                    f"; the best 12 of {len(found.subsets)}."
                    if len(found.subsets) > 12
                    else "."
                ),
            )
        )
    noise = {
        n: [(e["noise"], e["accuracy"]) for e in c] for n, c in found.noise.items()
    }
    pair = [
        figure(
            figures.curves(noise, "noise (1: as strong as the signal)", "accuracy"),
            "With noise in one column.",
        )
    ]
    if found.removal:
        removal = {
            "all columns": [(e["removed"], e["accuracy"]) for e in found.removal]
        }
        pair.append(
            figure(
                figures.curves(removal, "share of cells removed", "accuracy"),
                "With cells removed at random, exactly.",
            )
        )
    made.append(tag("div", pair, class_="pair"))
    return [*made, *_together(found), *_by_class(found)]


def shown(columns, every):
    """A set of columns by the shorter of what is in it and what is not."""
    absent = [name for name in every if name not in columns]
    if not absent:
        return "all columns"
    if len(absent) < len(columns):
        return "without " + ", ".join(absent)
    return " + ".join(columns)


def _together(found):
    if not found.emap:
        return []
    share = found.emap["interaction"]
    made = [
        tag("h3", "Together"),
        tag(
            "p",
            f"Adding up what the columns say one by one (EMAP) reaches "
            f"{measured(found.emap['additive'])}; what they say only together is "
            f"worth {measured(share)}.",
        ),
    ]
    if found.interactions:
        pairs = sorted(found.interactions, key=lambda e: -abs(e["value"]))[:10]
        body = [(" + ".join(e["columns"]), measured(e)) for e in pairs]
        made.append(table(("two columns", "interaction"), body, numbers=(1,)))
        made.append(
            tag(
                "p",
                "Above zero they complete each other, below zero they say the same.",
                class_="soft",
            )
        )
    return made


def _by_class(found):
    """A table whose cells say their interval, and stand out where it spares zero."""
    if len(found.by_class) > _MOST_CLASSES or len(found.columns) < 2:
        return []
    body = [
        (label, *(_worth(entries[name]) for name in found.columns))
        for label, entries in found.by_class.items()
    ]
    titles = ("class", *found.columns)
    note = "Bold where the 95 % interval, in small, does not hold zero."
    return [
        tag("h3", "Shapley values by class"),
        table(titles, body, numbers=range(1, len(titles))),
        tag("p", note, class_="soft"),
    ]


def _worth(entry):
    sure = entry["low"] > 0 or entry["high"] < 0
    value, low, high = (
        f"{entry[k]:+.{digits}f}".replace("-", "\u2212")  # as wide as the plus
        for k, digits in (("value", 3), ("low", 2), ("high", 2))
    )
    return [
        tag("b" if sure else "span", value),
        tag("span", f" {low} to {high}", class_="small"),
    ]
