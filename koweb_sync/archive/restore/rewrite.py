"""A post's text for another forum: links, quotes and files point at what stands there now. Pure.

What stands in code is not touched, nor are links to what is not there. Links and images go through the Markdown parser
of `posts.translate`, which proves that nothing else changed; bare addresses and quotes are replaced together, those
outside of code, and not at all if code would still change. So each text is read a few times, whatever is in it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from koweb_sync.forum.addresses import address_below, split
from koweb_sync.posts.link_targets import LinkTarget
from koweb_sync.posts.markdown import Links, find
from koweb_sync.posts.paths import base_path
from koweb_sync.posts.translate import to_forum

_TOPIC = (
    re.compile(r"(?P<head>/t/)(?P<topic>\d{1,18})(?:/(?P<number>\d{1,18}))?(?P<rest>(?:[/?#].*)?)$"),
    re.compile(r"(?P<head>/t/[^/?#]+/)(?P<topic>\d{1,18})(?:/(?P<number>\d{1,18}))?(?P<rest>(?:[/?#].*)?)$"),
)
_POST = re.compile(r"(?P<head>/p/)(?P<post>\d{1,18})(?P<rest>(?:[/?#].*)?)$")
_QUOTE = re.compile(r"""\[quote=(?P<mark>["“']?)(?P<facts>[^\]\n]{1,600}?)(?P<end>["”']?)\]""")
_FACT = re.compile(r",\s*(post|topic)\s*:\s*(\d{1,18})(?!\d)")
_SHORT = re.compile(r"upload://(?P<stem>[0-9A-Za-z]+)(?:\.\w+)?$")
_PATH = "/!$&'()*+,;=:@~-._"  # signs that a path has as they are
_CODE = frozenset({"fence", "code_block", "code_inline", "math"})
Number = tuple[int, int]  # a topic and a post number in it
TextChange = tuple[int, int, str]  # from where to where in a text, and what stands there then
ENDS = "\"'”]"  # of a quote's beginning


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
    homes: tuple[str, ...] = ()  # all addresses of the old forum, if it moved

    @property
    def bases(self) -> tuple[str, ...]:
        """All addresses of the old forum."""
        return self.homes or (self.base,)


@dataclass(frozen=True, slots=True)
class RewrittenText:
    """The text, and whether something that it points at is not there yet."""

    raw: str
    waiting: bool


def translate(raw: str, topic: int, ways: Ways) -> RewrittenText:
    """A text of the old topic `topic` as the new forum takes it."""
    links = find(raw)
    targets: dict[str, LinkTarget] = {}
    waiting = False
    for url in {place.url for place in links.places}:
        new, later = address(url, ways)
        waiting |= later
        if new is not None and new != url:
            targets[url] = LinkTarget(new)
    text = to_forum(raw, targets)
    changes: list[TextChange] = []
    for start, end, new, later in [*quotes(text, topic, ways), *bare(text, ways)]:
        waiting |= later
        if new is not None:
            changes.append((start, end, new))
    return RewrittenText(replaced(text, apart(changes)), waiting)


def address(url: str, ways: Ways) -> tuple[str | None, bool]:
    """What an address becomes, None if it stays, and whether it leads to something that is not there yet."""
    if found := _SHORT.match(url):
        return ways.files.get(found["stem"]), False
    place, rest = parted_at(url)
    rooted = place.startswith("/") and not place.startswith("//")
    below = (address_below(place, one) for one in ways.bases) if rooted or "//" in place else ()
    found_path = next((one for one in below if one is not None), None)
    if found_path is None:
        return None, False
    path = quote(found_path, safe=_PATH) + rest
    start = base_path(ways.there) if rooted else ways.there
    for pattern in _TOPIC:
        if found := pattern.match(path):
            return topic_address(found, start, ways)
    if found := _POST.match(path):
        new = ways.posts.get(int(found["post"]))
        return (None if new is None else f"{start}{found['head']}{new}{found['rest']}"), False
    return (f"{start}{path}" if rooted and start != base_path(ways.base) else None), False


def parted_at(url: str) -> tuple[str, str]:
    """An address in two: where it leads to, and its query and fragment."""
    end = next((at for at, sign in enumerate(url) if sign in "?#"), len(url))
    return url[:end], url[end:]


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
    places = (split(one) for one in ways.bases)
    start = "|".join(rf"(?i:https?://{re.escape(host)}){re.escape(path)}" for host, path in places)
    pattern = re.compile(rf"""(?<![\w/("'<=\[:])(?:{start})/[tp]/[^\s<>"')\]]+""")
    for found in pattern.finditer(text):
        url = found[0].rstrip(".,;:!?»")
        new, later = address(url, ways)
        yield found.start(), found.start() + len(url), new, later


def apart(changes: Iterable[TextChange]) -> list[TextChange]:
    """Changes in the order of the text; of two that overlap, the first."""
    found: list[TextChange] = []
    for one in sorted(changes):
        if not found or found[-1][1] <= one[0]:
            found.append(one)
    return found


def replaced(text: str, changes: Sequence[TextChange]) -> str:
    """The text with its changes, without those in code, and without any if code would change nevertheless."""
    if not changes:
        return text
    same = code(find(text))
    whole = changed(text, changes)
    if code(find(whole)) == same:
        return whole
    inside = in_code(text, changes)
    rest = changed(text, [one for nth, one in enumerate(changes) if nth not in inside])
    return rest if code(find(rest)) == same else text


def in_code(text: str, changes: Sequence[TextChange]) -> set[int]:
    """Which changes stand in code: each is given a sign of its own, and the text is read to see where these are."""
    sign = "q"
    while sign in text:
        sign += "q"
    marked = []
    for nth, (start, end, new) in enumerate(changes):
        words = new.rstrip(ENDS)
        marked.append((start, end, f"{words}{sign}{nth}x{new[len(words) :]}"))
    return {int(nth) for nth in re.findall(rf"{sign}(\d+)x", "\n".join(code(find(changed(text, marked)))))}


def changed(text: str, changes: Sequence[TextChange]) -> str:
    """The text with something put in the place of something else, in order."""
    parts, done = [], 0
    for start, end, new in changes:
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


def code(links: Links) -> list[str]:
    """What stands in code."""
    tokens = [inner for token in links.tokens for inner in (token, *(token.children or ()))]
    return [token.content for token in tokens if token.type in _CODE]
