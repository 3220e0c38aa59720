"""Files that an installed package brings, found without importing its code."""

from importlib import util
from pathlib import Path


def files_of(module: str, pattern: str) -> list[Path]:
    """Those of a package that match a pattern of `glob`, sorted; none: not there."""
    spec = util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        return []
    return sorted(
        file
        for folder in spec.submodule_search_locations
        for file in Path(folder).glob(pattern)
    )
