"""What an import must know of the repository that it writes to, and of its forum."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from koweb_sync.config import Settings
from koweb_sync.errors import PostFileError
from koweb_sync.importing.categories import Categories
from koweb_sync.importing.origins import NoteOrigin
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.lint import PathEntry, Rules


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """The repository that is written to.

    `place`: the folder for the files, from the root; `name`: what the source folder is called. `posts` are the post
    files there are, `broken` those that cannot be read, `paths` every path, `origins` what was imported before, by
    note. `holds(source, path)`: whether the file at a path of the repository is, byte for byte, that one of the folder.
    `sure`: the forum's own `rules` are known. `in_place`: the notes lie in `place` and stay there;
    `links`: those that are post files already get ordinary links of `[[note]]`.
    """

    place: str
    name: str
    settings: Settings
    posts: Sequence[PostFile]
    broken: Sequence[PostFileError]
    paths: frozenset[str]
    entries: Mapping[str, PathEntry]
    origins: Mapping[str, Sequence[NoteOrigin]]
    holds: Callable[[str, str], bool]
    rules: Rules
    sure: bool
    categories: Categories
    now: datetime
    in_place: bool = False
    links: bool = False
