"""`[wrap=name key=value]`: a div or a span with data attributes."""

import re
from collections.abc import Mapping

from markdown_it.token import Token

from koweb_sync.sandbox.cooking.bbcode import Tag, pairs

_CAMEL = re.compile(r"(?<=[a-zA-Z])(?=[A-Z])")


def data(token: Token, tag: Tag, *, ordered: bool) -> None:
    """Give a token the class and the data attributes of a wrap; `ordered`: in the order of the alphabet."""
    token.attrSet("class", "d-wrap")
    found = pairs(f"wrap{tag.rest}")
    for name, value in named(dict(sorted(found.items())) if ordered else found).items():
        token.attrSet(name, value)


def named(facts: Mapping[str, str]) -> dict[str, str]:
    """Data attributes, in the order of the facts: `displayedTimezone` is `data-displayed-timezone`."""
    plain = ((_CAMEL.sub("-", re.sub(r"[^A-Za-z0-9-]", "", key)).lower(), value) for key, value in facts.items())
    return {f"data-{name}": value for name, value in plain if name}
