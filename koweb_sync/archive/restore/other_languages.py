"""Texts and titles in other languages, published again: one request each, in the name of who translated where they have
an account; a machine's in the name of the forum's own.

A forum that keeps no translations takes none, and nothing is sent; nor are those of posts whose text may not be shown.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, and_, select

from koweb_sync.archive.restore.publishable import fit
from koweb_sync.archive.restore.rewrite import translate
from koweb_sync.archive.store import schema
from koweb_sync.errors import ForumRefused
from koweb_sync.forum.answers import NOT_FOR_US

if TYPE_CHECKING:
    from koweb_sync.archive.restore.plan import Decided
    from koweb_sync.archive.restore.restore import Restore

SYSTEM = "system"  # the forum's own account: on every Discourse
STATE = "translations"


@dataclass(frozen=True, slots=True)
class OldTranslation:
    """A text of a post or a title of a topic in another language. `username`: of who translated, empty for nobody."""

    kind: str
    id: int
    locale: str
    title: str
    raw: str
    username: str

    @property
    def place(self) -> tuple[str, int, str]:
        """By what they are ordered."""
        return self.kind, self.id, self.locale


def held(connection: Connection, forum: int, topics: Collection[int]) -> list[OldTranslation]:
    """The translations of what is published, in order."""
    table, people, posts = schema.LOCALISATIONS, schema.PEOPLE, schema.POSTS
    who = and_(people.c.forum == table.c.forum, people.c.id == table.c.person)
    columns = [table.c[name] for name in ("kind", "id", "locale", "title", "raw", "person")]
    found = select(*columns, people.c.username).join_from(table, people, who, isouter=True)
    found = found.where(table.c.forum == forum).order_by(table.c.kind, table.c.id, table.c.locale)
    shown = and_(fit(posts), posts.c.hidden == 0, posts.c.user_deleted == 0, posts.c.forum == forum)
    of = {int(post): int(topic) for post, topic in connection.execute(select(posts.c.id, posts.c.topic).where(shown))}
    translations = []
    for row in connection.execute(found):
        topic = of.get(row.id) if row.kind == "post" else row.id
        if topic in topics:
            by = SYSTEM if (row.person or 0) < 0 else row.username or ""
            translations.append(OldTranslation(row.kind, row.id, row.locale, row.title, row.raw, by))
    return translations


def left(one: "Decided") -> list[OldTranslation]:
    """Those that were not published yet; none where the forum keeps none."""
    if not one.site.translates:
        return []
    after = one.memory.state.get(STATE)
    with one.store.read() as connection:
        found = held(connection, one.source, one.crop.subjects)
    return [each for each in found if after is None or each.place > tuple(after)]


def publish(one: "Restore") -> None:
    """Publish them: one request each, and one more where the forum takes it only in the key's name."""
    for each in left(one):
        place = one.memory.topics.get(each.id) if each.kind == "topic" else one.memory.posts.get(each.id)
        if place is None:  # a post that does not come back
            continue
        if each.kind == "topic":
            path, sent = "topic", {"topic_id": place, "title": each.title}
        else:
            one.carry(each.raw)
            topic = one.memory.done[each.id].old
            path, sent = "post", {"post_id": place, "raw": translate(each.raw, topic, one.memory.ways(one.coming)).raw}
        author = each.username if each.username == SYSTEM else one.author(each.username)
        for name in dict.fromkeys((author, None)):
            try:
                given = {**sent, "locale": each.locale, "override_request_kwargs": {"username": name}}
                one.forum._post(f"/{path}_localizations/create_or_update.json", **given)
                break
            except (*NOT_FOR_US, ForumRefused):
                continue
        else:
            one.skip(STATE)
        one.note(STATE, list(each.place))
