"""What each module of koweb loads: modules of ours, libraries of others, and what it asks for by an extra. Read in the
code, without running it; what is loaded inside a function counts, too.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import koweb_sync

ROOT = Path(koweb_sync.__file__).parent
ABSENT = {"ImportError", "ModuleNotFoundError"}


@cache
def modules() -> dict[str, Path]:
    """All modules of ours, by their full names."""
    paths = {path.relative_to(ROOT.parent).with_suffix(""): path for path in ROOT.rglob("*.py")}
    return {".".join(name.parts).removesuffix(".__init__"): path for name, path in paths.items()}


def children(package: str) -> set[str]:
    """The modules that lie directly in a package."""
    return {name for name in modules() if name.rpartition(".")[0] == package}


@dataclass
class Loads(ast.NodeVisitor):
    """What one module loads. `spared`: libraries without which it goes on; `asked`: by extra, what stands within
    `needing` that extra.
    """

    name: str
    ours: set[str] = field(default_factory=set)
    theirs: set[str] = field(default_factory=set)
    spared: set[str] = field(default_factory=set)
    asked: dict[str, set[str]] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)  # a name in this module → the module that it means

    def add(self, name: str) -> None:
        """Something is loaded."""
        top = name.partition(".")[0]
        if top == "koweb_sync":
            self.ours.add(name)
        elif top not in sys.stdlib_module_names and top != "_typeshed":
            self.theirs.add(top)

    def visit_Import(self, node: ast.Import) -> None:
        for one in node.names:
            self.add(one.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        assert node.level == 0 and node.module, f"{self.name} imports relatively"
        for one in node.names:
            full = f"{node.module}.{one.name}"
            self.called[one.asname or one.name] = full
            self.add(full if full in modules() else node.module)

    def visit_If(self, node: ast.If) -> None:
        """What stands there for the types alone is not loaded."""
        for one in node.orelse if ast.unparse(node.test) == "TYPE_CHECKING" else (*node.body, *node.orelse):
            self.visit(one)

    def visit_Try(self, node: ast.Try) -> None:
        """What may be absent without harm."""
        caught = {
            name.id for one in node.handlers if one.type for name in ast.walk(one.type) if isinstance(name, ast.Name)
        }
        spares = bool(caught & ABSENT)
        if spares:
            self.spared |= self.of(node.body).theirs
        for one in (*(() if spares else node.body), *node.handlers, *node.orelse, *node.finalbody):
            self.visit(one)

    def visit_With(self, node: ast.With) -> None:
        """What is asked for by an extra."""
        match node.items[0].context_expr:
            case ast.Call(ast.Name("needing"), [ast.Constant(str(extra)), *_]):
                within = self.of(node.body)
                self.asked.setdefault(extra, set()).update(within.ours | within.theirs)
            case _:
                self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """A registry loads all modules of its folder, and so does who lists them."""
        match node:
            case ast.Call(ast.Name("Registry"), [_, ast.Constant(str(folder)), *_]):
                self.ours |= children(folder)
            case ast.Call(ast.Name("Registry"), [_, ast.Name("__name__"), *_]):
                self.ours |= children(self.name)
            case ast.Call(ast.Name("iter_modules"), [ast.Attribute(ast.Name(package)), *_]):
                self.ours |= children(self.called[package])
        self.generic_visit(node)

    def of(self, nodes: Iterable[ast.stmt]) -> "Loads":
        """What some lines of this module load."""
        found = Loads(self.name)
        for node in nodes:
            found.visit(node)
        return found


@cache
def loads() -> dict[str, Loads]:
    """What each module of ours loads, by its name."""
    found = {name: Loads(name) for name in modules()}
    for name, path in modules().items():
        found[name].visit(ast.parse(path.read_text(encoding="utf-8")))
    return found


def reached(starts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """All modules of ours that are loaded with some, each with the way to it."""
    ways = dict.fromkeys(starts, "")
    waiting = list(ways)
    for name in waiting:
        way = f"{ways[name]} → {name}".removeprefix(" → ")
        yield name, way
        above = name.rpartition(".")[0]
        for one in sorted(loads()[name].ours | ({above} if above else set())):
            if one not in ways:
                ways[one] = way
                waiting.append(one)
