"""Why a post cannot go into its category, in words that help."""

import difflib
from collections.abc import Sequence

from koweb_sync.errors import InputError
from koweb_sync.forum.models import Category
from koweb_sync.i18n import _


class WrongCategory(InputError):
    """A category that is not there, or where this user may start no topics, as far as the forum is remembered."""


def no_category(where: str) -> WrongCategory:
    """A post without a category on a forum that wants one."""
    return WrongCategory(
        _("This post has no category, and the forum wants one."),
        where=where,
        remedy=_("Add a line “category: …”, or name the folder's category in koweb.toml."),
    )


def unknown_category(where: str, wanted: str, categories: Sequence[Category]) -> WrongCategory:
    """A category that does not exist, with the nearest ones that do."""
    paths = [category.path for category in categories]
    near = difflib.get_close_matches(wanted, paths, n=3, cutoff=0.4) or paths[:5]
    return WrongCategory(
        _("The forum has no category “{category}”.").format(category=wanted),
        where=where,
        remedy=_("Perhaps one of these is meant: {names}.").format(names=", ".join(near)),
    )
