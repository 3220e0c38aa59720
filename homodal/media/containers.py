"""Open a film or a song with FFmpeg so that it can reach nothing but itself.

FFmpeg follows playlists to other files and to the network. So it is given an open
local file and never a name, a list of containers without the playlist kinds, and no
protocol but `file`.
"""

from contextlib import contextmanager

import av

from homodal.errors import BadCell
from homodal.media import kinds

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2",
    "matroska,webm",
    "mpeg",
    "mpegts",
    "mpegvideo",
    "avi",
    "flv",
    "ogg",
    "asf",
    "aac",
    "wav",
    "flac",
    "mp3",
    "aiff",
    "au",
    "caf",
    "w64",
    "amr",
    "ac3",
    "eac3",
    "tta",
    "wv",
)
MAX_STREAMS = 64
# What PyAV raises: its own errors are OSError or ValueError as well
ERRORS = (av.FFmpegError, OSError, ValueError, RuntimeError, OverflowError)


@contextmanager
def opened(file):
    """An `av` container over an open binary file. Raises `BadCell`."""
    options = {"format_whitelist": ",".join(FORMATS), "protocol_whitelist": "file"}
    head = file.read(kinds.HEAD_BYTES)
    file.seek(0)
    try:
        container = av.open(file, options=options, metadata_errors="replace")
    except ERRORS as error:
        if kind := kinds.unreadable_kind(head):
            raise BadCell(str(kind)) from None
        start = f"starts with {head[:8]!r}"
        raise BadCell(f"not a film ({why(error)}; {start})") from None
    with container:
        if len(container.streams) > MAX_STREAMS:
            raise BadCell(f"too many streams: {len(container.streams)}")
        yield container


def films(container):
    """The video streams that are films, and not the cover of a song."""
    return [s for s in container.streams.video if not _is_cover(s)]


def known(stream):
    """The stream. Raises `BadCell` where nothing here can decode it."""
    if stream.codec_context is None:  # it then lacks width, rate and the like too
        raise BadCell(f"the {stream.type} is coded in a way that no decoder here knows")
    return stream


def seconds(container):
    """The declared length of a container in seconds, or None."""
    micro = container.duration
    return micro / 1e6 if micro and micro > 0 else None


def counted_seconds(container, stream):
    """The length of a stream by the times of its packets; None where there are none.

    Reads the rest of the container.
    """
    first = last = None
    total = 0
    try:
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None:
                first = packet.pts if first is None else min(first, packet.pts)
                last = max(last or first, packet.pts + (packet.duration or 0))
                total += packet.duration or 0
    except ERRORS:
        pass  # what was counted so far can be read
    if first is None:
        return None
    # of sounds one behind another each begins at 0 again
    return float(max(last - first, total) * stream.time_base)


def why(error):
    """The reason in an FFmpeg error, without numbers and file names."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _is_cover(stream):
    return bool(stream.disposition & av.stream.Disposition.attached_pic)
