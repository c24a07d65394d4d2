"""Tokens that rules put into a line."""

from collections.abc import Sequence

from markdown_it.token import Token


def text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def element(tag: str, attributes: dict[str, str | int], inside: Sequence[Token]) -> list[Token]:
    kind = "link" if tag == "a" else tag
    opening = Token(f"{kind}_open", tag, 1, attrs={**attributes})
    return [opening, *inside, Token(f"{kind}_close", tag, -1)]
