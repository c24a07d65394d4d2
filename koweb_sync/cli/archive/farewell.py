"""The letter of farewell: a post file that is a draft until somebody has read it over, and koweb's own until then."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from koweb_sync import safe_files
from koweb_sync.cli.archive.location import ArchivePlace
from koweb_sync.cli.workspace import spelled
from koweb_sync.errors import InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import speaking

if TYPE_CHECKING:
    from koweb_sync.archive.closing.documents import KitFacts
    from koweb_sync.archive.closing.kit import Kit


def with_letter(place: ArchivePlace, root: Path, facts: "KitFacts") -> "Kit":
    """The kit with its letter, which says what the kit is now: written among the post files, into the kit where there
    is no repository, or brought up to date where nobody has changed it.
    """
    from koweb_sync.archive.closing import documents

    kit = facts.kit
    with speaking(kit.language):
        title = " ".join(documents.letter_title(facts.source).split())
        text = documents.letter(facts)
    said = digest(text.encode())
    if not kit.letter:
        name, data = written(place, root, title, text)
        return replace(kit, letter=name, letter_file=digest(data), letter_text=said)
    if said == kit.letter_text:
        return kit
    before = read(place, root, kit.letter)
    if before is None:  # somebody took it away
        return replace(kit, letter_text=said)
    data = same_front(before, text)
    if data != before:
        if digest(before) != kit.letter_file:
            return kit
        safe_files.write(*at(place, root, kit.letter), data)
    return replace(kit, letter_file=digest(data), letter_text=said)


def is_behind(facts: "KitFacts") -> bool:
    """Whether the letter, which a person changed, was written for what the kit was before."""
    from koweb_sync.archive.closing import documents

    with speaking(facts.kit.language):
        said = digest(documents.letter(facts).encode())
    return facts.kit.letter_text not in ("", said)  # what an earlier koweb wrote is not known


def written(place: ArchivePlace, root: Path, title: str, text: str) -> tuple[str, bytes]:
    """Write a new one: its name, and its bytes."""
    from koweb_sync.archive.closing.kit import LETTER
    from koweb_sync.posts.document import new_id, template
    from koweb_sync.sync.work_tree import free_name

    repo = repository(place)
    if repo is None:
        name, data = LETTER, template(title, new_id(title), {"draft": True}) + text.encode()
        safe_files.write(root, name, data)
        return name, data
    settings = replace(place.settings, posts=spelled(repo.root, place.settings.posts))
    ident, path = free_name(repo, settings, title, settings.posts)
    data = template(title, ident, {"draft": True}) + text.encode()
    safe_files.write(repo.root, path, data, fresh=True)
    return path, data


def read(place: ArchivePlace, root: Path, name: str) -> bytes | None:
    """What stands in the letter; None where it is not there any more."""
    folder, path = at(place, root, name)
    if safe_files.led_by_link(folder, path) or not (folder / path).is_file():
        return None
    return (folder / path).read_bytes()


def same_front(before: bytes, text: str) -> bytes:
    """A letter with another text."""
    from koweb_sync.posts.front import front_length

    whole = before.decode(errors="replace")
    return f"{whole[: front_length(whole)].rstrip()}\n\n{text}".encode()


def at(place: ArchivePlace, root: Path, name: str) -> tuple[Path, str]:
    """The folder in which the letter has its name: the kit, or the repository."""
    from koweb_sync.archive.closing.kit import LETTER

    repo = None if name == LETTER else repository(place)
    return (root if repo is None else repo.root), name


def repository(place: ArchivePlace) -> Repo | None:
    """The repository around the settings, if there is one."""
    try:
        return Repo.find(place.root)
    except InputError:
        return None


def digest(data: bytes) -> str:
    """What tells one letter from another."""
    return hashlib.sha256(data).hexdigest()
