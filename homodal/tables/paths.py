"""Where paths really lead, for thousands of them in a few folders."""

from pathlib import Path


class RealPaths:
    """`Path.resolve` that follows the links of each folder once.

    A look at every part of every path of a large table takes longer than reading its
    files. What a folder's path leads to is remembered as long as this object lives; the
    last part of a path is looked at each time.
    """

    def __init__(self):
        self._folders: dict[Path, Path] = {}

    def of(self, path):
        """The Path without links; also of a file that there is not."""
        if path.name in ("", ".."):
            return path.resolve()
        found = self._folder(path.parent) / path.name
        return found.resolve() if _is_link(found) else found

    def is_inside(self, path, folder):
        """Whether `path` lies in `folder`, or is it, wherever links lead."""
        return self.of(path).is_relative_to(self._folder(folder))

    def _folder(self, folder):
        if folder not in self._folders:
            self._folders[folder] = folder.resolve()
        return self._folders[folder]


def _is_link(path):
    try:
        return path.is_symlink()
    except OSError:  # a name that is too long
        return False
