"""What `mutants.py` puts in: every change of one thing in a module, such as `<` for `<=`, as a text with that change."""  # noqa: INP001  a script

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

COMPARES = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult}


class Mutant(NamedTuple):
    """A change of one place: the file, the line, what stands there and what is put there, and the whole text with it.

    `key` is how a verdict names it, wherever its line has moved to.
    """

    file: str
    line: int
    before: str
    after: str
    text: str
    key: str


def mutants_of(file: str, source: str) -> Iterator[Mutant]:
    """All mutants of a module. Docstrings, annotations, imports and messages are left as they are."""
    tree = ast.parse(source)
    for node in _code(tree):
        for changed in _changes(node):
            yield from _written(file, source, node, changed)


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """What runs: without annotations, docstrings, decorators, imports, and the examples of kinds."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for inner in value if isinstance(value, list) else [value]:
            if not isinstance(inner, ast.AST) or isinstance(inner, ast.Import | ast.ImportFrom | ast.JoinedStr):
                continue
            if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant):
                continue
            if isinstance(inner, ast.keyword) and inner.arg == "strict":  # of `zip`: it says that lengths are equal
                continue
            if isinstance(inner, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "examples" for t in inner.targets):
                continue
            yield inner
            yield from _code(inner)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """The node with one thing changed."""
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            if other := COMPARES.get(type(op)):
                yield _with(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not _is_text(node):
        yield _with(node, op=OPERATORS[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.If):
        yield _with(node, test=ast.Constant(False))
        yield _with(node, test=ast.Constant(True))
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield _with(node, value=ast.Constant(None))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield ast.Pass()


def _with(node: Any, **fields: Any) -> Any:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _is_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )


def _written(file: str, source: str, node: Any, changed: Any) -> Iterator[Mutant]:
    """The text with the node written anew, in brackets where it is an expression."""
    lines = source.splitlines(True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    data = source.encode()
    if isinstance(node, ast.If):  # only the condition
        node, changed = node.test, changed.test
    start, end = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
    before, after = data[start:end].decode(), ast.unparse(ast.fix_missing_locations(changed))
    put = after if isinstance(node, ast.stmt) else f"({after})"
    text = (data[:start] + put.encode() + data[end:]).decode()
    try:
        ast.parse(text)
    except SyntaxError:
        return
    before, after = " ".join(before.split()), " ".join(after.split())
    key = f"{file}: {lines[node.lineno - 1].strip()} [{node.col_offset}: {before} -> {after}]"
    yield Mutant(file, node.lineno, before, after, text, key)
