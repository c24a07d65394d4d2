"""What stands for a value in help and usage lines, in the reader's language: FILE, and in French FICHIER."""

import re
from collections.abc import Iterable, Mapping

import click

from koweb_sync.cli.ranges import ranges
from koweb_sync.i18n import _

WORD = re.compile(r"[A-Z]{2,}")


def names() -> Mapping[str, str]:
    """Every word that stands for a value, as it is read."""
    return {
        "ADDRESS": _("ADDRESS"),
        "ARGS": _("ARGS"),
        "CATEGORY": _("CATEGORY"),
        "COMMAND": _("COMMAND"),
        "DATE": _("DATE"),
        "DIR": _("DIR"),
        "FILE": _("FILE"),
        "FOLDER": _("FOLDER"),
        "FORUM": _("FORUM"),
        "HOURS": _("HOURS"),
        "KIND": _("KIND"),
        "LANGUAGE": _("LANGUAGE"),
        "NAME": _("NAME"),
        "PATH": _("PATH"),
        "PATHS": _("PATHS"),
        "PLACE": _("PLACE"),
        "PLAN": _("PLAN"),
        "SLUG": _("SLUG"),
        "SPEC": _("SPEC"),
        "TEXT": _("TEXT"),
        "TIME": _("TIME"),
        "TITLE": _("TITLE"),
        "TOPIC": _("TOPIC"),
        "USER": _("USER"),
        "USERNAME": _("USERNAME"),
        "VALUE": _("VALUE"),
        "WHAT": _("WHAT"),
        "WORDS": _("WORDS"),
    }


class HelpPage(click.HelpFormatter):
    """Click's help, with the signs and the ranges of the language that is spoken: Click writes 0<=x<=9 in all."""

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(first, ranges(second)) for first, second in rows], col_max, col_spacing)


def usage(pieces: list[str]) -> list[str]:
    """The parts of a usage line, such as COMMAND [ARGS]..., in the language that is spoken."""
    known = names()
    return [WORD.sub(lambda found: known.get(found[0], found[0]), piece) for piece in pieces]


def translate(command: click.Command, ctx: click.Context) -> None:
    """Give the values of a command their names in the language that is spoken. What may be chosen stays as it is."""
    known = names()
    for one in command.params:
        option = one if isinstance(one, click.Option) else None
        if isinstance(one.type, click.Choice) or (option and (option.is_flag or option.count)):
            continue
        if isinstance(one.type, click.IntRange):
            one.type.name = _("whole number")
        one.metavar = WORD.sub(lambda found: known.get(found[0], found[0]), one.make_metavar(ctx))
