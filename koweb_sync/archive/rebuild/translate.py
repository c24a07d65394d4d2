"""A post's text for another forum: links, quotes and files point at what stands there now. Pure.

What stands in code is not touched, nor are links to what is not there. Links and images go through the Markdown parser
of `posts.translate`, which proves that nothing else changed; bare addresses and quotes are replaced one by one, and
only where no code changes.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from koweb_sync.forum.addresses import split
from koweb_sync.posts.markdown import Links, find
from koweb_sync.posts.target import Target
from koweb_sync.posts.translate import to_forum

_TOPIC = (
    re.compile(r"(?P<head>/t/)(?P<topic>\d+)(?:/(?P<number>\d+))?(?P<rest>(?:[/?#].*)?)$"),
    re.compile(r"(?P<head>/t/[^/?#]+/)(?P<topic>\d+)(?:/(?P<number>\d+))?(?P<rest>(?:[/?#].*)?)$"),
)
_POST = re.compile(r"(?P<head>/p/)(?P<post>\d+)(?P<rest>(?:[/?#].*)?)$")
_QUOTE = re.compile(r"""\[quote=(?P<mark>["“']?)(?P<facts>[^\]\n]{1,600}?)(?P<end>["”']?)\]""")
_FACT = re.compile(r",\s*(post|topic)\s*:\s*(\d+)")
_SHORT = re.compile(r"upload://(?P<stem>[0-9A-Za-z]+)(?:\.\w+)?$")
_CODE = frozenset({"fence", "code_block", "code_inline", "math"})
Number = tuple[int, int]  # a topic and a post number in it


@dataclass(frozen=True, slots=True)
class Ways:
    """Where things are. `base` and `there` are the addresses of the old forum and the new one.

    `topics`, `numbers` and `posts` lead from old to new; `coming` are old topics that will be there later. `files` by
    the part of their short address before the suffix.
    """

    base: str
    there: str
    topics: Mapping[int, int] = field(default_factory=dict)
    numbers: Mapping[Number, Number] = field(default_factory=dict)
    posts: Mapping[int, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    coming: Collection[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Translated:
    """The text, and whether something that it points at is not there yet."""

    raw: str
    waiting: bool


def translate(raw: str, topic: int, ways: Ways) -> Translated:
    """A text of the old topic `topic` as the new forum takes it."""
    links = find(raw)
    targets: dict[str, Target] = {}
    waiting = False
    for url in {place.url for place in links.places}:
        new, later = address(url, ways)
        waiting |= later
        if new is not None and new != url:
            targets[url] = Target(new)
    text = to_forum(raw, targets)
    for start, end, new, later in [*quotes(text, topic, ways), *bare(text, ways)][::-1]:
        waiting |= later
        if new is not None:
            text = replaced(text, start, end, new)
    return Translated(text, waiting)


def address(url: str, ways: Ways) -> tuple[str | None, bool]:
    """What an address becomes, None if it stays, and whether it leads to something that is not there yet."""
    if found := _SHORT.match(url):
        return ways.files.get(found["stem"]), False
    ours = url.startswith(("/t/", "/p/"))
    if not ours and not within(url, ways.base):
        return None, False
    path = url if ours else url[len(ways.base) :]
    start = "" if ours else ways.there
    for pattern in _TOPIC:
        if found := pattern.match(path):
            return topic_address(found, start, ways)
    if found := _POST.match(path):
        new = ways.posts.get(int(found["post"]))
        return (None if new is None else f"{start}{found['head']}{new}{found['rest']}"), False
    return None, False


def within(url: str, base: str) -> bool:
    """Whether an address lies on the old forum."""
    return url.startswith(f"{base}/") and split(url)[0] == split(base)[0]


def topic_address(found: re.Match[str], start: str, ways: Ways) -> tuple[str | None, bool]:
    """The address of a topic, or of a post in it; of the topic alone where the post is not there."""
    old = int(found["topic"])
    number = int(found["number"]) if found["number"] else None
    place = ways.numbers.get((old, number)) if number is not None else None
    topic = place[0] if place else ways.topics.get(old)
    later = old in ways.coming and (topic is None or (number is not None and place is None))
    if topic is None:
        return None, later
    suffix = f"/{place[1]}" if place else ""
    return f"{start}{found['head']}{topic}{suffix}{found['rest']}", later


def quotes(text: str, topic: int, ways: Ways) -> Iterator[tuple[int, int, str | None, bool]]:
    """The beginnings of quotes, with what they become. One whose post is not there names its author alone."""
    for found in _QUOTE.finditer(text):
        facts = dict(_FACT.findall(found["facts"]))
        if not facts:
            continue
        old = int(facts.get("topic", topic))
        place = ways.numbers.get((old, int(facts["post"]))) if "post" in facts else None
        where = place or ((ways.topics[old], 0) if old in ways.topics and "post" not in facts else None)
        later = where is None and old in ways.coming
        if later or (where is None and old not in ways.topics and "topic" in facts):
            yield found.start(), found.end(), None, later
            continue

        def fact(one: re.Match[str], where: Number | None = where) -> str:
            if where is None:
                return ""
            return f"{one[0][: -len(one[2])]}{where[1] if one[1] == 'post' else where[0]}"

        new = _FACT.sub(fact, found["facts"])
        yield found.start(), found.end(), f"[quote={found['mark']}{new}{found['end']}]", later


def bare(text: str, ways: Ways) -> Iterator[tuple[int, int, str | None, bool]]:
    """Addresses of the old forum that stand for themselves, with what they become."""
    pattern = re.compile(rf"""(?<![\w/("'<=\[:]){re.escape(ways.base)}/[tp]/[^\s<>"')\]]+""")
    for found in pattern.finditer(text):
        url = found[0].rstrip(".,;:!?»")
        new, later = address(url, ways)
        yield found.start(), found.start() + len(url), new, later


def replaced(text: str, start: int, end: int, new: str) -> str:
    """The text with something put in place, unless that would change code."""
    after = text[:start] + new + text[end:]
    return after if code(find(after)) == code(find(text)) else text


def code(links: Links) -> list[str]:
    """What stands in code."""
    tokens = [inner for token in links.tokens for inner in (token, *(token.children or ()))]
    return [token.content for token in tokens if token.type in _CODE]
