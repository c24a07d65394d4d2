"""A post file: Markdown with YAML front matter. Read with positions, written back byte by byte."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from koweb_sync.posts.ids import TopicId


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a post file says about itself. None means "not said": such a field of the topic is left as it is.

    `category` is a slug path (`parent/child`) or an id; `created` is aware, in UTC; `tags=()` means "no tags".
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
    matter belong to neither: they are kept in `data` and never sent.
    """

    path: str
    data: bytes
    front: FrontMatter
    body: str
    body_line: int
    unknown: tuple[str, ...]
    key_lines: Mapping[str, int]
