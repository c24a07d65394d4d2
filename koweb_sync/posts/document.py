"""A post file: Markdown with YAML front matter. Read with positions, written back byte by byte."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _
from koweb_sync.posts.fields import FIELDS, KEYS
from koweb_sync.posts.fields.id import ID, MissingId
from koweb_sync.posts.fields.letter import LetterPeriod
from koweb_sync.posts.front import FrontMatterText, read_front
from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.posts.front_writing import Value, with_key
from koweb_sync.posts.ids import TopicId
from koweb_sync.posts.side_by_side import END, EndlessNote, has_notes, lacking
from koweb_sync.posts.unpublished_keys import Kind, Sign, among_drafts, hiding_keys, said_in
from koweb_sync.safe_text import fits_one_line
from koweb_sync.spelling import latin

__all__ = ["ID", "FrontMatter", "MissingId", "PostFile", "new_id", "parse", "template", "with_key"]


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a post file says about itself. `says`: of its topic's fields (`posts.fields`), by name, as records hold it;
    one that is not there is left as it is on the forum.

    `draft` is what the file says with this key or, where it has none, with another tool's, or by its folder.
    `letter`: what time it is about, where it is a letter.
    """

    id: str
    says: Mapping[str, Any]
    topic: TopicId | None = None
    draft: bool = False
    letter: LetterPeriod | None = None

    @property
    def title(self) -> str:
        """The title."""
        return str(self.says.get("title") or "")

    @property
    def category(self) -> str | int | None:
        """A slug path (`parent/child`) or an id."""
        return self.says.get("category")

    @property
    def tags(self) -> tuple[str, ...] | None:
        """The tags: `()` means "no tags"."""
        return self.says.get("tags")

    @property
    def listed(self) -> bool | None:
        """Whether lists are to show the topic."""
        return self.says.get("listed")


@dataclass(frozen=True, slots=True)
class PostFile:
    """One post file. `path` is POSIX and relative to the repository's root; `body_line` is the
    body's first line, from 1.

    `body` is the text after the front matter with its own line ends and spaces. Blank lines right after the front
    matter belong to neither: they are kept in `data` and never sent. `signs` are keys of other tools, or a folder, that
    keep a text from being shown.
    """

    path: str
    data: bytes
    front: FrontMatter
    body: str
    body_line: int
    unknown: tuple[str, ...]
    key_lines: Mapping[str, int]
    signs: tuple[Sign, ...] = ()


def parse(path: str, data: bytes) -> PostFile:
    """Read a post file. Raises PostFileError, with the line, for everything that keeps it from being published."""
    check_name(path)
    front = read_front(path, data)
    reader = FrontReader(path, front)
    others = hiding_keys({name: value for name, value in said_in(front).items() if name not in KEYS}) + among_drafts(
        path
    )
    if has_notes(front.body):
        need_whole_notes(path, front)
    values = {name: key.parse(reader) for name, key in KEYS.items()}
    draft = values["draft"]
    said = FrontMatter(
        id=values["id"],
        says={name: values[name] for name in FIELDS if values[name] is not None},
        topic=values["topic"],
        letter=values["letter"],
        draft=any(sign.kind is Kind.DRAFT for sign in others) if draft is None else draft,
    )
    lines = {name: key.line for name, key in front.keys.items()}
    unknown = tuple(name for name in front.keys if name not in KEYS)
    return PostFile(path, data, said, front.body, front.body_line, unknown, lines, others)


def need_whole_notes(path: str, front: FrontMatterText) -> None:
    """Raises PostFileError where a comment with a paragraph of an original does not end."""
    try:
        lacking(front.body)
    except EndlessNote as error:
        raise PostFileError(
            path,
            front.body_line + error.line,
            _("The comment with a paragraph of the original does not end."),
            _("Write “{end}” on a line of its own below that paragraph, or remove the comment.").format(end=END),
        ) from None


def check_name(path: str) -> None:
    """Raises PostFileError for a path that no text can name: what is agreed on is recorded by it."""
    if not fits_one_line(path):
        raise PostFileError(
            path,
            0,
            _("The name of this file, or of a folder that it is in, is not UTF-8 or holds a control character."),
            _("Rename it, and commit."),
        )


LONGEST_ID = 44  # characters of an id that is made


def new_id(title: str) -> str:
    """An id for a new post from its title: ASCII letters, digits and dashes, at most 44; whole words where there are
    several.
    """
    words = re.sub(r"[^a-z0-9]+", "-", latin(title)).strip("-")
    cut = words[:LONGEST_ID]
    if len(words) > LONGEST_ID and words[LONGEST_ID] != "-":
        cut = cut.rpartition("-")[0] or cut
    return cut.rstrip("-") or "post"


def template(title: str, ident: str, others: Mapping[str, Value]) -> bytes:
    """The text of a new post file."""
    import frontmatter

    post = frontmatter.Post("")
    post.metadata = {"title": title, "id": ident, **others}
    return f"{frontmatter.dumps(post, sort_keys=False, width=1000)}\n\n".encode()
