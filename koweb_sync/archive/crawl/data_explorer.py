"""`koweb archive` over Data Explorer: the first run and every later one are the same comparison.

One query tells the digests of all buckets of topics, posts, likes, polls and people. Those that differ from what the
archive remembers are read anew, some thousand rows in one request, and the new digest is remembered in the transaction
that keeps the rows. So nothing is missed, whatever happened in between: edits without a trace, likes that were taken
back and given again, moves, deletions with their text.

Requests of a first run: see `buckets.cost`. Where nothing changed: one, and three more once a day.
"""

import json
from dataclasses import asdict
from functools import partial
from typing import Literal

from sqlalchemy import delete, func, select, update

from koweb_sync.archive.crawl import daily_counts, explorer_rows, files, people_and_categories, saved_queries, skipped
from koweb_sync.archive.crawl.buckets import (
    FEW,
    Bucket,
    Span,
    cost,
    cut,
    differing,
    first_buckets,
    highest,
    read,
    spans,
)
from koweb_sync.archive.crawl.explorer_rows import Asker
from koweb_sync.archive.crawl.ledger import write_ledger
from koweb_sync.archive.crawl.rest_api import LATE
from koweb_sync.archive.crawl.run import CrawlOptions, Run
from koweb_sync.archive.crawl.scope import keep_scope
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.errors import ForumAnswerUnclear, InputError
from koweb_sync.forum.answers import NOT_FOR_US
from koweb_sync.forum.archive_queries import EXTENT
from koweb_sync.forum.digest_queries import digests as digests_query
from koweb_sync.forum.queries import Query
from koweb_sync.forum.query_parts import LOWEST
from koweb_sync.forum.site import Totals
from koweb_sync.i18n import _
from koweb_sync.times import DAY

VIA: Literal["data-explorer"] = "data-explorer"
MANY = 300  # buckets that are looked at together
STANDING = ("tables", "settings")  # what the digests tell besides: no buckets
PARTS = "due"  # how parts are called that are no whole runs, and forget the digests of what they read (`due`)
DIGEST = "digest "  # what the names of remembered digests begin with


def explore(run: Run) -> None:
    """Finish a run that was stopped, then look what is new. `run` may be begun already.

    Raises InputError where Data Explorer cannot give what is wished for.
    """
    check(run.wishes, run.base)
    old = run.begin(VIA)
    late = run.now() - run.started > LATE
    compare_all(run)
    if old and late:
        run.begin(VIA)
        compare_all(run)


def compare_all(run: Run) -> None:
    """One run from where it stands to its end. Whoever began it may not have known yet which way it goes."""
    runs = schema.RUNS
    with run.store.begin() as connection:
        connection.execute(update(runs).where(runs.c.forum == run.forum, runs.c.n == run.n).values(via=VIA))
    stages(run)
    run.end("done")


def check(wishes: CrawlOptions, base: str) -> None:
    """Raises InputError for wishes that are against this way: it needs the key, and gives no messages."""
    if wishes.uses_key and not wishes.messages:
        return
    raise InputError(
        _("Data Explorer needs a key, and gives neither personal messages nor only what is public."),
        where=base,
        remedy=_("Archive over the forum's own API: --via rest."),
    )


def stages(run: Run) -> None:
    """All that a run does, in order."""
    due = is_due(run)
    run.talk.keyed = run.talk.keyed or bool((run.state("explorer") or {}).get("keyed"))
    there = saved_queries.found(run)
    asker = Asker(run, there.numbers, there.plugins)
    run.stage("afresh", lambda run: skipped.afresh(run, daily=due))
    if due:
        run.stage("places", places)
    run.left_out = people_and_categories.left_out(run)
    run.stage("digests", partial(digests, asker=asker))
    for kind in explorer_rows.KINDS:
        run.stage(kind, partial(rows, asker=asker, kind=kind))
    if due:
        run.stage("views", partial(daily_counts.views, asker=asker))
        run.stage("activity", partial(daily_counts.activity, asker=asker))
        run.stage("groups", people_and_categories.groups)
    run.stage("left", skipped.forget)
    if run.wishes.files:
        run.stage("files", files.files)
    run.stage("ledger", balance)
    run.stage("settle", settle)


