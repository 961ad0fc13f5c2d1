"""Embeddings: whole numbers become the vectors that stand at their places in a table. Nothing is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.argtypes import Count, Flag, Number
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.dense import adapted
from archcalc.registry import register
from archcalc.sizes import Shape, Size, require
from archcalc.spec import Example, Layer, Operation, Weight

if TYPE_CHECKING:
    from archcalc.reading import Reads

FAMILY = "dense"


@register
class Embedding(Layer):
    """A table of trained vectors, one for each word: what flows in are whole numbers, each the place of a vector.

    Looking up is no arithmetic: no units, connections or multiply-accumulates.
    """

    kind = "embedding"
    keras = "Embedding"
    field = "same"
    vocabulary: Size = arg(Count(), "number of words; what flows in is from 0 to one less", keras="input_dim", symbol="v")
    dim: Size = arg(Count(), "size of each vector", keras="output_dim", symbol="d")
    mask_zero: bool = arg(Flag(), "0 is padding, which later layers leave out", False)
    lora_rank: Size = arg(Count(), "freeze the table, and train an adaptation of this rank", None, symbol="r", positional=False)
    lora_alpha: Any = arg(Number(), "the adaptation is scaled by this over its rank; the rank, if not given", None, positional=False)
    examples = (
        Example("embedding 10000, 16", ((100,),), (100, 16)),
        Example("embedding 50, 8, mask_zero", ((3, 7),), (3, 7, 8)),
        Example("embedding 50, 8, lora_rank=2", ((7,),), (7, 8)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return (*inputs[0], self.dim)

    def kernel_end(self, out: Shape, *inputs: Shape) -> Size | None:
        return out[-1] if self.lora_rank is None else None

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        table = Weight("embeddings", (self.vocabulary,), self.dim)
        return adapted(table, self.lora_rank, (self.vocabulary,), self.dim)

    def indices(self) -> Size | None:
        return self.vocabulary


@register
class ReversibleEmbedding(Layer):
    """An embedding that can go backwards: with `reverse`, vectors become a score for each word (Press & Wolf 2017).

    Backwards, it multiplies by the table itself; with `notie_weights`, by another one, which it has as well.
    """

    kind = "reversible_embedding"
    keras = "ReversibleEmbedding"
    vocabulary: Size = arg(Count(), "number of words", keras="input_dim", symbol="v")
    dim: Size = arg(Count(), "size of each vector", keras="output_dim", symbol="d")
    tie_weights: bool = arg(Flag(), "one table for both directions", True)
    mask_zero: bool = arg(Flag(), "0 is padding, which later layers leave out", False)
    logit_soft_cap: Any = arg(Number(0), "backwards, scores are bent to stay below this", None, positional=False)
    reverse: bool = arg(Flag(), "from vectors to scores", False, called=True)
    examples = (
        Example("reversible_embedding 50, 8", ((7,),), (7, 8)),
        Example("reversible_embedding 50, 8, reverse", ((7, 8),), (7, 50)),
        Example("reversible_embedding 50, 8, reverse, notie_weights, logit_soft_cap=30", ((8,),), (50,)),
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        # Forwards it looks up, backwards it computes.
        vars(self).update(computes=self.reverse, multiplies=self.reverse)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if not self.reverse:
            return (*x, self.dim)
        read = x[-1]
        why = phrase("backwards, it reads vectors of {dim}, and what flows in has vectors of {read}", dim=self.dim, read=read)
        require(read == self.dim, "E311", at="dim", first="`dim`", second=phrase("what flows in"), why=why)
        return (*x[:-1], self.vocabulary)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import BY_WORD

        return (BY_WORD["features" if self.reverse else "same"](self, inputs[0]),)

    def kernel_end(self, out: Shape, *inputs: Shape) -> Size | None:
        return None if self.reverse else out[-1]

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        table = Weight("embeddings", (self.dim,), self.vocabulary)
        if self.tie_weights:
            return (table,)
        return (table._replace(positions=0), table._replace(name="reverse_embeddings"))

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        if not self.reverse or self.logit_soft_cap is None:
            return ()
        return (Operation("division, tanh and multiplication", 3),)

    def indices(self) -> Size | None:
        return None if self.reverse else self.vocabulary
