"""HTML that is read in time that grows as it does: pure.

An element of formatting (`<b>`) that is not closed goes on in each block after it, so that browsers and parsers open it
there again: 2,600 of `<b id=1><p>`, each with another id, become three million elements (HTML, “reconstruct the active
formatting elements”). Elements that are the same are opened again three times at most, and a link never stands within
another one: neither is counted.
"""

import re
from collections import Counter

MOST = 100_000  # elements that a post's formatting may become
_NAMES = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING = re.compile(rf"<(/?)(?:{_NAMES})(?=[\s/>])", re.IGNORECASE)
_OPENED = re.compile(
    rf"""<(?:{_NAMES})(?:(?P<whole>(?:[ \n][\w-]{{1,40}}(?:="[^"<>]{{0,200}}")?){{0,9}}>)|[\s/>])""", re.IGNORECASE
)


def readable(cooked: str) -> str:
    """A post's HTML; without its formatting, where that would become more elements than anybody reads."""
    tags = cooked.count("<")
    if tags * tags <= MOST or reopened(cooked) * tags <= MOST:  # there are no more elements that are open than tags
        return cooked
    return _FORMATTING.sub(lambda found: f"<{found[1]}span", cooked)


def reopened(cooked: str) -> int:
    """How many elements of formatting can be open at once, at most. Where a tag ends is only clear in a plain one."""
    same: Counter[str] = Counter()
    others = 0
    for found in _OPENED.finditer(cooked):
        if found["whole"] is None:
            others += 1
        else:
            same[found[0].lower()] += 1
    return others + sum(min(count, 3) for count in same.values())
