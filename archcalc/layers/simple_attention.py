"""Attention without projections and without heads: the queries, values and keys are the inputs as they are."""

from __future__ import annotations

from typing import Any

from archcalc.argtypes import Choice, Flag, Number
from archcalc.arguments import arg
from archcalc.layers.attention import Attending
from archcalc.registry import register
from archcalc.sizes import Shape, Size, prod
from archcalc.spec import Example, Operation, Product, Weight

FAMILY = "attention"


class Scoring(Attending):
    """Base: no projections and no heads; the last two axes are steps and features, those before them go along."""

    scores: bool

    def shape(self, *inputs: Shape) -> Shape:
        roles = self.roles(inputs)
        last = len(roles.query) - 1
        for other in ("value", "key"):
            self.same(roles, "query", other, *range(last - 1), spread=True)
        self.same(roles, "query", "key", last)
        self.same(roles, "value", "key", last - 1)
        return (*roles.query[:-1], roles.value[-1])

    def count(self, inputs: tuple[Shape, ...]) -> Size:
        """How many scores there are: of each query step with each key step."""
        return prod(inputs[0][:-1]) * self.roles(inputs)[1][-2]

    def parts(self, out: Shape, *inputs: Shape) -> dict[str, Shape]:
        query, value, _ = self.roles(inputs)
        return {"scores": (*query[:-1], value[-2])} if self.scores else {}


@register
class Attention(Scoring):
    """Dot-product attention without projections: queries by keys, and the scores by values (Luong et al. 2015).

    With `concat`, a score is the sum of tanh(query + key), times a trained number. `scale` trains one more. The softmax
    costs one operation for each score.
    """

    kind = "attention"
    keras = "Attention"
    scale: bool = arg(Flag(), "train one number that the scores are multiplied by", False, keras="use_scale")
    mode: str = arg(Choice("dot", "concat"), "how a query and a key are compared", "dot", keras="score_mode")
    dropout: Any = arg(Number(0, 1), "share of the weights dropped in training", 0, positional=False)
    causal: bool = arg(Flag(), "no step attends to a later one", False, keras="use_causal_mask", called=True)
    scores: bool = arg(Flag(), "put out the weights as well: `NAME.scores`", False, keras="return_attention_scores", called=True)
    examples = (
        Example("attention", ((10, 16),), (10, 16)),
        Example("attention scale, causal", ((5, 4), (7, 4)), (5, 4)),
        Example("attention concat, scale, scores", ((5, 4), (7, 3), (7, 4)), (5, 3)),
        Example("attention", ((2, 5, 4), (1, 7, 4)), (2, 5, 4)),
    )

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        names = [name for name, on in (("scale", self.scale), ("concat_score_weight", self.mode == "concat")) if on]
        return tuple(Weight(name, (), positions=0) for name in names)  # numbers that scale are no edges

    def products(self, out: Shape, *inputs: Shape) -> tuple[Product, ...]:
        scores = self.count(inputs)
        values = Product("scores by values", scores * out[-1])
        return (values,) if self.mode == "concat" else (Product("queries by keys", scores * inputs[0][-1]), values)

    def edges(self, out: Shape, *inputs: Shape) -> Size:
        return self.count(inputs) * inputs[0][-1] if self.mode == "concat" else 0

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        scores = self.count(inputs)
        if self.mode == "dot":
            return (Operation("scaling and softmax", 1 + self.scale, scores),)
        # The sum has one addition less than there are features; the trained factor makes up for it.
        each = Operation("sums and tanh", 3 + self.scale, scores * inputs[0][-1])
        return (each, Operation("softmax", 1, scores))


@register
class AdditiveAttention(Scoring):
    """Additive attention without projections: a score is the weighted sum of tanh(query + key) (Bahdanau et al. 2015).

    `noscale` leaves out the trained weights of that sum. The softmax costs one operation for each score.
    """

    kind = "additive_attention"
    keras = "AdditiveAttention"
    scale: bool = arg(Flag(), "train a weight for each feature", True, keras="use_scale")
    dropout: Any = arg(Number(0, 1), "share of the weights dropped in training", 0, positional=False)
    causal: bool = arg(Flag(), "no step attends to a later one", False, keras="use_causal_mask", called=True)
    scores: bool = arg(Flag(), "put out the weights as well: `NAME.scores`", False, keras="return_attention_scores", called=True)
    examples = (
        Example("additive_attention", ((10, 16),), (10, 16)),
        Example("additive_attention noscale, scores", ((5, 4), (7, 3), (7, 4)), (5, 3)),
    )

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("scale", inputs[0][-1:], positions=self.count(inputs)),) if self.scale else ()

    def products(self, out: Shape, *inputs: Shape) -> tuple[Product, ...]:
        return (Product("scores by values", self.count(inputs) * out[-1]),)

    def edges(self, out: Shape, *inputs: Shape) -> Size:
        return 0 if self.scale else self.count(inputs) * inputs[0][-1]

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        scores = self.count(inputs)
        features = scores * inputs[0][-1]
        if self.scale:  # the weighted sum is a multiply-accumulate
            return (Operation("additions and tanh", 2, features), Operation("softmax", 1, scores))
        # one addition less than there are features in the sum, and the softmax
        return (Operation("sums, tanh and softmax", 3, features),)
