"""The bookmark: per topic, the last text that both sides agreed on. Nothing else is state.

It is a commit at `refs/koweb/<forum>` with one small file per topic, so that thousands of posts cost git little and two
bookmarks differ only where topics differ:

    topics/<id // 100>/<id>   one line of JSON (the agreement), then the exact raw that the forum stores
    files/<id // 100>/<id>    the post file that was agreed on, so that git never drops it; <id>-<language> are its
                              translations
    pending/<file id>         a create that a moderator must approve first
    lock                      who is publishing right now
    intended/<2 signs>/<id>   what a push is about to create: one line of JSON (for whom, and the id of what goes for
                              it), then what would be agreed on, with the exact text; it stands there before the first
                              write, until that create is settled
    files/intended/…          the post file that it is made of
    server                    what every clone has to know of the forum before it asks
    version                   the version of all this; none yet, which means 1

Keys that this version does not know, and other files of that tree, stay as they are (`koweb_sync.records`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from koweb_sync import records
from koweb_sync.agreements import VERSION, Agreement, agreement, content, digest, encode, valid_id
from koweb_sync.git.repo import Repo, Sha


@dataclass(frozen=True, slots=True)
class Pending(records.Extended):
    """A create that waits for a moderator: the file's `id`, `path` and `blob`, its number in the forum's queue as the
    `reason` ("" if not told), and since when (ISO). In whose name it was sent, with which title and text; "" where an
    older koweb-sync sent it. `sure`: whether it does wait; else its answer was lost, and nobody tells.
    """

    id: str
    path: str
    blob: str
    reason: str
    since: str
    author: str = ""
    title: str = ""
    raw: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Lock(records.Extended):
    """Who publishes. `machine`, `pid` and `started` (ticks since the machine's start; 0: not known) tell whether that
    process still lives, if it ran on this machine. `job` and `job_run` name the automation's job and its run, if any.
    """

    who: str
    host: str
    machine: str
    pid: int
    since: float
    run: str
    started: int = 0
    job: str = ""
    job_run: str = ""


@dataclass(frozen=True, slots=True)
class Intention:
    """A create that a push was about to send: in whose name (`author`), and what would be agreed on; topic and post
    are 0 there, and links or uploads that were not known yet are as written in the file. `room`: the id of the topic
    that is deleted before, "" for none.
    """

    author: str
    expected: Agreement
    room: str = ""


@dataclass(frozen=True, slots=True)
class Server(records.Extended):
    """What every clone has to know of the forum before it asks: the style of its heading anchors ("" if nothing told
    yet), whether that is `sure` (it was once taken from the answer to a creation, which shows anchors that do not
    last), and when (Unix seconds) a push last looked which topics were closed there.
    """

    anchors: str = ""
    looked: float = 0.0
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Component(records.Extended):
    """The theme component on the forum: its number there, 0 where there is none. `page`: where the repository is looked
    at in a browser, and `forge` what answers there, "" for unknown. `told`: a digest of what it was told last;
    `refused`: not "" where the forum did not let a push tell it, or it is gone by now, which is not tried again.
    `looked`: when (Unix seconds) it was last looked where the topics are on the forum, and `hidden` those that not
    everybody found there.
    """

    theme: int = 0
    page: str = ""
    forge: str = ""
    told: str = ""
    refused: str = ""
    looked: float = 0.0
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The bookmark at one commit; `commit` is None before the first push. Keys are the file ids, in lower case."""

    commit: Sha | None = None
    agreed: Mapping[str, Agreement] = field(default_factory=dict)
    pending: Mapping[str, Pending] = field(default_factory=dict)
    lock: Lock | None = None
    server: Server = Server()
    intended: Mapping[str, Intention] = field(default_factory=dict)
    component: Component = Component()

    @property
    def tag_names(self) -> set[str]:
        """The tags that topics were agreed to have, as the forum stored them."""
        return {tag for agreed in self.agreed.values() for tag in agreed.tags}

    def with_agreements(self, agreements: Iterable[Agreement]) -> "Bookmark":
        """This bookmark with some agreements replaced, and what was pending for them gone."""
        agreed = {**self.agreed, **{a.id.lower(): a for a in agreements}}
        return replace(self, agreed=agreed, pending={k: p for k, p in self.pending.items() if k not in agreed})


def read(repo: Repo, commit: Sha | None) -> Bookmark:
    """The bookmark at a commit, by the git process that stays, whatever its size."""
    if commit is None:
        return Bookmark()
    entries = {entry.path: entry.sha for entry in repo.tree(commit) if not entry.path.startswith("files/")}
    contents = dict(repo.blobs(entries.values()))
    where = f"bookmark {commit[:12]}"

    def record(path: str) -> records.RecordData:
        return records.read(contents[entries[path]], where, VERSION)

    with records.undamaged(where):
        if "version" in entries:  # written by the first version that needs one
            record("version")
        agreed = [published(contents[entries[path]], where) for path in entries if path.startswith("topics/")]
        pending = [waiting(record(path)) for path in entries if path.startswith("pending/")]
        lock = records.made(Lock, record("lock")) if "lock" in entries else None
        server = records.made(Server, record("server")) if "server" in entries else Server()
        component = installed(record("component")) if "component" in entries else Component()
        found = [intention(contents[entries[path]], where) for path in entries if path.startswith("intended/")]
        intended = {one.expected.id.lower(): one for one in found}
        by_id = {a.id.lower(): a for a in agreed}
        return Bookmark(commit, by_id, {p.id.lower(): p for p in pending}, lock, server, intended, component)


def waiting(values: records.RecordData) -> Pending:
    """A create that waits for a moderator. Raises TypeError, KeyError or ValueError for what is none."""
    return records.made(Pending, values, id=valid_id(values["id"]), blob=content(values["blob"]))


def intention(data: bytes, where: str) -> Intention:
    """An intention from its bytes in the bookmark. Raises KowebError for what is none, or is newer."""
    with records.undamaged(where):
        line, expected = data.split(b"\n", 1)
        told = records.read(line, where, VERSION)
        author, room = told["author"], told.get("room", "")
        if not (isinstance(author, str) and isinstance(room, str)):
            raise TypeError(author, room)
        return Intention(author, agreement(expected, where), room)


def intentions(fresh: Iterable[Intention], gone: Iterable[str]) -> dict[str, bytes | Sha | None]:
    """Paths of the bookmark's tree -> what to put there: creates that are intended, and ids of those that are not.

    They are spread over folders, so that of five thousand only few trees change when some are settled.
    """
    found: dict[str, bytes | Sha | None] = {}
    for ident in gone:
        found[f"intended/{place(ident)}"] = found[f"files/intended/{place(ident)}"] = None
    for one in fresh:
        where = place(one.expected.id.lower())
        room = {"room": one.room} if one.room else {}
        line = json.dumps({"version": VERSION, "author": one.author, **room}, ensure_ascii=False)
        found[f"intended/{where}"] = line.encode() + b"\n" + encode(one.expected)
        found[f"files/intended/{where}"] = Sha(one.expected.blob)
    return found


def place(ident: str) -> str:
    """Where an id stands: in one of 256 folders."""
    return f"{digest(ident)[:2]}/{ident}"


def published(data: bytes, where: str) -> Agreement:
    """What is agreed on about a topic. Raises KowebError for what is none, or is newer."""
    with records.undamaged(where):
        found = agreement(data, where)
        if not (found.topic and found.post):
            raise ValueError(found.id)
        return found


def changes(
    agreements: Iterable[Agreement], pending: Iterable[Pending], settled: Iterable[str]
) -> dict[str, bytes | Sha | None]:
    """Paths of the bookmark's tree -> what to put there. `settled` are file ids that are no longer pending."""
    found: dict[str, bytes | Sha | None] = {f"pending/{key}": None for key in settled}
    for one in pending:
        found[f"pending/{one.id.lower()}"] = records.write(one, VERSION)
    for agreed in agreements:
        name = f"{agreed.topic // 100}/{agreed.topic}"
        found[f"topics/{name}"] = encode(agreed)
        found[f"files/{name}"] = Sha(agreed.blob)
        found |= {f"files/{name}-{locale}": Sha(one.blob) for locale, one in agreed.translations.items()}
    return found


def installed(data: records.RecordData) -> Component:
    """The component, as its record says."""
    hidden = tuple(int(one) for one in data.get("hidden", ()))
    return records.made(Component, data, hidden=hidden)


def plain_bytes(thing: Lock | Server | Component) -> bytes:
    """A lock, or what is known of the server or its component, as the bookmark's tree holds it."""
    return records.write(thing, VERSION)
