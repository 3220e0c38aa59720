"""A file as it should have been written: some of its bytes replaced, a front left out.

Decoders believe headers. What is read through a `PatchedFile` has a header that tells
what is there, and nothing is copied.
"""

import io


class PatchedFile(io.RawIOBase):
    """An open binary file from `begin` on, with `patches` over it.

    begin: bytes at its front that are left out. end: where it is over; None: with the
    file. patches: {place in the whole file: bytes}.
    """

    def __init__(
        self,
        file,
        begin: int = 0,
        end: int | None = None,
        patches: dict[int, bytes] | None = None,
    ) -> None:
        super().__init__()
        self._file = file
        self._begin = begin
        self._end = file.seek(0, 2) if end is None else end
        self._patches = patches or {}
        self._place = begin

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place - self._begin

    def seek(self, offset: int, whence: int = 0) -> int:
        start = (self._begin, self._place, self._end)[whence]
        self._place = max(start + offset, self._begin)
        return self.tell()

    def readinto(self, buffer) -> int:
        view = memoryview(buffer).cast("B")
        size = max(min(len(view), self._end - self._place), 0)
        self._file.seek(self._place)
        content = bytearray(self._file.read(size))
        for place, patch in self._patches.items():
            first = max(place, self._place)
            last = min(place + len(patch), self._place + len(content))
            if first < last:
                inside = patch[first - place : last - place]
                content[first - self._place : last - self._place] = inside
        view[: len(content)] = content
        self._place += len(content)
        return len(content)
