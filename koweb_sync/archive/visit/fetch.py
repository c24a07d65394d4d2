"""Images and attachments, kept by what they hold: one request for each that is new, within a budget of their own.

Files lie on the forum, or in a storage that it names or sends us to. Pictures on other people's servers are named, not
fetched.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from koweb_sync.archive.base import schema
from koweb_sync.archive.keep.contents import content, drop_unnamed
from koweb_sync.archive.keep.keeper import Keeper
from koweb_sync.archive.visit.run import Run
from koweb_sync.errors import (
    AddressRefused,
    ForumAnswerUnclear,
    ForumDown,
    ForumError,
    ForumForbidden,
    ForumKeyRefused,
    ForumNotFound,
    ForumRefused,
    ForumUnreachable,
)
from koweb_sync.forum.addresses import Place, by_name, join, place, read, within
from koweb_sync.forum.files import Fetched, fetch, is_no_file

AT_ONCE = 200
AVATAR = 144  # pixels, as topic pages show it on sharp screens


def files(run: Run) -> None:
    """Fetch what is wanted, until all was tried once."""
    if run.wishes.avatars:
        want_avatars(run)
    after = str(run.at("files").get("after", ""))
    while found := wanted(run, after):
        for each in found:
            after = each.url
            one(run, each)


@dataclass(frozen=True, slots=True)
class Open:
    """A file to be fetched: its name, its address, and whether it is held, but nobody knows who may have it."""

    url: str
    source: str
    held: bool


def open_ones(run: Run, *, daily: bool) -> ColumnElement[bool]:
    """Which files are to be fetched. Once a day also those that were refused: there may be a key by now, or it was a
    page of maintenance; and those of an older koweb, which did not note whether everybody gets them.
    """
    table = schema.UPLOADS
    again = or_(table.c.status == "refused", and_(table.c.status == "held", table.c.keyed.is_(None)))
    wish = table.c.status == "wanted"
    return and_(table.c.forum == run.forum, or_(wish, again) if daily else wish)


def wanted(run: Run, after: str) -> list[Open]:
    """Some files that are still to be fetched."""
    table = schema.UPLOADS
    which = open_ones(run, daily=bool(run.at("daily").get("due")))
    query = select(table.c.url, table.c.source, table.c.status).where(which, table.c.url > after)
    with run.store.read() as connection:
        found = connection.execute(query.order_by(table.c.url).limit(AT_ONCE))
        return [Open(str(url), str(source), status == "held") for url, source, status in found]


def count(run: Run, *, daily: bool) -> int:
    """How many files are still to be fetched, in a run that does what is done once a day or in another."""
    query = select(func.count()).select_from(schema.UPLOADS).where(open_ones(run, daily=daily))
    with run.store.read() as connection:
        return int(connection.execute(query).scalar() or 0)


def where(run: Run, file: Open) -> str | None:
    """The address of the forum's, or of a storage that it named, at which a file is asked for; None for what is none of
    its files. One request, once, where a post shows something from another server.
    """
    address, home = read(file.source), run.talk.forum.home
    if address is None:
        return None
    if within(address, home) is not None:
        return None if place(address, home) is Place.ELSEWHERE else address.url
    if place(address, home, run.talk.storages()) is Place.STORAGE:
        return address.url
    return by_name(file.url, file.source, run.base)


def one(run: Run, file: Open) -> None:
    """Fetch a file and keep it, or why there is none. One that could not be reached is tried again in the next run."""
    status, why, got = "foreign", "", None
    source = where(run, file)
    if source is not None:
        try:
            run.talk.sent["anonymous"] += 1
            got = fetch(run.talk.forum, source, key=not run.wishes.public_only)
            run.talk.sent["keyed"] += got.keyed
        except ForumError as error:
            status, why = outcome(error), error.message
        run.watch.step()
    with run.page() as keeper:
        if got is not None:
            keep(keeper, file.url, got)
        elif file.held and source is None and is_no_file(content(keeper.connection, keeper.forum, file.url)):
            # An older koweb took what a post points at for a file, perhaps with the key, which reads more than people.
            note(keeper, file.url, status="foreign", why="", sha256="", keyed=None, fetched=keeper.now)
            drop_unnamed(keeper.connection, keeper.forum)
            keeper.tell("files foreign", 1)
        elif file.held:
            note(keeper, file.url, **({} if status == "wanted" else {"keyed": 1}))  # what is held stays
        else:
            note(keeper, file.url, status=status, why=why, fetched=keeper.now)
            keeper.tell(f"files {status}", 1)
        keeper.cursor("at:files", {"after": file.url})


def note(keeper: Keeper, url: str, **changes: Any) -> None:
    """Write down what is known of a file now."""
    table = schema.UPLOADS
    if changes:
        mine = (table.c.forum == keeper.forum, table.c.url == url)
        keeper.connection.execute(update(table).where(*mine).values(**changes))


def outcome(error: ForumError) -> str:
    """What an error means for a file. Raises it again where the forum as a whole cannot be reached."""
    if isinstance(error, AddressRefused):
        return "foreign"
    if isinstance(error, ForumNotFound):
        return "gone"
    if isinstance(error, ForumForbidden | ForumKeyRefused):
        return "refused"
    if isinstance(error, ForumAnswerUnclear):
        return "refused"
    if isinstance(error, ForumRefused):
        return "large"
    if isinstance(error, ForumUnreachable | ForumDown):
        return "wanted"
    raise error


def keep(keeper: Keeper, url: str, got: Fetched) -> None:
    """Keep a file by what it holds: the same content is there once."""
    sha = hashlib.sha256(got.content).hexdigest()
    if not keeper.known(schema.BLOBS, "sha256", [sha]):
        keeper.put(schema.BLOBS, [{"sha256": sha, "bytes": len(got.content), "type": got.type, "data": got.content}])
    note(keeper, url, status="held", why="", sha256=sha, fetched=keeper.now, keyed=int(got.keyed))
    keeper.tell("files", 1)


def want_avatars(run: Run) -> None:
    """Note the pictures of people as files to be fetched."""
    people, uploads = schema.PEOPLE, schema.UPLOADS
    query = select(people.c.id, people.c.avatar).where(people.c.forum == run.forum, people.c.avatar != "")
    with run.page() as keeper:
        sources = {
            join(run.base, str(avatar).replace("{size}", str(AVATAR))): int(person)
            for person, avatar in keeper.connection.execute(query)
        }
        new = set(sources) - {row["url"] for row in keeper.known(uploads, "url", sources)}
        keeper.put(
            uploads,
            [
                {"url": url, "kind": "avatar", "name": f"{sources[url]}", "source": url, "status": "wanted"}
                for url in sorted(new)
            ],
        )
