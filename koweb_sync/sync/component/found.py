"""What a forum has of the theme component, and whose it is.

A push writes to it without reading what is there, for a request is dear. So a component's number is only ever one
repository's: whoever takes the note over, or does not know whose it is, makes a new component and takes the old one
away. Then the number that the other repository remembers leads nowhere: Discourse takes numbers from PostgreSQL's
sequence, which gives none twice (read in its sources and in PostgreSQL's manual; a backup that is restored turns the
sequence back, too).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from koweb_sync.bookmark import Bookmark, Component
from koweb_sync.errors import ForumForbidden, ForumNotFound, InputError
from koweb_sync.forum import themes
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.themes import Theme
from koweb_sync.i18n import _
from koweb_sync.sync.component.bundle import NAME
from koweb_sync.sync.component.published import digest, page_in, topics_in
from koweb_sync.sync.component.update import SETTING


@dataclass(frozen=True, slots=True)
class Found:
    """What a forum has: the component that is ours to renew, None where there is none; those by its name that would
    give way to it, as their numbers may be another repository's; and the forum's themes.
    """

    component: Theme | None
    strangers: tuple[Theme, ...]
    themes: tuple[Theme, ...]

    @property
    def components(self) -> tuple[Theme, ...]:
        """All by our name, ours first."""
        return (*([self.component] if self.component else []), *self.strangers)

    @property
    def parents(self) -> tuple[Theme, ...]:
        """The themes that readers see the note in."""
        within = {parent for one in self.components for parent in one.parents}
        return tuple(one for one in self.themes if one.id in within)


def look(forum: Connection, known: Component) -> Found:
    """What is there: one request, and one for each component by our name. Raises ForumForbidden where the key is no
    administrator's.
    """
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
    parts = [themes.theme(forum, one.id) for one in every if one.component and one.name == NAME]
    ours = [one for one in parts if one.id == known.theme] or [one for one in parts if not one.settings.get(SETTING)]
    rest = tuple(one for one in parts if one not in ours and one.settings.get(SETTING))
    return Found(ours[0] if ours else None, rest, tuple(one for one in every if not one.component))


def others(found: Found, bookmark: Bookmark, page: str) -> tuple[int, str]:
    """How many topics the forum's components name that this repository did not publish, and the page of another
    repository that one tells of; 0 and "" where nobody else told them. `page`: where this repository is looked at.
    What we told last is never another's.
    """
    known = bookmark.component
    texts = [str(one.settings[SETTING]) for one in found.strangers]
    foreign = [text for text in texts if digest(text) != known.told]
    named = {topic for text in foreign for topic in topics_in(text)}
    pages = [told for text in foreign if (told := page_in(text)) and told not in (known.page, page)]
    return len(named - {agreed.topic for agreed in bookmark.agreed.values()}), next(iter(pages), "")


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
