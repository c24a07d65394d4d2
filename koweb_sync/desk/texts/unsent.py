"""What somebody wrote in a form that is not sent yet, besides the texts of posts: the sentence of the next version, or
a text of their own where they choose between two. It is kept among git's own files, so that a page that is closed, or a
desk that ends, loses none of it; and it stands again where it was written, for that alone.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from koweb_sync import safe_files
from koweb_sync.desk.texts.unsaved import WritingPage
from koweb_sync.git.repo import Repo

FOLDER = "unsent"
SENTENCE = "sentence"  # a room: what is new in the next version, whichever page asks for it
MOST = 200  # that are kept in one room: the newest


@dataclass(frozen=True, slots=True)
class UnsentWords:
    """What somebody wrote, or chose, for what `about` names; nothing where both are empty."""

    about: str
    text: str = ""
    choice: str = ""


def choices_of(path: str) -> str:
    """The room of the places to decide in one post file."""
    return f"choices {path}"


def next_version(repo: Repo, paths: Collection[str]) -> str:
    """What names the version in which these files are kept next. Who mends a word in one of them goes on with it."""
    head = repo.resolve("HEAD")
    last = {one.path: one.sha for one in repo.tree(head)} if head else {}
    return digest(json.dumps([(path, last.get(path, "")) for path in sorted(paths)]))


def digest(text: str) -> str:
    """A short name for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def keep(repo: Repo, room: str, said: Iterable[UnsentWords], here: WritingPage) -> None:
    """Keep what a page says, unless it sent something later. Whoever calls holds the folder's lock."""
    record = read(repo, room)
    before = record.copy()
    for one in said:
        held = record.get(one.about)
        if held is not None and held[1].ident == here.ident and held[1].typed > here.typed:
            continue
        if held is None or held[0] != one:
            record.pop(one.about, None)
            record[one.about] = (one, here)
    kept_ones = {about: held for about, held in record.items() if held[0].text or held[0].choice}
    if kept_ones != before:
        write(repo, room, dict(list(kept_ones.items())[-MOST:]))


def kept(repo: Repo, room: str) -> dict[str, UnsentWords]:
    """All that is kept in a room, by what it is about, the oldest first."""
    return {about: one for about, (one, _page) in read(repo, room).items()}


def of_page(repo: Repo, room: str, here: WritingPage) -> set[str]:
    """What a page wrote about so far; nothing of one that has no name."""
    return {about for about, (_one, page) in read(repo, room).items() if here.ident and page.ident == here.ident}


def end(repo: Repo, room: str, about: str) -> None:
    """It is sent, or nobody wants it."""
    write(repo, room, {other: held for other, held in read(repo, room).items() if other != about})


def end_all(repo: Repo, room: str) -> None:
    """Everything in a room is."""
    write(repo, room, {})


def read(repo: Repo, room: str) -> dict[str, tuple[UnsentWords, WritingPage]]:
    """The same, with the page on which it was written. What is no record of ours holds nothing."""
    try:
        said = json.loads(safe_files.read(repo.own / "koweb", place(room)))
        return {
            one["about"]: (
                UnsentWords(one["about"], one["text"], one["choice"]),
                WritingPage(one["ident"], typed=one["typed"]),
            )
            for one in said
        }
    except (ValueError, TypeError, KeyError):
        return {}


def write(repo: Repo, room: str, record: dict[str, tuple[UnsentWords, WritingPage]]) -> None:
    """Put what a room holds in its place."""
    if not record:
        safe_files.remove(repo.own / "koweb", place(room))
        return
    said = [asdict(one) | {"ident": page.ident, "typed": page.typed} for one, page in record.values()]
    safe_files.write(repo.own / "koweb", place(room), json.dumps(said), lasting=False)


def place(room: str) -> str:
    """Where it lies in there."""
    return f"{FOLDER}/{digest(room)}"
