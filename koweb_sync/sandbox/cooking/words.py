"""Words in a text that mean something: @mentions, #hashtags and [date=…]."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markdown_it import MarkdownIt
from markdown_it.common.utils import isPunctChar, isWhiteSpace
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from koweb_sync.sandbox.cooking import context
from koweb_sync.sandbox.cooking.bbcode import pairs
from koweb_sync.sandbox.cooking.context import Context

_WORD = re.compile(
    r"@(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]{0,58}[A-Za-z0-9]|[A-Za-z0-9_])"
    r"|#(?P<hash>[A-Za-z0-9_À-\u1fff\u2c00-\ud7ff:-]{1,101})"
    r"|\[date=(?P<date>[^\]\n]{1,300})\]"
)
_LINK = re.compile(r"<a(\s.*)?>", re.IGNORECASE | re.DOTALL)
# The order in which Discourse writes them.
_DATED = ("format", "countdown", "calendar", "displayedTimezone", "timezones", "timezone", "recurring")


def install(md: MarkdownIt) -> None:
    """Find such words from now on."""
    md.core.ruler.push("words", lambda state: in_texts(state, replaced, links="all"))


def in_texts(state: StateCore, change: Callable[[str, Context], list[Token] | None], links: str) -> None:
    """Let `change` replace texts by tokens: not in links, either in all of them or in those found by themselves."""
    surroundings = context.of(state.env)
    for block in state.tokens:
        depth = 0
        made: list[Token] = []
        for token in block.children or ():
            depth += link_depth(token, links)
            changed = change(token.content, surroundings) if token.type == "text" and depth <= 0 else None
            made += [token] if changed is None else changed
        if block.type == "inline":
            block.children = made


def link_depth(token: Token, links: str) -> int:
    """1 where a link begins, -1 where it ends, else 0."""
    if token.type in ("link_open", "link_close"):
        return token.nesting if links == "all" or token.info == "auto" else 0
    if links == "all" and token.type == "html_inline":
        return 1 if _LINK.match(token.content) else -(token.content[:4].lower() == "</a>")
    return 0


def text(content: str) -> Token:
    """A token of plain text."""
    return Token("text", "", 0, content=content)


def bounded(content: str, start: int, end: int) -> bool:
    """Whether a word stands by itself: between spaces, punctuation and the ends of the text."""
    around = (content[start - 1 : start] if start else "") + content[end : end + 1]
    return all(isWhiteSpace(ord(one)) or isPunctChar(one) for one in around)


def replaced(content: str, surroundings: Context) -> list[Token] | None:
    """A text in which words that mean something became tokens; None if there are none."""
    made: list[Token] = []
    end = 0
    for found in _WORD.finditer(content):
        if not bounded(content, found.start(), found.end()):
            continue
        if found.start() > end:
            made.append(text(content[end : found.start()]))
        if found["name"]:
            made += mention(found["name"], surroundings)
        elif found["hash"]:
            made += hashtag(found["hash"], surroundings)
        else:
            made += date(found[0], found["date"])
        end = found.end()
    if not made:
        return None
    return [*made, text(content[end:])] if end < len(content) else made


def element(tag: str, attributes: dict[str, str | int], inside: Sequence[Token]) -> list[Token]:
    """An element inside a line."""
    kind = "link" if tag == "a" else tag
    opening = Token(f"{kind}_open", tag, 1, attrs={**attributes})
    return [opening, *inside, Token(f"{kind}_close", tag, -1)]


def mention(name: str, surroundings: Context) -> list[Token]:
    """`@name`: a link to a person or a group, else only marked."""
    inside = [text(f"@{name}")]
    user, group = surroundings.user(name), surroundings.group(name)
    if user is not None:
        return element("a", {"class": "mention", "href": f"/u/{quote(user.username.lower())}"}, inside)
    if group is not None:
        return element("a", {"class": "mention-group", "href": f"/groups/{quote(group)}"}, inside)
    return element("span", {"class": "mention"}, inside)


def hashtag(ref: str, surroundings: Context) -> list[Token]:
    """`#category`, `#parent:child` or `#name::tag`: a link, else only marked."""
    found = surroundings.hashtag(ref)
    early = surroundings.flavour.markup == "2022"
    if found is None:
        return element("span", {"class": "hashtag" if early else "hashtag-raw"}, [text(f"#{ref}")])
    if early:
        shown = element("span", {}, [text(ref.removesuffix(context.TAG_MARK))])
        return element("a", {"class": "hashtag", "href": found.href}, [text("#"), *shown])
    facts: dict[str, str | int] = {
        "class": "hashtag-cooked",
        "href": found.href,
        "data-type": found.kind,
        "data-slug": found.slug,
        "data-id": found.id,
    }
    if found.slug != ref:
        facts["data-ref"] = ref
    icon = element("span", {"class": "hashtag-icon-placeholder"}, [])
    return element("a", facts, [*icon, *element("span", {}, [text(found.text)])])


def date(whole: str, inside: str) -> list[Token]:
    """`[date=2026-03-02 time=10:00 timezone="Europe/Paris"]`: the moment in UTC; unreadable ones stay text."""
    facts = pairs(f"date={inside}")
    zone = zone_of(facts.get("timezone", ""))
    try:
        moment = datetime.fromisoformat(f"{facts.get('date', '')}T{facts.get('time', '00:00')}")
        moment = moment.replace(tzinfo=zone or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return [text(whole)]
    if zone is None:
        facts.pop("timezone", None)
    shown = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    attributes: dict[str, str | int] = {"data-date": facts["date"]}
    if "time" in facts:
        attributes["data-time"] = facts["time"]
    attributes["class"] = "discourse-local-date"
    names = {"displayedTimezone": "displayed-timezone"}
    attributes |= {f"data-{names.get(key, key)}": facts[key] for key in _DATED if key in facts}
    attributes["data-email-preview"] = f"{shown} UTC"
    return element("span", attributes, [text(shown)])


def zone_of(name: str) -> ZoneInfo | None:
    """A time zone by its name, or None."""
    if not re.fullmatch(r"[A-Za-z][\w+-]*(/[A-Za-z][\w+-]*){0,2}", name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return None
