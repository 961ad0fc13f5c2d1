"""Spectrograms: which frequencies a signal has, frame by frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.argtypes import Choice, Count, Flag, Number
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.axes import spatial
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, leaf, require
from archcalc.spec import Example, Layer, Operation, Weight
from archcalc.windows import Window

if TYPE_CHECKING:
    from archcalc.reading import Reads
    from archcalc.taps import Tapped

FAMILY = "preprocessing"

WINDOW = ("hann", "hamming", "blackman", "bartlett", "boxcar", "cosine", "nuttall", "flattop", "parzen", "bohman", "tukey")


class Length(Count):
    """A length in samples. It is no size to trace: the power of two above it is no sum and no product."""

    sizes = False


def _named(like: Size, value: Size, symbol: str) -> Size:
    """A length in a derivation by its symbol, whether it is given or Keras's default."""
    return leaf(like, value, symbol) if isinstance(value, int) else value


@register
class STFTSpectrogram(Layer):
    """Short-time Fourier transform of a signal, samples x channels: one row of frequencies for each frame.

    Keras computes it as two convolutions, whose kernels start as cosines and sines and are trained: so does this count
    them. With the modes `real` and `imag` there is one. Each channel has frequencies of its own, one after another, or
    with `expand_dims` on an axis of their own.
    """

    kind = "stft_spectrogram"
    keras = "STFTSpectrogram"
    computes = True
    multiplies = True
    turns = True
    mode: str = arg(
        Choice("log", "magnitude", "psd", "real", "imag", "angle", "stft"), "what is put out; stft: both parts, real ones first", "log"
    )
    frame_length: Size = arg(Length(), "samples in a frame", 256, symbol="f")
    frame_step: Size = arg(Length(), "samples from one frame to the next; half a frame, if not given", None, symbol="s")
    fft_length: Size = arg(Length(), "samples that are transformed; the next power of two, if not given", None, symbol="fft")
    window: str = arg(Choice(*WINDOW), "how a frame fades in and out", "hann")
    periodic: bool = arg(Flag(), "the window is one period of its function", False)
    scaling: str = arg(Choice("density", "spectrum", "unscaled"), "what the power is relative to", "density")
    padding: str = arg(Choice("valid", "same"), "what is added around the signal", "valid", short=("pad",))
    expand_dims: bool = arg(Flag(), "frames x frequencies x channels, as an image", False)
    examples = (
        Example("stft_spectrogram", ((16000, 1),), (124, 129)),
        Example("stft_spectrogram stft, 100, 40", ((1000, 2),), (23, 260)),
        Example("stft_spectrogram 64, fft_length=128, same, expand_dims", ((1000, 3),), (32, 65, 3)),
        Example("stft_spectrogram real, frame_length=16", ((160, 2),), (19, 18)),
    )

    def lengths(self) -> tuple[int, int, int]:
        """Samples in a frame, from one to the next, and in the transform."""
        frame = self.frame_length
        step = frame // 2 if self.frame_step is None else self.frame_step
        power = 1 << (frame - 1).bit_length() if self.fft_length is None else self.fft_length
        return frame, step, power

    def windows(self, *inputs: Shape) -> tuple[Window, ...]:
        (n,), _ = spatial(self.kind, inputs[0], 1)
        frame, step, _ = self.lengths()
        return (Window(leaf(n, frame, "f"), leaf(n, step, "s"), 1, self.padding),)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import Along, shuffled, under

        n, channels = inputs[0]
        return ((under(0, self.windows(*inputs)[0], n), Along(2) if self.expand_dims else shuffled(1, channels)),)

    def bins(self, like: Size) -> Size:
        """How many frequencies there are: those of a real signal, from 0 to half the transform's length."""
        return leaf(like, self.lengths()[2], "fft") // 2 + 1

    def shape(self, *inputs: Shape) -> Shape:
        (n,), channels = spatial(self.kind, inputs[0], 1)
        frame, step, power = self.lengths()
        if not 1 <= step <= frame:
            second = phrase("a step of {step}", step=step)
            why = phrase("a step is from 1 to the length of a frame: no sample is left out")
            raise Refusal("E311", at="frame_step", first=f"`frame_length={frame}`", second=second, why=why)
        if power < frame:
            why = phrase("the transform is at least as long as a frame")
            raise Refusal("E311", at="fft_length", first=f"`fft_length={power}`", second=f"`frame_length={frame}`", why=why)
        if self.padding == "valid":
            fixes = (phrase("`same` would make room"), phrase("a signal of {frame} or more would do", frame=frame))
            require(n >= frame, "E301", at="frame_length", input=n, reach=frame, padding=0, fixes=fixes)
        frames = self.windows(*inputs)[0].output(n)
        bins = self.bins(n) * (2 if self.mode == "stft" else 1)
        return (frames, bins, channels) if self.expand_dims else (frames, bins * channels)

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        n, channels = inputs[0]
        frame = leaf(n, self.frame_length, "f")
        parts = {"real": ("real_kernel",), "imag": ("imag_kernel",)}.get(self.mode, ("real_kernel", "imag_kernel"))
        return tuple(Weight(name, (frame, 1), self.bins(n), positions=out[0] * channels) for name in parts)

    def tapped(self, out: Shape, *inputs: Shape) -> tuple[Tapped, ...]:
        from archcalc.taps import through, under

        n, channels = inputs[0]
        weights = self.weights(out, *inputs)
        return tuple(through(w.name, weights, under(self.windows(*inputs), (n,), out[:1]), channels) for w in weights)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # power: two squares and their sum; psd: that doubled; magnitude: its root; log: the logarithm of that; an angle: one
        per_value = {"psd": 4, "magnitude": 4, "log": 5, "angle": 1}.get(self.mode, 0)
        return (Operation("spectrum", per_value),) if per_value else ()