def balance(run: Run) -> None:
    """Write down of each topic whether we hold it whole, where anything is new."""
    if run.found or is_due(run):
        write_ledger(run)


def is_due(run: Run) -> bool:
    """Whether this run does what is done once a day. It stays so until the run's end."""
    at = run.at("daily")
    if "due" not in at:
        last = (run.state("explorer") or {}).get("daily")
        at = {"due": last is None or run.started - int(last) >= DAY}
        with run.page() as writer:
            writer.cursor("at:daily", at)
    return bool(at["due"])


def places(run: Run) -> None:
    """Read the categories, with the key alone where a login is required."""
    try:
        people_and_categories.places(run)
    except (*NOT_FOR_US, ForumAnswerUnclear):
        if run.talk.keyed:
            raise
        run.talk.keyed = True
        people_and_categories.places(run)


# ---- what it takes


def expected(run: Run, now: Totals) -> int:
    """About how many requests a run takes, for a plan: all where nothing is remembered, else what is new."""
    before = run.state("totals")
    known = run.state("explorer")
    if known is None or elsewhere(run):
        return cost(now)
    earlier = Totals(**before) if before else now
    new = Totals(*(max(0, getattr(now, name) - getattr(earlier, name)) for name in Totals.__slots__))
    last = known.get("daily")
    due = last is None or run.started - int(last) >= DAY
    return 1 + sum(bool(getattr(new, name)) for name in Totals.__slots__) + (FEW if due else 0)


# ---- what differs


def digests(run: Run, asker: Asker) -> None:
    """Ask for the digests, and note the buckets that are to be read."""
    query = digests_query(asker.plugins)
    now, cuts = survey(run, asker, query)
    held = remembered(run)
    moved = {name: digest for name, digest in held.items() if name[0] == "categories"}
    seen = {(one.kind, one.id): one.digest for one in now if one.kind == "categories"}
    if moved and seen != moved and not run.at("places").get("done"):
        before = run.left_out
        places(run)
        run.left_out = people_and_categories.left_out(run)
        if run.left_out != before:
            now, cuts = survey(run, asker, query)
    now = standing(run, asker, now)
    with run.page() as writer:
        if elsewhere(run):
            forget(writer)
            held = {}
        note(writer, differing(now, held))
        writer.cursor(
            "explorer", {**(run.state("explorer") or {}), "cuts": cuts, "run": run.n, "keyed": run.talk.keyed}
        )


def standing(run: Run, asker: Asker, now: list[Bucket]) -> list[Bucket]:
    """Hear which tables of plugins are there, and how reactions are set; the other buckets. Without a request."""
    told = {one.kind: one.digest for one in now if one.kind in STANDING}
    unread = set(filter(None, told.get("tables", "").split(","))) - asker.plugins
    before = run.state("standing")
    with run.page() as writer:
        writer.tell("unread tables", len(unread))
        if before != told:
            writer.cursor("standing", told)
            writer.tell("reaction settings", int(before is not None and before.get("settings") != told.get("settings")))
    return [one for one in now if one.kind not in STANDING]


def survey(run: Run, asker: Asker, query: Query) -> tuple[list[Bucket], list[int]]:
    """The digests of all buckets, and where the ids had to be cut so that each request is done in time.

    One request; for a forum of millions of posts more, and it is remembered how many.
    """
    waiting = spans((run.state("explorer") or {}).get("cuts") or ())[::-1]
    highest: int | None = None
    seen: list[Bucket] = []
    cuts: list[int] = []
    while waiting:
        ids = waiting.pop()
        found = asker.ask(query, ids)
        if found is not None:
            seen += map(read, found)
            cuts += [ids.after] if ids.after != LOWEST else []
            continue
        if highest is None:
            highest = extent(asker)
        halves = cut(ids, highest)
        if halves is None:
            raise asker.too_much(query)
        waiting += reversed(halves)
    return seen, cuts


