"""Which tags new topics really have: a create's answer does not tell what the forum made of them."""

from collections.abc import Iterable
from dataclasses import replace

from koweb_sync.agreements import Agreement
from koweb_sync.errors import ForumForbidden, ForumKeyRefused, ForumNotFound
from koweb_sync.posts.ids import TopicId
from koweb_sync.posts.tags import same_tags, stored
from koweb_sync.sync.publish.carry_out_action import PublishRun

MANY = 30  # topics that one request tells about


def confirm(run: PublishRun, idents: Iterable[str]) -> None:
    """Agree on the tags of new topics as the forum stored them.

    One request tells about thirty topics; of more, thirty are chosen so that each tag is seen once. Topics with a tag
    that turned out to be stored as another one are looked at, too: one request more for thirty. Where the key may not
    read lists, the tags stay agreed on as they were sent.
    """
    made = [agreed for ident in idents if (agreed := run.agreed(ident)) and agreed.tags]
    if not made:
        return
    first = made if len(made) <= MANY else chosen(made)
    other = look(run, first)
    rest = [one for one in made if one not in first and same_tags(one.tags) & other]
    if rest:
        look(run, rest)


def chosen(made: list[Agreement]) -> list[Agreement]:
    """At most thirty topics that have each tag, or as many as can be, between them."""
    known: set[str] = set()
    found: list[Agreement] = []
    for one in made:
        if not same_tags(one.tags) <= known and len(found) < MANY:
            known |= same_tags(one.tags)
            found.append(one)
    return found


def look(run: PublishRun, made: list[Agreement]) -> frozenset[str]:
    """Read topics, and agree on the tags that they show. The tags that the forum stored as others."""
    try:
        states = run.forum.states([TopicId(one.topic) for one in made])
    except (ForumForbidden, ForumKeyRefused, ForumNotFound):
        return frozenset()
    other: set[str] = set()
    for one in made:
        state = states.get(one.topic)
        if state is not None:
            other |= {stored(tag) for tag in one.tags} - same_tags(state.tags)
            run.record(replace(one, tags=state.tags))
    return frozenset(other)
