"""In which category a topic goes, and why it cannot. Pure."""

import difflib

from koweb_sync.agreements import Fields
from koweb_sync.errors import InputError, KowebError
from koweb_sync.forum.site import Site
from koweb_sync.i18n import _
from koweb_sync.spelling import compared


class WrongCategory(InputError):
    """A category that is not there, or where this user may start no topics, as far as the forum is remembered."""


def wrong_category(where: str, wants: Fields, site: Site) -> KowebError | None:
    """Why a topic with these fields cannot go into its category. `where`: the line that says it."""
    if wants.category is None:
        return None if site.limits.uncategorized_allowed else no_category(where)
    known = site.named(wants.category)
    if known is None:
        return unknown_category(where, str(wants.category), site)
    if not known.may_create and wants.author is None:
        return WrongCategory(
            _("{user} may not start topics in the category “{category}”.").format(user=site.user, category=known.shown),
            where=where,
            remedy=_("Choose another category, or ask an administrator of the forum for the right."),
        )
    return None


def no_category(where: str) -> WrongCategory:
    """A post without a category on a forum that wants one."""
    return WrongCategory(
        _("This post has no category, and the forum wants one."),
        where=where,
        remedy=_("Add a line “category: …”, or name the folder's category in koweb.toml."),
    )


def unknown_category(where: str, wanted: str, site: Site) -> WrongCategory:
    """A category that does not exist, with the nearest ones that do; or a name that several have."""
    if several := site.called(wanted):
        return WrongCategory(
            _("The forum has several categories called “{category}”.").format(category=wanted),
            where=where,
            remedy=_("Write which one is meant: {names}.").format(names=", ".join(one.shown for one in several)),
        )
    near = {compared(text): one.shown for one in site.categories for text in (one.name, one.shown)}
    names = [near[name] for name in difflib.get_close_matches(compared(wanted), near, n=3, cutoff=0.4)]
    names = list(dict.fromkeys(names)) or [one.shown for one in site.categories[:5]]
    return WrongCategory(
        _("The forum has no category “{category}”.").format(category=wanted),
        where=where,
        remedy=_("Perhaps one of these is meant: {names}.").format(names=", ".join(names)),
    )
