"""What is done in each stage of a run, and what a Ctrl-C means within one."""

from collections.abc import Iterator
from contextlib import contextmanager

from koweb_sync.errors import Stopped
from koweb_sync.i18n import _


@contextmanager
def may_be_stopped() -> Iterator[None]:
    """Say what a Ctrl-C means for the archive."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped(_("Stopped."), remedy=_("Try again: it goes on from what is kept already.")) from None


def stages() -> dict[str, str]:
    """What is done in each stage of a run."""
    return {
        "news": _("reading topics"),
        "sweep": _("reading topics"),
        "posts": _("reading posts"),
        "people": _("reading people"),
        "topics": _("reading changed topics"),
        "again": _("reading old posts again"),
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
