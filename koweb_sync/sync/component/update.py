"""What a push tells the theme component: one request, if what it says changed, and none else.

It reads nothing before: where another repository has the note by now, the number that we know leads nowhere (`found`).
"""

from collections.abc import Container, Iterable
from dataclasses import replace

from koweb_sync.agreements import Agreement
from koweb_sync.bookmark import Component
from koweb_sync.errors import ForumForbidden, ForumKeyRefused, ForumNotFound, ForumRefused, KowebError
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.site import Site
from koweb_sync.forum.themes import set_setting
from koweb_sync.i18n import _
from koweb_sync.sync.component.published import PublishedTopics, Repository, published

SETTING = "koweb_published"  # no other component has one of that name: a number that went astray does no harm
NO = (ForumForbidden, ForumKeyRefused, ForumNotFound)  # Discourse hides the route from whoever is no administrator


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


def tell(forum: Connection, component: Component, found: PublishedTopics) -> tuple[Component, str]:
    """Tell it: one request. The component as it is known then, and a sentence for a person where that failed: what was
    published stays published.
    """
    try:
        set_setting(forum, component.theme, SETTING, found.text)
    except ForumRefused:
        return replace(component, refused="gone"), _(
            "The note under the topics is another repository's by now, or was taken away, and is left so. "
            "To have it again: koweb component install (--take-over, if it is another's)"
        )
    except NO:
        return replace(component, refused="yes"), _(
            "The note under the topics was not renewed: that needs an administrator's key without scopes. "
            "An administrator may run “koweb component update”."
        )
    except KowebError:
        return component, _("The note under the topics was not renewed this time; the next push tries again.")
    return replace(component, told=found.digest, refused=""), ""
