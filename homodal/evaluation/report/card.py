"""The model card in Markdown: the report in a page of plain text.

After Mitchell et al., "Model Cards for Model Reporting", 2019, arXiv:1810.03993.
"""

import re

from homodal.evaluation.labels import cut, printable
from homodal.evaluation.report.sections import measured

_ESCAPED = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")


def model_card(findings):
    """Markdown text; whatever a user wrote is escaped."""
    evaluation, model = findings.evaluation, findings.model
    target = model.preparation.target
    lines = [
        f"# {plain(findings.name)}: {plain(target.name)}",
        "",
        f"A classifier of {len(model.classes)} classes, trained by homodal "
        f"{findings.versions['homodal']} on {sum(target.facts.get('counts', [])):,} "
        f"rows.",
        "",
        "## Columns",
        "",
        *_table(
            ("column", "kind", "Shapley value"),
            [
                (c.name, c.modality, measured(findings.explanation.shapley[c.name]))
                for c in model.preparation.columns
            ],
        ),
        "",
        f"## Scores on {evaluation.scored:,} rows of {plain(findings.rows.table.name)}",
        "",
        *_table(
            ("score", "value [95 % interval]"),
            [(name, measured(entry)) for name, entry in evaluation.scores.items()]
            + [
                (
                    f"accuracy of always answering {evaluation.baseline['label']}",
                    measured(evaluation.baseline["accuracy"]),
                )
            ],
        ),
        "",
        "## Certainty",
        "",
        *_certainty(evaluation.calibration),
        "",
        "## Findings",
        "",
        *(
            [
                f"- {plain(e.finding)}. Try: {plain(e.attempt)}: "
                f"{plain(e.command, 400)}"
                for e in findings.advice
            ]
            or ["Nothing stands out."]
        ),
        "",
        "## Use and limits",
        "",
        "For rows like those it was trained on. A row of another class gets one of the "
        "known ones all the same. Scores are those of the table named above.",
        "",
    ]
    return "\n".join(lines)


def plain(text, width=120):
    """A user's text with nothing in it that Markdown or HTML would read."""
    return _ESCAPED.sub(r"\\\1", cut(printable(text), width))


def _certainty(found):
    if "ece" not in found:
        return ["Not measured."]
    lines = [
        f"- temperature {found['temperature']:.2f}, calibration error "
        f"{measured(found['ece'])}, Brier score {measured(found['brier'])}"
    ]
    return lines + [
        f"- sets for {each['level']:.0%} ({each['method']}): "
        f"{each['coverage']['value']:.1%} "
        f"hold the truth, {each['size']:.2f} classes on average"
        for each in found["sets"]
        if each["level"] == 0.9
    ]


def _table(titles, rows):
    yield "| " + " | ".join(titles) + " |"
    yield "|" + "---|" * len(titles)
    for row in rows:
        yield "| " + " | ".join(plain(cell) for cell in row) + " |"
