"""The parts that a recipe leaves to the answers: "auto" becomes a name."""

from dataclasses import replace

from homodal import parts
from homodal.data.extractors import read_options, source_of
from homodal.data.preparation import SEVERAL
from homodal.data.schema import INPUT, Schema
from homodal.errors import ColumnError, RecipeError, one_of
from homodal.recipe import AUTO

_POOLED, _STEPPED, _ANCHORED, _APART = "gated", "early", "anchored", "apart"


def chosen_parts(recipe, kinds, columns):
    """`{"fusion", "head"}`, each `{"name", options}`, for targets of these `kinds`.

    columns: how many input columns there are. Raises `RecipeError` where what the
    recipe names does not fit the answers.
    """
    head, fusion = dict(recipe.head), dict(recipe.fusion)
    if head["name"] == AUTO:
        head["name"] = _head_of(kinds)
    several = columns > 1
    heads = [head["name"]] if len(kinds) == 1 else [_head_of([k]) for k in kinds]
    said = [parts.find("head", name).told for name in heads]
    reads_steps = any(each.get("reads_steps") for each in said)
    reads_columns = any(each.get("reads_columns") for each in said)
    of_words = any(parts.find("target", k).load().of_words for k in kinds)
    stepped = _ANCHORED if of_words else _STEPPED
    if fusion["name"] == AUTO:
        fusion["name"] = stepped if reads_steps and several else _POOLED
        fusion["name"] = _APART if reads_columns else fusion["name"]
    part = parts.find("fusion", fusion["name"])
    if reads_steps and several and not _keeps(part, of_words):
        raise RecipeError(
            f"The fusion '{part.name}' does not keep "
            + ("the words" if of_words else "time, and the answers are sequences"),
            expected=one_of(timed_fusions(of_words)),
            do=f"Run with: --set fusion={stepped}",
        )
    if reads_columns and not part.told.get("keeps_columns", False):
        raise RecipeError(
            f"The fusion '{part.name}' mixes the columns, which the head "
            f"'{head['name']}' compares",
            expected=f"the fusion '{_APART}'",
            do=f"Run with: --set fusion={_APART}",
        )
    for kind, choice in (("head", head), ("fusion", fusion)):
        options = {k: v for k, v in choice.items() if k != "name"}
        parts.check(parts.find(kind, choice["name"]), options)
    return {"fusion": fusion, "head": head}


def suited(recipe, schema):
    """`(recipe, schema)` with what the kinds of answers want where nothing is told.

    Raises `ColumnError` where no input can give such answers.
    """
    kinds = [column.modality for column in schema.targets]
    for kind in kinds:
        _check_inputs(schema, kind)
        if len(kinds) > 1 and parts.find("target", kind).load().modality:
            raise RecipeError(
                f"A target of the kind '{kind}' stands alone",
                expected="one target",
                got=", ".join(kinds),
            )
    settings: dict = {}
    for kind in kinds:
        wants = parts.find("target", kind).load().wants
        if "encoder" in wants and recipe.encoder.get("name") == AUTO:
            told = {k: v for k, v in recipe.encoder.items() if k != "name"}
            settings["encoder"] = wants["encoder"] | told
        for name, value in wants.get("training", {}).items():
            if getattr(recipe.training, name) == AUTO:
                settings[f"training.{name}"] = value
        of_kind = wants.get("columns", {})
        schema = _with_options(
            recipe, schema, lambda column, of=of_kind: of.get(column.modality, {})
        )
    recipe = recipe.with_settings(settings)
    refuse_pieces(recipe, schema)
    return recipe, with_read_options(recipe, schema)


def refuse_pieces(recipe, schema):
    """Raise `RecipeError` where words to be tagged are read as pieces of words."""
    kinds = {column.name: column.modality for column in schema.inputs}
    for target in schema.targets:
        text = target.options.get("of")
        if not parts.find("target", target.modality).load().of_words or not text:
            continue
        source = source_of(recipe.encoder_for(text, kinds[text]), kinds[text])
        if source:
            raise RecipeError(
                f"'{target.name}' tags the words of '{text}', of which "
                f"'{source}' makes pieces",
                expected="an encoder that keeps words: cnn, rnn or transformer",
                do=f"Run with: --set columns.{text}.encoder=rnn",
            )


def with_read_options(recipe, schema):
    """The schema with the options that pretrained networks want columns read with.

    Those that the recipe tells of a column win.
    """
    wanted = {
        column.name: read_options(
            recipe.encoder_for(column.name, column.modality), column.modality
        )
        for column in schema.inputs
    }
    return _with_options(recipe, schema, lambda column: wanted.get(column.name, {}))


def _check_inputs(schema, kind):
    needed = parts.find("head", _head_of([kind])).told.get("alone_on")
    given = {column.modality for column in schema.inputs}
    if needed is not None and not given & set(needed):
        raise ColumnError(
            f"A target of the kind '{kind}' needs an input of the kind "
            + " or ".join(needed),
            got=", ".join(f"'{c.name}': {c.modality}" for c in schema.inputs),
            do="Name the target's kind: --set columns.TARGET=label; or a column's: "
            f"--set columns.NAME={needed[0]}",
        )


def _with_options(recipe, schema, wanted):
    """wanted: of a column to its options; those that the recipe tells win."""
    columns = [
        replace(
            column,
            options=column.options
            | {
                name: value
                for name, value in wanted(column).items()
                if name not in recipe.columns.get(column.name, {})
            },
        )
        if column.role == INPUT
        else column
        for column in schema.columns
    ]
    return Schema(tuple(columns))


def timed_fusions(of_words=False):
    """Names of the fusions whose stream keeps the steps of the columns.

    of_words: those that keep the very steps of one column.
    """
    names = parts.names("fusion")
    return [n for n in names if _keeps(parts.find("fusion", n), of_words)]


def _keeps(part, of_words):
    return part.told.get("keeps_anchor" if of_words else "keeps_time", False)


def _head_of(kinds):
    if len(kinds) > 1:
        return SEVERAL
    return parts.find("target", kinds[0]).load().head
