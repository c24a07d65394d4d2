"""Text of strangers (a forum, a file name, a git remote) as a terminal or a commit's header may show it. Pure.

A terminal obeys the control signs C0, DEL and C1; the bidirectional ones reorder what is around them, so that a line
reads as what it is not ("Trojan Source", CVE-2021-42574); a lone surrogate is a byte of a file name that is not UTF-8,
and cannot be written at all; U+FFFE and U+FFFF belong to no text, and nothing shows them. Each becomes an escape that
can be read: `\\x1b`, `\\u202e`, `\\udce9`.
"""

import re

_ALWAYS = "\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
_TEXT = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_ALWAYS}]|\r(?!\n)")
_LINE = re.compile(f"[\x00-\x1f\u2028\u2029{_ALWAYS}]")
_SPACES = re.compile("[\t-\r\x85\u2028\u2029]")
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_TURNING = ("\u202a", "\u202b", "\u202d", "\u202e")  # embeddings and overrides, which turn what follows them
_TURNS = dict.fromkeys(map(ord, _TURNING))
_DATA = re.compile(f"[{_ALWAYS}]")


def visible(text: str) -> str:
    """Text of any number of lines: its line ends and tabs stay."""
    return _TEXT.sub(_escape, text)


def line(text: str) -> str:
    """Text that has to stay on one line, such as a path, a name or a commit's subject: line ends are escaped too."""
    return _LINE.sub(_escape, text)


def unbroken(text: str) -> str:
    """Text as a front matter holds a title or a tag: line ends and tabs are spaces, and what no text has is U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", _SPACES.sub(" ", text))


def fits_one_line(text: str) -> bool:
    """Whether a front matter can hold a text on one line: nothing in it that `unbroken` would change."""
    return unbroken(text) == text


def unturned(text: str) -> str:
    """Text for a page, without the signs that would turn it round: each letter keeps its own direction."""
    if not text.isascii():
        for sign in _TURNING:  # to translate a text takes fifty times as long, and hardly any has such a sign
            if sign in text:
                return text.translate(_TURNS)
    return text


def escaped_json(text: str) -> str:
    """JSON that a terminal does not obey. A program reads the same data out of it: such signs stand in strings only."""
    return _DATA.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def _escape(sign: re.Match[str]) -> str:
    code = ord(sign[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
