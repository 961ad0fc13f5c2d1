"""Classes whose config says something in another way than their kind does: what is changed before it is read. A line a class.

Old names of settings stand here too: those that Keras 2 wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Config = dict[str, Any]
Change = Callable[[Config], Config]


def _usual(**values: Any) -> Change:
    """Settings that the kind has no argument for, since they can have one value only."""
    return lambda config: {key: value for key, value in config.items() if key not in values or value != values[key]}


def _plain(config: Config) -> Config:
    """The settings that every layer has."""
    return {key: value for key, value in config.items() if key in ("name", "trainable", "dtype")}


def _renamed(**names: str) -> Change:
    """Settings that had another name."""
    return lambda config: {names.get(key, key): value for key, value in config.items()}


def _pair_is_ends(argument: str) -> Change:
    """Of one axis, two numbers are its two ends."""

    def change(config: Config) -> Config:
        value = config.get(argument)
        return config | {argument: [value]} if isinstance(value, list) and len(value) == 2 and not isinstance(value[0], list) else config

    return change


def _symmetric(argument: str) -> Change:
    """Pairs of ends that are the same: one number for each axis."""

    def change(config: Config) -> Config:
        value = config.get(argument)
        if isinstance(value, list) and all(isinstance(v, list) and len(v) == 2 and v[0] == v[1] for v in value):
            value = [v[0] for v in value]
            value = value[0] if len(set(map(str, value))) == 1 else value
        return config | {argument: value}

    return change


def _side_by_side(config: Config) -> Config:
    """Windows that stand side by side unless it is said."""
    return config | {"strides": None} if config.get("strides") == config.get("pool_size") else config


def _size_of_image(config: Config) -> Config:
    """Rows and columns, of which the second is the same unless it is given."""
    height, width = config.get("height"), config.get("width")
    changed = {**config, "height": [height, width]}
    return {key: value for key, value in changed.items() if key != "width"}


def _value_as_key(config: Config) -> Config:
    """Values are as long as keys unless it is said."""
    return config | {"value_dim": None} if config.get("value_dim") == config.get("key_dim") else config


def _slope(config: Config) -> Config:
    """A slope that an old version wrote as an array of one number."""
    changed = _renamed(alpha="negative_slope")(config)
    value = changed.get("negative_slope")
    if isinstance(value, dict):
        value = value.get("value", value.get("config"))
    return changed | {"negative_slope": value}


def _stored(config: Config) -> Config:
    """Mean and variance that were given: numbers, perhaps in lists of lists of length 1."""
    changed = dict(config)
    for key in ("mean", "variance"):
        value = changed.get(key)
        while isinstance(value, list) and len(value) == 1:
            value = value[0]
        changed[key] = value
    return changed


def _one_number(least: int, *arguments: str) -> Change:
    """Of a pair from `least` times a number up to it, the number: that is how it was given, and what it means."""

    def change(config: Config) -> Config:
        found = dict(config)
        for argument in arguments:
            value = found.get(argument)
            if (
                isinstance(value, list)
                and len(value) == 2
                and all(isinstance(v, int | float) for v in value)
                and value[0] == least * value[1]
            ):
                found[argument] = value[1]
        return found

    return change


def _vocabulary(config: Config) -> Config:
    """How many entries there are; of those that `adapt` found, the file says with how many others."""
    found = {key: value for key, value in config.items() if key not in LOOKUP}
    entries, size, more = config.get("vocabulary"), config.get("vocabulary_size"), config.get("num_oov_indices", 1)
    if isinstance(entries, list):
        found["vocabulary"] = len(entries)
    elif entries is None and isinstance(size, int) and isinstance(more, int):
        masked = config.get("mask_token") is not None and config.get("output_mode") == "int"
        found["vocabulary"] = size - more - masked if size > more + masked else None
    return found


# Settings that say which entries there are and how they are found: the figures depend on how many alone.
LOOKUP = ("oov_token", "mask_token", "vocabulary_dtype", "vocabulary_size", "idf_weights", "oov_method", "salt", "encoding")


def _arrays(config: Config) -> Config:
    """Arrays as lists of their numbers."""
    return {k: v["config"].get("value") if _is_array(v) else v for k, v in config.items()}


def _is_array(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class_name") in ("__numpy__", "__tensor__") and isinstance(value.get("config"), dict)


def _along_one_axis(*arguments: str) -> Change:
    """Arrays that lie along one axis, as lists in lists of length 1: their numbers, and the axis."""

    def change(config: Config) -> Config:
        found = dict(config)
        for argument in arguments:
            if argument in found:
                found[argument], axis = _line(found[argument])
                found |= {} if axis is None else {"axis": axis}
        return found

    return change


def _line(value: Any) -> tuple[Any, int | None]:
    """Of nested lists of which one is longer than 1, its entries, and its axis from the end; of others, what they are."""
    lengths = []
    inner = value
    while isinstance(inner, list) and inner:
        lengths.append(len(inner))
        inner = inner[0]
    long = [i for i, n in enumerate(lengths) if n > 1]
    if len(lengths) < 2 or len(long) > 1:
        return value, None
    at = long[0] if long else len(lengths) - 1
    for _ in range(at):
        value = value[0]
    flat = [_first(v) for v in value]
    return (flat if long else flat[0]), at - len(lengths) if long else None


def _first(value: Any) -> Any:
    while isinstance(value, list) and value:
        value = value[0]
    return value


CHANGES: dict[str, tuple[Change, ...]] = {
    "ZeroPadding1D": (_pair_is_ends("padding"), _symmetric("padding")),
    "ZeroPadding2D": (_symmetric("padding"),),
    "ZeroPadding3D": (_symmetric("padding"),),
    "Cropping1D": (_pair_is_ends("cropping"), _symmetric("cropping")),
    "Cropping2D": (_symmetric("cropping"),),
    "Cropping3D": (_symmetric("cropping"),),
    **dict.fromkeys((f"{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)), (_side_by_side,)),
    "Resizing": (_size_of_image,),
    "CenterCrop": (_size_of_image,),
    "LeakyReLU": (_slope,),
    "ThresholdedReLU": (_renamed(theta="threshold"),),
    **dict.fromkeys((f"{kind}Conv{rank}D" for kind in ("Depthwise", "Separable") for rank in (1, 2)), (_usual(groups=1),)),
    "MultiHeadAttention": (_value_as_key,),
    # Keras 2 writes groups of a transposed convolution, and always has one
    **dict.fromkeys((f"Conv{rank}DTranspose" for rank in (1, 2, 3)), (_usual(groups=1),)),
    "Normalization": (_arrays, _stored),
    "Rescaling": (_arrays, _along_one_axis("scale", "offset")),
    "Discretization": (_arrays,),
    "LayerScale": (lambda config: {"initial": config["init_values"], **_plain(config)},),
    "StochasticDepth": (_renamed(drop_path_rate="rate"),),
    "IntegerLookup": (_vocabulary,),
    "STFTSpectrogram": (lambda config: config | {"scaling": config.get("scaling") or "unscaled"},),
    "RandomShear": (_one_number(-1, "x_factor", "y_factor"),),
    **dict.fromkeys(
        ("RandomRotation", "RandomBrightness", "RandomSaturation", "RandomColorDegeneration"),
        (_one_number(-1, "factor"),),
    ),
    **dict.fromkeys(
        (
            "RandomPerspective",
            "RandAugment",
            "AugMix",
            "RandomContrast",
            "RandomHue",
            "RandomSharpness",
            "RandomInvert",
            "RandomGaussianBlur",
        ),
        (_one_number(0, "factor"),),
    ),
    **dict.fromkeys(("RandomElasticTransform", "RandomErasing"), (_one_number(0, "factor", "scale"),)),
    "Solarization": (_one_number(0, "addition_factor", "threshold_factor"),),
}


def changed(class_name: str, config: Config, rank: int | None, shape: tuple[int | None, ...] | None) -> Config:
    """The config as the kind's declaration reads it; `rank` axes flow in, of this `shape`, with the batch, where that is known."""
    for change in CHANGES.get(class_name, ()):
        config = change(config)
    if config.get("noise_shape"):
        config = _without_batch(config, "noise_shape", shape or ())
    if rank is not None and config.get("attention_axes") == list(range(1, rank - 1)):
        config = config | {"attention_axes": None}  # all but the batch and the last, as if it were not said
    return config


def _without_batch(config: Config, argument: str, shape: tuple[int | None, ...]) -> Config:
    """A shape with the batch first, where None is as long as the axis is. One that cannot be said so is another setting."""
    value = config[argument]
    if not isinstance(value, list):
        return config
    sizes = [n if n is not None or i >= len(shape) else shape[i] for i, n in enumerate(value)]
    if value[0] is not None or len(value) < 2 or None in sizes[1:]:
        return {**config, argument: None, f"{argument}, with the batch": value}
    return {**config, argument: sizes[1:]}


# Classes that are not Keras 3's own, those of its applications above all, by what their config holds: the kind that does the same.
ELSEWHERE = {
    "LayerScale": ("layer_scale", {"init_values", "projection_dim"}),
    "StochasticDepth": ("stochastic_depth", {"drop_path_rate"}),
    "ThresholdedReLU": ("relu", {"theta"}),  # of Keras 2
}


def known_as(class_name: str, config: Config) -> str:
    """The kind that such a class is; "" for any other."""
    kind, settings = ELSEWHERE.get(class_name, ("", set()))
    return kind if kind and settings <= config.keys() else ""
