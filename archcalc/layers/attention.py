"""Attention: values are summed, each as heavy as its key is alike to the query. Every query attends to every key.

Of the inputs, the first is the query, the second the value, and the third the key, which is the value where none is given.
A single input attends to itself. Masks leave out no arithmetic: what they hide is computed, and then counts for nothing. So
all products are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from archcalc.argtypes import Axes, Choice, Count, Flag, Number, WholeShape, counted
from archcalc.arguments import arg
from archcalc.languages import mark, phrase
from archcalc.layers.axes import axis_of
from archcalc.layers.merging import Differ
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, prod, require
from archcalc.spec import Example, Layer, Operation, Product, Weight
from archcalc.values import said

if TYPE_CHECKING:
    from archcalc.reading import Reads


class Roles(NamedTuple):
    """What flows in, by what it is there for."""

    query: Shape
    value: Shape
    key: Shape


ROLES = {"query": mark("the query {shape}"), "value": mark("the value {shape}"), "key": mark("the key {shape}")}


class Said(NamedTuple):
    """An input in words, if it comes to that: the query 10x64."""

    role: str
    shape: Shape

    def __str__(self) -> str:
        return phrase(ROLES[self.role], shape="x".join(map(str, self.shape)))


def _with_a_feature(n: int) -> str:
    return (
        phrase("`reshape 1x1` makes 1 step of one feature")
        if n == 1
        else phrase("`reshape {n}x1` makes {n} steps of one feature each", n=n)
    )


class Attending(Layer):
    """Base: which input is the query, the value and the key, and what must be equal in them."""

    inputs: ClassVar[tuple[int, int | None]] = (1, 3)
    computes = True
    multiplies = True

    def roles(self, inputs: tuple[Shape, ...]) -> Roles:
        """Query, value and key. Refuses those without steps, and those of different ranks."""
        value = inputs[min(1, len(inputs) - 1)]
        roles = Roles(inputs[0], value, inputs[2] if len(inputs) > 2 else value)
        for role, x in roles._asdict().items():
            if len(x) < 2:
                fixes = tuple(_with_a_feature(n) for n in x if type(n) is int)
                raise Refusal("E302", kind=self.kind, wanted=phrase("two axes or more, steps and features"), shape=x, fixes=fixes)
            if len(x) != len(roles.query):
                facts = {"left": Said("query", roles.query), "right": Said(role, x)}
                raise Refusal("E307", kind=self.kind, problem=phrase("{one} and {other} axes", one=len(roles.query), other=len(x)), **facts)
        return roles

    def same(self, roles: Roles, one: str, other: str, *axes: int, spread: bool = False) -> None:
        """Refuse two inputs that differ in one of these axes; with `spread`, the other may have a 1 there."""
        left, right = getattr(roles, one), getattr(roles, other)
        for i in axes:
            m, n = left[i], right[i]
            fits = (m == n) | (n == 1) if spread else m == n
            facts = {"left": Said(one, left), "right": Said(other, right), "problem": Differ(i, m, n)}
            require(fits, "E307", kind=self.kind, **facts)

    def attended(self, query: Shape) -> tuple[int, ...]:
        """The axes that are steps."""
        return (len(query) - 2,)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import BY_WORD, Along, attended_to

        query, others = inputs[0], inputs[1:] or inputs[:1]
        near = getattr(self, "sliding_window", None)
        steps = self.attended(query)
        own = BY_WORD["features"](self, query)
        read = tuple(attended_to(x, query, steps, near, bool(getattr(self, "causal", False))) for x in others)
        if len(inputs) > 2 and not isinstance(self, Projecting):  # then nothing mixes the values' features
            read = ((*read[0][:-1], Along(len(out) - 1)), read[1])
        return (own, *read) if len(inputs) > 1 else read  # each step attends to itself, too


class Projecting(Attending):
    """Base: query, key and value go through dense layers first, and what the heads put out through one more."""

    bias: str

    def projection(self, read: Shape, units: Size, positions: Size) -> tuple[Weight, ...]:
        """The weights of a dense layer that is used at so many positions."""
        kernel = Weight("kernel", read, units, positions=positions)
        bias = Weight("bias", (), units, bias=True, positions=positions)
        return (kernel, bias) if self.bias == "shared" else (kernel,)


@register
class MultiHeadAttention(Projecting):
    """Multi-head attention: scaled dot products of queries and keys, in several heads at once (Vaswani et al. 2017).

    `mha 8, 64 from query, value` or `from query, value, key`; with one input, that attends to itself. All axes but the
    last are steps, unless `attention_axes` names those that are. Each score costs the scaling and the softmax, one
    operation each. What a mask hides (`causal`, `sliding_window`) is computed all the same, and counted.
    """

    kind = "mha"
    elsewhere = ("multihead_attention", "multi_head_attention", "self_attention", "multihead")
    keras = "MultiHeadAttention"
    heads: Size = arg(Count(), "number of heads", keras="num_heads")
    key_dim: Size = arg(Count(), "size of each head's queries and keys", symbol="d_k")
    value_dim: Size = arg(Count(), "size of each head's values; `key_dim`, if not given", None, symbol="d_v")
    dropout: Any = arg(Number(0, 1), "share of the weights dropped in training", 0, positional=False)
    bias: str = arg(Choice("shared", "none", off="none"), "of the projections, or none", "shared", keras="use_bias")
    output_shape: Any = arg(WholeShape(), "features put out; as the query has, if not given", None, symbol="o", positional=False)
    attention_axes: Any = arg(Axes(), "the axes that are attended to; all but the last, if not given", None, positional=False)
    sliding_window: Size = arg(Count(), "attend only to steps less than this far away", None, positional=False)
    gate: bool = arg(Flag(), "multiply what the heads put out by gates that the query sets", False, keras="use_gate")
    causal: bool = arg(Flag(), "no step attends to a later one", False, keras="use_causal_mask", called=True)
    scores: bool = arg(Flag(), "put out the weights as well: `NAME.scores`", False, keras="return_attention_scores", called=True)
    examples = (
        Example("mha 8, 64", ((10, 512),), (10, 512)),
        Example("mha 2, 4, value_dim=3, nobias", ((5, 6), (7, 8)), (5, 6)),
        Example("mha 2, 3, causal, gate, scores", ((5, 4), (7, 6), (7, 8)), (5, 4)),
        Example("mha 2, 3, output_shape=(4, 5)", ((3, 6),), (3, 4, 5)),
        Example("mha 2, 3, dropout=0.1", ((5, 6, 4),), (5, 6, 4)),
        Example("mha 2, 3, attention_axes=2, scores", ((5, 6, 4), (5, 3, 4)), (5, 6, 4)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        roles = self.roles(inputs)
        query = roles.query
        attended = self.attended(query)
        self.same(roles, "value", "key", *range(len(query) - 1))
        self.same(roles, "query", "value", *(i for i in range(len(query) - 1) if i not in attended))
        for argument, given in (("causal", self.causal), ("sliding_window", self.sliding_window is not None)):
            if given and attended != (0,):
                facts = {
                    "kind": phrase("mha with `{argument}`", argument=argument),
                    "wanted": phrase("steps and features, or `attention_axes=1`"),
                }
                raise Refusal("E302", at=argument, shape=query, **facts)
        return (*query[:-1], *(query[-1:] if self.output_shape is None else self.output_shape))

    def attended(self, query: Shape) -> tuple[int, ...]:
        """The axes that are steps. Refuses one that is none, or is there twice."""
        if self.attention_axes is None:
            return tuple(range(len(query) - 1))
        given = self.attention_axes if isinstance(self.attention_axes, tuple) else (self.attention_axes,)
        axes = tuple(axis_of(axis, query, "attention_axes") for axis in given)
        if len(query) - 1 in axes or len(set(axes)) < len(axes):
            facts = {"argument": phrase("`attention_axes` of mha"), "got": said(tuple(map(counted, given)))}
            raise Refusal("E121", at="attention_axes", says=phrase("axes other than the last, the features, each once"), **facts)
        return axes

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        query, value, key = self.roles(inputs)
        steps, others = prod(query[:-1]), prod(value[:-1])
        keys, values = self.heads * self.key_dim, self.heads * self._value_dim
        return (
            *self.projection(query[-1:], keys, steps),
            *self.projection(key[-1:], keys, others),
            *(self.projection(query[-1:], values, steps) if self.gate else ()),
            *self.projection(value[-1:], values, others),
            *self.projection((self.heads, self._value_dim), prod(out[len(query) - 1 :]), steps),
        )

    @property
    def _value_dim(self) -> Size:
        return self.key_dim if self.value_dim is None else self.value_dim

    def _scores(self, inputs: tuple[Shape, ...]) -> Size:
        """How many scores there are: in each head, of each query step with each key step."""
        query, value, _ = self.roles(inputs)
        return self.heads * prod(query[:-1]) * prod(value[i] for i in self.attended(query))

    def products(self, out: Shape, *inputs: Shape) -> tuple[Product, ...]:
        scores = self._scores(inputs)
        return (Product("queries by keys", scores * self.key_dim), Product("scores by values", scores * self._value_dim))

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        found = Operation("scaling and softmax", 2, self._scores(inputs))
        gates = Operation("sigmoid and gate", 2, prod(inputs[0][:-1]) * self.heads * self._value_dim)
        return (found, gates) if self.gate else (found,)

    def parts(self, out: Shape, *inputs: Shape) -> dict[str, Shape]:
        query, value, _ = self.roles(inputs)
        attended = self.attended(query)
        beside = (query[i] for i in range(len(query) - 1) if i not in attended)
        shape = (*beside, self.heads, *(query[i] for i in attended), *(value[i] for i in attended))
        return {"scores": shape} if self.scores else {}

    def announced(self, *inputs: Shape) -> dict[str, Shape]:
        """Keras 3.15 says that all scores are of the query's first axis by itself."""
        steps = inputs[0][0]
        return {"scores": (self.heads, steps, steps)} if self.scores else {}


