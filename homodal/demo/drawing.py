"""Pictures and films of handwritten digits, noisy and partly hidden."""

import av
import numpy as np
from PIL import Image

PICTURE_PX = 24
FILM_PX = 32
FRAMES = 12
FRAMES_PER_SECOND = 12

# Slower presets, B frames and the look-ahead make films this small no smaller, and some
# of them give other bytes at every run.
H264_OPTIONS = {
    "crf": "28",
    "preset": "medium",
    "x264-params": "bframes=0:weightp=0:no-mbtree=1:rc-lookahead=0",
}
VP9_OPTIONS = {"crf": "34", "b": "0", "deadline": "good"}


def enlarge(ink, size_px):
    """An 8 x 8 array of ink (0 paper to 1 full) as `size_px` x `size_px`, smooth."""
    image = Image.fromarray(np.asarray(ink, "float32"))
    image = image.resize((size_px, size_px), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(image), 0, 1)


def spoilt_picture(ink, rng):
    """The digit as a grey picture (uint8, dark on light): noisy, one part hidden."""
    paper = 1 - enlarge(ink, PICTURE_PX) * rng.uniform(0.65, 1.0)
    height, width = rng.integers(5, 12, size=2)
    top = rng.integers(0, PICTURE_PX - height + 1)
    left = rng.integers(0, PICTURE_PX - width + 1)
    paper[top : top + height, left : left + width] = rng.random()
    paper += rng.normal(scale=rng.uniform(0.04, 0.2), size=paper.shape)
    # 32 shades compress to half of what 256 would take, and look the same.
    return (np.clip(paper, 0, 1) * 31).round().astype("uint8") * 8


def save_picture(picture, path):
    """Write a uint8 array (height, width) as PNG."""
    Image.fromarray(picture).save(path, optimize=True)


def stroke(ink):
    """(row, column) of the inked cells in an order as if a pen had gone over them.

    From the uppermost cell on, always to the nearest cell not yet drawn.
    """
    left = [tuple(cell) for cell in np.argwhere(ink > 0.3)]
    order = [left.pop(0)] if left else []
    while left:
        row, column = order[-1]
        gaps = [(r - row) ** 2 + (c - column) ** 2 for r, c in left]
        order.append(left.pop(int(np.argmin(gaps))))
    return order


def film_frames(ink, rng):
    """`FRAMES` grey frames (uint8) of the digit being drawn while its ink pales.

    The part of the stroke drawn last is dark, what came before pales to a trace; the
    sheet drifts meanwhile, and a bar hides some rows or columns.
    """
    order = stroke(ink)
    when = np.full(ink.shape, np.inf)
    for i, cell in enumerate(order):
        when[cell] = i / len(order)
    lasting = rng.uniform(0.4, 0.8)  # of the film's length, until ink has paled
    trace = rng.uniform(0.25, 0.5)  # of the darkness that stays
    drift = rng.uniform(-1.5, 1.5, size=(2, 2))  # px; where the sheet starts and ends
    bar, bar_px = rng.integers(6, FILM_PX - 10), rng.integers(2, 6)
    across = rng.random() < 0.5
    frames = []
    for i in range(FRAMES):
        age = i / (FRAMES - 1) * 1.2 - when
        strength = np.where(age < 0, 0, np.maximum(1 - age / lasting, trace))
        sheet = np.pad(enlarge(ink * strength, FILM_PX - 8), 4)
        shift = drift[0] + (drift[1] - drift[0]) * i / (FRAMES - 1)
        sheet = np.roll(sheet, tuple(shift.round().astype(int)), axis=(0, 1))
        rows = sheet if across else sheet.T
        rows[bar : bar + bar_px] = 0.5
        frames.append((255 - 225 * sheet).astype("uint8"))
    return frames


def save_film(frames, path, sound=None, rate_hz=8000):
    """Write grey frames as H.264 (.mp4) or VP9 (.webm), with `sound` where given.

    sound: float samples in -1 to 1 at `rate_hz`, kept as AAC (.mp4) or Opus (.webm).
    One thread and no date or random number: the same frames give the same bytes.
    """
    mp4 = path.suffix == ".mp4"
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as film:
        codec = "libx264" if mp4 else "libvpx-vp9"
        options = H264_OPTIONS if mp4 else VP9_OPTIONS
        video = film.add_stream(codec, rate=FRAMES_PER_SECOND, options=options)
        video.height, video.width = frames[0].shape
        video.pix_fmt = "yuv420p"
        make_exact(video)
        audio = None
        if sound is not None:
            audio = film.add_stream("aac" if mp4 else "libopus", rate=rate_hz)
            audio.layout, audio.bit_rate = "mono", 12000
            make_exact(audio)
        for frame in frames:
            film.mux(video.encode(as_video(frame)))
        film.mux(video.encode())
        if audio is not None:
            film.mux(audio.encode(as_audio(sound, rate_hz)))
            film.mux(audio.encode())


def make_exact(stream):
    """Make the stream's encoder work in one thread and write no version text."""
    stream.codec_context.thread_count = 1
    stream.codec_context.flags |= av.codec.context.Flags.bitexact


def as_video(frame):
    """A grey uint8 array (height, width) as a frame in YUV 4:2:0, the colours neutral.

    The levels are those of video: 16 is black and 235 is white.
    """
    height, width = frame.shape
    planes = np.full((height * 3 // 2, width), 128, "uint8")
    planes[:height] = (16 + frame * (219 / 255)).round()
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")


def as_audio(samples, rate_hz):
    """Float samples (-1 to 1) as one frame of sound."""
    samples = (samples[None] * 32767).astype("int16")
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.sample_rate = rate_hz
    return frame
