"""The part of a generated file that trains: `compile_model`, `load_data` and `main`."""

from __future__ import annotations

from textwrap import dedent

from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import Expression, Group, call, flat, layout, literal, prefixed
from archcalc.codegen.recipe import Image, Plan, Target, image, indices_into, takes_images
from archcalc.graph import CHANNELS_FIRST, Graph, Node, say_shape
from archcalc.recipes import LOSSES, OPTIMIZERS

SAMPLES = 256  # of random data
SIDES = {"mnist": 28, "fashion_mnist": 28, "digits": 8}  # rows and columns of each data set's images


def compile_source(plan: Plan) -> str:
    """The function `compile_model(model)`. Of several outputs, each has its loss, weight and metrics in the outputs' order."""
    rate = {} if plan.learning_rate is None else {"learning_rate": literal(plan.learning_rate)}
    options: dict[str, Expression] = {
        "optimizer": call(f"keras.optimizers.{OPTIMIZERS[plan.optimizer]}", **rate),
        "loss": _one_or_list([_loss(t) for t in plan.targets]),
    }
    if any(t.weight != 1 for t in plan.targets):
        options["loss_weights"] = literal([t.weight for t in plan.targets])
    if any(t.metrics for t in plan.targets):
        options["metrics"] = _one_or_list([Group("[", [_metric(name, t) for name in t.metrics], "]") for t in plan.targets])
    body = layout(call("model.compile", **options), 4)
    return f'def compile_model(model):\n    """Set the optimizer, the loss and the metrics."""\n{body}\n'


def _loss(target: Target) -> Expression:
    if target.loss == "distance":
        return call("DistanceCrossentropy", inputs=literal(target.reads))
    return call(f"keras.losses.{LOSSES[target.loss]}", from_logits="True") if target.logits else literal(target.loss)


def _metric(name: str, target: Target) -> Expression:
    if name == "accuracy" and target.loss == "distance":
        return call("keras.metrics.MeanMetricWrapper", "nearest_accuracy", name=literal("accuracy"))
    if name == "accuracy" and target.loss == "binary_crossentropy" and target.logits:
        return call("keras.metrics.BinaryAccuracy", name=literal("accuracy"), threshold="0")
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
    fits = image(shape, graph.layout) if takes_images(graph) else None
    if fits is None:
        raise CodegenError(f"the data set {name} has images of ten classes; {_takes_and_gives(graph)}")
    images = _prepare_source(shape, fits, SIDES.get(name), graph.layout)
    load = _digits_source(plan) if name == "digits" else _keras_source(name, plan) if name in SIDES else _file_source(name, plan)
    return f"{images}\n\n{load}"


def _takes_and_gives(graph: Graph) -> str:
    ends = [" and ".join(say_shape(n.shape) for n in nodes) for nodes in (graph.inputs, graph.outputs)]
    return f"{graph.name} takes {ends[0]} and puts out {ends[1]}"


def _keras_source(name: str, plan: Plan) -> str:
    return _targets_source(plan) + dedent(f'''\
        def load_data():
            """Training and test images with their labels; Keras downloads them once."""
            (x_train, y_train), (x_test, y_test) = keras.datasets.{name}.load_data()
            x_train, x_test = prepare(x_train / 255), prepare(x_test / 255)
            return {_parts(plan)}
        ''')


def _digits_source(plan: Plan) -> str:
    return _targets_source(plan) + dedent(f'''\
        def load_data():
            """Training and test images with their labels: the 1797 digits of scikit-learn, four fifths for training."""
            from sklearn.datasets import load_digits

            images, labels = load_digits(return_X_y=True)
            order = np.random.default_rng(0).permutation(len(labels))
            x, labels = prepare(images[order].reshape(-1, 8, 8) / 16), labels[order]
            x_train, x_test, y_train, y_test = x[:1438], x[1438:], labels[:1438], labels[1438:]
            return {_parts(plan)}
        ''')


def _file_source(path: str, plan: Plan) -> str:
    return _targets_source(plan) + dedent(f'''\
        def load_data():
            """Training and test images, with values up to 255, and their labels: the arrays of a NumPy file."""
            data = np.load({literal(path)})
            x_train, x_test = prepare(data["x_train"] / 255), prepare(data["x_test"] / 255)
            y_train, y_test = data["y_train"], data["y_test"]
            return {_parts(plan)}
        ''')


def _parts(plan: Plan) -> str:
    """The two parts of the data, images and what each output is to say of them."""
    return f"(x_train, {_targets('y_train', plan)}), (x_test, {_targets('y_test', plan)})"


def _targets(labels: str, plan: Plan) -> str:
    several = len(_widths(plan)) > 1
    each = [labels if t.labels else f"to_targets({labels}{f', {t.shape[-1]}' if several else ''})" for t in plan.targets]
    return flat(_one_or_list([*each]))


def _widths(plan: Plan) -> list[int]:
    return list(dict.fromkeys(t.shape[-1] for t in plan.targets if not t.labels))


def _targets_source(plan: Plan) -> str:
    widths = _widths(plan)
    if not widths:
        return ""
    classes = literal(widths[0]) if len(widths) == 1 else "classes"
    return dedent(f'''\
        def to_targets(labels{", classes" if len(widths) > 1 else ""}):
            """One-hot targets: 1 at the label, 0 elsewhere."""
            return keras.utils.to_categorical(labels, {classes})


        ''')


def _prepare_source(shape: tuple[int, ...], fits: Image, side: int | None, layout: str) -> str:
    """The function `prepare(images)`, of those steps that the input needs."""
    rows, columns, channels = fits
    lines = ['images = images.astype("float32")[..., np.newaxis]']
    if (rows, columns) != (side, side):
        lines.append(f"images = keras.ops.convert_to_numpy(keras.ops.image.resize(images, {literal((rows, columns))}))")
    if channels != 1:
        lines.append(f"images = np.repeat(images, {literal(channels)}, axis=-1)")
    if len(shape) == 3 and layout == CHANNELS_FIRST:
        lines.append("images = np.moveaxis(images, -1, 1)")
    if len(shape) != 3:
        lines.append(f"images = images.reshape({literal((-1, *shape))})")
    lines[-1] = lines[-1].replace("images =", "return", 1)
    body = "\n".join(f"    {line}" for line in lines)
    return f'def prepare(images):\n    """Images as the network takes them, in the range from 0 to 1."""\n{body}\n'


def _random_source(graph: Graph, plan: Plan) -> str:
    inputs: list[Expression] = [_random_input(graph, n) for n in graph.inputs]
    targets: list[Expression] = [_random_target(t) for t in plan.targets]
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
    if target.classes:
        classes = literal(target.classes)
        labels = f"rng.integers({classes}, size={literal((SAMPLES, *target.shape[:-1]))})"
        return labels if target.labels else f"keras.utils.to_categorical({labels}, {classes})"
    shape = literal((SAMPLES, *target.shape))
    if target.loss == "binary_crossentropy":
        return f'rng.integers(2, size={shape}).astype("float32")'
    return f"rng.random({shape}, np.float32)"


def _one_or_list(texts: list[Expression]) -> Expression:
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
