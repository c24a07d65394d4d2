"""Erasing somebody from an archive, or only how they were called before.

What stays is a number without a name: the posts have an author, a conversation its turns. Who was forgotten is not
brought back by a later run: `erasures` keeps marks of the names, and the erasures reads them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from koweb_sync.archive.ingest.changes import digest
from koweb_sync.archive.ingest.file_contents import drop_unnamed
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.ingest.reactions import SHADOW
from koweb_sync.archive.names import erasures
from koweb_sync.archive.names.aliases import Alias, folded, former_number, plain_name
from koweb_sync.archive.names.erasures import Erasure, KnownNames, Policy, former
from koweb_sync.archive.names.redact import redact
from koweb_sync.archive.names.secret import Secret
from koweb_sync.archive.privacy import replace_names
from koweb_sync.archive.read.people import one_called
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.store import put
from koweb_sync.errors import InputError, KowebError
from koweb_sync.i18n import _

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PersonNames:
    """Somebody in an archive, with every name that they had there: (username, display name), oldest first.

    `shared` are those of their names that somebody else has now: texts that say them may mean either. `language` is the
    forum's.
    """

    id: int
    username: str
    name: str
    anonymised: bool = False
    names: tuple[tuple[str, str], ...] = ()
    shared: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class ForgetOrder:
    """What is to be forgotten: whose names, what stands in their place, what happens to what they wrote. `marked` is
    the same person's erasure in a copy of the archive, which knows by their marks names that nobody can read any more.
    """

    person: int
    policy: Policy
    alias: Alias
    known: KnownNames
    written: tuple[str, ...] = ()  # the names as people write them, for the search afterwards
    marked: Erasure | None = None


@dataclass(slots=True)
class Erased:
    """What was erased: how many rows, by what they are. `late`: why the files could not be written anew afterwards."""

    rows: dict[str, int] = field(default_factory=dict)
    late: KowebError | None = None

    def tell(self, what: str, number: int) -> None:
        """Count something."""
        if number:
            self.rows[what] = self.rows.get(what, 0) + number


# ---- who, and what


def find(connection: Connection, forum: int, user: str, *, guess: bool = True) -> PersonNames:
    """Somebody by what was typed, as `read.people.one_called` understands it. Raises InputError."""
    return person(connection, forum, one_called(connection, forum, user, guess=guess))


def ids(connection: Connection, query: Any) -> list[int]:
    """Numbers of people."""
    return sorted(int(one) for one in connection.execute(query).scalars())


def person(connection: Connection, forum: int, ident: int) -> PersonNames:
    """Somebody by number."""
    people, names = schema.PEOPLE, schema.NAMES
    row = connection.execute(select(people).where(people.c.forum == forum, people.c.id == ident)).mappings().one()
    history = select(names.c.username, names.c.name).where(names.c.forum == forum, names.c.person == ident)
    found = [(str(u), str(n)) for u, n in connection.execute(history.order_by(names.c.n))]
    mine = dict.fromkeys(name for pair in (*found, (row["username"], row["name"])) for name in pair if name)
    return PersonNames(
        ident,
        row["username"],
        row["name"],
        bool(row["anonymised"]),
        tuple(found),
        shared(connection, forum, ident, mine),
        str(connection.execute(select(schema.FORUMS.c.locale).where(schema.FORUMS.c.id == forum)).scalar() or ""),
    )


def known_person(connection: Connection, forum: int, ident: int) -> PersonNames | None:
    """Somebody by number; None if the archive does not know them."""
    people = schema.PEOPLE
    known = ids(connection, select(people.c.id).where(people.c.forum == forum, people.c.id == ident))
    return person(connection, forum, ident) if known else None


def shared(connection: Connection, forum: int, ident: int, names: Iterable[str]) -> tuple[str, ...]:
    """Those of somebody's names that are somebody else's too."""
    people = schema.PEOPLE
    query = select(people.c.folded, people.c.name).where(people.c.forum == forum, people.c.id != ident)
    taken = {
        word
        for username, name in connection.execute(query)
        for word in (plain_name(username), plain_name(name))
        if word
    }
    return tuple(name for name in names if plain_name(name) in taken)


def free_names(usernames: Iterable[str], shown: Iterable[str]) -> set[str]:
    """The names that nobody else's sentence holds by chance: display names of two words and more, and usernames with a
    digit, a dot or an underscore in them.
    """
    distinct = {one for one in usernames if len(one) > 4 and any(letter.isdigit() or letter in "._" for letter in one)}
    return distinct | {one for one in shown if len(plain_name(one).split()) > 1}


def whole_person(one: PersonNames, policy: Policy, more: Sequence[str] = (), spared: Sequence[str] = ()) -> ForgetOrder:
    """Forget somebody. `more` are names that count anywhere in a text, `spared` those that do not.

    Raises InputError for the forum's own people.
    """
    if one.id <= 0:
        raise InputError(_("“{user}” is the forum itself, and nobody to be forgotten.").format(user=one.username))
    again = former_number(one.username, anonymised=one.anonymised) == one.id
    alias = Alias(one.username, one.username) if again else former(one.id, one.language)
    pairs = [pair for pair in (*one.names, (one.username, one.name)) if pair[0] != alias.username]
    return order(one, policy, alias, pairs, (more, spared))


def former_names(one: PersonNames, more: Sequence[str] = (), spared: Sequence[str] = ()) -> ForgetOrder:
    """Forget only how somebody was called before: the name that they have now takes the place of the others."""
    now = Alias(one.username, one.name or one.username)
    pairs = [
        (
            "" if folded(username) == folded(one.username) else username,
            "" if plain_name(name) == plain_name(one.name) else name,
        )
        for username, name in one.names
    ]
    return order(one, "renamed", now, pairs, (more, spared))


def order(
    one: PersonNames,
    policy: Policy,
    alias: Alias,
    pairs: Sequence[tuple[str, str]],
    chosen: tuple[Sequence[str], Sequence[str]],
) -> ForgetOrder:
    """An order out of all names. Names that are somebody else's too are left alone, unless they were chosen."""
    more, spared = chosen
    other = set(one.shared)
    usernames = dict.fromkeys(username for username, _name in pairs if username and username not in other)
    shown = dict.fromkeys(name for _username, name in pairs if name and name not in other)
    kept_out = {plain_name(name) for name in spared}
    free = {name for name in free_names(usernames, shown) if plain_name(name) not in kept_out} | set(more)
    written = dict.fromkeys((*usernames, *shown, *more))
    return ForgetOrder(one.id, policy, alias, KnownNames.of(usernames, (*shown, *usernames), free), tuple(written))


