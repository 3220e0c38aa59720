"""Audio: samples to a log-mel picture."""

from keras import ops

from homodal.layers.alignment import evenly_timed, lengths
from homodal.layers.contracts import Front
from homodal.layers.masking import zero_padding
from homodal.layers.spectrogram import LogMel, RandomBands, RandomTempo


class Audio(Front):
    """Samples to a log-mel picture, normalised over the clip.

    call(arrays, mask, training): `(batch, S)` samples at `rate_hz` to
    `(batch, frames, mels, 1)` with a mask `(batch, frames)`; a frame starts every
    `hop_ms`. The mean over the real frames of a clip is zero and the variance one, so
    that loudness does not matter; causal: over the frames so far, for sound that is
    still coming. masked_frames, masked_mels: in training up to so
    many neighbouring ones are set to zero, once in each clip (SpecAugment, Park et
    al., 2019, arXiv:1904.08779); tempo: clips are slower or faster by up to that share.
    No parameters.
    """

    def __init__(
        self,
        rate_hz,
        mels=40,
        window_ms=25,
        hop_ms=10,
        masked_frames=0,
        masked_mels=0,
        causal=False,
        tempo=0.0,
    ):
        super().__init__(autocast=False)
        self.rate_hz = rate_hz
        self.mels = mels
        self.window_ms = window_ms
        self.hop_ms = hop_ms
        self.masked_frames = masked_frames
        self.masked_mels = masked_mels
        self.causal = causal
        self.tempo = tempo

    def build(self, arrays_shape):
        self.log_mel = LogMel(
            self.rate_hz, self.mels, self.window_ms, self.hop_ms, self.causal
        )
        self.pace = RandomTempo(self.tempo)
        self.bands = RandomBands(self.masked_frames, self.masked_mels)
        self.log_mel.build(arrays_shape)

    def call(self, arrays, mask, training=False):
        values, mask = self.log_mel(arrays, mask)  # (batch, frames, mels)
        values, mask = self.pace(values, mask, training=training)
        values = self.bands(values, training=training)
        return zero_padding(values, mask)[..., None], mask

    def seconds(self, arrays, mask, real):
        # of a clip at another tempo too: its frames divide the time that it took
        hop = round(self.rate_hz * self.hop_ms / 1000)
        frames = ops.ceil(lengths(mask) / hop)  # (batch, 1)
        each = hop / self.rate_hz * frames / ops.maximum(lengths(real), 1.0)
        return each[..., None] * evenly_timed(*ops.shape(real), 1.0)
