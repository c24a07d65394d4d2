"""Images and attachments, kept by what they hold: one request for each that is new, within a budget of their own.

Files lie on the forum, or in a storage that it names or sends us to. Pictures on other people's servers are named, not
fetched.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select, update

from koweb_sync.archive.crawl import lost_files
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.ingest.file_contents import content, drop_unnamed
from koweb_sync.archive.ingest.page_writer import PageWriter
from koweb_sync.archive.store import schema
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
    HostGone,
)
from koweb_sync.forum.addresses import FilePlace, address_below, by_name, join, path_within, place, read
from koweb_sync.forum.files import Fetched, fetch, is_no_file
from koweb_sync.times import DAY

AT_ONCE = 200
NOTHING = {"why": "", "server": "", "since": None, "tries": 0, "again": None}  # of a file that is not missing
AVATAR = 144  # pixels, as topic pages show it on sharp screens


def files(run: Run) -> None:
    """Fetch what is wanted, until all was tried once."""
    if run.wishes.avatars:
        want_avatars(run)
    servers = lost_files.Servers(run)
    while found := wanted(run, servers):
        for each in found:
            if each.server not in servers.left:
                fetch_one(run, each, servers)
    with run.page() as writer:
        lost_files.remember_key(run, writer)


@dataclass(frozen=True, slots=True)
class Open:
    """A file to be fetched: its name and address, how it stands, since when, and how often it was tried in vain. What
    is held is tried where nobody knows who may have it.
    """

    url: str
    source: str
    status: str
    server: str
    since: int | None
    tries: int

    @property
    def held(self) -> bool:
        """Whether there is nothing to lose."""
        return self.status == "held"


def wanted(run: Run, servers: lost_files.Servers) -> list[Open]:
    """Some files that this run has still to fetch, those first that were tried longest ago: one that stands in the way
    of others does so once.
    """
    table = schema.UPLOADS.c
    which = lost_files.due(run, daily=bool(run.at("daily").get("due")))
    tried = func.coalesce(table.fetched, 0)
    new = or_(tried < run.started, table.status == "held")
    query = select(*(table[name] for name in Open.__slots__)).where(which, new, servers.asked())
    with run.store.read() as connection:
        return [Open(*row) for row in connection.execute(query.order_by(tried, table.url).limit(AT_ONCE))]


def count(run: Run, *, daily: bool) -> int:
    """How many files are still to be fetched, in a run that does what is done once a day or in another; one for each
    server that did not answer.
    """
    table = schema.UPLOADS.c
    which = lost_files.due(run, daily=daily)
    alone = select(func.count()).where(which, table.server == "")
    together = select(func.count(table.server.distinct())).where(which, table.server != "")
    with run.store.read() as connection:
        return sum(int(connection.execute(query).scalar() or 0) for query in (alone, together))


def where(run: Run, file: Open) -> str | None:
    """The address of the forum's, or of a storage that it named, at which a file is asked for; None for what is none of
    its files. One request, once, where a post shows something from another server.
    """
    address, home = read(at_present(run, file.source)), run.talk.forum.home
    if address is None:
        return None
    if path_within(address, home) is not None:
        return None if place(address, home) is FilePlace.ELSEWHERE else address.url
    if place(address, home, run.talk.storages()) is FilePlace.STORAGE:
        return address.url
    return by_name(file.url, file.source, run.base)


def at_present(run: Run, source: str) -> str:
    """The address of a file that was the forum's before it moved, where the forum is now."""
    if address_below(source, run.base) is not None:
        return source
    below = (address_below(source, one) for one in run.homes if one != run.base)
    path = next((one for one in below if one is not None), None)
    return source if path is None else f"{run.base}{path}"


def fetch_one(run: Run, file: Open, servers: lost_files.Servers) -> None:
    """Fetch a file and keep it, or why there is none and when it is tried again."""
    source = where(run, file)
    found: Fetched | Mapping[str, Any] = {"status": "foreign"}
    if source is not None:
        try:
            run.talk.sent["anonymous"] += 1
            found = fetch(run.talk.forum, source, key=run.wishes.uses_key)
            run.talk.sent["keyed"] += found.keyed
        except HostGone as error:
            found = servers.lost(error)
        except ForumError as error:
            found = unsuccessful(run, file, error)
        run.watch.step()
    if file.server and (isinstance(found, Fetched) or (found["status"] != "wanted" and not found.get("server"))):
        servers.back(file.server)
    with run.page() as writer:
        if isinstance(found, Fetched):
            keep(writer, file.url, found)
        elif file.held:
            keep_held(writer, file, run.started + DAY, elsewhere=source is None, lost=found)
        else:
            note(writer, file.url, **{**NOTHING, "fetched": writer.now, **found})
            writer.tell(f"files {found['status']}", int(file.status != found["status"] or file.status == "wanted"))


def keep_held(writer: PageWriter, file: Open, again: int, *, elsewhere: bool, lost: Mapping[str, Any]) -> None:
    """What is held stays, whatever the forum says now. But an older koweb took what a post points at for a file,
    perhaps with the key, which reads more than people.
    """
    if elsewhere and is_no_file(content(writer.connection, writer.forum, file.url)):
        note(writer, file.url, status="foreign", why="", sha256="", keyed=None, fetched=writer.now)
        drop_unnamed(writer.connection, writer.forum)
        writer.tell("files foreign", 1)
    elif lost["status"] == "wanted" or lost.get("server"):
        note(writer, file.url, again=again)
    else:
        note(writer, file.url, keyed=1)


def unsuccessful(run: Run, file: Open, error: ForumError) -> Mapping[str, Any]:
    """What is to be noted of a file that was not had."""
    status = outcome(error)
    tries = file.tries + 1 if status == file.status else 1
    since = file.since if status == file.status and file.since is not None else run.started
    return {
        "status": status,
        "why": error.message,
        "since": since,
        "tries": tries,
        "again": lost_files.next_time(status, tries, run.started),
    }


def note(writer: PageWriter, url: str, **changes: Any) -> None:
    """Write down what is known of a file now."""
    table = schema.UPLOADS
    if changes:
        mine = (table.c.forum == writer.forum, table.c.url == url)
        writer.connection.execute(update(table).where(*mine).values(**changes))


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


def keep(writer: PageWriter, url: str, got: Fetched) -> None:
    """Keep a file by what it holds: the same content is there once."""
    sha = hashlib.sha256(got.content).hexdigest()
    if not writer.known(schema.BLOBS, "sha256", [sha]):
        writer.put(schema.BLOBS, [{"sha256": sha, "bytes": len(got.content), "type": got.type, "data": got.content}])
    note(writer, url, **{**NOTHING, "status": "held", "sha256": sha, "fetched": writer.now, "keyed": int(got.keyed)})
    writer.tell("files", 1)


def want_avatars(run: Run) -> None:
    """Note the pictures of people as files to be fetched."""
    people, uploads = schema.PEOPLE, schema.UPLOADS
    query = select(people.c.id, people.c.avatar).where(people.c.forum == run.forum, people.c.avatar != "")
    with run.page() as writer:
        sources = {
            join(run.base, str(avatar).replace("{size}", str(AVATAR))): int(person)
            for person, avatar in writer.connection.execute(query)
        }
        new = set(sources) - {row["url"] for row in writer.known(uploads, "url", sources)}
        writer.put(
            uploads,
            [
                {"url": url, "kind": "avatar", "name": f"{sources[url]}", "source": url, "status": "wanted"}
                for url in sorted(new)
            ],
        )
