"""What is done in each stage of a run, and what a Ctrl-C means within one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from koweb_sync.errors import Stopped
from koweb_sync.i18n import _


@contextmanager
def may_be_stopped(kept: Callable[[], bool]) -> Iterator[None]:
    """Say what a Ctrl-C means for the archive. `kept`: whether something of this run is there to go on from."""
    try:
        yield
    except KeyboardInterrupt:
        if kept():
            raise Stopped(_("Stopped."), remedy=_("Try again: it goes on from what is kept already.")) from None
        raise Stopped(_("Stopped. Nothing was read yet."), remedy=_("Type the same command again.")) from None


@contextmanager
def before_anything(words: str) -> Iterator[None]:
    """Say that nothing was done, where somebody stops a command before it did something, or does not agree to it."""
    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        raise Stopped(words) from None


def stages() -> dict[str, str]:
    """What is done in each stage of a run."""
    return {
        "news": _("reading topics"),
        "sweep": _("reading topics"),
        "posts": _("reading posts"),
        "people": _("reading people"),
        "topics": _("reading changed topics"),
        "again": _("reading old posts again"),
        "unclear": _("asking what was deleted"),
        "revisions": _("reading edits"),
        "translations": _("reading translations"),
        "likes": _("reading likes"),
        "files": _("reading images"),
        "chat": _("reading chat"),
        "chat edits": _("reading chat"),
        "chat reactions": _("reading chat"),
        "sound": _("checking the archive itself"),
        "places": _("reading categories"),
        "answers": _("reading solutions"),
    }
