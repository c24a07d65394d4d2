"""Ids and titles that two files have."""

from collections.abc import Iterator

from koweb_sync.i18n import _
from koweb_sync.posts.check import Check, CheckContext, title_key
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.problem import Problem, at_key


def find(post: PostFile, context: CheckContext) -> Iterator[Problem]:
    """One problem for each key that says what another file does."""
    if others := other_files(post, context.same_ids[post.front.id.lower()]):
        text = _("The id “{value}” is also used by {others}. Give each post file its own id.")
        yield at_key(post, "id", "duplicate-id", text.format(value=post.front.id, others=others))
    title = title_key(post)
    if title and (others := other_files(post, context.same_titles[title])):
        text = _("The title “{value}” is also used by {others}. The forum takes each title once.")
        yield at_key(post, "title", "duplicate-title", text.format(value=post.front.title, others=others))


def other_files(post: PostFile, same: list[PostFile]) -> str:
    """The paths of the others."""
    return ", ".join(other.path for other in same if other is not post)


CHECK = Check(find)
