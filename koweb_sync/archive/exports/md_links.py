"""Links between the topics of a Markdown export: from file to file, so that they lead somewhere without the forum."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

from koweb_sync.archive.exports.origins import digest
from koweb_sync.archive.ingest.references import link
from koweb_sync.archive.read.model import ArchivedPost, ArchivedTopic, ArchiveFilter
from koweb_sync.archive.read.reader import Reader
from koweb_sync.archive.store.chat import at_path
from koweb_sync.forum.addresses import address_below
from koweb_sync.posts.markdown import Form, Links, find
from koweb_sync.posts.translate import to_file

REMEMBERED = 20_000
_PLACES = ("/t/", "/chat/c/")  # in every address of a topic, or of a channel of the chat
_AFTER = ".,;:!?*_~'’”»…)"  # what ends a sentence rather than an address
_CODE = frozenset({"fence", "code_block", "code_inline", "math", "html_block", "html_inline"})

LinkEdit = tuple[int, int, str]  # from, to, and what comes there


class TopicFiles:
    """The files of an export's topics, as their links name them. `homes`: the addresses of the forum; `name`: what a
    topic's file is called.
    """

    def __init__(
        self, reader: Reader, wanted: ArchiveFilter, homes: Sequence[str], name: Callable[[ArchivedTopic], str]
    ) -> None:
        self.homes = homes
        known = "|".join(map(re.escape, homes))
        self.bare = re.compile(rf"(?<![^\s(«“])(?:{known})(?:{'|'.join(_PLACES)})[^\s<>\"\[\]`|]+")
        self.place_of = reader.place_of

        @lru_cache(maxsize=REMEMBERED)
        def file(topic: int) -> str | None:
            if wanted.topics and topic not in wanted.topics:
                return None
            found = next(reader.topics(replace(wanted, topics=frozenset([topic]))), None)
            return None if found is None else name(found)

        self.file = file
        self.all = ((topic.id, name(topic)) for topic in reader.topics(wanted))

    @cached_property
    def known(self) -> bytes:
        """What stands for the files of all topics."""
        return digest(list(self.all))

    def place(self, address: str, here: int) -> str | None:
        """Where a link in a post of the topic `here` leads within the export; None if that is not there."""
        topic, number = self.named(address)
        file = None if topic is None else self.file(topic)
        if file is None:
            return None
        part = f"#post-{number}" if number else ""
        return part if part and topic == here else f"{file}{part}"

    def named(self, address: str) -> tuple[int | None, int | None]:
        """The topic, and the number of a post of it, that an address names; None for either that it does not."""
        below = (at_path(address_below(address, home) or "") for home in self.homes)
        chat = next((one for one in below if one is not None), None)
        if chat is not None:
            return (self.place_of(chat[1]) if chat[1] else None) or (chat[0], None)
        to = link(address, *self.homes)
        return to.topic, to.number


def linking(posts: Iterable[ArchivedPost]) -> bool:
    """Whether one of some posts may link to a topic, in whatever language."""
    return any(_named(raw) for post in posts for raw in (post.raw, *(one.raw for one in post.translations)))


def _named(raw: str, base: str = "") -> bool:
    """Whether a text may hold the address of a topic, below another one."""
    return any(f"{base}{one}" in raw for one in _PLACES)


def linked(post: ArchivedPost, places: Mapping[str, str], others: TopicFiles) -> str:
    """A post's Markdown with other destinations: `places` of its files, and those of topics."""
    if not _named(post.raw):
        return to_file(post.raw, places, {}) if places else post.raw
    there = ((one.url, others.place(one.url, post.topic)) for one in find(post.raw).places if not one.image)
    known = {**{url: to for url, to in there if to is not None}, **places}
    text = to_file(post.raw, known, {}) if known else post.raw
    if not any(_named(text, home) for home in others.homes):
        return text
    before = find(text)
    edits = sorted(
        [*typed(text, before, post.topic, others), *in_brackets(before, post.topic, others)],
    )
    return proven(text, before, edits)


def typed(text: str, links: Links, here: int, others: TopicFiles) -> Iterator[LinkEdit]:
    """Addresses that stand in a text as they are, and that a forum shows as links."""
    taken = [*((one.start, one.end) for one in links.places), *((one.start, one.end) for one in links.labels)]
    for found in others.bare.finditer(text):
        address = found[0].rstrip(_AFTER)
        start, end = found.start(), found.start() + len(address)
        to = others.place(address, here)
        if to is not None and not any(start < above and end > below for below, above in taken):
            yield start, end, f"[{address}]({to})"


def in_brackets(links: Links, here: int, others: TopicFiles) -> Iterator[LinkEdit]:
    """Addresses in pointed brackets: between them, a path would be no link."""
    for one in links.places:
        if one.form is Form.AUTOLINK and (to := others.place(one.url, here)) is not None:
            yield one.start, one.end, f"[{one.url}]({to})"


def proven(text: str, before: Links, edits: list[LinkEdit]) -> str:
    """A text with edits, each of which makes one link; those that would do something else, as in code, are left out."""
    if not edits:
        return text
    after = spliced(text, edits)
    new = find(after)
    wanted = [to.rpartition("](")[2][:-1] for _start, _end, to in edits]
    same = shape(before) == shape(new) and len(new.places) == len(before.places) + sum(
        not text[start:end].startswith("<") for start, end, _to in edits
    )
    if same and not set(wanted) - {one.url for one in new.places}:
        return after
    if len(edits) == 1:
        return text
    half = len(edits) // 2
    later = proven(text, before, edits[half:])
    return proven(later, find(later), edits[:half])


def spliced(text: str, edits: list[LinkEdit]) -> str:
    """A text with edits, which come in its order."""
    parts, at = [], 0
    for start, end, new in edits:
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def shape(links: Links) -> list[tuple[object, ...]]:
    """The blocks of a text, and what stands in code and in HTML."""
    return [
        (
            token.type,
            token.map,
            token.content if token.type in _CODE else "",
            [child.content for child in token.children or [] if child.type in _CODE],
        )
        for token in links.tokens
    ]
