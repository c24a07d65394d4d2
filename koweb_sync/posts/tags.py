"""Tags as a forum stores them, and what a file says when the forum's change. Pure."""

import re
from collections.abc import Iterable, Sequence
from unicodedata import category

from koweb_sync.errors import InputError
from koweb_sync.i18n import _
from koweb_sync.spelling import nearest, nfc

_DROPPED = re.compile(r"[/?#\[\]@!$&'()*+,;=.%\\^|{}\"<>`\s]")


def stored(tag: str) -> str:
    """A tag as the forum stores it, its length aside: small letters, dashes for spaces, no signs; "" for none.

    `C++` becomes `c`, `node.js` becomes `nodejs`, `l'été` becomes `lété`. What staff made a synonym of another tag is
    stored as that one: only the forum's answer tells.
    """
    text = re.sub(r"\s+", "-", nfc(tag).strip().lower())
    plain = "".join(sign for sign in text if sign.isalnum() or sign == "_" or category(sign)[0] in "MP")
    return _DROPPED.sub("", re.sub(r"-{2,}", "-", plain))


def same_tags(tags: Iterable[str]) -> frozenset[str]:
    """Tags as the forum compares them."""
    return frozenset(filter(None, map(stored, tags)))


def replaced(sent: Sequence[str], shown: Sequence[str]) -> tuple[list[str], list[str]]:
    """What the forum made of tags when it stored them: those that it shows no more as they were sent, as they were
    sent, and those that it shows and nobody sent, because a tag is a synonym or a watched word brought one.
    """
    mine, there = same_tags(sent), same_tags(shown)
    return [tag for tag in sent if stored(tag) not in there], [tag for tag in shown if stored(tag) not in mine]


def brought(sent: Sequence[str], shown: Sequence[str], now: Sequence[str]) -> list[str]:
    """What a file with the tags `sent` says when the forum, which showed `shown` for them, shows `now`.

    What did not change keeps its spelling and its place; what is new comes behind it, for a forum's own order means
    nothing.
    """
    other, instead = replaced(sent, shown)
    there = same_tags(now)
    lost = {stored(tag) for tag in instead} - there
    kept = [tag for tag in sent if stored(tag) in there or (tag in other and not lost)]
    known = same_tags(kept) | (frozenset() if lost else same_tags(instead))
    return [*kept, *sorted(tag for tag in now if stored(tag) not in known)]


def merged(ours: Sequence[str], sent: Sequence[str], shown: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """The tags to send: what git added and took away since `sent`, which the forum showed as `shown`, applied to what
    it shows now.
    """
    other, instead = replaced(sent, shown)
    left = {tag for tag in sent if stored(tag) not in same_tags(ours)}
    removed = {stored(tag) for tag in left}
    if other and left >= set(other) and len(instead) <= len(other):  # what they became goes with them
        removed |= same_tags(instead)
    kept = [tag for tag in theirs if stored(tag) not in removed]
    known = same_tags(kept) | same_tags(sent)
    return (*kept, *(tag for tag in ours if stored(tag) not in known))


def unknown_tag(name: str, known: Iterable[str]) -> InputError:
    """The error about a tag that none of some topics has, with the nearest of those that they have."""
    near = nearest(name, sorted(known))
    return InputError(
        _("No topic of this category has the tag “{name}”.").format(name=name),
        where="--tag",
        remedy=_("Did you mean “{command}”?").format(command=near) if near else "",
    )
