"""Files that cannot be told apart: several with one id, several for one topic, one that names two topics. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from koweb_sync.agreements import Agreement
from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.posts.document import PostFile
from koweb_sync.sync.publish.actions import Refusal
from koweb_sync.sync.world.bindings import not_that, one_file, one_topic, other_topic
from koweb_sync.sync.world.world import PostAtHead, World


def doubles(sources: Sequence[PostAtHead], covers: Callable[[str], bool], *, alone: bool) -> Iterator[Refusal]:
    """Files that claim the same id or the same topic: none of them can be published, for a topic has one file.

    `alone`: whether numbers of topics are certainly this forum's.
    """
    by_key: dict[str, list[PostAtHead]] = defaultdict(list)
    by_topic: dict[int, list[PostAtHead]] = defaultdict(list)
    for source in sources:
        by_key[source.ident].append(source)
        if alone and source.post and source.post.front.topic:
            by_topic[source.post.front.topic].append(source)
    refused: set[str] = set()
    for several in (*by_key.values(), *by_topic.values()):
        for source in several if len(several) > 1 else ():
            if source.path not in refused and covers(source.path):
                refused.add(source.path)
                yield Refusal(source.path, double(source, [other for other in several if other is not source]))


def double(source: PostAtHead, others: Sequence[PostAtHead]) -> InputError:
    """Why one of several files is refused."""
    paths = ", ".join(other.path for other in others)
    if all(own_id(other) == own_id(source) for other in others):
        return InputError(
            _("The id “{id}” is also used by {others}.").format(
                id=source.post.front.id if source.post else source.ident, others=paths
            ),
            where=place_of_keys(source.path, source.post, "id"),
            remedy=_("Give each post file its own id."),
        )
    return InputError(one_topic(paths), where=place_of_keys(source.path, source.post, "topic", "id"), remedy=one_file())


def own_id(source: PostAtHead) -> str:
    """The id in a file."""
    return source.post.front.id.lower() if source.post else source.ident


def place_of_keys(path: str, post: PostFile | None, *keys: str) -> str:
    """The place of the first of some keys that a file has."""
    lines = post.key_lines if post else {}
    return f"{path}:{next((lines[key] for key in keys if key in lines), 1)}"


def two_topics(world: World, source: PostAtHead, agreed: Agreement) -> InputError | None:
    """Why a file is refused that names another topic than the one that it was published as; None if it does not."""
    post = source.post
    known = other_topic(post, agreed, world.bookmark, {one.ident for one in world.sources}) if post else None
    if post is None or known is None:
        return None
    message, remedy = not_that(post, known)
    return InputError(message, where=place_of_keys(source.path, post, "topic"), remedy=remedy)
