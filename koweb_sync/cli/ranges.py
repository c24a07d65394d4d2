"""Numbers that an option takes, as people say which: Click writes 0<=x<=9, and its words for them are the same in all
languages.
"""

import re

import click

from koweb_sync.i18n import _, active

NOBODY = 10**9  # reaches so much: such an end of a range is open
_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"(?:({_NUMBER})(<=?))?\bx\b(?:(<=?|>=?)({_NUMBER}))?")
_VALUE = re.compile(rf"({_NUMBER}(?:e[-+]\d+)?) \D")


def ranges(text: str) -> str:
    """Words of Click with each range as people say it, and the language's own signs between what stands in brackets."""
    text = _RANGE.sub(lambda found: said(found) if found[2] or found[3] else found[0], text)
    return re.sub(r"(?<!\u00a0); (?=[^\[\]]*\]$)", _("; "), text)


def said(found: re.Match[str]) -> str:
    """A range that Click wrote."""
    first, left, right, last = found.groups()
    if right and right.startswith(">"):  # x>=1
        first, left, last, right = last, "<" + right[1:], None, ""
    return between(
        number(first) if first else None,
        number(last) if last else None,
        least_open=left == "<",
        most_open=right == "<",
    )


def number(text: str) -> float:
    """A number as Click wrote it."""
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)


def between(least: float | None, most: float | None, *, least_open: bool = False, most_open: bool = False) -> str:
    """A range as people say it; one whose end nobody reaches is open. An end that is `open` is not in it itself."""
    from_here = "" if least is None else _("more than {least}") if least_open else _("{least} or more")
    up_to = (
        ""
        if most is None or (from_here and most >= NOBODY)
        else _("less than {most}")
        if most_open
        else _("{most} or less")
    )
    if from_here and up_to:
        both = _("{least} to {most}") if not least_open and not most_open else f"{from_here}, {up_to}"
        return both.format(least=plain(least), most=plain(most))
    return (from_here or up_to).format(least=plain(least), most=plain(most))


def plain(value: float | None) -> str:
    """A number, with the language's mark before what is behind its point."""
    return "" if value is None else str(value).replace(".", "," if active() == "fr" else ".")


def misses(error: click.BadParameter) -> str:
    """What to say of a number that is not in the range of its option; "" for any other error."""
    kind = error.param.type if error.param else None
    found = _VALUE.match(error.message)
    if not isinstance(kind, click.IntRange | click.FloatRange) or not found:
        return ""
    value = number(found[1])
    small = kind.min is not None and (value < kind.min or (kind.min_open and value == kind.min))
    text = _("{value} is too small: it must be {range}.") if small else _("{value} is too large: it must be {range}.")
    least = kind.min if small or kind.max is None or kind.max < NOBODY else None
    wanted = between(least, kind.max, least_open=kind.min_open, most_open=kind.max_open)
    return text.format(value=plain(value), range=wanted)
