"""Putting the theme component on a forum, renewing it, taking it away, and saying how it stands.

Requests: 1 to look what is there, and 1 more for what it knows, if it is. To install or renew it: 1 whether everybody
may read the forum, 1 for its categories (or those for all its facts, where nobody knows them), 1 for the bundle, 1
where it becomes part of more themes, 1 for each 30 topics to see where they are, 1 for what it is to know. To take it
away: 1 more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from koweb_sync.bookmark import Bookmark, Component
from koweb_sync.config import Settings
from koweb_sync.errors import ForumForbidden, ForumNotFound, InputError
from koweb_sync.forum import themes
from koweb_sync.forum.client import Forum
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.site import Site
from koweb_sync.forum.themes import Theme
from koweb_sync.git import Repo
from koweb_sync.i18n import _
from koweb_sync.sync.component.bundle import NAME, bundle, version
from koweb_sync.sync.component.in_sight import hidden_topics
from koweb_sync.sync.component.published import PublishedTopics
from koweb_sync.sync.component.repository_page import forge_of, page_of
from koweb_sync.sync.component.tell import SETTING, anothers, told
from koweb_sync.sync.lock.hold import Hold
from koweb_sync.sync.lock.who import publisher


@dataclass(frozen=True, slots=True)
class Found:
    """What a forum has: our component, None where it is not there, and its themes."""

    component: Theme | None
    themes: tuple[Theme, ...]

    @property
    def parents(self) -> tuple[Theme, ...]:
        """The themes that the component is part of."""
        mine = self.component.parents if self.component else ()
        return tuple(one for one in self.themes if one.id in mine)


def look(forum: Connection, known: Component) -> Found:
    """What is there: one request. Raises ForumForbidden where the key is no administrator's."""
    try:
        every = themes.themes(forum)
    except ForumNotFound as error:
        raise ForumForbidden(
            _("Only an administrator may see and change the forum's themes."),
            where=forum.host,
            remedy=_(
                "Use an administrator's key without scopes, or give an administrator the file that "
                "“koweb component bundle” writes."
            ),
        ) from error
    parts = [one for one in every if one.component and one.name == NAME]  # a number alone may be another's by now
    ours = [one for one in parts if one.id == known.theme] or parts
    return Found(ours[0] if ours else None, tuple(one for one in every if not one.component))


def chosen(found: Found, names: Sequence[str]) -> tuple[Theme, ...]:
    """The themes that the component is to be part of: those named (by name or number), else those it is part of, else
    the forum's default. Raises InputError for a name that no theme has, and where there is no default.
    """
    if names:
        return tuple(named(found, name) for name in names)
    default = tuple(one for one in found.themes if one.default)
    if not (found.parents or default):
        raise InputError(
            _("This forum has no default theme."),
            remedy=_("Say to which themes the component belongs, with --theme. There are: {names}.").format(
                names=", ".join(one.name for one in found.themes)
            ),
        )
    return found.parents or default


def named(found: Found, name: str) -> Theme:
    """The theme of that name or number. Raises InputError."""
    fits = [one for one in found.themes if name in (str(one.id), one.name)]
    fits = fits or [one for one in found.themes if one.name.casefold() == name.casefold()]
    if len(fits) == 1:
        return fits[0]
    raise InputError(
        _("No theme is called “{name}”, or several are.").format(name=name),
        remedy=_("There are: {names}.").format(names=", ".join(f"{one.name} ({one.id})" for one in found.themes)),
    )


def place(repo: Repo, settings: Settings, known: Component, page: str | None, forge: str | None) -> Component:
    """Where the repository is looked at: as said, as known, or as the git remote tells. Raises InputError for a page
    that is none.
    """
    here = page_of(page) if page else known.page or page_of(repo.remote_address(settings.remote))
    if page and not here.startswith("https://"):
        raise InputError(
            _("“{page}” is not the address of a page.").format(page=page),
            remedy=_("It looks like https://example.org/community/posts."),
        )
    same = here == known.page
    return replace(known, page=here, forge=forge or (known.forge if same and known.forge else forge_of(here)))


def others(forum: Connection, found: Found, bookmark: Bookmark) -> tuple[int, str]:
    """How many topics the component names that this repository did not publish, and the page of another repository that
    it tells of (`anothers`): one request, if it is there.
    """
    if found.component is None:
        return 0, ""
    there = themes.theme(forum, found.component.id)
    ours = {agreed.topic for agreed in bookmark.agreed.values()}
    return anothers(there.settings.get(SETTING), bookmark.component, ours)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be: where the repository is looked at, and of which themes the component is to be part."""

    place: Component
    parents: Sequence[Theme]

    def more_parents(self, there: Theme | None) -> set[int]:
        """The themes that it is not part of yet."""
        return {one.id for one in self.parents} - set(there.parents if there else ())


def install(forum: Forum, hold: Hold, site: Site, found: Found, wish: Wish) -> PublishedTopics:
    """Put the component there, or renew it, and tell it what is published by now: two requests, or three, and those to
    see where the topics are. Whoever is cut off does it again, and finds the component by its name.
    """
    with hold.noting_component(publisher(hold.repo)):
        there = themes.send_bundle(forum, bundle(), found.component.id if found.component else None)
        if missing := wish.more_parents(there):
            there = themes.set_parents(forum, there.id, {*there.parents, *missing})
        agreed = hold.bookmark.agreed.values()
        seen = replace(wish.place, looked=hold.clock(), hidden=hidden_topics(forum, site, agreed))
        made = told(seen, agreed, site, hold.settings.branch)
        themes.set_setting(forum, there.id, SETTING, made.text)
        hold.component = replace(seen, theme=there.id, told=made.digest, refused="")
    return made


def remove(forum: Connection, hold: Hold, found: Found) -> None:
    """Take the component away, if it is there, and forget it: one request, or none."""
    with hold.noting_component(publisher(hold.repo)):
        if found.component:
            themes.remove(forum, found.component.id)
        hold.component = Component()


@dataclass(frozen=True, slots=True)
class ComponentStatus:
    """How the component stands. `there`: its version on the forum, "" where it is not; `ours`: the one this koweb-sync
    brings. `enabled`: whether it is switched on. `themes`: what it is part of. `published`: what it is to know, and
    `current` whether it knows that.
    """

    there: str
    ours: str
    enabled: bool
    themes: tuple[str, ...]
    published: PublishedTopics
    current: bool

    @property
    def good(self) -> bool:
        """Whether readers see what they are to see."""
        return bool(self.there == self.ours and self.enabled and self.themes and self.current)


def status(forum: Forum, bookmark: Bookmark, site: Site, branch: str) -> ComponentStatus:
    """How it stands: one request, or two, and those to see where the topics are."""
    found = look(forum, bookmark.component)
    agreed = bookmark.agreed.values()
    made = told(replace(bookmark.component, hidden=hidden_topics(forum, site, agreed)), agreed, site, branch)
    if found.component is None:
        return ComponentStatus("", version(), False, (), made, False)
    there = themes.theme(forum, found.component.id)
    names = tuple(one.name for one in found.parents)
    return ComponentStatus(
        there.version, version(), there.enabled, names, made, there.settings.get(SETTING) == made.text
    )
