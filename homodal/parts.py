"""Find a part by file name and check its options against its constructor.

The file path is the registry: `fusions/gated.py` holds one public class, and
`fusion: gated` is valid from that moment. A part of homodal is described from its
source by `ast`, without importing it: listing the parts or refusing a mistyped option
must not load Keras. An outside part is named `package.module:Class` and is imported.
"""

import ast
import contextlib
import importlib
import inspect
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from homodal.errors import PartError, did_you_mean, one_of

# kind of part -> the folder (room) where its files stand
ROOMS = {
    "modality": "modalities",
    "target": "targets",
    "front": "fronts",
    "augmentation": "augmentations",
    "extractor": "extractors",
    "encoder": "encoders",
    "fusion": "fusions",
    "head": "heads",
}

_OF_KERAS = {"front", "augmentation", "encoder", "fusion", "head"}
_SIMPLE = (str, int, float, bool, type(None), list, tuple)
_FRAMEWORK_ARGUMENTS = {"self", "kwargs"}


@dataclass(frozen=True)
class Part:
    """A part as its file describes it; `load` imports the class.

    told: what the class says of itself in plain values, `{attribute: value}`; what its
    contract says for it is not among them.
    """

    kind: str
    name: str
    class_name: str
    module: str
    summary: str
    options: dict  # name -> default value; `REQUIRED` where there is none
    told: dict = field(default_factory=dict)

    @property
    def tunable(self):
        """The part's search space, `{option: values}`."""
        return self.told.get("tunable", {})

    def load(self):
        """The class itself."""
        return getattr(importlib.import_module(self.module), self.class_name)

    def make(self, **options):
        """An instance, after `check`."""
        return self.load()(**check(self, options))


REQUIRED = "required"


def names(kind):
    """Names of all parts of a kind that ship with homodal, sorted."""
    return list(_shipped(kind))


@cache
def _shipped(kind):
    folder = Path(__file__).parent / ROOMS[kind]
    return sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))


def find(kind, name):
    """The `Part` of this kind and name. Raises `PartError` with a near name."""
    if ":" in str(name):
        return _outside(kind, name)
    if name not in names(kind):
        near = did_you_mean(name, names(kind))
        raise PartError(
            f"There is no {kind} '{name}'",
            expected=one_of(names(kind)) + ", or package.module:Class",
            do=near,
        )
    return _described(kind, name)


def check(part, options):
    """`options` unchanged, when the part's constructor takes them all.

    Raises `PartError` naming the option, the ones there are and a near name.
    """
    for option, value in options.items():
        if option not in part.options:
            raise PartError(
                f"Unknown option '{option}' of {part.kind} '{part.name}'",
                expected=one_of(part.options) if part.options else "no options",
                do=did_you_mean(option, part.options),
            )
        if not isinstance(value, _SIMPLE):
            raise PartError(
                f"Option '{option}' of {part.kind} '{part.name}' is not a plain value",
                expected="text, a number, true, false, null, or a list of them",
                got=repr(value),
            )
    return options


@cache
def _described(kind, name):
    module = f"homodal.{ROOMS[kind]}.{name}"
    path = Path(__file__).parent / ROOMS[kind] / f"{name}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = [n for n in tree.body if isinstance(n, ast.ClassDef)]
    public = [c for c in classes if not c.name.startswith("_")]
    if len(public) != 1:
        raise PartError(
            f"homodal/{ROOMS[kind]}/{name}.py must hold one public class",
            got=f"{len(public)}: {', '.join(c.name for c in public)}",
        )
    node = public[0]
    summary = (ast.get_docstring(node) or "").partition("\n")[0]
    return Part(kind, name, node.name, module, summary, _options(node), _told(node))


def _options(node):
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name == "__init__":
            arguments = item.args
            positional = arguments.posonlyargs + arguments.args
            missing = [None] * (len(positional) - len(arguments.defaults))
            defaults = [*missing, *arguments.defaults, *arguments.kw_defaults]
            pairs = zip([*positional, *arguments.kwonlyargs], defaults, strict=True)
            return {
                a.arg: REQUIRED if d is None else ast.literal_eval(d)
                for a, d in pairs
                if a.arg not in _FRAMEWORK_ARGUMENTS
            }
    return {}


def _told(node):
    """Attributes of a class that are plain values."""
    told = {}
    for item in node.body:
        targets = getattr(item, "targets", [getattr(item, "target", None)])
        for target in targets:
            if isinstance(target, ast.Name) and getattr(item, "value", None):
                with contextlib.suppress(ValueError):  # computed, or another's
                    told[target.id] = ast.literal_eval(item.value)
    return told


def _outside(kind, name):
    module_name, _, class_name = name.partition(":")
    try:
        found = getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        raise PartError(
            f"The {kind} '{name}' cannot be imported: {error}",
            expected="package.module:Class, importable from here",
        ) from error
    _check_contract(kind, name, found)
    summary = (inspect.getdoc(found) or "").partition("\n")[0]
    options = {
        p.name: REQUIRED if p.default is p.empty else p.default
        for p in inspect.signature(found).parameters.values()
        if p.kind is not p.VAR_KEYWORD
    }
    told = {n: v for n, v in inspect.getmembers(found) if not n.startswith("__")}
    told = {n: v for n, v in told.items() if isinstance(v, (*_SIMPLE, dict))}
    return Part(kind, name, class_name, module_name, summary, options, told)


def _check_contract(kind, name, found):
    """Nothing but a part is ever made: a recipe or bundle may come from a stranger."""
    room = "homodal.layers.contracts" if kind in _OF_KERAS else "homodal.contracts"
    contract = (room, kind.capitalize())
    bases = getattr(found, "__mro__", ())
    if contract not in {(base.__module__, base.__qualname__) for base in bases}:
        raise PartError(
            f"'{name}' is no {kind}",
            expected=f"a subclass of {'.'.join(contract)}",
            got=type(found).__name__,
        )
