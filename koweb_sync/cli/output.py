"""How words and data leave: everything that a command prints passes here, without secrets, and with no sign in it that
a terminal would obey (`safe_text`). Colours are put on afterwards.
"""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from unicodedata import combining

import click

from koweb_sync import told_progress
from koweb_sync.errors import KowebError, beside
from koweb_sync.redaction import redact
from koweb_sync.safe_text import escaped_json, line, visible

LINES = 200  # that are written at once


@dataclass(frozen=True, slots=True)
class Painted:
    """A part of what is printed in a style of `click.style`."""

    text: str
    style: dict[str, Any] = field(default_factory=dict)


OutputPart = str | Painted


def painted(text: str, **style: Any) -> Painted:
    """A part with a style, which only a terminal with colours shows."""
    return Painted(text, style)


def colours() -> bool:
    """Whether standard output may be coloured: a terminal, and nobody asked for no colour (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def safe_lines(text: str) -> str:
    """Words of any number of lines as they may be seen."""
    return visible(redact(text))


def label(text: str) -> str:
    """Words on one line as they may be seen."""
    return line(redact(text))


def echo(*parts: OutputPart, err: bool = False, nl: bool = True) -> None:
    """Print what was found, for a person."""
    styled = colours() and not err
    click.echo("".join(_part(part, styled) for part in parts), err=err, nl=nl)


def echo_lines(lines: Iterable[Sequence[OutputPart]]) -> bool:
    """Print what was found, a line for each, many at a time; whether there was any."""
    styled, left, found = colours(), iter(lines), False
    while some := list(islice(left, LINES)):
        click.echo(_styled_lines(some) if styled else safe_lines("\n".join("".join(map(_words, one)) for one in some)))
        found = True
    return found


def _styled_lines(lines: Iterable[Sequence[OutputPart]]) -> str:
    return "\n".join("".join(_part(part, True) for part in parts) for parts in lines)


def _words(part: OutputPart) -> str:
    return part if isinstance(part, str) else part.text


def _part(part: OutputPart, styled: bool) -> str:
    if isinstance(part, str):
        return safe_lines(part)
    return click.style(safe_lines(part.text), **part.style) if styled else safe_lines(part.text)


def say(text: str, **style: Any) -> None:
    """Words for a person: on standard error, so that data stays clean."""
    plain = bool(os.environ.get("NO_COLOR")) or not sys.stderr.isatty() or not any(style.values())
    click.echo(safe_lines(text) if plain else click.style(safe_lines(text), **style), err=True)


def complain(error: KowebError) -> None:
    """An error that does not end the command."""
    say(str(error), fg="red")


def disclose(text: str) -> None:
    """Words that are meant to tell a key: those of the sandbox, which no other forum knows."""
    click.echo(visible(text), err=True)


def tell_progress(done: int, total: int) -> None:
    """So many steps of so many, for the program that runs this command."""
    click.echo(told_progress.line(done, total), err=True)


def tell_stage(text: str) -> None:
    """What is done now, for the program that runs this command."""
    click.echo(told_progress.stage(line(text)), err=True)


def tell_ahead(text: str) -> None:
    """How long it will take, for the program that runs this command: it shows it until it is over."""
    click.echo(told_progress.ahead(safe_lines(text)), err=True)


def tell_aside(text: str) -> None:
    """A sentence with counts of what it will take, for the program that runs this command: it folds it away."""
    click.echo(told_progress.aside(safe_lines(text)), err=True)


def labelled(what: str, detail: str) -> str:
    """A finding and what it is about."""
    return beside(what, detail)


def emit(data: Any, *, disclosing: bool = False) -> None:
    """Data for a program: JSON on standard output, and nothing but ASCII where the terminal knows no more.

    `disclosing`: it is meant to tell a key.
    """
    text = _json(data)
    click.echo(text if disclosing else redact(text))


def emit_long(data: Mapping[str, Any], name: str, parts: Iterable[Any]) -> None:
    """The same of data whose list `name`, empty there, has these parts: they may be more than memory should hold."""
    place = f'\n  "{name}": ['
    before, _place, after = _json(data).partition(f"{place}]")
    click.echo(redact(before) + place, nl=False)
    between = ""
    for part in parts:
        click.echo(between + "\n    " + redact(_json(part)).replace("\n", "\n    "), nl=False)
        between = ","
    click.echo(("\n  ]" if between else "]") + redact(after))


def _json(data: Any) -> str:
    import json

    text = escaped_json(json.dumps(data, ensure_ascii=False, indent=2))
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        text = json.dumps(data, indent=2)
    return text


def document(text: str) -> None:
    """A whole document (HTML, Markdown, JSON) on standard output: its own bytes in UTF-8 for a pipe or a file, and
    what may be seen of it for a terminal.
    """
    if sys.stdout.isatty():
        echo(text, nl=False)
    else:
        click.echo(redact(text).encode("utf-8", "backslashreplace"), nl=False)


def table(rows: Sequence[tuple[str, str, str]], *, err: bool = False) -> None:
    """Three columns, the first two as wide as their longest cell."""
    safe = [(label(verb), label(path), label(details)) for verb, path, details in rows]
    widths = [max((wide(row[n]) for row in safe), default=0) for n in (0, 1)]
    for verb, path, details in safe:
        rest = f"  {path}{' ' * (widths[1] - wide(path))}  {details}".rstrip()
        echo(painted(verb + " " * (widths[0] - wide(verb)), fg="green"), rest, err=err)


def wide(text: str) -> int:
    """How many columns a text takes: an accent that is stored behind its letter takes none."""
    return sum(not combining(sign) for sign in text)
