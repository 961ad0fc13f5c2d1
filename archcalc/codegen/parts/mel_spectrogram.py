# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class FramedMelSpectrogram(keras.layers.MelSpectrogram):
    """A mel spectrogram that declares as many frames as it puts out, which Keras 3.15 does not for every length."""

    def compute_output_shape(self, input_shape):
        length = input_shape[-1] + 2 * (self.fft_length // 2) - self.fft_length
        return (*input_shape[:-1], self.num_mel_bins, length // self.sequence_stride + 1)