def upstream(connection: Connection, forum: int) -> list[ForgetOrder]:
    """The old names of those whom the forum itself made anonymous, and who are still called by them here."""
    people, names = schema.PEOPLE, schema.NAMES
    several = select(names.c.person).where(names.c.forum == forum).group_by(names.c.person).having(func.count() > 1)
    query = select(people.c.id).where(people.c.forum == forum, people.c.anonymised == 1, people.c.id.in_(several))
    return [former_names(person(connection, forum, ident)) for ident in ids(connection, query)]


# ---- doing it


def carry_out(connection: Connection, forum: int, base: str, one: ForgetOrder, secret: Secret, now: int) -> Erased:
    """Forget, in one transaction. Afterwards the database has to be compacted."""
    done = Erased()
    before = next((e for e in erasures.read(connection, forum, secret) if e.person == one.person), None)
    after = erasures.joined(before, erasures.erasure(one.person, one.policy, one.alias, one.known, secret, now))
    after = erasures.joined(one.marked, after)
    erasures.keep(connection, forum, after, secret)
    if after.policy == "remove":
        silence(connection, forum, base, one.person, now, done)
    if after.of_person:
        unperson(connection, forum, one.person, after, now, done)
    else:
        old_names(connection, forum, one, done)
    names = erasures.names_in_clear([(one.known, after.alias, after.policy == "remove")])
    if one.marked is not None:
        names = erasures.names_by_mark([after], secret)
    for table, count in replace_names.cleanse(connection, forum, base, names, now).items():
        done.tell(f"text in {table}", count)
    point(connection, forum, one, done)
    return done


