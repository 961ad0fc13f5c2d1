"""Dense layers that an equation describes: which axes are multiplied with a kernel, summed over, and put out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from archcalc.argtypes import Count, Name, Number, WholeShape
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.activation import ACTIVATION
from archcalc.layers.dense import adapted
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, prod, require
from archcalc.spec import Example, Layer, Weight
from archcalc.values import said

if TYPE_CHECKING:
    from archcalc.reading import Reads

FAMILY = "dense"

DOTS = "..."
FORM = re.compile(r"(\.\.\.)?([A-Za-z]+)(\.\.\.)?,([A-Za-z]+)->(\.\.\.)?([A-Za-z]+)(\.\.\.)?")


class Equation(NamedTuple):
    """The letters of an equation: of what flows in, of the kernel, of what comes out; and on which side `...` stands, if at all."""

    read: str
    kernel: str
    out: str
    dots: str

    @classmethod
    def of(cls, text: str) -> Equation | None:
        """The equation of a text that has the form of one."""
        found = FORM.fullmatch(text)
        if found is None:
            return None
        before, read, after, kernel, out_before, out, out_after = found.groups()
        if (before, after) != (out_before, out_after) or (before and after) or (after and len(read) < 2):
            return None
        return cls(read, kernel, out, "left" if before else "right" if after else "")

    def problem(self) -> str:
        """What keeps it from being a dense layer; "" if nothing does."""
        for letters, what in ((self.read, "input"), (self.kernel, "kernel"), (self.out, "output")):
            if twice := next((c for c in letters if letters.count(c) > 1), ""):
                return phrase("each letter once in its {what}; `{twice}` stands there twice", what=what, twice=twice)
        if stray := next((c for c in self.out if c not in self.read + self.kernel), ""):
            return phrase("an output whose letters are the input's or the kernel's; `{stray}` is neither", stray=stray)
        if stray := next((c for c in self.kernel if c not in self.read + self.out), ""):
            return phrase("a kernel whose letters are the input's or the output's; `{stray}` is neither", stray=stray)
        return "" if self.dots == "left" else self.batch_problem()

    def batch_problem(self) -> str:
        """The same, where the first letter of the input is the batch."""
        batch = self.read[0]
        if self.out[0] != batch:
            return phrase("an output that begins with `{batch}` as the input does: the batch", batch=batch)
        return phrase("a kernel without `{batch}`, the batch", batch=batch) if batch in self.kernel else ""


class EquationText(Name):
    """An equation in quotes."""

    says = phrase('an equation such as "ab,bc->ac", "...b,bc->...c" or "ab...,bc->ac...": input, kernel and output, the batch first')

    def read(self, value: Any) -> str:
        text = super().read(value)
        found = Equation.of(text)
        if found is None or (problem := found.problem()):
            raise Refusal("E121", got=said(text), says=self.says if found is None else problem)
        return text


class Letters(Name):
    """Letters in quotes."""

    says = phrase('letters of the output in quotes, such as "c"')

    def read(self, value: Any) -> str:
        text = super().read(value)
        if not re.fullmatch("[A-Za-z]+", text):
            raise self.refuse(value)
        return text


class PartlyKnown(WholeShape):
    """A size for each axis; `none`, kept as -1, for one that is as it flows in."""

    words = ("none",)

    def __init__(self) -> None:
        super().__init__()
        self.says = phrase("a size such as 64, or one for each letter: (none, 64), where `none` stands for what the input has")

    def read(self, value: Any) -> tuple[Size, ...]:
        entries = value if isinstance(value, tuple | list) else (value,)
        if not entries:
            raise self.refuse(value)
        return tuple(-1 if self._is_open(v) else self._size(v, value) for v in entries)

    def _size(self, entry: Any, value: Any) -> Size:
        if isinstance(entry, tuple | list):
            raise self.refuse(value)
        try:
            return super().read(entry)[0]
        except Refusal:
            raise self.refuse(value) from None

    @staticmethod
    def _is_open(entry: Any) -> bool:
        return (isinstance(entry, str) and str(entry) in ("none", "None")) or (type(entry) is int and entry == -1)


class Lettered(NamedTuple):
    """The axes of the input and of the output without the batch, each by a letter or by its place in the dots; and all sizes."""

    read: tuple[Any, ...]
    out: tuple[Any, ...]
    sizes: dict[Any, Size]


@register
class EinsumDense(Layer):
    """A dense layer that an equation describes, in Einstein's notation: letters that do not come out are summed over.

    `einsum_dense "abc,cd->abd", (none, 64)` is `dense 64, nobias` on two axes: a is the batch, c is summed over. `...` stands
    for any axes. Multiply-accumulates are the product of all the letters' sizes but the batch's.
    """

    kind = "einsum_dense"
    keras = "EinsumDense"
    computes = True
    multiplies = True
    equation: str = arg(EquationText(), "input,kernel->output, the batch first, in quotes")
    output_shape: Any = arg(PartlyKnown(), "sizes of the output's letters; `none`: as the input has it", symbol="o")
    activation: Any = arg(ACTIVATION, "applied to each output value", None)
    bias_axes: Any = arg(Letters(), "letters of the output that the bias has; no bias, if not given", None, positional=False)
    lora_rank: Size = arg(Count(), "freeze the kernel, and train an adaptation of this rank", None, symbol="r", positional=False)
    lora_alpha: Any = arg(Number(), "the adaptation is scaled by this over its rank; the rank, if not given", None, positional=False)
    examples = (
        Example('einsum_dense "ab,bc->ac", 64, bias_axes="c", relu', ((32,),), (64,)),
        Example('einsum_dense "abc,cd->abd", (none, 64), bias_axes="d"', ((32, 128),), (32, 64)),
        Example('einsum_dense "...x,xy->...y", 7, bias_axes="y"', ((3, 4, 5),), (3, 4, 7)),
        Example('einsum_dense "ab...,bc->ac...", 6, bias_axes="c"', ((5, 4),), (6, 4)),
        Example('einsum_dense "abc,cde->aebd", (2, none, 3)', ((4, 5),), (2, 4, 3)),
        Example('einsum_dense "abc,cde->abde", (none, 3, 2), bias_axes="be", lora_rank=2', ((4, 5),), (4, 3, 2)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        axes = self.axes(inputs[0])
        return tuple(axes.sizes[c] for c in axes.out)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import Along, whole

        axes = self.axes(inputs[0])
        return (tuple(Along(axes.out.index(c)) if c in axes.out else whole(n) for c, n in zip(axes.read, inputs[0], strict=True)),)

    def axes(self, x: Shape) -> Lettered:
        """The letters of the input and the output, with their sizes. Refuses what contradicts."""
        equation = Equation.of(self.equation)
        assert equation is not None
        beyond = len(x) + 1 - len(equation.read)
        if beyond < 0 or (beyond and not equation.dots):
            few = len(equation.read) - 1
            wanted = _says(few, bool(equation.dots))
            raise Refusal("E302", at="equation", kind=self.kind, wanted=wanted, shape=x)
        if not beyond and equation.dots == "left" and (problem := equation.batch_problem()):
            facts = {"argument": phrase("`equation` of einsum_dense"), "got": said(self.equation)}
            raise Refusal("E121", at="equation", says=phrase("{problem}, since `...` stands for nothing here", problem=problem), **facts)
        dots = tuple(range(beyond))
        read, out = (((*dots, *part) if equation.dots == "left" else (*part, *dots))[1:] for part in (equation.read, equation.out))
        return Lettered(read, out, self._sizes(dict(zip(read, x, strict=True)), [c for c in out if isinstance(c, str)]))

    def _sizes(self, sizes: dict[Any, Size], letters: list[str]) -> dict[Any, Size]:
        """All letters' sizes, those of the input being known."""
        facts = {"at": "output_shape", "first": "`output_shape`", "second": phrase("the equation")}
        if len(self.output_shape) != len(letters):
            few = len(self.output_shape)
            says = ", ".join(letters) or "none"
            why = (
                phrase("the output's letters besides the batch are {letters}, and 1 size is given", letters=says)
                if few == 1
                else phrase("the output's letters besides the batch are {letters}, and {n} sizes are given", letters=says, n=few)
            )
            fix = ", ".join("none" if c in sizes else "64" for c in letters)
            raise Refusal("E311", why=why, fixes=(phrase("one for each letter: ({fix})", fix=fix),) if len(letters) > 1 else (), **facts)
        for c, size in zip(letters, self.output_shape, strict=True):
            if isinstance(size, int) and size == -1:
                if c not in sizes:
                    raise Refusal("E311", why=phrase("`{c}` is no axis of the input, so its size must be given", c=c), **facts)
            elif c in sizes:
                require(
                    size == sizes[c],
                    "E311",
                    why=phrase("`{c}` is {one} in the input, and {other} in the output", c=c, one=sizes[c], other=size),
                    **facts,
                )
            else:
                sizes[c] = size
        if stray := next((c for c in self.bias_axes or "" if c not in letters), ""):
            why = phrase("`{stray}` is no letter of the output besides the batch", stray=stray)
            raise Refusal("E311", at="bias_axes", first="`bias_axes`", second=phrase("the equation"), why=why)
        return sizes

    def kernel_end(self, out: Shape, *inputs: Shape) -> Size | None:
        last = self.equation.partition("->")[0][-1]
        return self.axes(inputs[0]).sizes[last] if self.lora_rank is None else None

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        axes = self.axes(inputs[0])
        equation = Equation.of(self.equation)
        assert equation is not None
        letters, sizes = tuple(equation.kernel), axes.sizes
        each = tuple(sizes[c] for c in letters if c not in axes.out)
        maps = prod(sizes[c] for c in letters if c in axes.out)
        elsewhere = prod(sizes[c] for c in dict.fromkeys((*axes.read, *axes.out)) if c not in letters)
        kernel = Weight("kernel", each, maps, positions=elsewhere)
        shape = tuple(sizes[c] for c in letters)
        kernel, *factors = adapted(kernel, self.lora_rank, shape[:-1], shape[-1])
        if self.bias_axes is None:
            return (kernel, *factors)
        biased = tuple(self.bias_axes)
        biases, positions = (prod(sizes[c] for c in axes.out if (c in biased) is own) for own in (True, False))
        return (kernel, Weight("bias", (), biases, bias=True, positions=positions), *factors)


def _says(few: int, dots: bool) -> str:
    """How many axes an equation has, in words."""
    if dots:
        return phrase("1 axis or more, as its equation has") if few == 1 else phrase("{n} axes or more, as its equation has", n=few)
    return phrase("1 axis, as its equation has") if few == 1 else phrase("{n} axes, as its equation has", n=few)
