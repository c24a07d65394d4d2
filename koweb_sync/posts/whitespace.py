"""What Discourse does to the white space of a raw, measured on a server of 2022 and read in its source."""

import re

# U+180E and the rest of Unicode's spaces, as Discourse's TextCleaner lists them.
SPACES = (
    "\u00a0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_FLAT = {**{ord(space): " " for space in SPACES}, 0: None}
_TAIL = re.compile(rf"[ \t\n\v\f\r\0{SPACES}]*\Z")


def plain_spaces(text: str) -> str:
    """`text` with plain spaces for no-break and other spaces, and without NUL."""
    return text.translate(_FLAT)


def split_tail(text: str) -> tuple[str, str]:
    """`text` without the white space at its very end, which the server drops, and that white space."""
    end = len(text)
    while end and _TAIL.fullmatch(text, end - 1, end):
        end -= 1
    return text[:end], text[end:]


def normalise(raw: str) -> str:
    """What the server stores of `raw`."""
    return split_tail(plain_spaces(raw))[0]
