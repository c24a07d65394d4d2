"""Links on the forum that lead nowhere: to headings that moved or have another name, or past the forum. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from koweb_sync.agreements import Used
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import anchors, destinations, html_anchors
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.lint import Problem
from koweb_sync.posts.paths import Local, Resolved, base_path, resolve
from koweb_sync.sync.links.destinations import leads_out_of_forum, leads_to_no_heading
from koweb_sync.sync.world.bindings import BookmarkNames


def moved_anchors(
    posts: Iterable[PostFile], known: BookmarkNames, style: str, home: str, root: str = ""
) -> Iterator[Problem]:
    """A warning for each published link to a heading that has another name on the forum now, which the next edit of
    its file mends, and for each that leads nowhere there, which the next push mends.

    `style` is how the forum names its anchors, `home` its address, `root` the folder that `/a.md` is counted from.
    """
    files, below = {post.path: post for post in posts}, base_path(home)
    for post in files.values():
        agreed = known.agreed(post)
        if agreed is None:
            continue
        for destination in destinations(post.body):
            used = agreed.used.get(destination.url)
            if used is None:
                continue
            if leads_out_of_forum(used, home):
                yield Problem(post.path, post.body_line + destination.line - 1, "link-astray", lost(home), error=False)
                continue
            named = "#" in destination.url or "&" in destination.url  # which may stand for it
            place = resolve(post.path, destination.url, below, root) if named else None
            text = trouble(used, place, files, known, style)
            if text:
                yield Problem(post.path, post.body_line + destination.line - 1, "moved-anchor", text, error=False)


def lost(home: str) -> str:
    """What is wrong with a published link that leads out of the forum."""
    return _("On the forum this link leads nowhere: it lacks the path of {url}. The next push mends it.").format(
        url=home
    )


def trouble(
    used: Used, place: Resolved | None, files: Mapping[str, PostFile], known: BookmarkNames, style: str
) -> str | None:
    """What is wrong with a published link to a heading, None if nothing is. `place`: None for one that names none."""
    target = files.get(place.path) if isinstance(place, Local) else None
    if isinstance(place, Local) and target and place.fragment and place.fragment in html_anchors(target.body).kept:
        return None
    if leads_to_no_heading(used, style):
        return _("On the forum this link leads nowhere: it names its headings otherwise. The next push mends it.")
    if not isinstance(place, Local) or not place.fragment or target is None:
        return None
    name = anchor(target, place.fragment, known, style)
    if name and used.url.partition("#")[2] != name:
        return _("On the forum this link leads to where the heading was before. The post's next edit mends it.")
    return None


def anchor(target: PostFile, fragment: str, known: BookmarkNames, style: str) -> str | None:
    """The forum's present name of a heading in a published post; None where it has none. What the file says meanwhile
    is not on the forum yet.
    """
    agreed = known.agreed(target)
    if agreed is None:
        return None
    return anchors(agreed.raw, agreed.post, style).get(fragment)
