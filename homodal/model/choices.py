"""The parts that a recipe leaves to the answers: "auto" becomes a name."""

from homodal import parts
from homodal.data.preparation import SEVERAL
from homodal.errors import RecipeError, one_of
from homodal.recipe import AUTO

_POOLED, _STEPPED = "gated", "early"


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
    reads_steps = any(parts.find("head", n).load().reads_steps for n in heads)
    if fusion["name"] == AUTO:
        fusion["name"] = _STEPPED if reads_steps and several else _POOLED
    part = parts.find("fusion", fusion["name"])
    if reads_steps and several and not part.load().keeps_time:
        raise RecipeError(
            f"The fusion '{part.name}' does not keep time, and the answers are "
            "sequences",
            expected=one_of(timed_fusions()),
            do=f"Run with: --set fusion={_STEPPED}",
        )
    for kind, choice in (("head", head), ("fusion", fusion)):
        options = {k: v for k, v in choice.items() if k != "name"}
        parts.check(parts.find(kind, choice["name"]), options)
    return {"fusion": fusion, "head": head}


def timed_fusions():
    """Names of the fusions whose stream keeps the steps of the columns."""
    names = parts.names("fusion")
    return [n for n in names if parts.find("fusion", n).load().keeps_time]


def _head_of(kinds):
    if len(kinds) > 1:
        return SEVERAL
    return parts.find("target", kinds[0]).load().head
