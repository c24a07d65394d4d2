"""Putting the theme component on a forum, renewing it, taking it away, and saying how it stands.

Requests: 1 to look what is there, and 1 for each component by our name. To install or renew it: 1 whether everybody
may read the forum, 1 for its categories (or those for all its facts, where nobody knows them), 1 for the bundle, 1 for
each 30 topics to see where they are, 1 for its themes and what it is to know; 1 to take away each one that gives way
to it. To take it away: 1 more for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from koweb_sync.bookmark import Bookmark, Component
from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.forum import themes
from koweb_sync.forum.client import Forum
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.site import Site
from koweb_sync.forum.themes import Theme
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.sync.component.bundle import bundle, version
from koweb_sync.sync.component.found import Found, look
from koweb_sync.sync.component.in_sight import hidden_topics
from koweb_sync.sync.component.published import PublishedTopics
from koweb_sync.sync.component.repository_page import forge_of, page_of
from koweb_sync.sync.component.update import SETTING, told
from koweb_sync.sync.lock.hold import Hold
from koweb_sync.sync.lock.publisher import publisher


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be: where the repository is looked at, and of which themes the component is to be part."""

    place: Component
    parents: Sequence[Theme]


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


def install(forum: Forum, hold: Hold, site: Site, found: Found, wish: Wish) -> PublishedTopics:
    """Put the component there, or renew it, and tell it what is published by now: two requests, and those to see where
    the topics are; then, when every clone knows it, one for each that gives way.

    Readers see a note all the time, if for a moment that of both. Whoever is cut off does it again: what was imported
    and told nothing is taken up, and what was told without being known here gives way, too.
    """
    with hold.noting_component(publisher(hold.repo)):
        there = themes.send_bundle(forum, bundle(), found.component.id if found.component else None)
        agreed = hold.bookmark.agreed.values()
        seen = replace(wish.place, looked=hold.clock(), hidden=hidden_topics(forum, site, agreed))
        made = told(seen, agreed, site, hold.settings.branch)
        themes.change(forum, there.id, **changes(there, found.strangers, wish, made.text))
        hold.component = replace(seen, theme=there.id, told=made.digest, refused="")
    for one in found.strangers:
        themes.remove(forum, one.id)
    return made


def changes(there: Theme, strangers: Sequence[Theme], wish: Wish, text: str) -> dict[str, Any]:
    """What makes a component that was just imported what it is to be. One that takes another's place takes over its
    themes, what a person set otherwise than the bundle, and whether it is switched on.
    """
    parents = {
        *there.parents,
        *(one.id for one in wish.parents),
        *(parent for one in strangers for parent in one.parents),
    }
    before = strangers[0] if strangers and not there.parents else there
    kept = {name: value for name, value in before.changed.items() if name in there.settings}
    made: dict[str, Any] = {"settings": {**kept, SETTING: text}}
    if parents - set(there.parents):
        made["parent_theme_ids"] = sorted(parents)
    if before.enabled != there.enabled:
        made["enabled"] = before.enabled
    return made


def remove(forum: Connection, hold: Hold, found: Found) -> None:
    """Take the component away, all by its name, and forget it: one request for each."""
    with hold.noting_component(publisher(hold.repo)):
        for one in found.components:
            themes.remove(forum, one.id)
        hold.component = Component()


@dataclass(frozen=True, slots=True)
class ComponentStatus:
    """How the component stands. `there`: its version on the forum, "" where it is not; `ours`: the one this koweb-sync
    brings. `enabled`: whether it is switched on. `themes`: what it is part of. `published`: what it is to know, and
    `current` whether it knows that. `strangers`: how many others of its name there are.
    """

    there: str
    ours: str
    enabled: bool
    themes: tuple[str, ...]
    published: PublishedTopics
    current: bool
    strangers: int

    @property
    def good(self) -> bool:
        """Whether readers see what they are to see."""
        alone = self.there == self.ours and not self.strangers
        return bool(alone and self.enabled and self.themes and self.current)


def status(forum: Forum, bookmark: Bookmark, site: Site, branch: str) -> ComponentStatus:
    """How it stands: one request, one for each component by its name, and those to see where the topics are."""
    found = look(forum, bookmark.component)
    agreed = bookmark.agreed.values()
    made = told(replace(bookmark.component, hidden=hidden_topics(forum, site, agreed)), agreed, site, branch)
    there = found.component
    if there is None:
        return ComponentStatus("", version(), False, (), made, False, len(found.strangers))
    names = tuple(one.name for one in found.themes if one.id in there.parents)
    current = there.settings.get(SETTING) == made.text
    return ComponentStatus(there.version, version(), there.enabled, names, made, current, len(found.strangers))
