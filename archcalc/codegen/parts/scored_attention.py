# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class ScoredAttention(keras.layers.MultiHeadAttention):
    """Multi-head attention whose scores are announced in the shape that they have: Keras says heads x steps x steps.

    They are (other axes, heads, the query's steps, the key's steps).
    """

    def compute_output_spec(self, query, value, key=None, return_attention_scores=False, **options):
        output = super().compute_output_spec(query, value, key, **options)
        if not return_attention_scores:
            return output
        attended = self.attention_axes or tuple(range(1, len(query.shape) - 1))
        attended = [axis % len(query.shape) for axis in attended]
        others = [n for axis, n in enumerate(query.shape[:-1]) if axis not in attended]
        steps = [x.shape[axis] for x in (query, value) for axis in attended]
        return output, keras.KerasTensor((*others, self.num_heads, *steps), dtype=self.compute_dtype)