@register
class GroupedQueryAttention(Projecting):
    """Grouped-query attention: several heads of queries share one head of keys and values (Ainslie et al. 2023).

    One head of keys and values is multi-query attention; as many as of queries are multi-head attention. Each score costs
    the scaling and the softmax, one operation each.
    """

    kind = "gqa"
    keras = "GroupQueryAttention"
    aliases = ("GroupedQueryAttention",)
    head_dim: Size = arg(Count(), "size of each head", symbol="d")
    query_heads: Size = arg(Count(), "number of query heads", keras="num_query_heads", symbol="q")
    key_value_heads: Size = arg(Count(), "number of heads of keys and values", keras="num_key_value_heads", symbol="kv")
    dropout: Any = arg(Number(0, 1), "share of the weights dropped in training", 0, positional=False)
    bias: str = arg(Choice("shared", "none", off="none"), "of the projections, or none", "shared", keras="use_bias")
    sliding_window: Size = arg(Count(), "attend only to steps less than this far away", None, positional=False)
    gate: bool = arg(Flag(), "multiply what the heads put out by gates that the query sets", False, keras="use_gate")
    causal: bool = arg(Flag(), "no step attends to a later one", False, keras="use_causal_mask", called=True)
    scores: bool = arg(Flag(), "put out the weights as well: `NAME.scores`", False, keras="return_attention_scores", called=True)
    examples = (
        Example("gqa 64, 8, 2", ((10, 512),), (10, 512)),
        Example("gqa 3, 4, 1, causal, gate, scores", ((5, 8), (7, 8)), (5, 8)),
        Example("gqa 3, 4, 4, nobias", ((5, 8), (7, 8), (7, 6)), (5, 8)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        roles = self.roles(inputs)
        if len(roles.query) != 2:
            raise Refusal("E302", kind=self.kind, wanted=phrase("two axes, steps and features"), shape=roles.query)
        self.same(roles, "query", "value", 1)
        self.same(roles, "value", "key", 0)
        why = phrase(
            "{heads} heads of queries do not divide by {others} of keys and values", heads=self.query_heads, others=self.key_value_heads
        )
        fits = self.query_heads % self.key_value_heads == 0
        require(fits, "E311", at="key_value_heads", first="`query_heads`", second="`key_value_heads`", why=why)
        return roles.query

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        query, value, key = self.roles(inputs)
        ours, theirs = self.query_heads * self.head_dim, self.key_value_heads * self.head_dim
        return (
            *self.projection(query[-1:], ours, query[0]),
            *self.projection(key[-1:], theirs, value[0]),
            *(self.projection(query[-1:], ours, query[0]) if self.gate else ()),
            *self.projection(value[-1:], theirs, value[0]),
            *self.projection((self.query_heads, self.head_dim), query[-1], query[0]),
        )

    def _scores(self, inputs: tuple[Shape, ...]) -> Size:
        query, value, _ = self.roles(inputs)
        return self.query_heads * query[0] * value[0]

    def products(self, out: Shape, *inputs: Shape) -> tuple[Product, ...]:
        each = self._scores(inputs) * self.head_dim
        return (Product("queries by keys", each), Product("scores by values", each))

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        found = Operation("scaling and softmax", 2, self._scores(inputs))
        gates = Operation("sigmoid and gate", 2, inputs[0][0] * self.query_heads * self.head_dim)
        return (found, gates) if self.gate else (found,)

    def parts(self, out: Shape, *inputs: Shape) -> dict[str, Shape]:
        query, value, _ = self.roles(inputs)
        return {"scores": (self.query_heads, query[0], value[0])} if self.scores else {}
