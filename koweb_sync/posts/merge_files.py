"""The three-way merge of a post file: the front matter key by key, tags as sets, the text as git merges texts.

Pure but for `text`, which git does. What one side alone changed is taken with its bytes; ours stays where nothing
changed; a key that both sides changed to different values stands twice, between git's marks.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from koweb_sync.errors import PostFileError
from koweb_sync.posts.field import FrontMatterKey
from koweb_sync.posts.fields import KEYS
from koweb_sync.posts.front import FrontMatterText, Key, Text, read_front
from koweb_sync.posts.front_writing import Value, line_end, with_key

# base, ours, theirs -> the merged text, and whether it conflicts
TextMerge = Callable[[bytes, bytes, bytes], tuple[bytes, bool]]


@dataclass(frozen=True, slots=True)
class Combined:
    """A merged file. `conflicts`: it holds marks, or one side was preferred where there would be some."""

    data: bytes
    conflicts: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """How conflicts are shown: names of both sides, the marks' length; `favour`: "ours", "theirs", "" for marks."""

    ours: str = "git"
    theirs: str = "forum"
    size: int = 7
    favour: str = ""


def combine(path: str, sides: tuple[bytes, bytes, bytes], text: TextMerge, marks: Marks = Marks()) -> Combined:
    """Merge `sides` (base, ours, theirs) of the post file at `path`; what is no post file is merged as a text."""
    base, ours, theirs = sides
    if theirs in (base, ours):
        return Combined(ours, conflicts=False)
    if ours == base:
        return Combined(theirs, conflicts=False)
    try:
        fronts = (read_front(path, base), read_front(path, ours), read_front(path, theirs))
    except PostFileError:
        return plainly(sides, text, marks)
    if any(front.flow for front in fronts):
        return plainly(sides, text, marks)
    front = combined_front(path, ours, fronts, marks)
    if front is None:
        return Combined(*text(base, ours, theirs))
    head, clash = front
    rests = [front.rest.encode() for front in fronts]
    rest, conflicts = rests[1], False
    if rests[2] not in (rests[0], rests[1]):
        rest, conflicts = (rests[2], False) if rests[0] == rests[1] else text(rests[0], rests[1], rests[2])
    if conflicts and rest == rests[1]:  # git takes one of them for no text, and shows nothing
        rest = both_bodies(rests[1], rests[2], marks)
    return Combined(head + rest, clash or conflicts)


def shared(path: str, ours: bytes, theirs: bytes) -> bytes:
    """A base for two files that were begun apart: of what ours has below its front matter, the lines that theirs has,
    too, and room that nobody wrote into. Raises PostFileError.
    """
    fronts = (read_front(path, ours), read_front(path, theirs))
    mine, other = (front.rest.splitlines(keepends=True) for front in fronts)
    kept = []
    for kind, first, last, _to, _to_last in SequenceMatcher(a=mine, b=other, autojunk=False).get_opcodes():
        lines = mine[first:last]
        kept += lines if kind == "equal" or not "".join(lines).strip() else []
    return (fronts[0].head + "".join(kept)).encode()


def plainly(sides: tuple[bytes, bytes, bytes], text: TextMerge, marks: Marks) -> Combined:
    """Files as git merges texts; where it takes one of them for no text, both as a whole."""
    merged, conflicts = text(*sides)
    if conflicts and merged == sides[1]:
        merged = both(sides[1], sides[2], marks)
    return Combined(merged, conflicts)


class Side:
    """A front matter with the lines of each key, cut once for all of them."""

    def __init__(self, front: FrontMatterText) -> None:
        self.front = front
        self.lines = front.yaml.splitlines(keepends=True)
        self.entries = {name: self.entry(key) for name, key in front.keys.items()}

    def entry(self, key: Key) -> str:
        """The lines of a key, with LF."""
        text = "".join(self.lines[key.first : key.last]).replace("\r\n", "\n")
        return text if text.endswith("\n") else f"{text}\n"

    def said(self, name: str) -> object:
        """What a key says, however it is quoted; None if it is not there."""
        key = self.front.keys.get(name)
        if key is None:
            return None
        if isinstance(key.value, Text):
            return key.value.text
        return self.entries[name] if key.value is None else tuple(one.text for one in key.value)

    def edited(self, edits: Mapping[str, str]) -> str:
        """Fence and front matter with the lines of some keys replaced, removed (""), or added at the end."""
        end = line_end(self.front.head)
        out = [self.front.head]
        at = 0
        for name, key in self.front.keys.items():
            if name in edits:
                out += [*self.lines[at : key.first], edits[name].replace("\n", end)]
                at = key.last
        added = (text.replace("\n", end) for name, text in edits.items() if name not in self.front.keys)
        return "".join([*out, *self.lines[at:], *added])