def silence(connection: Connection, forum: int, base: str, ident: int, now: int, done: Erased) -> None:
    """Empty all that somebody wrote; where it stood stays."""
    posts, versions = schema.POSTS, schema.POST_VERSIONS
    mine = select(posts.c.id).where(posts.c.forum == forum, posts.c.person == ident)
    theirs = and_(versions.c.forum == forum, versions.c.post.in_(mine))
    counts = and_(posts.c.forum == versions.c.forum, posts.c.id == versions.c.post, posts.c.n == versions.c.n)
    current = select(posts.c.id).where(counts).exists()
    written = set(connection.execute(mine).scalars())
    for table in (schema.UPLOAD_USES, schema.POLL_VOTES, schema.POLL_OPTIONS, schema.POLLS):
        connection.execute(delete(table).where(table.c.forum == forum, table.c.post.in_(mine)))
    other = schema.LOCALISATIONS
    connection.execute(delete(other).where(other.c.forum == forum, other.c.kind == "post", other.c.id.in_(mine)))
    titles, topics = schema.TOPIC_EDITS, schema.TOPICS
    opened = select(topics.c.id).where(topics.c.forum == forum, topics.c.person == ident)
    gone = delete(titles).where(titles.c.forum == forum, titles.c.topic.in_(opened))
    done.tell("earlier titles", connection.execute(gone).rowcount)
    pointing = schema.EDGES
    connection.execute(
        delete(pointing).where(pointing.c.forum == forum, pointing.c.post.in_(mine), pointing.c.kind != "reply")
    )
    done.tell("earlier versions", connection.execute(delete(versions).where(theirs, ~current)).rowcount)
    nothing = digest("", "")
    empty = {"raw": "", "cooked": "", "reason": ""}
    said = or_(versions.c.raw.is_(None), *(versions.c[name] != "" for name in empty))
    speaking = ids(connection, select(versions.c.post).where(theirs, said).distinct())
    done.tell("texts of posts", connection.execute(update(versions).where(theirs, said).values(**empty)).rowcount)
    note_emptied(connection, forum, now, speaking)
    connection.execute(update(versions).where(theirs).values(digest=nothing))
    connection.execute(update(posts).where(posts.c.forum == forum, posts.c.person == ident).values(digest=nothing))
    replace_names.index(connection, forum, base, now, written, ())
    unused_files(connection, forum, done)


def note_emptied(connection: Connection, forum: int, now: int, ids: Collection[int]) -> None:
    """Note of posts that their texts were emptied, and when, anew where they had come back since the last time."""
    writer = PageWriter(connection, forum, "", now, {})
    for ident in ids:
        writer.lift_tombstones("text", ident)
    writer.add_tombstones([{"kind": "text", "id": one, "reason": "emptied", "at": None, "by": None} for one in ids])


def unused_files(connection: Connection, forum: int, done: Erased) -> None:
    """Drop files that no post shows any more, and contents that no file names any more."""
    uploads, uses = schema.UPLOADS, schema.UPLOAD_USES
    used = select(uses.c.url).where(uses.c.forum == forum, uses.c.url == uploads.c.url).exists()
    unused = delete(uploads).where(uploads.c.forum == forum, uploads.c.kind != "avatar", ~used)
    done.tell("files", connection.execute(unused).rowcount)
    drop_unnamed(connection, forum)


