"""Networks of the examples that Keras does not ship, written once more with Keras's own functions, as its users would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def unet(keras: Any) -> Any:
    layers = keras.layers

    def double_conv(x: Any, c: int) -> Any:
        for _ in range(2):
            x = layers.Conv2D(c, 3, activation="relu")(x)
        return x

    image = keras.Input((572, 572, 1))
    one = double_conv(image, 64)
    two = double_conv(layers.MaxPooling2D()(one), 128)
    three = double_conv(layers.MaxPooling2D()(two), 256)
    four = double_conv(layers.MaxPooling2D()(three), 512)
    x = double_conv(layers.MaxPooling2D()(four), 1024)
    for c, across, margin in [(512, four, 4), (256, three, 16), (128, two, 40), (64, one, 88)]:
        x = layers.Conv2DTranspose(c, 2, strides=2)(x)
        x = double_conv(layers.Concatenate()([layers.Cropping2D(margin)(across), x]), c)
    return keras.Model(image, layers.Activation("softmax")(layers.Conv2D(2, 1)(x)))


def googlenet(keras: Any) -> Any:
    """Keras has no local response normalisation: an Identity holds its place. `same` rounds up as `ceil` does here."""
    layers = keras.layers

    def conv(x: Any, c: int, k: int, **options: Any) -> Any:
        return layers.Conv2D(c, k, padding="same", activation="relu", **options)(x)

    def pool(x: Any) -> Any:
        return layers.MaxPooling2D(3, 2, padding="same")(x)

    def inception(x: Any, c1: int, reduce3: int, c3: int, reduce5: int, c5: int, c: int) -> Any:
        pooled = layers.MaxPooling2D(3, 1, padding="same")(x)
        return layers.Concatenate()(
            [conv(x, c1, 1), conv(conv(x, reduce3, 1), c3, 3), conv(conv(x, reduce5, 1), c5, 5), conv(pooled, c, 1)]
        )

    def head(x: Any) -> Any:
        x = conv(layers.AveragePooling2D(5, 3)(x), 128, 1)
        x = layers.Dropout(0.7)(layers.Dense(1024, activation="relu")(layers.Flatten()(x)))
        return layers.Dense(1000, activation="softmax")(x)

    image = keras.Input((224, 224, 3))
    x = layers.Identity()(pool(conv(image, 64, 7, strides=2)))
    x = pool(layers.Identity()(conv(conv(x, 64, 1), 192, 3)))
    x = inception(x, 64, 96, 128, 16, 32, 32)
    x = pool(inception(x, 128, 128, 192, 32, 96, 64))
    a = inception(x, 192, 96, 208, 16, 48, 64)
    x = inception(a, 160, 112, 224, 24, 64, 64)
    x = inception(x, 128, 128, 256, 24, 64, 64)
    d = inception(x, 112, 144, 288, 32, 64, 64)
    x = pool(inception(d, 256, 160, 320, 32, 128, 128))
    x = inception(x, 256, 160, 320, 32, 128, 128)
    x = inception(x, 384, 192, 384, 48, 128, 128)
    x = layers.Flatten()(layers.Dropout(0.4)(layers.AveragePooling2D(7, 1)(x)))
    return keras.Model(image, [layers.Dense(1000, activation="softmax")(x), head(a), head(d)])


def resnet50_v1_5(keras: Any) -> Any:
    """Keras pads by a layer of its own, and archcalc in the convolution: where `same` gives another size, it is not used."""
    layers = keras.layers

    def conv_bn(x: Any, c: int, k: int, stride: int = 1) -> Any:
        return layers.BatchNormalization()(layers.Conv2D(c, k, strides=stride, padding="same", use_bias=False)(x))

    def relu(x: Any) -> Any:
        return layers.Activation("relu")(x)

    image = keras.Input((224, 224, 3))
    x = layers.MaxPooling2D(3, 2, padding="same")(relu(conv_bn(image, 64, 7, 2)))
    for i, n in enumerate([3, 4, 6, 3]):
        for j in range(n):
            c, stride = 64 * 2**i, 2 if i and not j else 1
            y = conv_bn(relu(conv_bn(relu(conv_bn(x, c, 1)), c, 3, stride)), 4 * c, 1)
            x = relu(layers.Add()([y, x if j else conv_bn(x, 4 * c, 1, stride)]))
    return keras.Model(image, layers.Dense(1000, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def transformer(keras: Any) -> Any:
    layers = keras.layers

    def joined(x: Any, y: Any) -> Any:
        return layers.LayerNormalization()(layers.Add()([x, layers.Dropout(0.1)(y)]))

    def feed_forward(x: Any) -> Any:
        return joined(x, layers.Dense(512)(layers.Dense(2048, activation="relu")(x)))

    def attention(x: Any, y: Any, **options: Any) -> Any:
        return joined(x, layers.MultiHeadAttention(8, 64)(x, y, **options))

    source, target = keras.Input((64, 512)), keras.Input((64, 512))
    x, y = layers.Dropout(0.1)(source), layers.Dropout(0.1)(target)
    for _ in range(6):
        x = feed_forward(attention(x, x))
    for _ in range(6):
        y = feed_forward(attention(attention(y, y, use_causal_mask=True), x))
    return keras.Model([source, target], y)


def bilstm_classifier(keras: Any) -> Any:
    layers = keras.layers
    words = keras.Input((200,))
    x = layers.Embedding(20000, 128)(words)
    x = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(x)
    x = layers.Bidirectional(layers.LSTM(64))(x)
    return keras.Model(words, layers.Dense(1, activation="sigmoid")(x))


def siamese(keras: Any) -> Any:
    layers = keras.layers
    twin = [
        layers.Conv2D(64, 10, activation="relu"), layers.MaxPooling2D(), layers.Conv2D(128, 7, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(128, 4, activation="relu"), layers.MaxPooling2D(), layers.Conv2D(256, 4, activation="relu"),
        layers.Flatten(), layers.Dense(4096, activation="sigmoid"),
    ]  # fmt: skip
    images = [keras.Input((105, 105, 1)), keras.Input((105, 105, 1))]
    seen = []
    for x in images:
        for layer in twin:
            x = layer(x)
        seen.append(x)
    distance = layers.Subtract()([layers.Maximum()(seen), layers.Minimum()(seen)])
    return keras.Model(images, layers.Dense(1, activation="sigmoid")(distance))


def image_and_metadata(keras: Any) -> Any:
    layers = keras.layers
    photo, facts = keras.Input((96, 96, 3)), keras.Input((12,))
    x = photo
    for c in (32, 64, 128):
        x = layers.Conv2D(c, 3, strides=2, padding="same", activation="relu")(x)
    both = layers.Concatenate()([layers.GlobalAveragePooling2D()(x), layers.Dense(32, activation="relu")(facts)])
    x = layers.Dropout(0.3)(layers.Dense(64, activation="relu")(both))
    return keras.Model([photo, facts], [layers.Dense(40, activation="softmax")(x), layers.Dense(1, activation="softplus")(x)])


# With True, arguments are compared too; without, Keras has no such layer, and another one of the same sizes takes its place.
def alexnet(keras: Any) -> Any:
    """On two GPUs. Keras has no local response normalisation: an Identity holds its place."""
    layers = keras.layers

    def conv(x: Any, c: int, k: int, pad: int = 0, **options: Any) -> Any:
        return layers.Conv2D(c, k, padding="same" if pad else "valid", activation="relu", **options)(x)

    def pool(x: Any) -> Any:
        return layers.MaxPooling2D(3, 2)(x)

    image = keras.Input((227, 227, 3))
    x = pool(layers.Identity()(conv(image, 96, 11, strides=4)))
    x = pool(layers.Identity()(conv(x, 256, 5, pad=2, groups=2)))
    x = conv(conv(x, 384, 3, pad=1), 384, 3, pad=1, groups=2)
    x = layers.Flatten()(pool(conv(x, 256, 3, pad=1, groups=2)))
    for _ in range(2):
        x = layers.Dropout(0.5)(layers.Dense(4096, activation="relu")(x))
    return keras.Model(image, layers.Dense(1000, activation="softmax")(x))


def fcn8s(keras: Any) -> Any:
    """As the authors' net.py for Caffe, whose first convolution pads by 100, and whose pooling rounds up."""
    layers = keras.layers

    def up(x: Any, k: int, stride: int) -> Any:
        return layers.Conv2DTranspose(21, k, stride, use_bias=False, trainable=False)(x)

    def crop(x: Any, *margins: int) -> Any:
        return layers.Cropping2D((margins, margins))(x)

    image = keras.Input((500, 500, 3))
    x, stages = layers.ZeroPadding2D(99)(image), []
    for n, c in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(n):
            x = layers.Conv2D(c, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2, padding="same")(x)
        stages.append(x)
    x = layers.Dropout(0.5)(layers.Conv2D(4096, 7, activation="relu")(x))
    x = layers.Dropout(0.5)(layers.Conv2D(4096, 1, activation="relu")(x))
    x = up(layers.Conv2D(21, 1)(x), 4, 2)
    x = up(layers.Add()([x, crop(layers.Conv2D(21, 1)(stages[3]), 5, 5)]), 4, 2)
    x = up(layers.Add()([x, crop(layers.Conv2D(21, 1)(stages[2]), 9, 9)]), 16, 8)
    return keras.Model(image, layers.Activation("softmax")(crop(x, 31, 37)))


MODELS: list[tuple[Callable[[Any], Any], bool]] = [
    (unet, True), (googlenet, False), (resnet50_v1_5, False), (transformer, True), (bilstm_classifier, True), (siamese, True),
    (image_and_metadata, True), (alexnet, False), (fcn8s, True),
]  # fmt: skip
