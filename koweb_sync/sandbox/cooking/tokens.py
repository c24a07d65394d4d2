"""Tokens that rules put into a line, and what `[wrap=name key=value]` gives one."""

import re
from collections.abc import Mapping, Sequence

from markdown_it.token import Token

from koweb_sync.sandbox.cooking.bbcode import Tag, pairs

_CAMEL = re.compile(r"(?<=[a-zA-Z])(?=[A-Z])")


def wrap(token: Token, tag: Tag, *, ordered: bool) -> None:
    """Give a token the class and the data attributes of a wrap; `ordered`: in the order of the alphabet."""
    token.attrSet("class", "d-wrap")
    found = pairs(f"wrap{tag.rest}")
    for name, value in named(dict(sorted(found.items())) if ordered else found).items():
        token.attrSet(name, value)


def named(facts: Mapping[str, str]) -> dict[str, str]:
    """Data attributes, in the order of the facts: `displayedTimezone` is `data-displayed-timezone`."""
    plain = ((_CAMEL.sub("-", re.sub(r"[^A-Za-z0-9-]", "", key)).lower(), value) for key, value in facts.items())
    return {f"data-{name}": value for name, value in plain if name}


def text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def element(tag: str, attributes: dict[str, str | int], inside: Sequence[Token]) -> list[Token]:
    kind = "link" if tag == "a" else tag
    opening = Token(f"{kind}_open", tag, 1, attrs={**attributes})
    return [opening, *inside, Token(f"{kind}_close", tag, -1)]
