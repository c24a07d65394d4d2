"""Pictures and files that are put beside a post: what is wrong with them, how they are called, and their Markdown."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from koweb_sync import safe_files
from koweb_sync.config import Settings
from koweb_sync.desk.texts.writing import file_name, picture_markdown
from koweb_sync.errors import KowebError
from koweb_sync.i18n import _
from koweb_sync.posts.rules import Rules
from koweb_sync.sandbox.model.files import measure
from koweb_sync.sync.work_tree import rules_of

FOLDER = "img"
PICTURES = ("png", "jpg", "jpeg", "gif", "webp", "avif", "svg")
WIDEST = 9_999  # pixels
WIDTH = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as a browser sent it. `alt`: what it shows; `width`: as it was typed, "" for its own."""

    name: str
    data: bytes
    alt: str
    width: str

    @property
    def extension(self) -> str:
        """What its name ends with, in small letters."""
        return self.name.rpartition(".")[2].lower()

    @property
    def is_picture(self) -> bool:
        """Whether it is shown in the text."""
        return self.extension in PICTURES


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """A file with its place in the repository, and the Markdown for it."""

    path: str
    data: bytes
    markdown: str


def faults(settings: Settings, path: str, given: Sequence[GivenFile]) -> dict[str, str]:
    """What is wrong with files for a post, by field and number: files-0, alt-0, width-0."""
    rules, sure = rules_of(settings)
    found: dict[str, str] = {}
    for number, one in enumerate(given):
        if wrong := content_fault(settings, path, one, rules if sure else None):
            found[f"files-{number}"] = wrong
        if one.is_picture and not one.alt:
            found[f"alt-{number}"] = _(
                "Say in a few words what the picture shows: people who do not see it read these words."
            )
        if one.width and not WIDTH.fullmatch(one.width):
            found[f"width-{number}"] = _("Write a whole number from 1 to {most}, or nothing.").format(most=WIDEST)
    return found


def content_fault(settings: Settings, path: str, one: GivenFile, rules: Rules | None) -> str:
    """Why a file cannot be put there; "" for nothing. `rules`: the forum's, where they are known."""
    if settings.is_text(posixpath.join(folder_of(path), file_name(one.alt, one.name, ()))):
        return _(
            "A file that ends with “.md” would become a message of its own. Begin a new post with its text, or save it"
            " as “.txt” first."
        )
    if rules and one.extension not in rules.extensions and "*" not in rules.extensions:
        return _("The forum takes no files that end with “.{extension}”, only: {names}.").format(
            extension=one.extension, names=", ".join(sorted(rules.extensions))
        )
    most = (rules.image_bytes_max if one.is_picture else rules.attachment_bytes_max) if rules else len(one.data)
    if len(one.data) > most:
        return _("{name} is too large for the forum: it takes up to {most} kB.").format(
            name=one.name, most=most // 1024
        )
    return "" if one.data else _("{name} is empty.").format(name=one.name)


def folder_of(path: str) -> str:
    """The folder for the files of a post."""
    return posixpath.join(posixpath.dirname(path), FOLDER)


def placed(root: Path, path: str, given: Sequence[GivenFile]) -> list[PlacedFile]:
    """Where files go, each under a name of its own that nothing has yet."""
    folder = folder_of(path)
    there = root / folder
    taken = [one.name for one in there.iterdir()] if there.is_dir() and not there.is_symlink() else []
    found = []
    for one in given:
        name = file_name(one.alt, one.name, taken)
        taken.append(name)
        found.append(PlacedFile(f"{folder}/{name}", one.data, markdown_of(one, f"{FOLDER}/{name}")))
    return found


def markdown_of(one: GivenFile, address: str) -> str:
    """The Markdown that shows a file, or links to it."""
    if one.is_picture:
        return picture_markdown(address, one.alt, measure(one.data), int(one.width or 0) or None)
    words = one.alt or one.name.replace("\\", "/").rpartition("/")[2]
    return f"[{words.replace('[', '(').replace(']', ')')}]({address})"


def put(root: Path, files: Sequence[PlacedFile]) -> None:
    """Write files, all or none. Raises InputError as `safe_files.write` does."""
    done: list[str] = []
    try:
        for one in files:
            safe_files.write(root, one.path, one.data, fresh=True)
            done.append(one.path)
    except KowebError:
        for path in done:
            safe_files.remove(root, path)
        raise