def combined_front(
    path: str, ours: bytes, fronts: tuple[FrontMatterText, FrontMatterText, FrontMatterText], marks: Marks
) -> tuple[bytes, bool] | None:
    """The front matter with its opening fence, and whether a key conflicts; None where that is no front matter."""
    base, mine, theirs = (Side(front) for front in fronts)
    edits: dict[str, str] = {}
    clashes: dict[str, str] = {}
    for name in changed(base, theirs):
        was, own, new = (front.keys.get(name) for front in fronts)
        given = theirs.entries.get(name, "")
        if mine.said(name) == theirs.said(name):
            continue
        if base.said(name) == mine.said(name):
            if own and new and new.value is not None and mine.entries[name] != base.entries[name]:
                ours = with_key(path, ours, name, value_of(new.value))  # in our form, with our comments
            else:
                edits[name] = given
        elif name in KEYS and KEYS[name].is_set and (merged := as_sets(KEYS[name], was, own, new)) is not None:
            ours = with_key(path, ours, name, merged)
        elif name in KEYS and says_the_same(KEYS[name], own, new):
            continue
        else:
            clashes[name] = between(mine.entries.get(name, ""), given, marks)
            edits |= {name: given} if marks.favour == "theirs" else {}
    now = Side(read_front(path, ours))
    try:
        read_front(path, (now.edited(edits) + fronts[1].rest).encode())
    except PostFileError:
        return None
    return now.edited(edits if marks.favour else edits | clashes).encode(), bool(clashes)


def value_of(said: Text | tuple[Text, ...]) -> Value:
    """What a key says, as it can be written again."""
    if isinstance(said, tuple):
        return [one.text for one in said]
    if said.plain and said.text in ("true", "false"):
        return said.text == "true"
    return int(said.text) if said.plain and re.fullmatch(r"[1-9][0-9]{0,8}", said.text) else said.text


def changed(base: Side, theirs: Side) -> Iterator[str]:
    """The keys that differ, in the order of theirs, removed ones last."""
    for name in dict.fromkeys([*theirs.entries, *base.entries]):
        if base.said(name) != theirs.said(name):
            yield name


def says_the_same(key: FrontMatterKey, mine: Key | None, new: Key | None) -> bool:
    """Whether both sides say the same, but for how a forum spells it."""
    own, theirs = (one.value.text if one and isinstance(one.value, Text) else None for one in (mine, new))
    return own is not None and theirs is not None and key.comparable(own) == key.comparable(theirs)


def as_sets(key: FrontMatterKey, was: Key | None, mine: Key | None, new: Key | None) -> tuple[str, ...] | None:
    """Lists merged as sets: ours, with what theirs added and without what they removed; None for what is no list."""
    old, ours, theirs = items(was), items(mine), items(new)
    if old is None or ours is None or theirs is None:
        return None
    gone = {key.comparable(one) for one in old} - {key.comparable(one) for one in theirs}
    kept = [one for one in ours if key.comparable(one) not in gone]
    known = {key.comparable(one) for one in (*kept, *old)}
    return (*kept, *(one for one in theirs if key.comparable(one) not in known))


def items(key: Key | None) -> tuple[str, ...] | None:
    """The texts of a list; one text alone is a list of one."""
    if key is None:
        return ()
    if isinstance(key.value, Text):
        return (key.value.text,) if key.value.text else ()
    return None if key.value is None else tuple(one.text for one in key.value)


def both_bodies(ours: bytes, theirs: bytes, marks: Marks) -> bytes:
    """Both texts behind the closing fence of ours, each as a whole; one of them where a side is preferred."""
    if marks.favour:
        return both(ours, theirs, marks)
    fence, _end, mine = ours.partition(b"\n")
    return fence + b"\n" + both(mine, theirs.partition(b"\n")[2], marks)


def both(ours: bytes, theirs: bytes, marks: Marks) -> bytes:
    """Two texts between git's marks; one of them where a side is preferred."""
    if marks.favour:
        return theirs if marks.favour == "theirs" else ours
    bars = [(sign * marks.size).encode() for sign in "<=>"]
    sides = [text if text.endswith(b"\n") else text + b"\n" for text in (ours, theirs)]
    heads = (bars[0] + b" " + marks.ours.encode(), bars[1], bars[2] + b" " + marks.theirs.encode())
    return b"%s\n%s%s\n%s%s\n" % (heads[0], sides[0], heads[1], sides[1], heads[2])


def between(ours: str, theirs: str, marks: Marks) -> str:
    """The lines of both sides between marks: no YAML any more."""
    bars = [sign * marks.size for sign in "<=>"]
    return f"{bars[0]} {marks.ours}\n{ours}{bars[1]}\n{theirs}{bars[2]} {marks.theirs}\n"
