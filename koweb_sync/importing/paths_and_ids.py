"""Paths and ids for post files, each only once; those that were given before stay. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import PurePosixPath

from koweb_sync.posts.document import new_id

_POSTS = frozenset(["_posts", "_drafts"])
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}-(?=.)")


def folders_of(path: str) -> tuple[str, ...]:
    """The folders of a note as folders of the post files: names that every system and every shell takes."""
    return tuple(new_id(part) for part in PurePosixPath(path).parts[:-1] if part.casefold() not in _POSTS)


def paths_for(place: str, path: str, ident: str) -> Iterator[str]:
    """Paths for the post file of a note, the best first. A README.md is no post file: that one is named for its id."""
    whole = PurePosixPath(path)
    stem = whole.name.removesuffix(whole.suffix)
    if _POSTS & {part.casefold() for part in whole.parts[:-1]}:
        stem = _DATE.sub("", stem)
    base = new_id(stem) if re.search(r"\w", stem) else ident
    if base == "readme":
        base = ident if ident != "readme" else "readme-1"
    folder = PurePosixPath(place, *folders_of(path))
    yield from (str(folder / f"{name}.md") for name in numbered(base))


def in_place(path: str, ident: str) -> Iterator[str]:
    """The same for a note that stays in its folder: its own name, if it is one of a post file."""
    whole = PurePosixPath(path)
    stem = whole.name.removesuffix(whole.suffix)
    if whole.name.casefold() == "readme.md":
        stem = ident if ident != "readme" else "readme-1"
    yield from (str(whole.with_name(f"{name}.md")) for name in numbered(stem))


def copies(place: str, path: str) -> Iterator[str]:
    """Paths for a picture or an attachment, the best first."""
    whole = PurePosixPath(path)
    folder = PurePosixPath(place, *folders_of(path))
    ending = re.sub("[^a-z0-9]", "", whole.suffix.lower())
    yield from (str(folder / f"{name}.{ending}") for name in numbered(new_id(whole.stem)))


def idents(said: str, title: str) -> Iterator[str]:
    """Ids for a post: the one that it has, else one made of its title, then such with numbers."""
    if said:
        yield said
    yield from numbered(new_id(title))


def numbered(base: str) -> Iterator[str]:
    """A name, then others that begin like it."""
    yield base
    yield from (f"{base[:39].rstrip('-')}-{number}" for number in count(2))


class TakenNames:
    """Names that somebody has; capitals do not tell them apart."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = {name.casefold() for name in names}

    def free(self, name: str) -> bool:
        """Whether nobody has a name."""
        return name.casefold() not in self.names

    def take(self, names: Iterable[str], fits: Callable[[str], bool] = lambda _name: True) -> str:
        """The first of some names that nobody has, from now on taken."""
        found = next(name for name in names if self.free(name) and fits(name))
        self.names.add(found.casefold())
        return found
