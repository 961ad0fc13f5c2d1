# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class SizedRandomCrop(keras.layers.RandomCrop):
    """A random crop whose output has its size at inference too: the largest piece of the same form, resized.

    So Keras documents it, but Keras 3.15 hands the whole image on.
    """

    def transform_images(self, images, transformation, training=True):
        if training:
            return super().transform_images(images, transformation, training=True)
        images, size = keras.ops.cast(images, self.compute_dtype), (self.height, self.width)
        return keras.ops.image.resize(images, size, crop_to_aspect_ratio=True, data_format=self.data_format)
