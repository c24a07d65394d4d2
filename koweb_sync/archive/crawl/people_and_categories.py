"""What is read once a day: who the people are and how active, which groups there are, which categories."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import select, update

from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.crawl.skipped import skip
from koweb_sync.archive.ingest.categories_and_counters import STAFF, count, differs, noted
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
from koweb_sync.errors import AnswerMalformed, ForumRefused
from koweb_sync.forum.answers import NOT_FOR_US
from koweb_sync.forum.models import User, UserGroup
from koweb_sync.forum.site import Category

PEOPLE = 50  # people on a page of the directory
GROUPS = 36


def places(run: Run) -> None:
    """Read the categories: one request, with a key one more, and one for each that not everybody may read."""
    at = run.at("places")
    if "public" not in at:
        at = step(run, {**categories(run), **at})
    if run.wishes.uses_key:
        if "all" not in at:
            found = categories(run, key=True)
            at = step(run, {**at, "all": found["public"], "unclear": at["unclear"] or found["unclear"]})
        public = {one["id"] for one in at["public"] if not one["restricted"]}
        for one in at["all"]:
            if one["id"] not in public and str(one["id"]) not in at.get("staff", {}):
                staff = run.talk.for_staff(Category(**one))
                at = step(run, {**at, "staff": {**at.get("staff", {}), str(one["id"]): staff}})
    hidden = at.get("staff", {})
    known = [Category(**one) for one in at["public"] if not one["restricted"]]
    known += [
        replace(Category(**one), restricted=True, staff=hidden[str(one["id"])])
        for one in at.get("all", ())
        if str(one["id"]) in hidden
    ]
    if at.get("unclear"):  # what we knew of those that cannot be read stays: they may be nobody's business
        there = {one.id for one in known}
        known += [Category(**one) for one in run.state("categories") or () if one["id"] not in there]
    with run.page() as writer:
        before = {row["id"]: row for row in writer.known(schema.CATEGORIES, "id", [one.id for one in known])}
        unlisted = no_longer_listed(run, writer, known)
        known = learnt(run, known, before)
        rows = [{**noted(one), "restricted": int(one.restricted), "staff": int(one.staff)} for one in known]
        writer.put(schema.CATEGORIES, [row for row in rows if differs(row, before.get(row["id"]))])
        closed = {one.id for one in known if one.restricted}
        turned = {ident for ident, row in before.items() if ident in closed and not row["restricted"]} | unlisted
        if turned:
            writer.cursor("at:turned", {"private": sorted(turned)})
        writer.cursor("categories", [noted(one) for one in known])
    run.left_out = left_out(run)


def no_longer_listed(run: Run, writer: PageWriter, known: Iterable[Category]) -> set[int]:
    """Note that categories which the forum lists no more are not for everybody; which they are. They were closed, which
    a reading without a key is not told, or taken away: nothing stands in them then.
    """
    table = schema.CATEGORIES
    mine = (table.c.forum == run.forum, table.c.restricted == 0)
    held = set(writer.connection.execute(select(table.c.id).where(*mine)).scalars())
    gone = held - {one.id for one in known}
    if gone:
        writer.connection.execute(update(table).where(*mine, table.c.id.in_(gone)).values(restricted=1))
    return gone


def learnt(run: Run, known: list[Category], before: Mapping[int, Mapping[str, Any]]) -> list[Category]:
    """Categories with the names that we know (`before`), where only the key reads them: its user may read in any
    language. As long as its slug stays the same, such a category is called the same on a forum that translates.
    """
    if not run.state("translates"):
        return known
    same = {one.id for one in known if one.restricted and before.get(one.id, {}).get("slug") == one.slug}
    return [
        replace(one, name=before[one.id]["name"], description=before[one.id]["description"]) if one.id in same else one
        for one in known
    ]


def categories(run: Run, *, key: bool = False) -> dict[str, Any]:
    """The categories in one answer, and whether some cannot be read."""
    found = run.talk.categories(key=key)
    return {"public": [noted(one) for one in found], "unclear": bool(found.malformed)}


def read_new_categories(run: Run, found: Iterable[int | None]) -> None:
    """Read the categories again where something stands in one that we do not know: it may be nobody's business. One
    that the forum does not list at all is asked for once a day.
    """
    if run.last_run() is None:
        return
    met = run.state("met") or {"day": 0, "known": []}
    known = {one["id"] for one in run.state("categories") or ()}
    if met["day"] == (run.state("daily") or 0):
        known.update(met["known"])
    new = {one for one in found if one is not None} - known
    if not new:
        return
    with run.page() as writer:
        writer.cursor("at:places", {})
        writer.cursor("met", {"day": run.state("daily") or 0, "known": sorted(known | new)})
    places(run)


def read_doubted_category(run: Run, found: int | None) -> None:
    """Read the categories again where the public was refused what stands in one that we take for open: it may have been
    closed since they were read. Once in a run, for there may be another reason.
    """
    known = {one["id"] for one in run.state("categories") or () if not one["restricted"]}
    if found not in known or run.at("doubted"):
        return
    with run.page() as writer:
        writer.cursor("at:places", {})
        writer.cursor("at:doubted", {"category": found})
    places(run)


def step(run: Run, at: dict[str, Any]) -> dict[str, Any]:
    """Remember one answer on the way to all categories."""
    run.watch.step()
    with run.page() as writer:
        writer.cursor("at:places", at)
    return at


def left_out(run: Run) -> frozenset[int]:
    """The categories that nobody asked for."""
    known = [Category(**one) for one in run.state("categories") or ()]
    return frozenset(one.id for one in known if one.staff and not run.wishes.staff)


def categories_not_asked(run: Run, *, whole: bool = True) -> frozenset[int]:
    """The categories that this run does not look into although they may be in the archive: today there is no key for
    them, or nobody asks for them. What lies in them is not gone. One that just became private is not among them.

    `whole` off: the key is not used at all.
    """
    table = schema.CATEGORIES
    secret = select(table.c.id).where(table.c.forum == run.forum, table.c.restricted == 1)
    with run.store.read() as connection:
        held = frozenset(connection.execute(secret).scalars())
    read: frozenset[int] = frozenset()
    if whole and run.wishes.uses_key:
        read = frozenset(one["id"] for one in run.state("categories") or () if one["restricted"]) - left_out(run)
    return held - read - frozenset(run.at("turned").get("private", ()))


def people(run: Run) -> None:
    """Read the directory: U/50 requests for U people, and one for its end where the last page is full."""
    page = int(run.at("people").get("page", 0))
    while True:
        try:
            found = run.talk.directory(page)
        except (*NOT_FOR_US, ForumRefused):  # newer servers refuse to go on after some pages
            return
        except AnswerMalformed as error:
            skip(run, "person", error)
            return
        run.watch.step()
        page += 1
        with run.page() as writer:
            writer.people(one.person for one in found)
            count(writer, writer.erasures.counters(found))
            writer.cursor("at:people", {"page": page})
        if found.told < PEOPLE:
            return


def groups(run: Run) -> None:
    """Read which groups there are, and who is in those that people made: one request for 36, one for each of these."""
    at = run.at("groups") or {"page": 0, "left": [], "ended": False}
    while not at["ended"]:
        try:
            found = run.talk.groups(at["page"])
        except NOT_FOR_US:
            return
        except AnswerMalformed as error:
            skip(run, "group", error)
            return
        run.watch.step()
        peopled = [one for one in found if one.members and (not one.automatic or one.id == STAFF)]
        left = [*at["left"], *(asdict(one) for one in peopled)]
        at = {"page": at["page"] + 1, "left": left, "ended": found.told < GROUPS}
        with run.page() as writer:
            rows = [{**asdict(one), "automatic": int(one.automatic)} for one in found]
            before = {row["id"]: row for row in writer.known(schema.GROUPS, "id", [one.id for one in found])}
            writer.put(schema.GROUPS, [row for row in rows if differs(row, before.get(row["id"]))])
            writer.cursor("at:groups", at)
    while at["left"]:
        group, *rest = at["left"]
        at = {**at, "left": rest}
        members(run, UserGroup(**group), at)


def members(run: Run, group: UserGroup, after: dict[str, Any]) -> None:
    """Read who is in a group: one request for a thousand people. `after` is where the stage stands then."""
    found: dict[int, User] = {}
    seen, told, clear = 0, True, True
    while told:
        try:
            page = run.talk.members(group.name, seen)
        except (*NOT_FOR_US, ForumRefused):  # nobody left because we may not look
            told = False
            break
        except AnswerMalformed as error:
            skip(run, "group", error)
            told = False
            break
        run.watch.step()
        before = len(found)
        found |= {one.id: one for one in page}
        seen, clear = seen + page.told, clear and not page.malformed
        if len(found) == before or seen >= (group.members or 0):
            break
    with run.page() as writer:
        if told:
            writer.people(found.values())
            writer.join(group.id, set(found), whole=clear)
        writer.cursor("at:groups", after)
