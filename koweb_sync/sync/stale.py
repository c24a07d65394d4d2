"""Links on the forum to headings that have moved since: no reason for a request, but one for a person to look. Pure."""

from collections.abc import Iterable, Iterator

from koweb_sync.bookmark import Bookmark
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import anchors, destinations
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.lint import Problem
from koweb_sync.posts.paths import Local, resolve


def moved_anchors(posts: Iterable[PostFile], bookmark: Bookmark) -> Iterator[Problem]:
    """A warning for each published link to a heading that has another name now; the next edit of its file mends it."""
    files = {post.path: post for post in posts}
    for post in files.values():
        agreed = bookmark.agreed.get(post.front.id.lower())
        if agreed is None:
            continue
        for destination in destinations(post.body):
            place = resolve(post.path, destination.url)
            used = agreed.used.get(destination.url)
            if used is None or not isinstance(place, Local) or not place.fragment or place.path not in files:
                continue
            name = anchor(files[place.path], place.fragment, bookmark)
            if name and used.url.partition("#")[2] != name:
                text = _("On the forum this link leads to where the heading was before. The post's next edit mends it.")
                yield Problem(post.path, post.body_line + destination.line - 1, "moved-anchor", text, error=False)


def anchor(target: PostFile, fragment: str, bookmark: Bookmark) -> str | None:
    """The forum's present name of a heading in a published post; None where it has none."""
    agreed = bookmark.agreed.get(target.front.id.lower())
    if agreed is None:
        return None
    return anchors(target.body, agreed.post, bookmark.server.anchors or "plain").get(fragment)