@register
class MelSpectrogram(Layer):
    """The power of a signal's frequencies on the mel scale: mel bins x frames.

    The signal is mirrored at both ends, so that frames are centred. Its fast Fourier transform is not counted as FLOPs.
    """

    kind = "mel_spectrogram"
    keras = "MelSpectrogram"
    fft_length: Size = arg(Count(2), "samples that are transformed", 2048, symbol="f")
    sequence_stride: Size = arg(Count(), "samples from one frame to the next", 512, symbol="s")
    sequence_length: Size = arg(Count(), "samples in a frame; `fft_length`, if not given", None, positional=False)
    window: str = arg(Choice("hann", "hamming"), "how a frame fades in and out", "hann")
    sampling_rate: Any = arg(Number(1), "samples in a second", 16000, positional=False)
    num_mel_bins: Size = arg(Count(), "how many bins on the mel scale", 128, short=("bins",))
    min_freq: Any = arg(Number(0), "the lowest frequency, in hertz", 20, positional=False)
    max_freq: Any = arg(Number(0), "the highest; half the sampling rate, if not given", None, positional=False)
    power_to_db: bool = arg(Flag(), "as decibels", True)
    top_db: Any = arg(Number(0), "how many decibels below the loudest are told apart", 80, positional=False)
    mag_exp: Any = arg(Number(0), "the magnitude's exponent: 2 for power, 1 for energy", 2, positional=False)
    min_power: Any = arg(Number(0), "what is quieter counts as this", 1e-10, positional=False)
    ref_power: Any = arg(Number(0), "the power of 0 decibels", 1, positional=False)
    examples = (
        Example("mel_spectrogram", ((16000,),), (128, 32)),
        Example("mel_spectrogram 512, 160, sequence_length=400, bins=80", ((16000,),), (80, 101)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        if len(inputs[0]) != 1:
            raise Refusal("E302", kind=self.kind, wanted=phrase("one axis: the samples of a signal"), shape=inputs[0])
        (n,) = inputs[0]
        fft, stride = (_named(n, v, symbol) for v, symbol in ((self.fft_length, "f"), (self.sequence_stride, "s")))
        if self.sequence_length is not None:
            facts = {"first": f"`sequence_length={self.sequence_length}`", "second": f"`fft_length={fft}`"}
            why = phrase("the transform is at least as long as a frame")
            require(self.sequence_length <= fft, "E311", at="sequence_length", **facts, why=why)
        why = phrase("half of it is mirrored at each end, and a signal of {n} has no more than {most} to mirror", n=n, most=n - 1)
        require(fft // 2 < n, "E311", at="fft_length", first=f"`fft_length={fft}`", second=phrase("this signal"), why=why)
        return (self.num_mel_bins, (n + 2 * (fft // 2) - fft) // stride + 1)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import under, whole

        n = inputs[0][0]
        if self.power_to_db:  # the loudest of the whole signal sets how quiet a value can be
            return ((whole(n),),)
        length = self.fft_length if self.sequence_length is None else self.sequence_length
        before = self.fft_length // 2 - (self.fft_length - length) // 2
        return ((under(1, Window(length, self.sequence_stride, padding=(before, 0)), n),),)
