"""Images and attachments, kept by what they hold: one request for each that is new, within a budget of their own.

Files lie on the forum, or in the storage that it sends us to. Pictures on other people's servers are named, not
fetched.
"""

import hashlib

from sqlalchemy import func, select, update

from koweb_sync.archive.base import schema
from koweb_sync.archive.keep.keeper import Keeper
from koweb_sync.archive.keep.pointers import inside, is_upload, join
from koweb_sync.archive.visit.run import Run
from koweb_sync.errors import (
    ForumAnswerUnclear,
    ForumDown,
    ForumError,
    ForumForbidden,
    ForumKeyRefused,
    ForumNotFound,
    ForumRefused,
    ForumUnreachable,
)
from koweb_sync.forum.files import Fetched, fetch

AT_ONCE = 200
AVATAR = 144  # pixels, as topic pages show it on sharp screens


def files(run: Run) -> None:
    """Fetch what is wanted, until all was tried once."""
    if run.wishes.avatars:
        want_avatars(run)
    after = str(run.at("files").get("after", ""))
    while found := wanted(run, after):
        for url, source in found:
            after = url
            one(run, url, source, after)


def wanted(run: Run, after: str) -> list[tuple[str, str]]:
    """Some files that are still to be fetched: name and address. Those that were refused are tried again once a day:
    there may be a key by now, or it was a page of maintenance.
    """
    table = schema.UPLOADS
    open_ones = ("wanted", "refused") if run.at("daily").get("due") else ("wanted",)
    query = (
        select(table.c.url, table.c.source)
        .where(table.c.forum == run.forum, table.c.status.in_(open_ones), table.c.url > after)
        .order_by(table.c.url)
        .limit(AT_ONCE)
    )
    with run.store.read() as connection:
        return [(str(url), str(source)) for url, source in connection.execute(query)]


def count(run: Run, *, daily: bool) -> int:
    """How many files are still to be fetched, in a run that does what is done once a day or in another."""
    table = schema.UPLOADS
    open_ones = ("wanted", "refused") if daily else ("wanted",)
    query = select(func.count()).where(table.c.forum == run.forum, table.c.status.in_(open_ones))
    with run.store.read() as connection:
        return int(connection.execute(query.select_from(table)).scalar() or 0)


def one(run: Run, url: str, source: str, after: str) -> None:
    """Fetch a file and keep it, or why there is none. One that could not be reached is tried again in the next run."""
    status, why, got = "held", "", None
    if not (inside(source, run.base) or is_upload(source)):
        status = "foreign"
    else:
        try:
            run.talk.sent["anonymous"] += 1
            got = fetch(run.talk.forum, source)
        except ForumError as error:
            status, why = outcome(error), error.message
        run.watch.step()
    with run.page() as keeper:
        if got is not None:
            keep(keeper, url, got)
        else:
            table = schema.UPLOADS
            mine = (table.c.forum == run.forum, table.c.url == url)
            changes = {"status": status, "why": why, "fetched": keeper.now}
            keeper.connection.execute(update(table).where(*mine).values(**changes))
            keeper.tell(f"files {status}", 1)
        keeper.cursor("at:files", {"after": after})


def outcome(error: ForumError) -> str:
    """What an error means for a file. Raises it again where the forum as a whole cannot be reached."""
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
    table = schema.UPLOADS
    mine = (table.c.forum == keeper.forum, table.c.url == url)
    changes = {"status": "held", "why": "", "sha256": sha, "fetched": keeper.now}
    keeper.connection.execute(update(table).where(*mine).values(**changes))
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
