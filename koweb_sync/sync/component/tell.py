"""What a push tells the theme component: two requests, if what it says changed, and none else.

The first reads what is there: where another repository tells it by now, that is left alone.
"""

from collections.abc import Collection, Container, Iterable
from dataclasses import replace

from koweb_sync.agreements import Agreement
from koweb_sync.bookmark import Component
from koweb_sync.errors import ForumForbidden, ForumKeyRefused, ForumNotFound, ForumRefused, KowebError
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.site import Site
from koweb_sync.forum.themes import set_setting, theme
from koweb_sync.i18n import _
from koweb_sync.sync.component.published import PublishedTopics, Repository, digest, page_in, published, topics_in

SETTING = "koweb_published"  # no other component has one of that name: a number that went astray does no harm
NO = (ForumForbidden, ForumKeyRefused, ForumNotFound, ForumRefused)


def told(
    component: Component, agreed: Iterable[Agreement], site: Site, branch: str, moved: Container[int] = ()
) -> PublishedTopics:
    """What the component is to know. `moved`: topics that were seen where not everybody reads them since it was looked
    where all of them are.
    """
    seen = [one for one in agreed if one.topic not in moved]
    return published(seen, site, Repository(component.page, component.forge, branch), component.hidden)


def news(
    component: Component, agreed: Iterable[Agreement], site: Site | None, branch: str, moved: Container[int] = ()
) -> PublishedTopics | None:
    """What the component is to be told; None where it knows that, or the forum refused to, or none is there."""
    if not component.theme or component.refused or site is None:
        return None
    found = told(component, agreed, site, branch, moved)
    return None if found.digest == component.told else found


def anothers(text: object, component: Component, ours: Collection[int]) -> tuple[int, str]:
    """Of what the component knows: how many topics it names that are none of `ours`, and the page of another repository
    than the one that was told; 0 and "" where nobody else told it. What we told last is never another's.
    """
    if digest(str(text)) == component.told:
        return 0, ""
    page = page_in(text) or ""
    return len(topics_in(text) - set(ours)), page if component.told and page != component.page else ""


def tell(
    forum: Connection, component: Component, found: PublishedTopics, ours: Collection[int]
) -> tuple[Component, str]:
    """Tell it: two requests, one where it is another's by now. The component as it is known then, and a sentence for a
    person where that failed: what was published stays published. `ours`: all topics that this repository published.
    """
    try:
        if any(anothers(theme(forum, component.theme).settings.get(SETTING), component, ours)):
            return replace(component, refused="taken"), _(
                "The note under the topics is another repository's by now, and was left to it. "
                "To take it back: koweb component update --take-over"
            )
        set_setting(forum, component.theme, SETTING, found.text)
    except NO:
        return replace(component, refused="yes"), _(
            "The note under the topics was not renewed: that needs an administrator's key without scopes. "
            "An administrator may run “koweb component update”."
        )
    except KowebError:
        return component, _("The note under the topics was not renewed this time; the next push tries again.")
    return replace(component, told=found.digest, refused=""), ""
