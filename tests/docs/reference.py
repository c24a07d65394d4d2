"""Writes the reference pages out of the code: cog calls it from docs/reference/, and the gate looks whether they hold.

`uv run poe reference` writes them anew.
"""

import ast
import inspect
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import click
from sqlalchemy import Table

from koweb_sync import errors, i18n
from koweb_sync.archive.exports.export import EXPORTS
from koweb_sync.archive.store import schema
from koweb_sync.config import Keeping, Rates, Settings
from koweb_sync.posts.field import Field
from koweb_sync.posts.fields import KEYS
from koweb_sync.report.figures import figures as all_figures
from tests.docs.blocks import ROOT

KINDS = {str: "text", bool: "true, false", int: "number"}
MADE = {"moment": "time", "once": "time", "flag": "yes or no"}  # columns of the archive by what makes them
GENERAL = (errors.KowebError, errors.InputError, errors.HumanNeeded, errors.ForumError)  # said by the code itself
ENDED = {
    errors.DONE: "Done.",
    errors.FAILED: "Something failed: the forum, git, or the way to them. The message says what to do next.",
    errors.INPUT: "What you wrote or asked for cannot be used. Change it, and run it again.",
    errors.HUMAN: "Nothing is broken, but a person has to look or to decide.",
}


def rows(*head: str) -> Iterator[str]:
    """The head of a table."""
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"


def cell(text: str) -> str:
    """A text for a table's cell."""
    return " ".join(text.split()).replace("|", "\\|")


# ---- commands


def commands(language: str) -> Iterator[str]:
    """Every command with its help, in a process of its own: help is read in the language of the first import."""
    environ = {**os.environ, "LANGUAGE": language, "COLUMNS": "100"}
    told = subprocess.run(
        [sys.executable, "-m", "tests.docs.reference", language], env=environ, check=True, capture_output=True
    )
    yield told.stdout.decode()


def helps(language: str) -> Iterator[str]:
    """The help of every command, each below a heading."""
    i18n.activate(language)
    from koweb_sync.cli.root import COMMANDS, koweb  # noqa: PLC0415 - once the language is known

    top = context_of(koweb, "koweb", None)
    yield from described(top, 2)
    for name in COMMANDS:
        command = koweb.get_command(top, name)
        assert command is not None
        inside = context_of(command, name, top)
        yield from described(inside, 2)
        if isinstance(command, click.Group):
            for below in command.list_commands(inside):
                found = command.get_command(inside, below)
                assert found is not None
                yield from described(context_of(found, below, inside), 3)


def context_of(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return click.Context(command, info_name=name, parent=parent, terminal_width=100, help_option_names=["-h", "--help"])


def described(context: click.Context, depth: int) -> Iterator[str]:
    yield f"{'#' * depth} {context.command_path}\n\n```text\n{context.get_help()}\n```\n"


# ---- koweb.toml


def settings(of: str) -> Iterator[str]:
    """The settings of one table of koweb.toml: `forum`, `archive` or `limits`."""
    kind: type[Settings | Keeping | Rates] = {"forum": Settings, "archive": Keeping, "limits": Rates}[of]
    defaults = {one.name: one.default for one in fields(kind)}
    yield from rows("setting", "value", "if you say nothing", "")
    for name, hint in get_type_hints(kind, include_extras=True).items():
        if hasattr(hint, "__metadata__"):
            value, default = hint.__origin__, defaults[name]
            shown = "" if not isinstance(default, str | int) else f"`{default}`".lower() if default != "" else "empty"
            yield f"| `{name}` | {named(value)} | {shown} | {cell(hint.__metadata__[0])} |"


def named(kind: Any) -> str:
    """What may stand behind a setting."""
    if get_origin(kind) is Literal:
        return ", ".join(f"`{one}`" for one in get_args(kind))
    return KINDS.get(kind, "table") if get_origin(kind) is not Union else "text or number"


# ---- the front matter


def front_matter() -> Iterator[str]:
    """The keys of the front matter, as each says it of itself."""
    yield from rows("key", "value", "")
    for name, one in KEYS.items():
        words = one.words()
        who = f" Who may change it: {words.who}." if words.who else ""
        yield f"| `{name}` | {cell(words.takes)} | {cell(words.meaning)}{cell(who and '.' + who)} |"


# ---- exit codes


def exit_codes() -> Iterator[str]:
    """Each code, and the errors that end with it."""
    kinds = [one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, errors.KowebError)]
    for code, means in ENDED.items():
        yield f"\n## {code}\n\n{means}\n"
        for one in kinds:
            if one.exit_code == code and one not in GENERAL:
                yield f"- {first(one)}"


def first(kind: type) -> str:
    """The first sentence about an error."""
    return cell((kind.__doc__ or "").split(". ")[0].split("\n\n")[0].split(": `")[0]).rstrip(".")


# ---- figures


