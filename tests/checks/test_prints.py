"""Prints: alike for what looks alike, far apart for what does not."""

import numpy as np
from PIL import Image

from homodal.checks.prints import near_pairs, picture_print, text_print


def smooth(seed, size=(64, 48)):
    small = np.random.default_rng(seed).integers(0, 256, (6, 6), dtype=np.uint8)
    return Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)


def bits(one, other):
    return (one ^ other).bit_count()


def test_resized_and_brighter_pictures_are_near_others_far():
    prints = [picture_print(np.asarray(smooth(seed))) for seed in range(20)]
    for seed in range(20):
        other = np.asarray(smooth(seed).resize((40, 40)), np.float32) * 0.8 + 20
        assert bits(picture_print(other), prints[seed]) <= 4
    apart = [bits(prints[i], prints[j]) for i in range(20) for j in range(i)]
    assert min(apart) > 8 and 26 < np.mean(apart) < 38


def test_the_print_is_of_the_lowest_frequencies():
    """One cosine of frequency (1, 2): its bit, and those above the median, are set."""
    place = (np.arange(32) + 0.5) * np.pi / 32
    grey = 128 + 60 * np.outer(np.cos(place), np.cos(2 * place))
    value = picture_print(grey)
    bit = 1 * 9 + 2 - 1  # row by row, without the mean
    assert value >> (63 - bit) & 1 == 1
    assert picture_print(256 - grey) >> (63 - bit) & 1 == 0


def test_flat_pictures_have_none():
    assert picture_print(np.full((8, 8), 77.0)) is None


def test_texts_by_their_letters():
    assert text_print("The  CAT, sat!") == text_print("the cat sat")
    assert text_print("the cat sat") != text_print("the cat sits")
    assert text_print("Ｈｉ") == text_print("hi")
    assert text_print("?! …") is None


def test_pairs_against_all_pairs():
    rng = np.random.default_rng(0)
    values = [int(v) for v in rng.integers(0, 2**63, 60)]
    for place in range(0, 60, 5):  # some with a few bits turned
        turned = values[place]
        for bit in rng.choice(63, int(rng.integers(0, 7)), replace=False):
            turned ^= 1 << int(bit)
        values.append(turned)
    values[7] = None
    wanted = {
        (i, j)
        for j in range(len(values))
        for i in range(j)
        if None not in (values[i], values[j]) and bits(values[i], values[j]) <= 4
    }
    assert set(near_pairs(values)) == wanted and wanted
    assert near_pairs([5, 5, 5]) == [(0, 1), (1, 2)]
