"""What a forum's tags are called: by the name with which each was made, whatever the language of who reads.

Newer forums show a tag as `{id, name, slug}` with its name in the reader's language. Id and slug stay; a name that was
read and written back would make another tag. So every answer passes here before anything else sees it: a name that fits
its slug is the tag's own; for any other one we say what we know under its number.
"""

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from koweb_sync import records, safe_files
from koweb_sync.errors import InputError, KowebError
from koweb_sync.spelling import latin

FILE = "tags.json"
VERSION = 1
MADE_UP = re.compile(r"-?|\d+-tag")  # the slug of a name of which no letter can stand in one
AskForum = Callable[[], Any]


class TagNames:
    """The names of one forum's tags by their numbers. The file may be deleted at any time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.lock = threading.RLock()
        self.known: dict[int, tuple[str, str]] | None = None  # number -> name, slug; read when a tag first needs it
        self.hints: dict[str, str] = {}  # slug -> a name that is known from elsewhere
        self.asked = False
        self.new = False

    def hint(self, names: Iterable[str]) -> None:
        """Names that tags certainly have: they are ours, or the database's own."""
        with self.lock:
            for name in names:
                slug = folded(name)
                if self.hints.get(slug, slug) == slug:  # a slug once stood in for a name that nobody knew
                    self.hints[slug] = name

    def own(self, data: Any, ask: AskForum) -> None:
        """Give the tags in an answer their own names. `ask` reads all tags as people without an account do, at most
        once: one request where a name was met that is nobody's we know.
        """
        met = [tag for tag in tags_in(data) if is_object(tag)]
        if not met:
            return
        with self.lock:
            fresh = [self.name(tag) for tag in met]
            if None in fresh:
                self.look_up(ask)
                fresh = [self.name(tag) or stand_in(tag) for tag in met]
            for tag, name in zip(met, fresh, strict=True):
                tag["name"] = name
            self.keep()

    def name(self, tag: Mapping[str, Any]) -> str | None:
        """A tag's own name; None where nobody knows it."""
        number, name, slug = tag["id"], tag["name"], tag["slug"]
        known = self.learnt()
        if fits(name, slug):
            self.learn(number, name, slug)
            return str(name)
        if number in known and known[number][1] == slug:
            return known[number][0]
        if slug in self.hints:
            self.learn(number, self.hints[slug], slug)
            return self.hints[slug]
        return None

    def look_up(self, ask: AskForum) -> None:
        """Learn the names that the forum's own language has for tags. Where nobody may read them, nothing is learnt."""
        if self.asked:
            return
        self.asked = True
        with suppress(KowebError):
            for tag in tags_in(ask()):
                if is_object(tag):
                    self.name(tag)

    def learn(self, number: int, name: str, slug: str) -> None:
        """A tag's own name, for every later run on this machine."""
        known = self.learnt()
        self.new = self.new or known.get(number) != (name, slug)
        known[number] = (name, slug)

    def keep(self) -> None:
        """Remember what is new. Where that cannot be done it is learnt again."""
        if self.new:
            self.new = False
            with suppress(InputError):
                safe_files.write(self.path.parent, FILE, written(self.path, self.learnt()), lasting=False)

    def learnt(self) -> dict[int, tuple[str, str]]:
        """What is known so far."""
        if self.known is None:
            self.known = kept(self.path)
        return self.known


def kept(path: Path) -> dict[int, tuple[str, str]]:
    """The names that were kept; none where there is nothing to read. Raises KowebError for those of a newer version."""
    found = record(path).get("tags")
    return {int(number): (str(name), str(slug)) for number, (name, slug) in (found or {}).items()}


def written(path: Path, known: Mapping[int, tuple[str, str]]) -> bytes:
    """The file with these names in the place of its own."""
    return json.dumps({**record(path), "version": VERSION, "tags": known}, ensure_ascii=False).encode()


def record(path: Path) -> records.RecordData:
    """What the file holds, nothing for what is none."""
    try:
        found = json.loads(path.read_bytes())
        if not all(len(one) == 2 and int(number) >= 0 for number, one in found["tags"].items()):
            return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
    return records.upgraded(found, str(path), VERSION)


def tags_in(data: Any) -> Iterator[Any]:
    """The tags in an answer: of the topic or topics that it is about, or a list of tags."""
    if not isinstance(data, dict):
        return
    inner = [data.get(name) for name in ("topic_list", "basic_topic", "extras")]
    for one in (data, *(each for each in inner if isinstance(each, dict))):
        listed = [one.get(name) for name in ("topics", "tag_groups")]
        many = [each for several in listed if isinstance(several, list) for each in several if isinstance(each, dict)]
        for each in (one, *many):
            tags = each.get("tags")
            yield from tags if isinstance(tags, list) else ()


def is_object(tag: Any) -> bool:
    """Whether a tag is one of a newer server, which has a name for each language."""
    if not isinstance(tag, dict) or type(tag.get("id")) is not int:
        return False
    return isinstance(tag.get("name"), str) and isinstance(tag.get("slug"), str)


def fits(name: str, slug: str) -> bool:
    """Whether a slug was made of a name."""
    return slug in (folded(name), "-".join(name.split()).casefold()) or unquote(slug).casefold() == name.casefold()


def folded(name: str) -> str:
    """A name as an address holds it: accents folded, apostrophes dropped, the rest dashes."""
    return re.sub(r"[^a-z0-9]+", "-", latin(name).replace("'", "")).strip("-")


def stand_in(tag: Mapping[str, Any]) -> str:
    """What a tag is called of which nobody knows the name: its slug stays the same in every language."""
    slug = str(tag["slug"])
    return str(tag["name"]) if MADE_UP.fullmatch(slug) else slug
