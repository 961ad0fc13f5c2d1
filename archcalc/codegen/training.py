"""The part of a generated file that trains: `compile_model`, `load_data` and `main`."""

from __future__ import annotations

from textwrap import dedent

from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import Expression, Group, call, layout, literal, prefixed
from archcalc.codegen.recipe import Image, Plan, Target, image, indices_into, takes_images
from archcalc.graph import Graph, Node
from archcalc.recipes import LOSSES, OPTIMIZERS

SAMPLES = 256  # of random data
SIDES = {"mnist": 28, "fashion_mnist": 28, "digits": 8}  # rows and columns of each data set's images


def compile_source(plan: Plan) -> str:
    """The function `compile_model(model)`."""
    rate = {} if plan.learning_rate is None else {"learning_rate": literal(plan.learning_rate)}
    losses: list[Expression] = [_loss(t) for t in plan.targets]
    options: dict[str, Expression] = {
        "optimizer": call(f"keras.optimizers.{OPTIMIZERS[plan.optimizer]}", **rate),
        "loss": losses[0] if len(losses) == 1 else Group("[", losses, "]"),
    }
    if plan.metrics:
        options["metrics"] = Group("[", [_metric(name, plan) for name in plan.metrics], "]")
    body = layout(call("model.compile", **options), 4)
    return f'def compile_model(model):\n    """Set the optimizer, the loss and the metrics."""\n{body}\n'


def _loss(target: Target) -> Expression:
    if target.loss == "distance":
        return "DistanceCrossentropy()"
    return call(f"keras.losses.{LOSSES[target.loss]}", from_logits="True") if target.logits else literal(target.loss)


def _metric(name: str, plan: Plan) -> Expression:
    if name == "accuracy" and plan.target.loss == "distance":
        return call("keras.metrics.MeanMetricWrapper", "nearest_accuracy", name=literal("accuracy"))
    return literal(name)


def data_source(graph: Graph, plan: Plan) -> str:
    """The function `load_data()`.

    Raises:
        CodegenError: the recipe's data does not fit the network.
    """
    name = plan.data or ("mnist" if takes_images(graph) else "random")
    if name == "random":
        return _random_source(graph, plan)
    shape = graph.inputs[0].shape or ()
    fits = image(shape) if takes_images(graph) else None
    if fits is None:
        raise CodegenError(f"the data set {name} has images of ten classes; {graph.name} takes or gives something else")
    images = _prepare_source(shape, fits, SIDES.get(name))
    load = _digits_source(plan) if name == "digits" else _keras_source(name, plan) if name in SIDES else _file_source(name, plan)
    return f"{images}\n\n{load}"


def _keras_source(name: str, plan: Plan) -> str:
    targets = ("to_targets(y_train)", "to_targets(y_test)") if not plan.target.labels else ("y_train", "y_test")
    return _targets_source(plan) + dedent(f'''\
        def load_data():
            """Training and test images with their labels; Keras downloads them once."""
            (x_train, y_train), (x_test, y_test) = keras.datasets.{name}.load_data()
            x_train, x_test = prepare(x_train / 255), prepare(x_test / 255)
            return (x_train, {targets[0]}), (x_test, {targets[1]})
        ''')


def _digits_source(plan: Plan) -> str:
    labels = "labels" if plan.target.labels else "to_targets(labels)"
    return _targets_source(plan) + dedent(f'''\
        def load_data():
            """Training and test images with their labels: the 1797 digits of scikit-learn, four fifths for training."""
            from sklearn.datasets import load_digits

            images, labels = load_digits(return_X_y=True)
            order = np.random.default_rng(0).permutation(len(labels))
            x, y = prepare(images[order].reshape(-1, 8, 8) / 16), {labels}[order]
            return (x[:1437], y[:1437]), (x[1437:], y[1437:])
        ''')


