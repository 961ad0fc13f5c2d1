"""Categories as numbers: what a network's first layers make of integers and of measured values.

They learn nothing: a vocabulary or boundaries are given, or found before training by Keras's `adapt`. The figures are of
dense arrays; Keras's `sparse` is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.argtypes import Choice, Count, Flag, Number
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.options import Integers, Numbers
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, require
from archcalc.spec import Example, Layer

if TYPE_CHECKING:
    from archcalc.reading import Reads

CODES = ("one_hot", "multi_hot", "count")
MODE = "the category's number, one_hot, multi_hot (which are there), or count (how often)"


class Encoding(Layer):
    """Base: categories stay numbers, or become rows as long as there are categories."""

    field = "same"
    mode: str = "int"

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if self.mode == "int":
            return x
        return self.one_hot(x, self.depth()) if self.mode == "one_hot" else self.together(x, self.depth())

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import Along, whole

        x = inputs[0]
        if self.mode in ("int", "one_hot"):  # a last axis that gives way to the row has one place
            return (tuple(Along(i) if i < len(out) - (self.mode != "int") else whole(n) for i, n in enumerate(x)),)
        return ((whole(x[0]), *map(Along, range(len(x) - 1))),)

    def depth(self) -> Size:
        """How many categories there are."""
        raise NotImplementedError

    def one_hot(self, x: Shape, depth: Size) -> Shape:
        """A row for each category that flows in. A last axis of length 1 gives way to it, as in Keras."""
        if (x[-1] == 1) is True:
            return (*x[:-1], depth)
        # Whether the axis gives way decides how many axes come out, and a column of sizes has one answer for all.
        require(x[-1] != 1, "E302", kind=self.kind, wanted=phrase("a last axis that is 1 throughout or nowhere"), shape=x)
        return (*x, depth)

    def together(self, x: Shape, depth: Size) -> Shape:
        """One row for all categories of a sample."""
        if len(x) != 1:
            raise Refusal(
                "E302",
                kind=phrase("{kind} with `{mode}`", kind=self.kind, mode=self.mode),
                wanted=phrase("one axis: the categories of a sample"),
                shape=x,
            )
        return (depth,)


@register
class CategoryEncoding(Encoding):
    """Categories, numbered from 0, become rows of 0 and 1: each its own (one_hot), or all of a sample together.

    `multi_hot` marks which are there, `count` says how often.
    """

    kind = "category_encoding"
    keras = "CategoryEncoding"
    tokens: Size = arg(Count(), "how many categories there are", keras="num_tokens", symbol="k")
    mode: str = arg(Choice(*CODES), "one_hot, multi_hot (which are there), or count (how often)", "multi_hot", keras="output_mode")
    examples = (
        Example("category_encoding 10", ((4,),), (10,)),
        Example("category_encoding 10, one_hot", ((6,),), (6, 10)),
        Example("category_encoding 7, count", ((5,),), (7,)),
    )

    def depth(self) -> Size:
        return self.tokens

    def indices(self) -> Size | None:
        return self.tokens


@register
class Discretization(Encoding):
    """Measured values become the numbers of the bins that they fall into.

    The bins lie between boundaries that are given, or as many are found by `adapt` as `bins` says; generated code, which
    runs as it stands, needs boundaries. With `multi_hot` and `count` the first axis is a sample's.
    """

    kind = "discretization"
    keras = "Discretization"
    boundaries: Any = arg(Numbers(single=False), "where one bin ends and the next begins, ascending", None, keras="bin_boundaries")
    bins: Size = arg(Count(), "how many bins `adapt` makes", None, keras="num_bins", symbol="k")
    epsilon: Any = arg(Number(0, 1), "how exact `adapt` is", 0.01, positional=False)
    mode: str = arg(Choice("int", *CODES), MODE, "int", keras="output_mode")
    examples = (
        Example("discretization [0, 0.5, 1]", ((5,),), (5,)),
        Example("discretization [18, 30, 50, 65], one_hot", ((6,),), (6, 5)),
        Example("discretization [0, 1], count", ((4, 9),), (9, 3)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        if self.boundaries is not None and self.bins is not None:
            raise Refusal("E311", at="bins", first="`boundaries`", second="`bins`", why=phrase("boundaries say how many bins there are"))
        if self.boundaries is None and self.bins is None:
            raise Refusal(
                "E112", kind=self.kind, name=phrase("`boundaries` or `bins`"), prose=phrase("the boundaries of the bins, or how many bins")
            )
        for a, b in zip(self.boundaries or (), (self.boundaries or ())[1:], strict=False):
            if a > b:
                raise Refusal(
                    "E121",
                    at="boundaries",
                    argument="`boundaries`",
                    got=phrase("{a} before {b}", a=a, b=b),
                    says=phrase("numbers that ascend"),
                )
        return super().shape(*inputs)

    def depth(self) -> Size:
        return self.bins if self.boundaries is None else len(self.boundaries) + 1

    def together(self, x: Shape, depth: Size) -> Shape:
        return (*x[1:], depth)


@register
class Hashing(Encoding):
    """Categories of any kind become numbers below `bins`, by a hash: two may share one."""

    kind = "hashing"
    keras = "Hashing"
    bins: Size = arg(Count(), "how many numbers there are", keras="num_bins", symbol="k")
    mask_value: Any = arg(Integers(), "a value that becomes 0 and shares with no other", None, positional=False)
    mode: str = arg(Choice("int", *CODES), MODE, "int", keras="output_mode")
    examples = (
        Example("hashing 100", ((5, 4),), (5, 4)),
        Example("hashing 16, multi_hot", ((5,),), (16,)),
        Example("hashing 16, one_hot", ((5, 1),), (5, 16)),
    )

    def depth(self) -> Size:
        return self.bins

    def one_hot(self, x: Shape, depth: Size) -> Shape:
        # Keras says that a longer axis gives way too, and then keeps it.
        longer = "x".join(map(str, (*x, 1)))
        wanted = phrase("a last axis of length 1, which the row takes the place of")
        require(
            x[-1] == 1,
            "E302",
            kind=phrase("hashing with `one_hot`"),
            wanted=wanted,
            shape=x,
            fixes=(phrase("`reshape {longer}` before it", longer=longer),),
        )
        return (*x[:-1], depth)


@register
class HashedCrossing(Layer):
    """Two categories become one number below `bins`, by a hash of both: `from a, b`."""

    kind = "hashed_crossing"
    keras = "HashedCrossing"
    field = "whole"
    inputs = (2, 2)
    bins: Size = arg(Count(), "how many numbers there are", keras="num_bins", symbol="k")
    mode: str = arg(Choice("int", "one_hot"), "the number, or a row with a 1 at its place", "int", keras="output_mode")
    examples = (
        Example("hashed_crossing 10", ((1,), (1,)), (1,)),
        Example("hashed_crossing 10, one_hot", ((1,), (1,)), (10,)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        for x in inputs:
            wanted = phrase("one value for each sample from both")
            if len(x) != 1:
                raise Refusal("E302", kind=self.kind, wanted=wanted, shape=x)
            require(x[0] == 1, "E302", kind=self.kind, wanted=wanted, shape=x)
        return inputs[0] if self.mode == "int" else (self.bins,)

    def indices(self) -> Size | None:
        return self.bins


@register
class IntegerLookup(Encoding):
    """Whole numbers of a vocabulary become their places in it; others (out of vocabulary) have `oov` places before it.

    `vocabulary` is how many there are: generated code has 0, 1, 2, ..., and idf weights of 1, for you to put your own there.
    Without it, Keras's `adapt` finds the vocabulary before training, and there is no code that runs as it stands.
    """

    kind = "integer_lookup"
    keras = "IntegerLookup"
    vocabulary: Size = arg(Count(), "how many whole numbers are in the vocabulary", None, symbol="v")
    max_tokens: Size = arg(Count(2), "the most places there may be, those of `oov` among them", None, positional=False, symbol="m")
    oov: Size = arg(Count(0), "places for what is not in the vocabulary", 1, keras="num_oov_indices", positional=False)
    invert: bool = arg(Flag(), "places become numbers again", False)
    mode: str = arg(Choice("int", *CODES, "tf_idf"), f"{MODE}, or tf_idf (count, weighted)", "int", keras="output_mode")
    pad_to_max_tokens: bool = arg(Flag(), "rows are as long as `max_tokens` says", False)
    examples = (
        Example("integer_lookup 1000", ((20,),), (20,)),
        Example("integer_lookup 30, oov=2, one_hot", ((6,),), (6, 32)),
        Example("integer_lookup 30, max_tokens=50, pad_to_max_tokens, multi_hot", ((6,),), (50,)),
        Example("integer_lookup 30, tf_idf", ((6,),), (31,)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        if self.invert and self.mode != "int":
            raise Refusal(
                "E311", at="invert", first="`invert`", second=f"`{self.mode}`", why=phrase("only a place can become a number again")
            )
        if self.pad_to_max_tokens and self.max_tokens is None:
            raise Refusal(
                "E112", kind=phrase("integer_lookup with `pad_to_max_tokens`"), name="`max_tokens`", prose=phrase("the length of a row")
            )
        if self.vocabulary is not None and self.max_tokens is not None:
            why = phrase("the vocabulary takes {vocabulary} places, and `oov` {oov}", vocabulary=self.vocabulary, oov=self.oov)
            facts = {"first": f"`max_tokens={self.max_tokens}`", "second": f"`vocabulary={self.vocabulary}`", "why": why}
            require(self.vocabulary + self.oov <= self.max_tokens, "E311", at="max_tokens", **facts)
        return super().shape(*inputs)

    def depth(self) -> Size:
        if self.pad_to_max_tokens:
            return self.max_tokens
        if self.vocabulary is None:
            name = "`vocabulary`, or `max_tokens` and `pad_to_max_tokens`"
            raise Refusal("E112", kind=phrase("integer_lookup with `{mode}`", mode=self.mode), name=name, prose=phrase("how long a row is"))
        return self.vocabulary + self.oov

    def indices(self) -> Size | None:
        return self.vocabulary
