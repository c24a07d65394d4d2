"""What is read once a day: who the people are and how active, which groups there are, which categories."""

from dataclasses import asdict, replace

from sqlalchemy import func, select

from koweb_sync.archive import schema
from koweb_sync.archive.keeper import Keeper
from koweb_sync.archive.run import Run
from koweb_sync.forum.observed import Category, Counters, Group
from koweb_sync.forum.talk import NOT_FOR_US

PEOPLE = 50  # people on a page of the directory
GROUPS = 36
COUNTED = (
    *("days_visited", "topics_entered", "posts_read", "topic_count", "post_count", "likes_given", "likes_received"),
)


def places(run: Run) -> None:
    """Read the categories: one request, with a key one more, and one for each that not everybody may read."""
    known = list(run.talk.categories())
    run.watch.step()
    if run.wishes.key and not run.wishes.public_only:
        public = {one.id for one in known}
        hidden = [one for one in run.talk.categories(key=True) if one.id not in public or one.restricted]
        run.watch.step()
        known = [one for one in known if not one.restricted]
        known += [replace(one, restricted=True, staff=run.talk.for_staff(one)) for one in hidden]
    with run.page() as keeper:
        rows = [{**asdict(one), "restricted": int(one.restricted), "staff": int(one.staff)} for one in known]
        before = {row["id"]: row for row in keeper.known(schema.CATEGORIES, "id", [one.id for one in known])}
        keeper.put(schema.CATEGORIES, [row for row in rows if differs(row, before.get(row["id"]))])
        keeper.cursor("categories", [asdict(one) for one in known])
    run.left_out = left_out(run)


def differs(row: dict[str, object], before: dict[str, object] | None) -> bool:
    """Whether a row says something new."""
    return before is None or any(before[name] != value for name, value in row.items())


def left_out(run: Run) -> frozenset[int]:
    """The categories that nobody asked for."""
    known = [Category(**one) for one in run.state("categories") or ()]
    return frozenset(one.id for one in known if one.staff and not run.wishes.staff)


def people(run: Run) -> None:
    """Read the directory: U/50 requests for U people, and one for its end where the last page is full."""
    page = int(run.at("people").get("page", 0))
    while True:
        try:
            found = run.talk.directory(page)
        except NOT_FOR_US:
            return
        run.watch.step()
        page += 1
        with run.page() as keeper:
            keeper.people(one.person for one in found)
            count(keeper, found)
            keeper.cursor("at:people", {"page": page})
        if len(found) < PEOPLE:
            return


def count(keeper: Keeper, found: tuple[Counters, ...]) -> None:
    """Keep people's counters where they moved."""
    table = schema.ACTIVITY
    ids = [one.person.id for one in found]
    newest = select(table.c.person, func.max(table.c.at).label("at")).where(
        table.c.forum == keeper.forum, table.c.person.in_(ids)
    )
    latest = newest.group_by(table.c.person).subquery()
    query = select(table).join(latest, (table.c.person == latest.c.person) & (table.c.at == latest.c.at))
    rows = keeper.connection.execute(query.where(table.c.forum == keeper.forum)).mappings()
    before = {row["person"]: row for row in rows}
    moved = []
    for one in found:
        counters = {name: getattr(one, name) for name in COUNTED}
        known = before.get(one.person.id)
        if known is None or any(known[name] != value for name, value in counters.items()):
            moved.append({"person": one.person.id, "at": keeper.now, **counters})
    keeper.put(table, moved)


def groups(run: Run) -> None:
    """Read which groups there are, and who is in those that people made: one request for 36, one for each of these."""
    page = 0
    seen: list[Group] = []
    while True:
        try:
            found = run.talk.groups(page)
        except NOT_FOR_US:
            return
        run.watch.step()
        seen += found
        page += 1
        if len(found) < GROUPS:
            break
    with run.page() as keeper:
        rows = [{**asdict(one), "automatic": int(one.automatic)} for one in seen]
        before = {row["id"]: row for row in keeper.known(schema.GROUPS, "id", [one.id for one in seen])}
        keeper.put(schema.GROUPS, [row for row in rows if differs(row, before.get(row["id"]))])
