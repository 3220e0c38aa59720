"""Targets that answer each word of a text column: which column, and word by word."""

from dataclasses import replace

import numpy as np

from homodal import parts
from homodal.data.preparation import SEVERAL, read_answers
from homodal.data.reading import usable
from homodal.errors import RecipeError, TargetError, one_of
from homodal.tables.answer_columns import join_figures, split_figures

_SPELLED = "spelled"  # the units of a text that has a step for each word


def tied(schema, recipe):
    """The Schema with the text column of each target of words named and spelled.

    Raises `RecipeError` where it is not clear which column that is.
    """
    columns = {column.name: column for column in schema.columns}
    for target in schema.targets:
        if not parts.find("target", target.modality).load().of_words:
            continue
        text = _text_of(target, schema)
        told = recipe.columns.get(text, {}).get("units", _SPELLED)
        if told != _SPELLED:
            raise RecipeError(
                f"'{target.name}' tags the words of '{text}', which is cut otherwise",
                expected=f"units: {_SPELLED}",
                got=f"units: {told}",
                do=f"Leave it out, or run with: --set columns.{text}.units={_SPELLED}",
            )
        options = columns[text].options | {"units": _SPELLED}
        columns[text] = replace(columns[text], options=options)
        options = target.options | {"of": text}
        columns[target.name] = replace(target, options=options)
    return replace(schema, columns=tuple(columns.values()))


def _text_of(target, schema):
    """Name of the input column whose words `target` tags."""
    texts = [c.name for c in schema.inputs if c.modality == "text"]
    told = target.options.get("of")
    if told in texts:
        return told
    if told is None and len(texts) == 1:
        return texts[0]
    advice = f"Name it: --set columns.{target.name}.of=COLUMN" if texts else None
    raise RecipeError(
        f"'{target.name}' tags the words of a text, and it is not clear of which",
        expected=one_of(texts) if texts else "an input column that is a text",
        got=told or ("several text columns" if texts else "no text column"),
        do=advice or "Name a column's kind: --set columns.COLUMN=text",
    )


def texts_of(target):
    """`{target column: text column}` of the targets of words in a PreparedTarget."""
    if target.part != SEVERAL:
        return {target.name: target.options["of"]} if "of" in target.options else {}
    joined = target.facts["targets"]
    return {t["name"]: t["options"]["of"] for t in joined if "of" in t["options"]}


def refuse_uneven(table, preparation, columns):
    """Raise `TargetError` for the first row that has not one tag for each word.

    columns: `{slug: StoredColumn}` of the table. Rows that lack either are passed over.
    """
    texts = texts_of(preparation.target)
    if not texts:
        return
    several = preparation.target.part == SEVERAL
    inputs = {column.name: column for column in preparation.columns}
    for row, value in enumerate(read_answers(table, preparation.target)):
        for name, text in texts.items() if value is not None else ():
            column = inputs[text]
            tags = value.get(name) if several else value
            stored = columns[column.slug]
            if tags is None or not usable(stored.status[row]):
                continue
            count, most = tags.count(" ") + 1, column.facts["steps"]
            if min(count, most) != stored.lengths[row]:
                raise TargetError(
                    f"Row {row + 1} has not one tag in '{name}' for each word of "
                    f"'{text}'",
                    expected=f"{stored.lengths[row]} tags, one a word between spaces",
                    got=f"{count} tags",
                    do="Mend the row, or leave its answer empty",
                )


def without_words(answers, preparation, batches, rows):
    """The answers with none for words where a row's text is absent or hidden.

    answers: of these rows, as `Target.decode` gave them; batches: the rows' `Batches`.
    """
    target = preparation.target
    several = target.part == SEVERAL
    answered = split_figures(answers, target.columns) if several else {}
    slugs = {column.name: column.slug for column in preparation.columns}
    for name, text in texts_of(target).items():
        slug = slugs[text]
        there = usable(batches.columns[slug].status[rows])
        if batches.only and slug not in batches.only:
            there = np.zeros(len(rows), bool)
        own = answered[name] if several else answers
        answered[name] = {key: _where(column, there) for key, column in own.items()}
    if not answered:
        return answers
    return join_figures(answered) if several else answered[target.name]


def _where(column, there):
    """The column, with the empty value of its kind in other rows."""
    return [
        value if words else type(value)()
        for value, words in zip(column, there, strict=True)
    ]
