"""Where paths really lead, for thousands of them in a few folders."""

import os
import stat


class RealPaths:
    """`os.path.realpath` that follows the links of each folder once.

    A look at every part of every path of a large table takes longer than reading its
    files. What a folder's path leads to is remembered as long as this object lives; the
    last part of a path is looked at each time. Paths are texts: `Path` is slower than
    the look.
    """

    def __init__(self):
        self._folders: dict[str, str] = {}

    def of(self, path):
        """The path without links; also of a file that there is not."""
        folder, name = os.path.split(path)
        if name in ("", ".", ".."):
            return os.path.realpath(path)
        found = self._folder(folder) + name
        return os.path.realpath(found) if _is_link(found) else found

    def is_inside(self, path, folder):
        """Whether `path` lies in `folder`, or is it, wherever links lead."""
        return f"{self.of(path)}{os.sep}".startswith(self._folder(folder))

    def _folder(self, folder):
        """Where it leads, with a separator at its end."""
        known = self._folders.get(folder)
        if known is None:
            known = os.path.realpath(folder).rstrip(os.sep) + os.sep
            self._folders[folder] = known
        return known


def _is_link(path):
    try:
        return stat.S_ISLNK(os.lstat(path).st_mode)
    except (OSError, ValueError):  # not there, a name too long
        return False
