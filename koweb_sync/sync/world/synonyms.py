"""Tags that a file says by another name than the forum: found by what was agreed on, without asking anybody. Pure."""

from collections.abc import Iterable, Iterator

from koweb_sync.i18n import _
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.lint import Problem
from koweb_sync.posts.tags import replaced, same_tags
from koweb_sync.sync.world.bindings import BookmarkNames


def other_names(posts: Iterable[PostFile], known: BookmarkNames) -> Iterator[Problem]:
    """A hint for each file with tags that the forum keeps under other names, such as synonyms."""
    for post in posts:
        agreed = known.agreed(post)
        if agreed is None or same_tags(post.front.tags or ()) != same_tags(agreed.sent.tags or ()):
            continue  # what the forum makes of new tags is not known yet
        other, instead = replaced(agreed.sent.tags or (), agreed.tags)
        if other:
            text = _("The forum keeps “{tags}” as “{there}”: the file can say so, too.")
            text = text.format(tags="”, “".join(other), there="”, “".join(instead))
            gone = _("The forum does not show the tag “{tags}” that was sent.").format(tags="”, “".join(other))
            line = post.key_lines.get("tags", 1)
            yield Problem(post.path, line, "tag-other-name", text if instead else gone, error=False)
