"""Comparing an archive with its forum, topic by topic, with a walk over the lists: at most T/L + 3 requests.

Only the ledger is written. The lists tell how many posts and likes each topic has, not what the posts say: what was not
compared is part of the answer, so that nobody reads more into it than it proves.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from sqlalchemy import func, select

from koweb_sync.archive.crawl.held_counts import ToldCounts, holdings
from koweb_sync.archive.crawl.ledger import (
    LedgerEntry,
    doubted,
    forget,
    ledger_entries,
    marked,
    remembered,
    unread,
    write,
)
from koweb_sync.archive.crawl.people_and_categories import left_out
from koweb_sync.archive.crawl.run import Run, chunks, last_part
from koweb_sync.archive.crawl.skipped import IN_A_ROW, Left, left_for_next_run
from koweb_sync.archive.crawl.topic_lists import MOST
from koweb_sync.archive.ingest.row_writer import PLACEHOLDERS
from koweb_sync.archive.read.begun import newest_state
from koweb_sync.archive.read.left_out import left_out as left_of_scope
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store import schema
from koweb_sync.archive.store.chat import CHAT
from koweb_sync.archive.store.database_errors import unreadable_errors
from koweb_sync.archive.store.lost_files import Gone, files_gone
from koweb_sync.archive.verify.integrity import Flaw, flaws, length
from koweb_sync.errors import InputError, KowebError
from koweb_sync.forum.answers import NOT_FOR_US
from koweb_sync.forum.models import Topic
from koweb_sync.forum.site import Category
from koweb_sync.i18n import _

FILES = ("held", "wanted", "gone", "refused", "large", "foreign")
NAMED = 1_000  # flaws that are named; in an archive that is broken throughout, each post has some


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found.

    `compared`: with the forum, and not only with what it said before. `unheld` are topics that the forum lists and we
    do not have; they are among `entries` too. `files` counts them by how they stand. `flaws` are what is broken in the
    store itself. `caveats` say what was not compared, by name, with a number where one belongs to it.
    """

    compared: bool
    entries: tuple[LedgerEntry, ...]
    files: dict[str, int]
    flaws: tuple[Flaw, ...]
    caveats: dict[str, int]
    requests: int = 0
    wanted: bool = True  # files are archived at all
    unclear: tuple[Left, ...] = ()  # what the forum shows in a shape that cannot be read
    gone: Gone = field(default_factory=Gone)  # files
    more_flaws: int = 0
    unfinished: str = ""  # the way of the last reading where that was cut off

    @property
    def unheld(self) -> tuple[LedgerEntry, ...]:
        """Topics that we do not have and should."""
        return tuple(one for one in self.entries if not one.known and one.short)

    @property
    def short(self) -> tuple[LedgerEntry, ...]:
        """Topics of which something is missing."""
        return tuple(one for one in self.entries if not one.complete)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing or broken, as far as was compared."""
        return not self.short and not self.lacking

    @property
    def lacking(self) -> tuple[str, ...]:
        """What is missing or broken besides posts: likes, files, what could not be read, what is broken."""
        found = {
            "likes": any(one.likes.short for one in self.short),
            "files": self.wanted and bool(self.files.get("wanted", 0)),
            "unread": bool(self.unclear),
            "broken": bool(self.flaws),
        }
        return tuple(name for name, is_so in found.items() if is_so)


@dataclass
class Walk:
    """What the lists told. `keyed`: the key read them; `unlisted`: those for staff alone were read too."""

    told: dict[int, ToldCounts] = field(default_factory=dict)
    unclear: list[Left] = field(default_factory=list)
    keyed: bool = False
    unlisted: bool = False


def verify(run: Run) -> Verification:
    """Compare, and write the ledger. Raises InputError where nothing was archived yet."""
    refuse_nothing(run)
    run.left_out = left_out(run)
    before = sum(run.talk.sent.values())
    run.watch.stage("sweep")
    walk = walked(run)
    requests = sum(run.talk.sent.values()) - before
    entries = tuple(accounts(run, walk))
    with run.page() as writer:
        forget(writer, {one.topic for one in entries})
    broken, more = sound(run)
    return Verification(
        compared=True,
        entries=entries,
        files=files(run),
        flaws=broken,
        more_flaws=more,
        caveats=caveats(run, walk),
        requests=requests,
        wanted=run.wishes.files,
        unclear=tuple(dict.fromkeys([*walk.unclear, *unclear(run)])),
        gone=gone_of(run),
        unfinished=cut_off(run),
    )


def verify_offline(run: Run) -> Verification:
    """Look only whether the archive is sound in itself. Nothing is written: it may lie where nobody may write.

    Raises InputError where nothing was archived yet.
    """
    broken, more = sound(run)
    try:
        refuse_nothing(run)
        run.left_out = left_out(run)
        found = Verification(False, tuple(remembered_accounts(run)), files(run), broken, caveats(run, None))
        found = replace(found, more_flaws=more)
        found = replace(found, wanted=run.wishes.files, unclear=unclear(run), gone=gone_of(run))
        return replace(found, unfinished=cut_off(run))
    except unreadable_errors(KowebError):
        if not broken:
            raise
    return Verification(False, (), dict.fromkeys(FILES, 0), broken, {}, more_flaws=more)


def cut_off(run: Run) -> str:
    """The way of the last reading, where that was cut off."""
    with run.store.read() as connection:
        return Reader(connection, run.forum).cut_off()


def gone_of(run: Run) -> Gone:
    """The files that are gone."""
    with run.store.read() as connection:
        return files_gone(connection, run.forum)


def unclear(run: Run) -> tuple[Left, ...]:
    """What runs could not read and left for the next one."""
    return tuple(one for one in left_for_next_run(run) if one.why)


def refuse_nothing(run: Run) -> None:
    """Raises InputError where nothing was archived yet."""
    if run.last_run() is None and not stopped(run):
        raise InputError(
            _("Nothing of this forum was archived yet."), where=run.store.place, remedy=_("Archive the forum first.")
        )


def steps(run: Run, *, offline: bool) -> int:
    """How many steps it takes about: requests for the lists, and pages of the archive."""
    table = schema.TOPICS
    with run.store.read() as connection:
        topics = connection.execute(
            select(func.count()).select_from(table).where(table.c.forum == run.forum)
        ).scalar_one()
        pages = length(connection, run.forum)
    return pages + (0 if offline else -(-int(topics) // int(run.state("page") or 30)) + 2)


def sound(run: Run) -> tuple[tuple[Flaw, ...], int]:
    """What is broken in the archive itself: the first things, and how many more there are."""
    run.watch.stage("sound")
    found = flaws(run.store, run.forum, run.base, run.watch.step)
    return tuple(islice(found, NAMED)), sum(1 for _flaw in found)


def stopped(run: Run) -> bool:
    """Whether a run has at least begun."""
    runs = schema.RUNS
    with run.store.read() as connection:
        return connection.execute(select(runs.c.n).where(runs.c.forum == run.forum).limit(1)).first() is not None


# ---- what the forum says


def walked(run: Run) -> Walk:
    """Read the lists. Where we have the key and there are categories that not everybody may read, it reads everything
    at once; else the public's list goes without, and with a key that of unlisted topics follows.
    """
    walk = Walk()
    key = run.wishes.uses_key
    hidden = [one for one in categories(run) if one.restricted and one.id not in run.left_out]
    if key and hidden:
        walk.keyed = walk.unlisted = True
        take(run, walk, key=True)
        return walk
    try:
        take(run, walk)
    except NOT_FOR_US:
        if not run.wishes.key:
            raise
        run.talk.keyed = walk.keyed = walk.unlisted = True  # a login is required: the key reads everything
        take(run, walk, key=True)
        return walk
    if key:
        walk.unlisted = True
        take(run, walk, key=True, status="unlisted")
    return walk


def take(run: Run, walk: Walk, *, key: bool = False, **which: str) -> None:
    """Read one list to its end, which only an empty page or one with nothing new tells."""
    page = idle = 0
    while True:
        listed = run.talk.latest(page, MOST, key=key, **which)
        run.watch.step()
        walk.unclear += (Left(one.where, one.why) for one in run.talk.malformed)
        run.talk.malformed.clear()
        fresh = [one for one in listed.topics if one.id not in walk.told and one.deleted is None]
        walk.told |= {one.id: said(one, exact=not key) for one in fresh}
        page += 1
        idle = 0 if fresh else idle + 1
        if idle > (IN_A_ROW if listed.topics.malformed else 0):
            return


def said(one: Topic, *, exact: bool) -> ToldCounts:
    """What a list says of a topic."""
    return ToldCounts(one.id, one.title, one.category, one.posts_count, one.highest, one.likes, exact=exact)


def categories(run: Run) -> list[Category]:
    """The categories as they were archived."""
    return [Category(**one) for one in run.state("categories") or ()]


# ---- accounts


def accounts(run: Run, walk: Walk) -> Iterator[LedgerEntry]:
    """The account of each topic that the forum lists or that we hold, and write them down."""
    with run.store.read() as connection:
        topics = schema.TOPICS
        asked_for = (topics.c.forum == run.forum, topics.c.archetype != CHAT)  # of which no list tells
        ours = set(connection.execute(select(topics.c.id).where(*asked_for)).scalars())
    ids = sorted(ours | walk.told.keys())
    for part in chunks(ids, PLACEHOLDERS):
        with run.page() as writer:
            unlisted = [one for one in part if one not in walk.told]
            old = {one.id: one for one in remembered(writer.connection, run.forum, unlisted)}
            told = {one: walk.told.get(one) or old[one] for one in part}
            entries = ledger_entries(told.values(), holdings(writer.connection, run.forum, told), run.left_out)
            why = troubles(run, unlisted, walk)
            entries = tuple(marked(one, why[one.topic]) if one.topic in why else one for one in entries)
            write(writer, entries, checked=True)
        yield from entries


def remembered_accounts(run: Run) -> Iterator[LedgerEntry]:
    """The account of each topic that we hold, by what the forum said of it when it was archived last."""
    with run.store.read() as connection:
        pending = unread(connection, run.forum)
        told = {one.id: one for one in remembered(connection, run.forum)}
        for part in chunks(sorted(told), PLACEHOLDERS):
            mine = {one: told[one] for one in part}
            held = holdings(connection, run.forum, mine)
            yield from doubted(ledger_entries(mine.values(), held, run.left_out), pending)


def troubles(run: Run, topics: list[int], walk: Walk) -> dict[int, str]:
    """Why lists did not show topics that we hold; those of which we know why they are gone need no other reason."""
    table = schema.TOPICS
    columns = (table.c.id, table.c.category, table.c.visible, table.c.archetype)
    query = select(*columns).where(table.c.forum == run.forum, table.c.id.in_(topics), table.c.shown == 1)
    known = categories(run)
    definitions = {one.definition for one in known}
    restricted = {one.id for one in known if one.restricted}
    found: dict[int, str] = {}
    with run.store.read() as connection:
        for topic, category, visible, archetype in connection.execute(query):
            if archetype not in schema.OPEN:
                found[topic] = "message"
            elif topic in definitions:
                found[topic] = "definition"
            elif category in run.left_out:
                found[topic] = "left-out"
            elif (category in restricted and not walk.keyed) or (not visible and not walk.unlisted):
                found[topic] = "no-key"
            else:
                found[topic] = "not-listed"
    return found


def files(run: Run) -> dict[str, int]:
    """How many files stand how."""
    table = schema.UPLOADS
    query = select(table.c.status, func.count()).where(table.c.forum == run.forum).group_by(table.c.status)
    with run.store.read() as connection:
        found = {str(status): int(n) for status, n in connection.execute(query)}
    return {name: found.get(name, 0) for name in FILES}


def caveats(run: Run, walk: Walk | None) -> dict[str, int]:
    """What was not compared; without a walk the forum was not asked. What came from a backup is as that says it: no
    run reads old posts again, and nothing of that forum went unseen. Of what was left out, how many topics are held all
    the same, from a reading that asked for more.
    """
    known, made, said = categories(run), backup_read(run), messages_of_chat(run)
    chat = {"chat": said} if said else {}
    with run.store.read() as connection:
        out = left_of_scope(connection, run.forum)
    messages = {} if run.wishes.messages else {"messages": out["held"].get("message_topics", 0)}
    if made is not None and walk is None:
        closed = {"closed": out["held"].get("topics", 0)} if out["closed"] else {}
        return {"backup": made} | closed | messages | chat
    found = {"texts": run.wishes.rolling} if made is None else {"since-backup": made}
    if walk is None:
        found["offline"] = run.last_run() or 0
    else:
        found["cached"] = 60
        if not walk.unlisted:
            found["no-key"] = sum(one.restricted for one in known)
        if walk.keyed:
            found["muted"] = 0
    if left := [one for one in known if one.id in run.left_out]:
        found["left-out"] = len(left)
    return found | messages | chat | {"uncounted": 0, "pairs": 0}


def messages_of_chat(run: Run) -> int:
    """How many messages of the chat are held."""
    posts = schema.POSTS
    with run.store.read() as connection:
        query = select(func.count()).where(posts.c.forum == run.forum, posts.c.id < 0)
        return int(connection.execute(query).scalar_one())


def backup_read(run: Run) -> int | None:
    """When the backup was made that the archive is as new as, whatever older one was read since; None where it was
    brought up to date otherwise.
    """
    with run.store.read() as connection:
        last = newest_state(connection, run.forum)
    if last is None or last["via"] != "backup" or last["started"] != run.last_run():
        return None
    return None if (last_part(run.store, run.forum) or 0) > last["started"] else int(last["started"])
