"""What a layer kind is: one declaration, from which everything else is derived.

A kind is a class: its docstring is its prose, its `arg(...)` attributes are its arguments, and its methods say what comes
out (`shape`), what it learns (`weights`), which window it slides (`windows`). Parameters, connections, MACs, argument
checking, suggestions, the docs page and the Keras call are folds over these (analysis/, binding.py, codegen/).

Rules see one sample, channels last, without the batch: `(rows, columns, channels)`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar

from archcalc.activations import FUNCTIONS, Function
from archcalc.arguments import Arg
from archcalc.languages import phrase
from archcalc.sizes import Shape, Size, prod
from archcalc.terms import Example, Operation, Product, Weight, as_frozen
from archcalc.values import is_integer
from archcalc.windows import Window

__all__ = ["FROZEN", "Example", "Layer", "Operation", "Part", "Product", "Weight", "Wrapper", "as_frozen"]

FROZEN = "frozen"

if TYPE_CHECKING:
    from archcalc.reading import Reads
    from archcalc.taps import Tapped


class Layer:
    """Base of all kinds. An instance holds the arguments given; the class holds the defaults."""

    # Set by the declaration.
    kind: ClassVar[str] = ""
    keras: ClassVar[str | None] = None  # Keras's class; {rank} stands for the number of spatial axes
    aliases: ClassVar[tuple[str, ...]] = ()
    elsewhere: ClassVar[tuple[str, ...]] = ()  # what papers and other libraries call it: only to say what it is called here
    inputs: ClassVar[tuple[int, int | None]] = (1, 1)  # fewest and most; None: no limit
    computes: ClassVar[bool] = False  # its outputs are units, and its edges connections
    multiplies: ClassVar[bool] = False  # its weights are multiplied and accumulated: MACs
    view: ClassVar[bool] = False  # needs no memory of its own at inference
    # What one output value reads of each axis that flows in: a word of reading.BY_WORD, unless `fields` says it.
    field: ClassVar[str] = ""
    turns: ClassVar[bool] = False  # it has spatial axes and channels, so what it sees follows the network's layout
    activates: ClassVar[bool] = False  # all that it does is to apply a function
    reads_last: ClassVar[bool] = False  # each unit reads the last axis, whichever axes stand before it
    shifts: ClassVar[bool] = False  # `bias` is one for each channel, added after all else but the activation
    examples: ClassVar[tuple[Example, ...]] = ()

    # Set by `register`.
    family: ClassVar[str] = ""
    args: ClassVar[tuple[Arg, ...]] = ()

    # The ranks in which Keras has the class; its names pin one: Conv2D on one spatial axis is a mistake.
    ranks: ClassVar[tuple[int, ...]] = (1, 2, 3)
    rank: int | None = None
    # Figures of its row that its line leaves open: unknown, and not 0.
    untold: tuple[str, ...] = ()
    # The argument of that name, which `declare` gives to every kind that has weights.
    trainable: Any = None

    def __init__(self, **given: Any) -> None:
        vars(self).update(given)

    def shape(self, *inputs: Shape) -> Shape:
        """The output shape. Refuses what does not fit."""
        raise NotImplementedError

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        """What it learns or stores, in Keras's order, as if it were not frozen. Passes ask for `stored`."""
        return ()

    @property
    def frozen(self) -> bool:
        """Whether training leaves all of its weights as they are."""
        return isinstance(self.trainable, str) and self.trainable == FROZEN

    def stored(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        """Its weights, as they are in the network: none of a frozen layer is trained."""
        weights = self.weights(out, *inputs)
        return as_frozen(weights) if self.frozen else weights

    def windows(self, *inputs: Shape) -> tuple[Window, ...]:
        """The window that slides along each spatial axis, if one does."""
        return ()

    def tapped(self, out: Shape, *inputs: Shape) -> tuple[Tapped, ...]:
        """The edges of its windows' taps, among which are those that fall on padding: declared by what slides and computes."""
        return ()

    def reads(self, out: Shape, *inputs: Shape) -> Size:
        """Input values that one output value reads without a weight (pooling, merges)."""
        return 0

    def edges(self, out: Shape, *inputs: Shape) -> Size:
        """Edges without a weight, in all; declared where not every output value reads equally many."""
        reads = self.reads(out, *inputs)
        return 0 if isinstance(reads, int) and reads == 0 else reads * prod(out)

    def products(self, out: Shape, *inputs: Shape) -> tuple[Product, ...]:
        """Multiply-accumulates without a weight."""
        return ()

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        """Arithmetic on each output value besides MACs and biases: the `activation` argument's, where there is one."""
        return () if getattr(self, "activation", None) in (None, "linear") else (Operation("activation", 1),)

    def applied(self) -> Function | None:
        """The function that every value comes out of; None where that is not known."""
        return FUNCTIONS[getattr(self, "activation", None) or "linear"] if any(a.name == "activation" for a in self.args) else None

    def along(self, out: Shape) -> Shape:
        """The lengths of the axes along which that function takes values together, if it does."""
        return out[-1:]

    def carries_shifts(self) -> bool:
        """Whether what is added to all values of a channel is in each value of it that comes out, as it was."""
        return False

    def centred(self, x: Shape) -> tuple[int, ...] | None:
        """The axes along which each place has a mean of its own taken away; None where no mean is."""
        return None

    def channel_axes(self) -> tuple[int, int] | None:
        """Where a channels-first network has the channels that the rules have last: among the axes in, and out."""
        return (0, 0) if self.turns else None

    def parts(self, out: Shape, *inputs: Shape) -> dict[str, Shape]:
        """What it puts out besides its output, by name: the states of a recurrent layer that returns them."""
        return {}

    def announced(self, *inputs: Shape) -> dict[str, Shape]:
        """The sizes of such parts that Keras announces, where others may come out."""
        return {}

    def kernel_end(self, out: Shape, *inputs: Shape) -> Size | None:
        """How long the last axis of its kernel is in Keras; None where it has none there, or several."""
        return None

    def indices(self) -> Size | None:
        """How many entries it looks up, where it reads whole numbers as their indices; None where it reads values."""
        return None

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        """Of each input, what one output value reads along each of its axes. Refuses where a size is free that it depends on."""
        from archcalc.reading import BY_WORD  # seldom needed

        return tuple(BY_WORD[self.field](self, x) for x in inputs)

    def reaches(self, out: Shape, *inputs: Shape) -> Shape:
        """How many positions of the first input a value reads along each spatial axis, where that is no one window's; else ()."""
        return ()

    @property
    def title(self) -> str:
        """What it is, for a table."""
        return self.kind

    @classmethod
    def summary(cls) -> str:
        """The first line of its prose."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    def given(self) -> dict[str, Any]:
        """The arguments that were given, by name."""
        return {a.name: vars(self)[a.name] for a in self.args if a.name in vars(self)}

    def rank_of(self, *inputs: Shape) -> int:
        """How many spatial axes flow in."""
        return len(inputs[0]) - 1 if inputs else 0

    def settings(self, *inputs: Shape) -> dict[str, Any]:
        """All arguments with their values, those of each axis written out; without those that are off."""
        rank = self.rank_of(*inputs)
        shown = ((a.name, a.type.settled(getattr(self, a.name), rank)) for a in self.args)
        return {name: value for name, value in shown if value is not None}

    def with_sizes(self, change: Callable[[Arg, Size, int | None], Size]) -> Layer:
        """The same layer with each integer among its size arguments replaced: by a column, a traced integer.

        `change(argument, size, axis)`: the axis is None where one value holds for all.
        """
        other = type(self)(**vars(self))
        for a in self.args:
            # A stride belongs in a formula even where it is not given.
            value = getattr(self, a.name) if a.slash else vars(self).get(a.name)
            if value is not None and a.type.sizes:
                vars(other)[a.name] = _each_integer(value, partial(change, a), None)
        return other


def _each_integer(value: Any, change: Callable[[Size, int | None], Size], axis: int | None) -> Any:
    if isinstance(value, tuple):
        alike = len(set(value)) == 1
        return tuple(_each_integer(v, change, axis if alike else i) for i, v in enumerate(value))
    # A negative number is no size, but a mark such as the -1 of `reshape`.
    return change(value, axis) if is_integer(value) and (value < 0) is not True else value


class Wrapper(Layer):
    """Base of kinds that stand around others: `bidirectional { lstm 64 }`. `layers` are what stands inside.

    With `single`, each layer of the body gets a wrapper of its own; without, one wrapper holds them all.
    """

    single: ClassVar[bool] = True
    layers: tuple[Layer, ...] = ()

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        if self.frozen:  # all that stands inside is, which Keras has to be told of each
            vars(self)["layers"] = tuple(map(_frozen, self.layers))
        traits = ("computes", "multiplies", "view")
        vars(self).update({trait: any(getattr(layer, trait) for layer in self.layers) for trait in traits})
        vars(self)["untold"] = tuple(dict.fromkeys(figure for layer in self.layers for figure in layer.untold))

    @property
    def inner(self) -> Layer:
        """What stands inside, where it is one."""
        return self.layers[0]

    def applied(self) -> Function | None:
        return self.inner.applied() if self.single and self.layers else None

    @property
    def title(self) -> str:
        """Its kind, and what stands inside: `bidirectional lstm`, `stacked_rnn 2 lstm, gru`."""
        runs = ((title, len(list(run))) for title, run in groupby(layer.title for layer in self.layers))
        return f"{self.kind} {', '.join(title if times == 1 else f'{times} {title}' for title, times in runs)}"

    def channel_axes(self) -> tuple[int, int] | None:
        return self.inner.channel_axes()

    @classmethod
    def refusal(cls, layer: Layer) -> str:
        """Why it cannot stand around this layer; "" if it can."""
        if layer.inputs[0] == 1:
            return ""
        return (
            phrase("{kind} reads several inputs", kind=layer.kind) if layer.inputs[0] else phrase("{kind} reads nothing", kind=layer.kind)
        )

    def indices(self) -> Size | None:
        return self.layers[0].indices() if self.layers else None

    def inside(self, x: Shape) -> Shape:
        """What flows into the layers inside, of what flows in."""
        return x

    def settings(self, *inputs: Shape) -> dict[str, Any]:
        inputs = tuple(map(self.inside, inputs))
        return {**super().settings(*inputs), "layers": [{"kind": layer.kind, **layer.settings(*inputs)} for layer in self.layers]}

    def with_sizes(self, change: Callable[[Arg, Size, int | None], Size]) -> Layer:
        other = super().with_sizes(change)
        return type(self)(**{**vars(other), "layers": tuple(layer.with_sizes(change) for layer in self.layers)})


def _frozen(layer: Layer) -> Layer:
    """The same layer, frozen; as it is, where it has no weights."""
    return type(layer)(**{**vars(layer), "trainable": FROZEN}) if any(a.name == "trainable" for a in layer.args) else layer


class Part(Layer):
    """One more output of a layer, which its rule gives the size of: `encoder.state_h`."""

    kind = "part"
    size: Shape = ()

    def shape(self, *inputs: Shape) -> Shape:
        return self.size
