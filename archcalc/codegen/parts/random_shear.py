# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class SavedRandomShear(keras.layers.RandomShear):
    """A random shear that can be loaded again: Keras 3.15 saves a range from minus the factor, and then refuses it."""

    def get_config(self):
        config = super().get_config()
        for name in ("x_factor", "y_factor"):
            least, most = config[name]
            config[name] = most if least < 0 else (least, most)
        return config