def figures() -> Iterator[str]:
    """Every figure of a report: what it says, of whom, in which unit, and whether what is shared may link its posts."""
    for key, one in all_figures().items():
        words = one.words()
        source = f" Source: {one.source}." if one.source else ""
        yield f"\n**{words.title}** (`{key}`)\n\n: {words.definition} Of: {words.population} Unit: {one.unit}.{source}"
        if not one.may_link:
            yield "  In what is shared it leads to no posts, for they would point at single people."


# ---- exports


def exports() -> Iterator[str]:
    """The formats of `koweb archive export`, as each says it of itself."""
    yield from rows("`--format`", "what you get")
    yield from (f"| `{one.name}` | {cell(one.words())} |" for one in EXPORTS.all())


def exports_in(language: str, *head: str) -> Iterator[str]:
    """The same in another language, below a head in it."""
    with i18n.speaking(language):
        yield from rows(*head)
        yield from (f"| `{one.name}` | {cell(one.words())} |" for one in EXPORTS.all())


# ---- requests


def field_requests() -> Iterator[str]:
    """The keys that cost a request of their own: in a new post, and in one that is there."""
    own = [one for one in KEYS.values() if isinstance(one, Field) and one.path]
    later = ", ".join(f"`{one.name}`" for one in own if one.after_create)
    yield from rows("what", "requests")
    yield f"| a new post | 1, and 1 for each of {later} that it says otherwise than every new topic has it |"
    names = ", ".join(f"`{one.name}`" for one in own)
    yield f"| {names}: another value | 1 each; + 1 to read the topic first where nothing else does |"


# ---- the archive's tables


def archive_tables() -> Iterator[str]:
    """Every table with its columns, and what the schema's comments say of them."""
    source = inspect.getsource(schema)
    for one in schema.METADATA.tables.values():
        start = source.index(f'    "{one.name}",  # ')
        lines = source[start : source.index("\n)", start)]
        yield f"\n## {one.name}\n"
        yield sentence(lines.partition("\n")[0].partition("  # ")[2])
        yield from columns(one, lines)


def columns(table: Table, source: str) -> Iterator[str]:
    """The columns of a table, whose lines in the schema are given."""
    yield from rows("column", "kind", "")
    made = {name: maker for maker, name in re.findall(r'(\w+)\("(\w+)"', source)}
    told = dict(re.findall(r'\("(\w+)"[^#\n]*  # (.+)', source))
    for column in table.columns:
        kind = MADE.get(made.get(column.name, ""), "")
        kind = kind or (
            "text" if column.type.python_type is str else "bytes" if column.type.python_type is bytes else "number"
        )
        key = "key, " if column.primary_key else ""
        unknown = ", may be unknown" if column.nullable else ""
        yield f"| `{column.name}` | {key}{kind}{unknown} | {cell(told.get(column.name, ''))} |"


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


# ---- rooms


def rooms(inside: str = "") -> Iterator[str]:
    """The modules and packages of koweb_sync, or of a package of it, from the top downward: those of a layer import
    only what stands below them. The order is import-linter's, what each is for its own first sentence.
    """
    folder = ROOT / "koweb_sync" / inside
    there = {one.stem for one in folder.iterdir() if (one / "__init__.py").exists() or one.suffix == ".py"} - {
        "__init__"
    }
    yield from rows("layer", "room", "what it is for")
    for number, names in enumerate(layers(inside), 1):
        for name in names:
            assert name in there, f"import-linter's contracts in pyproject.toml name {name}, which is not in {folder}"
            yield f"| {number} | `{name}` | {purpose(folder, name)} |"
    for name in sorted(there - {name for names in layers(inside) for name in names}):
        yield f"| – | `{name}` | {purpose(folder, name)} |"


def rooms_inside() -> Iterator[str]:
    """The rooms of each package in which import-linter keeps layers apart."""
    for contract in contracts():
        for container in contract.get("containers", []):
            yield f"\n### Inside `{container.removeprefix('koweb_sync.')}`"
            yield from rooms(container.removeprefix("koweb_sync.").replace(".", "/"))


def contracts() -> list[dict[str, Any]]:
    """Import-linter's contracts about layers."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return [one for one in settings["contracts"] if one["type"] == "layers"]


def layers(inside: str) -> list[list[str]]:
    """The layers that import-linter keeps apart, the upper one first."""
    wanted = [f"koweb_sync.{inside.replace('/', '.')}"] if inside else []
    mine = [one for one in contracts() if one.get("containers", []) == wanted]
    return [re.findall(r"(?:koweb_sync\.)?(\w+)", layer) for one in mine for layer in one["layers"]]


def purpose(folder: Path, name: str) -> str:
    """The first sentence of a module or package."""
    file = folder / name / "__init__.py" if (folder / name).is_dir() else folder / f"{name}.py"
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return cell(re.split(r"(?<=[.])\s", text.partition("\n\n")[0])[0])


if __name__ == "__main__":
    sys.stdout.write("\n".join(helps(sys.argv[1])))
