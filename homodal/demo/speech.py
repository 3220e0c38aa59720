"""Spoken digit words by espeak-ng: 8 kHz, mono, with noise, as small FLAC files."""

import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np
import soundfile

from homodal.demo.words import WORDS
from homodal.errors import HomodalError, MissingPackage

RATE_HZ = 8000
VOICES = {"en": "en-us", "de": "de", "fr": "fr", "es": "es", "zh": "cmn"}
VARIANTS = ("m1", "m2", "m3", "m4", "f1", "f2", "f3", "f4")
SPEEDS = (130, 150, 170, 190, 210)  # words per minute


def find_espeak():
    """Path of the espeak-ng program. Raises `MissingPackage` where there is none."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise MissingPackage(
            "The demo builder needs the program 'espeak-ng', which is not installed",
            do="Install it from https://github.com/espeak-ng/espeak-ng or with your "
            "system's packages, for instance: apt-get install espeak-ng. "
            "The demo that comes with homodal needs no building",
        )
    return program


def speakers(split):
    """The (variant, words per minute) pairs of "train" or "test": none is in both."""
    return [
        (variant, speed)
        for i, variant in enumerate(VARIANTS)
        for j, speed in enumerate(SPEEDS)
        if ((i + j) % 4 == 0) == (split == "test")
    ]


def speak(digit, language, split, rng, espeak):
    """The digit's word, clean, by a random speaker of `split`: samples at 8 kHz.

    Returns a float array with peak 1, without the silence around the word.
    """
    pairs = speakers(split)
    variant, speed = pairs[int(rng.integers(len(pairs)))]
    pitch = int(rng.integers(25, 76))  # of espeak-ng's 0 to 99
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "word.wav"
        voice = f"{VOICES[language]}+{variant}"
        order = [espeak, "-v", voice, "-s", str(speed), "-p", str(pitch)]
        order += ["-w", str(path), WORDS[language][digit]]
        ended = subprocess.run(order, capture_output=True, text=True, check=False)
        if ended.returncode or not path.exists():
            raise HomodalError(
                f"espeak-ng could not speak with the voice '{voice}'",
                got=ended.stderr.strip() or f"exit status {ended.returncode}",
                do="Install all voices of espeak-ng, or a newer espeak-ng",
            )
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return trim(resample(samples / 32768, rate))


def resample(samples, rate):
    """`samples` at `rate` Hz, brought to 8 kHz by cutting the spectrum at 4 kHz."""
    count = round(len(samples) * RATE_HZ / rate)
    spectrum = np.fft.rfft(samples)[: count // 2 + 1]
    return np.fft.irfft(spectrum, count) * count / len(samples)


def trim(samples):
    """`samples` scaled to peak 1, without what is quieter than 0.03 at either end."""
    samples = samples / max(np.abs(samples).max(), 1e-9)
    loud = np.flatnonzero(np.abs(samples) > 0.03)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples


def spoil(samples, rng, decibels=(2, 12)):
    """`samples` with silence around them, then hiss and hum over all.

    decibels: range of the signal-to-noise ratio in dB, over the word's own length.
    """
    power = np.mean(samples**2)
    lead, tail = rng.integers(0, RATE_HZ // 16, size=2)  # up to 0.06 s
    samples = np.pad(samples, (int(lead), int(tail)))
    time_s = np.arange(len(samples)) / RATE_HZ
    hiss = rng.normal(size=len(samples))
    hum = np.sin(2 * np.pi * (rng.uniform(80, 900) * time_s + rng.random()))
    noise = hiss + rng.uniform(0, 1.5) * hum
    ratio = 10 ** (rng.uniform(*decibels) / 10)
    noise *= np.sqrt(power / ratio / np.mean(noise**2))
    return samples + noise


def save_speech(samples, path):
    """Write `samples` as 8-bit FLAC, the peak at 0.25 of full scale.

    FLAC and not OGG: its bytes hold no random serial number, so the same seed gives
    the same file, and at this loudness a clip is no larger than as Vorbis.
    """
    samples = 0.25 * samples / max(np.abs(samples).max(), 1e-9)
    soundfile.write(path, samples, RATE_HZ, subtype="PCM_S8", compression_level=1.0)
