"""The forum's facts: its categories, what it takes, and who the key acts as.

A key with scopes reads only what they name, and these pages are in none but `global:read`. So they are read as
everybody may, where the key may not; what is told to nobody without an account is then not known.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from koweb_sync.errors import AnswerMalformed, ForumForbidden, ForumKeyRefused, ForumNotFound
from koweb_sync.forum import parse_site as parse
from koweb_sync.forum.models import User
from koweb_sync.forum.site import Site
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


def read_site(forum: "Forum", known: Site | None) -> Site:
    """All facts, read now: three requests, four where tags are restricted. A key with scopes but without `global:read`
    costs one more, and is told only what everybody may read.

    Raises AnswerMalformed for answers that no forum gives.
    """
    told = page(forum, "/site.json")
    with forum.reading("/site.json"):
        uncategorized, can_tag, can_create_tags = parse.facts(told)
        categories = parse.categories(told)
    light, dark = parse.schemes(told)
    settings = page(forum, "/site/settings.json") or {}
    with forum.reading("/site/settings.json"):
        title, locale = parse.called(settings)
        user = None if forum.narrow else somebody(forum)
        staff = user is not None and bool(user.admin or user.moderator)
        limits = parse.limits(settings, uncategorized, staff=staff)
    can_tag, can_create_tags = (True, True) if forum.narrow else (can_tag, can_create_tags)
    return Site(
        title=title or forum.host,
        locale=locale or "en",
        categories=tuple(categories),
        limits=replace(limits, anchors=forum.anchors or (known.limits.anchors if known else "plain")),
        can_tag=can_tag,
        can_create_tags=can_create_tags,
        tags=frozenset() if can_create_tags else forum.tags(),
        user=user.username if user else forum.api_username,
        staff=staff,
        read_at=datetime.now(UTC),
        plugins=parse.plugins(settings),
        light=light,
        dark=dark,
        translates=parse.translates(settings),
        names_first=parse.names_first(settings),
        person=(user.name or "") if user else "",
    )


def read_limits(forum: "Forum", known: Site) -> Site:
    """Known facts with what the forum takes now: one request."""
    settings = page(forum, "/site/settings.json") or {}
    with forum.reading("/site/settings.json"):
        limits = parse.limits(settings, known.limits.uncategorized, staff=known.staff)
    limits = replace(limits, anchors=known.limits.anchors)
    return replace(
        known,
        limits=limits,
        plugins=parse.plugins(settings),
        translates=parse.translates(settings),
        names_first=parse.names_first(settings),
    )


def read_places(forum: "Forum", known: Site) -> Site:
    """Known facts with the categories and the right to tag as they are now: one request."""
    told = page(forum, "/site.json")
    with forum.reading("/site.json"):
        _uncategorized, can_tag, can_create_tags = parse.facts(told)
        categories = tuple(parse.categories(told))
    light, dark = parse.schemes(told)
    known = replace(known, light=light, dark=dark)
    if forum.narrow:
        return replace(known, categories=categories)
    return replace(known, categories=categories, can_tag=can_tag, can_create_tags=can_create_tags)


def page(forum: "Forum", path: str) -> Any:
    """A page about the forum: with the key, or as everybody reads it where the key's scopes lack it."""
    if not forum.narrow:
        try:
            return forum._get(path)
        except ForumKeyRefused:
            if not forum.scoped:
                raise
            forum.narrow = True
    try:
        return forum.read_anonymously(path)
    except (ForumForbidden, ForumKeyRefused, ForumNotFound) as error:
        raise ForumKeyRefused(
            _("The key's scopes do not allow this: {scope} is missing.").format(scope="global:read"),
            where=error.where,
            remedy=_("Ask an administrator of the forum for a key with that scope, or without scopes: {url}").format(
                url=f"{forum.host}/admin/api/keys"
            ),
        ) from error


def somebody(forum: "Forum") -> User:
    """Whom the key acts as. Raises AnswerMalformed where the forum says nobody, which none does."""
    found = forum.me()
    if found is None or not found.username:
        raise AnswerMalformed(
            _("The forum does not say whom the key acts as."),
            where=f"{forum.host}/session/current.json",
            remedy=_("Open the address in a browser: is it the forum's own?"),
        )
    return found
