"""Audio cells: a sound in, mono samples out."""

import io
from collections import Counter
from functools import partial

import numpy as np
import soundfile

from homodal.contracts import Evidence, Modality
from homodal.errors import BadCell, PartError
from homodal.media import excerpts, filters, pcm, repairs, sound
from homodal.media.files import try_each
from homodal.media.options import between, choice
from homodal.plain.bands import sound_figures
from homodal.plain.features import Statistics
from homodal.tables.samples import Samples

_LEADING_SILENCE = 10.0  # seconds that may be skipped when silence is trimmed
_MORE_SECONDS, _ROUNDING = 0.05, 2  # samples that another rate may add


class Audio(Modality):
    """Sounds: WAV, FLAC, OGG, MP3, and the sound of mp4, webm, mkv and other films.

    rate_hz: every sound is brought to this sampling rate; arrays that do not say theirs
        are at it.
    seconds: longer sounds are cut here, which counts as repaired.
    band_hz: [low, high]: only these frequencies are kept.
    denoise: turn steady noise down by spectral gating.
    trim: drop the silence before and after.
    window: only this part is read: [begin, end] in seconds, or two columns that say it
        for each row.
    coding: of integers in memory whose width does not say it: int16, uint8, int24, ...

    Stored as float16: its step follows the loudness (noise 66 dB below the sound at any
    level), and samples above full scale survive, where int16 would clip them.
    """

    media = True
    steps = True
    dtype = "float16"

    def __init__(
        self,
        rate_hz=16000,
        seconds=30.0,
        band_hz=None,
        denoise=False,
        trim=False,
        window=None,
        coding=None,
    ):
        self.rate_hz = between("audio", "rate_hz", rate_hz, 100, 192_000)
        self.seconds = between("audio", "seconds", seconds, 0.01, 3600.0)
        self.band_hz = _band(band_hz, rate_hz)
        self.denoise = denoise
        self.trim = trim
        self.window = excerpts.window_option("audio", window)
        self.coding = choice("audio", "coding", coding, (None, *pcm.CODINGS))

    def beside(self):
        return excerpts.beside(self.window)

    def recognise(self, cells):
        arrays = [array for cell in cells if (array := _bare(cell)) is not None]
        known = [cell for cell in cells if _bare(cell) is None]
        seen, reason = try_each(known, sound.probe)
        memory, unlike = try_each(arrays, lambda cell: sound.probe(cell, self.rate_hz))
        both, reason = [*seen, *memory], reason or unlike
        why = f"{len(both)} of {len(cells)} cells open as sounds"
        if not both:
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        options = self._options(cells, Counter(item.rate_hz for item in seen))
        films = sum(item.in_film for item in both)
        why = f"{why} ({_rates(both)}, {self._length(both)})"
        why += f", {films} in films" if films else ""
        if memory:
            why += f", {len(memory)} arrays taken to be at {self.rate_hz} Hz"
        if "coding" in options:
            why += f", numbers from their values as {options['coding']}"
        why += f"; {reason}" if reason else ""
        # The sound of a film, or an array, is a column only when somebody asks for it
        share = (len(both) - 0.4 * films - 0.7 * len(memory)) / len(cells)
        return Evidence(0.97 * share, why, options)

    def _options(self, cells, rates):
        """Options that fit the cells; `seconds` is the same for all columns."""
        options = {}
        if rates:
            options["rate_hz"] = min(16000, round(rates.most_common(1)[0][0]))
        coding = pcm.coding_of(map(_samples, cells))
        return options | ({"coding": coding} if coding else {})

    def _length(self, seen):
        """How long sounds are, in words."""
        lengths = [item.seconds for item in seen if item.seconds is not None]
        if not lengths:
            return "of unknown length"
        longest = excerpts.length_of(self.window) or max(lengths)
        text = f"at most {longest:.1f} s"
        if longest > self.seconds:
            text += f", cut at {self.seconds:g} s"
        return text

    def read(self, cell):
        """Mono samples, float32 `(steps,)`, at most `seconds` long."""
        cell, said = excerpts.taken(cell)
        begin, end = excerpts.seconds_of(self.window, said)
        ahead = _LEADING_SILENCE if self.trim else 0.0
        longest = self.seconds + ahead
        longest = longest if end is None else min(longest, end - begin)
        # a little more shows whether there is any
        most = begin + longest + _MORE_SECONDS
        samples = sound.read(cell, self.rate_hz, most, self.coding)
        samples = samples[round(begin * self.rate_hz) :]
        if not len(samples):
            raise BadCell(f"the sound ends before its window begins, at {begin:g} s")
        # of a sound that goes on, and is not to end here
        is_longer = len(samples) > round(longest * self.rate_hz) + _ROUNDING
        is_longer &= end is None or end - begin > longest
        samples = samples[: round(longest * self.rate_hz)]
        if self.denoise:
            samples = filters.reduce_noise(samples, self.rate_hz)
        if self.band_hz:
            samples = filters.band_pass(samples, self.rate_hz, *self.band_hz)
        if self.trim:
            samples = filters.trim(samples, self.rate_hz)
        return self._cut(samples, is_longer)

    def _cut(self, samples, is_longer):
        """At most `seconds` of them; is_longer: there were more than were read."""
        most = round(self.seconds * self.rate_hz)
        if len(samples) > most + _ROUNDING or is_longer:
            repairs.note_cut(f"{self.seconds:g} s")
        return samples[:most]

    def encode(self, array, facts):
        """Samples, float16 `(steps,)`."""
        return array.astype(np.float16)

    def shape(self, facts):
        return (None,)

    def plain(self, facts):
        return Statistics(partial(sound_figures, rate_hz=self.rate_hz))

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


def _bare(cell):
    """The array of a cell of samples that do not say their rate, else None."""
    if isinstance(cell, Samples):
        return cell.array if cell.rate_hz is None else None
    return cell if isinstance(cell, np.ndarray) else None


def _samples(cell):
    """The array of a cell in memory; of others an empty one."""
    cell = cell.array if isinstance(cell, Samples) else cell
    is_array = isinstance(cell, np.ndarray) and cell.dtype.kind in "iuf"
    return cell if is_array else np.zeros(0, np.int16)


def _rates(seen):
    rates = {item.rate_hz for item in seen}
    if len(rates) == 1:
        return f"{next(iter(rates))} Hz"
    return f"{min(rates)} to {max(rates)} Hz"
