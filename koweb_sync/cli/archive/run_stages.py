"""What stages of a run are called, and what a Ctrl-C means within one."""

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
        raise Stopped(_("Stopped."), remedy=_("What was read is kept: try again, and it goes on from there.")) from None


def stages() -> dict[str, str]:
    """What the stages of a run are called."""
    return {
        "news": _("topics"),
        "sweep": _("topics"),
        "posts": _("posts"),
        "people": _("people"),
        "topics": _("changed topics"),
        "again": _("old posts again"),
        "revisions": _("edits"),
        "translations": _("translations"),
        "likes": _("likes"),
        "files": _("images"),
        "sound": _("the archive itself"),
        "places": _("categories"),
        "links": _("links"),
        "votes": _("votes"),
        "answers": _("solutions"),
        "states": _("closed and pinned topics"),
    }
