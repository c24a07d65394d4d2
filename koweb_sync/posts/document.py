"""A post file: Markdown with YAML front matter. Read with positions, written back byte by byte."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeVar

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _
from koweb_sync.posts.front import Front, Text, is_empty, read_front
from koweb_sync.posts.front_writing import Value, with_key
from koweb_sync.posts.front_writing import written as as_yaml
from koweb_sync.posts.ids import TopicId
from koweb_sync.posts.withheld import Kind, Sign, among_drafts, said_in, signs, truth
from koweb_sync.safe_text import line, written
from koweb_sync.spelling import latin, whole

__all__ = ["FrontMatter", "MissingId", "PostFile", "new_id", "parse", "template", "with_key"]

_LINES = re.compile("[\t-\r\x85\u2028\u2029]")
ID = re.compile(r"[A-Za-z0-9_-]{1,44}")
KEYS = (*("title", "id", "category", "tags", "author", "topic", "created", "pinned", "closed", "listed", "draft"),)
T = TypeVar("T")


class MissingId(PostFileError):
    """A post file without an `id`: `koweb check --fix` writes one."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a post file says about itself. None means "not said": such a field of the topic is left as it is.

    `category` is a slug path (`parent/child`) or an id; `created` is aware, in UTC; `tags=()` means "no tags". `draft`
    is what the file says with this key or, where it has none, with another tool's, or by its folder.
    """

    title: str
    id: str
    category: str | int | None = None
    tags: tuple[str, ...] | None = None
    author: str | None = None
    topic: TopicId | None = None
    created: datetime | None = None
    pinned: bool | None = None
    closed: bool | None = None
    listed: bool | None = None
    draft: bool = False


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
    reader = Reader(path, front)
    others = signs({name: value for name, value in said_in(front).items() if name not in KEYS}) + among_drafts(path)
    draft = reader.get("draft", reader.flag)
    said = FrontMatter(
        title=reader.title(),
        id=reader.id(),
        category=reader.get("category", reader.category),
        tags=reader.get_list("tags"),
        author=reader.get("author", reader.text),
        topic=reader.get("topic", reader.topic),
        created=reader.get("created", reader.moment),
        pinned=reader.get("pinned", reader.flag),
        closed=reader.get("closed", reader.flag),
        listed=reader.get("listed", reader.flag),
        draft=any(sign.kind is Kind.DRAFT for sign in others) if draft is None else draft,
    )
    lines = {name: key.line for name, key in front.keys.items()}
    unknown = tuple(name for name in front.keys if name not in KEYS)
    return PostFile(path, data, said, front.body, front.body_line, unknown, lines, others)


def check_name(path: str) -> None:
    """Raises PostFileError for a path that no text can name: what is agreed on is recorded by it."""
    if not written(path):
        raise PostFileError(
            path,
            0,
            _("The name of this file, or of a folder that it is in, is not UTF-8 or holds a control character."),
            _("Rename it, and commit."),
        )


def new_id(title: str) -> str:
    """An id for a new post from its title: ASCII letters, digits and dashes, at most 44."""
    words = re.sub(r"[^a-z0-9]+", "-", latin(title)).strip("-")
    return words[:44].rstrip("-") or "post"


def template(title: str, ident: str, others: Mapping[str, Value]) -> bytes:
    """The text of a new post file."""
    import frontmatter

    post = frontmatter.Post("")
    post.metadata = {"title": title, "id": ident, **others}
    return f"{frontmatter.dumps(post, sort_keys=False, width=1000)}\n\n".encode()


class Reader:
    """The values of a front matter, each checked for what its key takes."""

    def __init__(self, path: str, front: Front) -> None:
        self.path = path
        self.front = front

    def wrong(self, line: int, message: str, remedy: str) -> PostFileError:
        """An error at a line of this file."""
        return PostFileError(self.path, line, message, remedy)

    def single(self, name: str) -> Text | None:
        """The text of a key; None if the key is not there or holds nothing."""
        key = self.front.keys.get(name)
        if key is None or is_empty(key):
            return None
        if not isinstance(key.value, Text):
            raise self.wrong(
                key.line,
                _("“{key}” is a list, and takes one value.").format(key=name),
                _("Write one value behind “{key}:”.").format(key=name),
            )
        return key.value

    def get(self, name: str, convert: Callable[[str, Text], T]) -> T | None:
        """A key's value, converted; None if it is not said."""
        text = self.single(name)
        return None if text is None else convert(name, text)

    def title(self) -> str:
        """The title, without spaces around it. Raises PostFileError if it is missing."""
        text = self.single("title")
        if text is None or not text.text.strip():
            key = self.front.keys.get("title")
            raise self.wrong(
                key.line if key else 1, _("The title is missing."), _("Add a line “title: …” to the front matter.")
            )
        return self.text("title", text)

    def id(self) -> str:
        """The id. Raises MissingId, or PostFileError for signs that Discourse does not take."""
        text = self.single("id")
        if text is None:
            raise MissingId(
                self.path, 1, _("The id is missing."), _("“koweb check --fix” writes one, made from the title.")
            )
        if not ID.fullmatch(text.text):
            raise self.wrong(
                text.line,
                _("The id “{id}” cannot be used.").format(id=text.text),
                _("An id has 1 to 44 letters without accents, digits, “-” and “_”."),
            )
        return text.text

    def text(self, name: str, text: Text) -> str:
        """Words on one line."""
        words = text.text.strip()
        if _LINES.search(words):
            raise self.wrong(
                text.line,
                _("“{key}” has more than one line.").format(key=name),
                _("Write it on one line."),
            )
        if not written(words):
            raise self.wrong(
                text.line,
                _("“{key}” holds a character that cannot be published: {value}.").format(key=name, value=line(words)),
                _("Delete what looks like \\x1b or \\ud800 there, or type the line again."),
            )
        return words

    def category(self, name: str, text: Text) -> str | int:
        """A category's number or its slug path, without slashes around it."""
        words = self.text(name, text)
        return int(words) if text.plain and re.fullmatch(r"[1-9][0-9]{0,8}", words) else words.strip("/")

    def topic(self, name: str, text: Text) -> TopicId:
        """A topic's number."""
        if not re.fullmatch(r"[1-9][0-9]{0,9}", text.text):
            raise self.wrong(
                text.line,
                _("“{key}” takes the number of a topic, and says “{value}”.").format(key=name, value=text.text),
                _("The number stands at the end of the topic's address; for a new topic, remove the line."),
            )
        return TopicId(int(text.text))

    def flag(self, name: str, text: Text) -> bool:
        """true or false, in every spelling of YAML."""
        said = truth(text.text)
        if said is None:
            raise self.wrong(
                text.line,
                _("“{key}” takes true or false, and says “{value}”.").format(key=name, value=text.text),
                _("Write “{key}: true” or “{key}: false”.").format(key=name),
            )
        return said

    def moment(self, name: str, text: Text) -> datetime:
        """A date, or a date and a time; UTC where no zone is said."""
        try:
            when = datetime.fromisoformat(text.text.strip())
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.text.strip()):
                when = datetime.combine(date.fromisoformat(text.text.strip()), time(), UTC)
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.wrong(
                text.line,
                _("“{key}” takes a date, and says “{value}”.").format(key=name, value=text.text),
                _("Write it as 2024-05-02, or with a time as 2024-05-02T14:30:00+02:00."),
            ) from error

    def get_list(self, name: str) -> tuple[str, ...] | None:
        """A list of texts, each once; one text alone counts as a list of one. None if the key is not there."""
        key = self.front.keys.get(name)
        if key is None or (isinstance(key.value, Text) and is_empty(key)):
            return None
        items = (key.value,) if isinstance(key.value, Text) else key.value
        if items is None or any("," in one.text for one in items):
            said = [part.strip() for one in items or () for part in one.text.split(",") if part.strip()]
            raise self.wrong(
                key.line,
                _("“{key}” takes a list.").format(key=name),
                _("Write it in brackets, with commas: {list}").format(list=f"{name}: {as_yaml(said or ['a', 'b'])}"),
            )
        words = dict.fromkeys(whole(self.text(name, one)) for one in items)
        return tuple(word for word in words if word)