def _file_source(path: str, plan: Plan) -> str:
    train, test = ("y_train", "y_test") if plan.target.labels else ("to_targets(y_train)", "to_targets(y_test)")
    return _targets_source(plan) + dedent(f'''\
        def load_data():
            """Training and test images, with values up to 255, and their labels: the arrays of a NumPy file."""
            data = np.load({literal(path)})
            x_train, x_test = prepare(data["x_train"] / 255), prepare(data["x_test"] / 255)
            y_train, y_test = data["y_train"], data["y_test"]
            return (x_train, {train}), (x_test, {test})
        ''')


def _targets_source(plan: Plan) -> str:
    if plan.target.labels:
        return ""
    return dedent(f'''\
        def to_targets(labels):
            """One-hot targets: 1 at the label, 0 elsewhere."""
            return keras.utils.to_categorical(labels, {literal(plan.target.shape[-1])})


        ''')


def _prepare_source(shape: tuple[int, ...], fits: Image, side: int | None) -> str:
    """The function `prepare(images)`, of those steps that the input needs."""
    rows, columns, channels = fits
    lines = ['images = images.astype("float32")[..., np.newaxis]']
    if (rows, columns) != (side, side):
        lines.append(f"images = keras.ops.convert_to_numpy(keras.ops.image.resize(images, {literal((rows, columns))}))")
    if channels != 1:
        lines.append(f"images = np.repeat(images, {literal(channels)}, axis=-1)")
    if len(shape) != 3:
        lines.append(f"images = images.reshape({literal((-1, *shape))})")
    lines[-1] = lines[-1].replace("images =", "return", 1)
    body = "\n".join(f"    {line}" for line in lines)
    return f'def prepare(images):\n    """Images as the network takes them, in the range from 0 to 1."""\n{body}\n'


def _random_source(graph: Graph, plan: Plan) -> str:
    inputs = [_random_input(graph, n) for n in graph.inputs]
    targets = [_random_target(t) for t in plan.targets]
    lines = [
        "rng = np.random.default_rng(0)",
        layout(prefixed("x = ", _one_or_list(inputs)), 4).strip(),
        layout(prefixed("y = ", _one_or_list(targets)), 4).strip(),
        "return (x, y), (x, y)",
    ]
    body = "\n".join(f"    {line}" for line in lines)
    return f'def load_data():\n    """Random numbers of the right shapes, to try out the training."""\n{body}\n'


def _random_input(graph: Graph, node: Node) -> str:
    shape = literal((SAMPLES, *(node.shape or ())))
    entries = indices_into(graph, node)
    return f"rng.random({shape}, np.float32)" if entries is None else f'rng.integers({literal(entries)}, size={shape}, dtype="int32")'


def _random_target(target: Target) -> str:
    if target.labels or target.loss == "categorical_crossentropy":
        classes = literal(target.shape[-1])
        labels = f"rng.integers({classes}, size={literal((SAMPLES, *target.shape[:-1]))})"
        return labels if target.labels else f"keras.utils.to_categorical({labels}, {classes})"
    shape = literal((SAMPLES, *target.shape))
    if target.loss == "binary_crossentropy":
        return f'rng.integers(2, size={shape}).astype("float32")'
    return f"rng.random({shape}, np.float32)"


def _one_or_list(texts: list[str]) -> Expression:
    return texts[0] if len(texts) == 1 else Group("[", texts, "]")


def main_source(plan: Plan) -> str:
    """The function `main()`, and its call where the file runs as a script."""
    options = {"batch_size": literal(plan.batch), "epochs": literal(plan.epochs)}
    if plan.validation:
        options["validation_split"] = literal(plan.validation)
    fit = layout(call("model.fit", "x_train", "y_train", **options), 4).strip()
    return dedent(f'''\
        def main():
            """Build the network, train it and say how well it does on the test data."""
            keras.utils.set_random_seed(0)
            model = build_model()
            model.summary()
            compile_model(model)
            (x_train, y_train), (x_test, y_test) = load_data()
            {fit}
            print(model.evaluate(x_test, y_test, return_dict=True))


        if __name__ == "__main__":
            main()
        ''')
