"""Audio cells: a sound in, mono samples out."""

import io
import math
from collections import Counter

import numpy as np
import soundfile

from homodal.contracts import Evidence, Modality
from homodal.errors import BadCell, PartError
from homodal.media import excerpts, filters, sound
from homodal.media.files import try_each
from homodal.media.options import between

_LEADING_SILENCE = 10.0  # seconds that may be skipped when silence is trimmed


class Audio(Modality):
    """Sounds: WAV, FLAC, OGG, MP3, and the sound of mp4, webm, mkv and other films.

    rate_hz: every sound is brought to this sampling rate.
    seconds: longer sounds are cut here.
    band_hz: [low, high]: only these frequencies are kept.
    denoise: turn steady noise down by spectral gating.
    trim: drop the silence before and after.
    window: only this part is read: [begin, end] in seconds, or two columns that say it
        for each row.

    Stored as float16: its step follows the loudness (noise 66 dB below the sound at any
    level), and samples above full scale survive, where int16 would clip them.
    """

    media = True
    steps = True
    dtype = "float16"

    def __init__(
        self,
        rate_hz=16000,
        seconds=4.0,
        band_hz=None,
        denoise=False,
        trim=False,
        window=None,
    ):
        self.rate_hz = between("audio", "rate_hz", rate_hz, 100, 192_000)
        self.seconds = between("audio", "seconds", seconds, 0.01, 3600.0)
        self.band_hz = _band(band_hz, rate_hz)
        self.denoise = denoise
        self.trim = trim
        self.window = excerpts.window_option("audio", window)

    def beside(self):
        return excerpts.beside(self.window)

    def recognise(self, cells):
        seen, reason = try_each(cells, sound.probe)
        why = f"{len(seen)} of {len(cells)} cells open as sounds"
        if not seen:
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        rates = Counter(item.rate_hz for item in seen)
        longest = max(item.seconds or 4.0 for item in seen)
        longest = excerpts.length_of(self.window) or longest
        options = {
            "rate_hz": min(16000, rates.most_common(1)[0][0]),
            "seconds": min(10.0, math.ceil(longest * 10) / 10),
        }
        films = sum(item.in_film for item in seen)
        why = f"{why} ({_rates(rates)}, at most {longest:.1f} s)"
        why += f", {films} in films" if films else ""
        why += f"; {reason}" if reason else ""
        # The sound of a film is a column only when somebody asks for it
        share = (len(seen) - 0.4 * films) / len(cells)
        return Evidence(0.97 * share, why, options)

    def read(self, cell):
        """Mono samples, float32 `(steps,)`, at most `seconds` long."""
        cell, said = excerpts.taken(cell)
        begin, end = excerpts.seconds_of(self.window, said)
        ahead = _LEADING_SILENCE if self.trim else 0.0
        longest = self.seconds + ahead
        longest = longest if end is None else min(longest, end - begin)
        samples = sound.read(cell, self.rate_hz, begin + longest)
        samples = samples[round(begin * self.rate_hz) :]
        if not len(samples):
            raise BadCell(f"the sound ends before its window begins, at {begin:g} s")
        if self.denoise:
            samples = filters.reduce_noise(samples, self.rate_hz)
        if self.band_hz:
            samples = filters.band_pass(samples, self.rate_hz, *self.band_hz)
        if self.trim:
            samples = filters.trim(samples, self.rate_hz)
        return samples[: round(self.seconds * self.rate_hz)]

    def encode(self, array, facts):
        """Samples, float16 `(steps,)`."""
        return array.astype(np.float16)

    def shape(self, facts):
        return (None,)

    def example(self, folder, rng):
        seconds = np.arange(int(rng.integers(1200, 2400))) / 8000
        tone = 0.4 * np.sin(2 * np.pi * rng.uniform(200, 2000) * seconds)
        file = io.BytesIO()
        noise = rng.normal(0, 0.02, len(tone))
        soundfile.write(file, tone + noise, 8000, format="WAV")
        path = folder / f"{rng.integers(2**32):08x}.wav"
        path.write_bytes(file.getvalue())
        return path


def _band(band_hz, rate_hz):
    if band_hz is None:
        return None
    pair = isinstance(band_hz, (list, tuple)) and len(band_hz) == 2
    if not pair or not 0 <= band_hz[0] < band_hz[1] <= rate_hz / 2:
        raise PartError(
            "Option 'band_hz' of modality 'audio' is wrong",
            expected=f"[low, high] in Hz, from 0 to {rate_hz / 2:g}",
            got=repr(band_hz),
        )
    return list(band_hz)


def _rates(rates):
    if len(rates) == 1:
        return f"{next(iter(rates))} Hz"
    return f"{min(rates)} to {max(rates)} Hz"
