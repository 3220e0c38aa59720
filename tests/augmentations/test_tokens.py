"""Tokens: as many are hidden as is told, and swaps lose none."""

import numpy as np
from keras import ops

from homodal.augmentations.hide_tokens import HideTokens
from homodal.augmentations.swap_tokens import SwapTokens

TOKENS = np.tile(np.arange(2, 42, dtype="int32"), (300, 1))
MASK = np.ones(TOKENS.shape, bool)


def changed(layer, tokens=TOKENS, mask=MASK):
    return ops.convert_to_numpy(layer(tokens, mask, training=True))


def test_the_share_of_hidden_tokens_is_what_is_told():
    found = changed(HideTokens(share=0.2))
    hidden = found != TOKENS
    assert np.all(found[hidden] == 1)
    assert abs(hidden.mean() - 0.2) < 0.02


def test_swaps_lose_no_token_and_move_none_far():
    found = changed(SwapTokens(share=0.5))
    np.testing.assert_array_equal(np.sort(found, axis=1), TOKENS)
    assert np.abs(found - TOKENS).max() == 1
    # half of the pairs are looked at, and half of those swapped: half of the tokens
    assert abs((found != TOKENS).mean() - 0.5) < 0.05


def test_a_token_never_changes_places_with_padding():
    mask = MASK.copy()
    mask[:, 7:] = False
    tokens = np.where(mask, TOKENS, 0)
    found = changed(SwapTokens(share=1.0), tokens, mask)
    np.testing.assert_array_equal(found == 0, tokens == 0)
    np.testing.assert_array_equal(np.sort(found, axis=1), np.sort(tokens, axis=1))