def extent(asker: Asker) -> int:
    """The highest id that the forum has."""
    found = asker.ask(EXTENT, Span(0, 0))
    if not found:
        raise asker.too_much(EXTENT)
    return highest(found[0])


def remembered(run: Run) -> dict[tuple[str, int], str]:
    """The digests of what we hold, by kind and bucket."""
    cursors = schema.CURSORS
    query = select(cursors.c.name, cursors.c.value).where(
        cursors.c.forum == run.forum, cursors.c.name.startswith(DIGEST, autoescape=True)
    )
    with run.store.read() as connection:
        named = [(name.split(" "), value) for name, value in connection.execute(query)]
    return {(words[1], int(words[2])): json.loads(value) for words, value in named}


def elsewhere(run: Run) -> bool:
    """Whether a run of another kind came between: what it kept, our digests do not tell."""
    last = (run.state("explorer") or {}).get("run")
    runs = schema.RUNS
    between = (runs.c.n > (last or 0), runs.c.n != run.n)
    query = select(func.count()).where(runs.c.forum == run.forum, runs.c.via.not_in((VIA, PARTS)), *between)
    with run.store.read() as connection:
        return last is not None and bool(connection.execute(query.select_from(runs)).scalar())


def forget(writer: PageWriter) -> None:
    """Forget all digests: everything is read again."""
    cursors = schema.CURSORS
    ours = cursors.c.name.startswith(DIGEST, autoescape=True)
    writer.connection.execute(delete(cursors).where(cursors.c.forum == writer.forum, ours))


def note(writer: PageWriter, buckets: list[Bucket]) -> None:
    """Note the buckets to be read, in place of those that an earlier run left."""
    todo = schema.AGENDA
    ours = todo.c.kind.in_([f"bucket {kind}" for kind in explorer_rows.KINDS])
    writer.connection.execute(delete(todo).where(todo.c.forum == writer.forum, ours))
    for one in buckets:
        if one.kind == "categories":
            keep_digest(writer, one)
    rows = [
        {"kind": f"bucket {one.kind}", "id": one.id, "detail": json.dumps(asdict(one))}
        for one in buckets
        if one.kind != "categories"
    ]
    writer.put(todo, rows)


def keep_digest(writer: PageWriter, one: Bucket) -> None:
    """Remember what a bucket is like now."""
    name = f"{DIGEST}{one.kind} {one.id}"
    if one.things:
        writer.cursor(name, one.digest)
        return
    cursors = schema.CURSORS
    writer.connection.execute(delete(cursors).where(cursors.c.forum == writer.forum, cursors.c.name == name))


# ---- what is read


def rows(run: Run, asker: Asker, kind: str) -> None:
    """Read the buckets of one kind that differ, a page at a time."""
    while waiting := run.todo(f"bucket {kind}", MANY):
        page = first_buckets([Bucket(**detail) for _number, detail in waiting], asker.most[kind])
        found = asker.rows(kind, page)
        if found is None:  # too much at once: the next page is half as long
            asker.most[kind] = max(1, sum(one.things for one in page) // 2)
            continue
        with run.page() as writer:
            strange = explorer_rows.keep(asker, writer, kind, page, found)
            for one in page:
                if one.id not in strange:
                    keep_digest(writer, one)
            writer.done(f"bucket {kind}", [one.id for one in page])


def settle(run: Run) -> None:
    """Remember what a later run starts from, one over the API too, and give unknown usernames their people."""
    posts = schema.POSTS
    with run.page() as writer:
        known = run.state("explorer") or {}
        if is_due(run):
            writer.cursor("explorer", {**known, "daily": run.started})
        if told := run.at("told"):
            writer.cursor("totals", {name: told[name] for name in Totals.__slots__})
        top = writer.connection.execute(select(func.max(posts.c.id)).where(posts.c.forum == run.forum)).scalar() or 0
        before = run.state("posts") or {}
        if before.get("top", 0) < top or before.get("high") is not None:
            writer.cursor("posts", {"top": top, "high": None, "next": None, "mode": before.get("mode", "")})
        keep_scope(run, writer)
        writer.resolve()
