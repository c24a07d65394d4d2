"""Words in a text that mean something: @mentions, #hashtags and [date=…]."""

import re
from collections.abc import Callable
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.common.utils import isPunctChar, isWhiteSpace
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from koweb_sync.sandbox.cooking import context, dates
from koweb_sync.sandbox.cooking.context import CookingContext
from koweb_sync.sandbox.cooking.tokens import element, text

_WORD = re.compile(
    r"@(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]{0,58}[A-Za-z0-9]|[A-Za-z0-9_])"
    r"|#(?P<hash>[A-Za-z0-9_À-\u1fff\u2c00-\ud7ff:-]{1,101})"
    r"|\[date(?P<kind>=|-range )(?P<date>[^\]\n]{1,300})\]"
)
PLACEHOLDER = "hashtag-icon-placeholder"  # the sanitiser lets no drawing through, it is put there afterwards
_LINK = re.compile(r"<a(\s.*)?>", re.IGNORECASE | re.DOTALL)


def install(md: MarkdownIt) -> None:
    """Find such words from now on."""
    md.core.ruler.push("words", lambda state: in_texts(state, replaced, links="all"))


def in_texts(state: StateCore, change: Callable[[str, CookingContext], list[Token] | None], links: str) -> None:
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


def bounded(content: str, start: int, end: int) -> bool:
    """Whether a word stands by itself: between spaces, punctuation and the ends of the text."""
    around = (content[start - 1 : start] if start else "") + content[end : end + 1]
    return all(isWhiteSpace(ord(one)) or isPunctChar(one) for one in around)


def replaced(content: str, surroundings: CookingContext) -> list[Token] | None:
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
            made += dates.read(found, surroundings)
        end = found.end()
    if not made:
        return None
    return [*made, text(content[end:])] if end < len(content) else made


def mention(name: str, surroundings: CookingContext) -> list[Token]:
    """`@name`: a link to a person or a group, else only marked."""
    inside = [text(f"@{name}")]
    user, group = surroundings.user(name), surroundings.group(name)
    if user is not None:
        return element("a", {"class": "mention", "href": surroundings.at(f"/u/{quote(user.username.lower())}")}, inside)
    if group is not None:
        return element("a", {"class": "mention-group", "href": surroundings.at(f"/groups/{quote(group)}")}, inside)
    return element("span", {"class": "mention"}, inside)


def hashtag(ref: str, surroundings: CookingContext) -> list[Token]:
    """`#category`, `#parent:child` or `#name::tag`: a link, else only marked."""
    found = surroundings.hashtag(ref)
    early = surroundings.flavour.markup == "2022"
    if found is None:
        return element("span", {"class": "hashtag" if early else "hashtag-raw"}, [text(f"#{ref}")])
    if early:
        shown = element("span", {}, [text(context.parted(ref)[0])])
        return element("a", {"class": "hashtag", "href": found.href}, [text("#"), *shown])
    facts: dict[str, str | int] = {
        "class": "hashtag-cooked",
        "href": found.href,
        "data-type": found.kind,
        "data-slug": found.slug,
        "data-id": found.id,
        "data-style-type": "icon" if found.kind == "tag" else "square",
    }
    if found.kind == "tag":
        facts["data-icon"] = "tag"
    if found.slug != ref:
        facts["data-ref"] = ref
    icon = element("span", {"class": PLACEHOLDER}, [])
    return element("a", facts, [*icon, *element("span", {}, [text(found.text)])])
