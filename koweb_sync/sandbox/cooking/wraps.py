"""`[wrap=name key=value]`: a div or a span with data attributes."""

import re

from markdown_it.token import Token

from koweb_sync.sandbox.cooking.bbcode import Tag, pairs

_CAMEL = re.compile(r"(?<=[a-zA-Z])(?=[A-Z])")


def data(token: Token, tag: Tag) -> None:
    """Give a token the class and the data attributes of a wrap."""
    token.attrSet("class", "d-wrap")
    for key, value in pairs(f"wrap{tag.rest}").items():
        name = _CAMEL.sub("-", re.sub(r"[^A-Za-z0-9-]", "", key)).lower()
        if name:
            token.attrSet(f"data-{name}", value)
