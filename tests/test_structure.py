"""How the house stands: imports point one way, only the command line prints, and nothing but its declaration names a layer."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache
from pathlib import Path

import pytest
from running import ROOT

from archcalc.registry import ALIASES, every_kind

PACKAGE = ROOT / "archcalc"
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p.name != "_tables.py")

# From the bottom to the top. A module may import what stands in its own layer or below; the longest prefix counts.
LAYERS = (
    (
        "source",
        "archives",
        "names",
        "languages",
        "spoken",
        "resources",
        "codes",
        "sizes",
        "columns",
        "output",
        "figures",
        "activations",
        "stairs",
    ),
    ("diagnostics", "values", "windows", "recipes", "symbolic"),
    ("files", "zoo", "reading", "taps", "terms"),
    ("checks",),
    ("argtypes", "arguments", "spec", "registry"),
    ("layers", "binding", "graph", "syntax"),
    ("resolve",),
    ("analysis",),
    ("conventions", "importers"),
    ("pipeline",),
    ("report", "codegen", "engine", "verify"),
    ("diff",),
    ("api", "__init__"),
    ("testing",),
    ("cli",),
    ("__main__",),
)
# What each of these must not know, although it stands in the same layer or below.
NEVER = {
    "layers": {"syntax", "binding", "graph", "analysis", "report", "cli", "resolve"},
    "syntax": {"layers", "spec", "analysis", "graph", "binding", "resolve"},
    "graph": {"layers", "syntax", "binding"},
    "binding": {"layers", "syntax", "graph"},
    "analysis": {"report", "cli", "layers"},
    "conventions": {"layers", "pipeline", "report", "cli"},
    "report": {"cli", "codegen", "verify"},
    "diff": {"layers", "pipeline", "codegen", "engine", "verify", "cli"},
    "codegen": {"cli", "report", "verify", "syntax"},
    "engine": {"cli", "report", "verify", "syntax", "resolve", "analysis", "windows"},
}


def name_of(path: Path) -> str:
    """The module's place inside the package: `syntax.parser`, `__init__`."""
    parts = list(path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


@lru_cache(maxsize=None)
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """What a module imports from the package when it runs; what is only for type checkers does not count."""
    tree = tree_of(path)
    skipped = {
        id(n) for block in ast.walk(tree) if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test) for n in ast.walk(block)
    }
    found: set[str] = set()
    names = {f"archcalc.{name_of(p)}" for p in MODULES}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found |= {one if (one := f"{node.module}.{alias.name}") in names else str(node.module) for alias in node.names}
            found |= {f"archcalc.{alias.name}" for alias in node.names if node.module == "archcalc"}
    # the version is a word of the package itself, which all may have
    return {f.removeprefix("archcalc.") for f in found if f.startswith("archcalc.")} - {"__version__"}


def height(module: str) -> int:
    head = module.split(".")[0]
    found = [i for i, names in enumerate(LAYERS) if head in names]
    assert found, f"{module} has no place: put it into LAYERS"
    return found[0]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path: Path) -> None:
    module = name_of(path)
    if module in ("__init__",):
        return  # the public door opens onto everything, inside of its functions
    for other in imports(path):
        assert height(other) <= height(module), f"{module} imports {other}"
        if other.split(".")[0] != module.split(".")[0]:
            assert other.split(".")[0] not in NEVER.get(module.split(".")[0], ()), f"{module} imports {other}"


def test_no_import_goes_round() -> None:
    edges = {name_of(p): {i for i in imports(p)} for p in MODULES}
    names = set(edges)
    edges = {m: {i if i in names else i.rpartition(".")[0] for i in found} & names for m, found in edges.items()}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module not in done:
            for other in edges[module] - {module, "__init__"}:
                visit(other, (*path, module))
            done.add(module)

    for module in edges:
        if module != "__init__":
            visit(module, ())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_prints(path: Path) -> None:
    """verify's child process speaks to its parent over a stream, and codegen writes programs that print: both as text."""
    name = name_of(path)
    if name.split(".")[0] in ("cli", "output", "__main__") or name.startswith("verify.child") or name == "testing.__main__":
        return
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "input", "exit", "quit"), f"line {node.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            assert node.attr not in ("stdout", "stderr", "exit"), f"line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_is_evaluated_or_unpickled(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("eval", "exec", "compile", "__import__"), f"line {node.lineno}"
    assert not imports(path) & {"pickle", "marshal", "shelve"}


# Kinds whose names are also something else: a place where data comes in, a heading; an argument that any kind may declare,
# and its value that means none; functions of NumPy.
ALLOWED = {"input", "Input", "activation", "linear", "maximum", "minimum"}


def named(path: Path) -> set[str]:
    """Kinds and aliases that stand in a module as a whole string; docstrings aside."""
    tree = tree_of(path)
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    strings = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in documentation}
    return strings & (set(every_kind()) | set(ALIASES)) - ALLOWED


NAMELESS = [
    p
    for p in MODULES
    if name_of(p).split(".")[0]
    in ("analysis", "graph", "binding", "report", "spec", "windows", "sizes", "syntax", "resolve", "pipeline", "cli", "diff")
]


@pytest.mark.parametrize("path", NAMELESS, ids=name_of)
def test_no_layer_is_named_outside_of_its_declaration(path: Path) -> None:
    assert named(path) == set()


def test_no_layer_is_named_in_the_grammar() -> None:
    grammar = (ROOT / "grammar" / "arch.lark").read_text(encoding="utf-8")
    words = set(re.findall(r'"(\w+)"', "\n".join(line for line in grammar.splitlines() if not line.startswith("//"))))
    assert words >= {"network", "for"}
    assert not words & (set(every_kind()) | set(ALIASES))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 300, f"{lines} lines"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_and_public_function_says_what_it_is(path: Path) -> None:
    if "parts" in path.parts and path.name != "__init__.py":
        return  # a piece of the programs that codegen writes
    tree = tree_of(path)
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node):
            bases = [ast.unparse(b) for b in node.bases]
            assert "NamedTuple" in bases or len(node.body) <= 6, node.name


def test_the_shipped_tables_hold_no_code() -> None:
    """Tables are numbers and strings, read by Python as a literal; nothing is unpickled."""
    path = PACKAGE / "syntax" / "_tables.py"
    if not path.exists():
        pytest.skip("the tables are made in memory here")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(path.read_text(encoding="utf-8"))
    _documentation, *rest = tree.body
    for node in rest:
        if isinstance(node, ast.ImportFrom):
            assert node.module in ("__future__", "typing")
        else:
            assert isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            ast.literal_eval(node.value)