def unperson(connection: Connection, forum: int, ident: int, after: Erasure, now: int, done: Erased) -> None:
    """Take away who somebody is: the account, the names, the picture, likes, votes, activity, groups."""
    people, tombstones = schema.PEOPLE, schema.TOMBSTONES
    blank = dict.fromkeys(("created", "trust_level", "post_count", "last_posted"))
    flags = dict.fromkeys(("admin", "moderator", "staged", "suspended"), 0)
    called = {"username": after.alias.username, "folded": folded(after.alias.username), "name": ""}
    mine = (people.c.forum == forum, people.c.id == ident)
    changes = {**blank, **flags, **called, "anonymised": 1, "title": "", "avatar": ""}
    named = select(func.count()).select_from(people).where(*mine, people.c.username != after.alias.username)
    done.tell("accounts", int(connection.execute(named).scalar() or 0))
    connection.execute(update(people).where(*mine).values(**changes))
    unlike(connection, forum, ident, done)
    for table in (schema.NAMES, schema.ACTIVITY, schema.GROUP_MEMBERS, schema.POLL_VOTES):
        gone = delete(table).where(table.c.forum == forum, table.c.person == ident)
        done.tell(table.name, connection.execute(gone).rowcount)
    topics = schema.TOPICS
    accepted = (topics.c.forum == forum, topics.c.accepted_by == ident)
    connection.execute(update(topics).where(*accepted).values(accepted_by=None))
    for table in (schema.LOCALISATIONS, schema.TOPIC_EDITS):
        theirs = (table.c.forum == forum, table.c.person == ident)
        connection.execute(update(table).where(*theirs).values(person=None))
    todo, uploads = schema.AGENDA, schema.UPLOADS
    connection.execute(delete(todo).where(todo.c.forum == forum, todo.c.kind == "likes", todo.c.id == ident))
    picture = (uploads.c.forum == forum, uploads.c.kind == "avatar", uploads.c.name == str(ident))
    done.tell("pictures", connection.execute(delete(uploads).where(*picture)).rowcount)
    drop_unnamed(connection, forum)
    grave = and_(tombstones.c.forum == forum, tombstones.c.kind == "person", tombstones.c.id == ident)
    connection.execute(delete(tombstones).where(grave))
    PageWriter(connection, forum, "", now, {}).add_tombstones(
        [{"kind": "person", "id": ident, "reason": "erased", "at": None, "by": None}]
    )


def unlike(connection: Connection, forum: int, ident: int, done: Erased) -> None:
    """Somebody's likes stay in the counts, without a name."""
    likes, counts, posts = schema.REACTIONS, schema.COUNTS, schema.POSTS
    mine = (likes.c.forum == forum, likes.c.person == ident)
    there = select(likes.c.post, likes.c.kind, func.count()).where(*mine, likes.c.gone.is_(None))
    for post, kind, number in connection.execute(there.group_by(likes.c.post, likes.c.kind)).all():
        held = connection.execute(
            select(counts.c.told, counts.c.count).where(
                counts.c.forum == forum, counts.c.post == post, counts.c.kind == kind
            )
        ).first()
        shadow = select(func.coalesce(func.sum(counts.c.told), 0)).where(
            counts.c.forum == forum, counts.c.post == post, counts.c.kind == SHADOW
        )
        told = select(posts.c.likes - shadow.scalar_subquery()).where(posts.c.forum == forum, posts.c.id == post)
        known = (int(connection.execute(told).scalar() or 0), 0) if held is None else (int(held[0]), int(held[1]))
        row = {"post": post, "kind": kind, "told": known[0], "count": known[1] + number}
        put(connection, counts, [{"forum": forum, **row}])
    done.tell("likes", connection.execute(delete(likes).where(*mine)).rowcount)


def old_names(connection: Connection, forum: int, one: ForgetOrder, done: Erased) -> None:
    """Forget the names that somebody had before; the one that they have now stays."""
    names = schema.NAMES
    newest = select(func.max(names.c.n)).where(names.c.forum == forum, names.c.person == one.person).scalar_subquery()
    old = and_(names.c.forum == forum, names.c.person == one.person, names.c.n < newest)
    done.tell("names", connection.execute(delete(names).where(old)).rowcount)
    uploads = schema.UPLOADS
    picture = (uploads.c.forum == forum, uploads.c.kind == "avatar", uploads.c.name == str(one.person))
    called = erasures.names_in_clear([(one.known, one.alias, False)])
    for url in connection.execute(select(uploads.c.url).where(*picture)).scalars().all():
        if redact(url, called) != url:
            gone = delete(uploads).where(uploads.c.forum == forum, uploads.c.url == url)
            done.tell("pictures", connection.execute(gone).rowcount)
    drop_unnamed(connection, forum)


def point(connection: Connection, forum: int, one: ForgetOrder, done: Erased) -> None:
    """Pointers that still say a name lead to the number instead."""
    edges = schema.EDGES
    mine = (edges.c.forum == forum, edges.c.name.in_(sorted(one.known.account)))
    done.tell("pointers", connection.execute(update(edges).where(*mine).values(name="", to_person=one.person)).rowcount)
