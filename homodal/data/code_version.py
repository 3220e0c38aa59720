"""The version of the code that decodes a cell: a hash of its source.

What the store keeps was made by a part and by the modules of homodal that it reads and
computes with. An upgrade or an edit of any of them must not meet what an older made.
"""

import ast
import hashlib
import importlib.util
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata

_OWN_ROOMS = (
    "homodal.media",
    "homodal.modalities",
    "homodal.targets",
    "homodal.pretrained",
    "homodal.extractors",
    "homodal.layers.efficientnet",
)


@lru_cache(maxsize=256)
def code_version(part: type) -> str:
    """32 hex digits over the modules of a class, of its bases, and what they import.

    Followed are imports of homodal's own rooms of media and parts, and within the
    package of an outside part. Where a module stands makes no difference. A module
    without source counts by the version of its distribution.
    """
    bases = [base.__module__ for base in part.__mro__ if base.__module__ != "builtins"]
    modules = _modules(bases)
    digest = hashlib.sha256(part.__qualname__.encode())
    for name in sorted(modules):
        digest.update(f"\n{name}\n{modules[name]}".encode("utf-8", "replace"))
    return digest.hexdigest()[:32]


def _modules(names):
    """`{name: source}` of these modules and all that they import."""
    packages = {name.partition(".")[0] for name in names} - {"homodal"}
    sources: dict[str, str] = {}
    waiting = [name for name in names if _counts(name, packages)]
    while waiting:
        name = waiting.pop()
        if name in sources:
            continue
        spec = _spec(name)
        source = _source(name, spec)
        if source is None:
            sources[name] = _distribution(name)
            continue
        sources[name] = source
        imports = _imports(source, spec.parent)
        waiting += [other for other in imports if _counts(other, packages)]
    return sources


def _counts(name, packages):
    """Whether a module is one of those that are followed."""
    if name.partition(".")[0] in packages:
        return _spec(name) is not None or name == "__main__"
    return name.startswith(_OWN_ROOMS) and _spec(name) is not None


def _spec(name):
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):  # of `__main__`, of an attribute
        return None


def _source(name, spec):
    try:
        return spec.loader.get_source(name)
    except (ImportError, AttributeError, OSError, SyntaxError):
        return None


def _imports(source, package) -> Iterator[str]:
    """Names that a module imports anywhere in it, also those that are no module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            if node.level:
                try:
                    module = importlib.util.resolve_name(module, package)
                except ImportError:
                    continue
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _distribution(name):
    try:
        return metadata.version(name.partition(".")[0])
    except metadata.PackageNotFoundError:
        return "without a version"
