"""Questions to a person at a terminal: all of them are asked here, and answered in either language."""

import os
import sys
from collections.abc import Callable
from typing import TypeVar

import click

from koweb_sync.cli.output import safe_lines, say
from koweb_sync.errors import InputError, KowebError
from koweb_sync.i18n import _

Answer = TypeVar("Answer")

YES = ("y", "yes", "o", "oui")
NO = ("n", "no", "non")


def can_ask() -> bool:
    """Whether there is somebody who can be asked: a terminal, in both directions, and no CI, which may imitate one."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("CI")


def plain(text: str) -> str:
    """An answer as it was typed, without spaces around it."""
    return text.strip()


def reason(text: str) -> str:
    """Why something was done, as it was typed. Raises InputError for a mere yes or no, which says nothing of it."""
    if text.strip().casefold() in (*YES, *NO):
        raise InputError(_("Say in a few words why: the community reads them."))
    return text.strip()


def unless_no(text: str, understood: Callable[[str], str]) -> str:
    """An answer to a question that Enter alone leaves aside, as a no does; "" for that."""
    return understood(text) if text.strip() and text.strip().casefold() not in NO else ""


def ask(question: str, default: str | None = None, *, hidden: bool = False) -> str:
    """What a person answers. Raises click.Abort where nobody does."""
    return ask_for(question, plain, default, hidden=hidden)


def ask_for(
    question: str, understood: Callable[[str], Answer], default: str | None = None, *, hidden: bool = False
) -> Answer:
    """What a person answers, once `understood` takes it: for a KowebError of that they are told why, and asked again.

    A `default` of "" lets Enter alone be an answer. Raises click.Abort where nobody answers.
    """

    def answer(text: str) -> Answer:
        try:
            return understood(text)
        except KowebError as error:
            raise click.UsageError(safe_lines(str(error))) from error

    return click.prompt(
        safe_lines(question),
        default=default,
        hide_input=hidden,
        value_proc=answer,
        prompt_suffix=_(": "),
        show_default=bool(default),
        err=True,
    )


def ask_yes_no(question: str, *, default: bool | None = None) -> bool:
    """Whether a person says yes. `default` is what Enter alone means; None: it means nothing, and is asked again."""
    signs = {True: _("Y/n"), False: _("y/N"), None: _("y/n")}[default]
    enter = None if default is None else YES[0] if default else NO[0]
    while True:
        text = click.prompt(
            f"{safe_lines(question)} [{signs}]", default=enter, show_default=False, prompt_suffix=_(": "), err=True
        )
        word = text.strip().casefold()
        if word in YES or word in NO:
            return word in YES
        say(_("Please answer with yes or no."))


def confirm(question: str) -> None:
    """Go on only if a person says yes. Raises click.Abort."""
    if not ask_yes_no(question, default=False):
        raise click.Abort
