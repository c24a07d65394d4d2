"""The three-way merge of a post file: the front matter key by key, tags as sets, the text as git merges texts.

Pure but for `text`, which git does. What one side alone changed is taken with its bytes; ours stays where nothing
changed; a key that both sides changed to different values stands twice, between git's marks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from koweb_sync.errors import PostFileError
from koweb_sync.posts.front import Front, Key, Text, line_end, read_front, with_key

# base, ours, theirs -> the merged text, and whether it conflicts
TextMerge = Callable[[bytes, bytes, bytes], tuple[bytes, bool]]

SETS = frozenset({"tags"})


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
    head, clash = combined_front(path, ours, fronts, marks)
    rests = [front.rest.encode() for front in fronts]
    rest, conflicts = rests[1], False
    if rests[2] not in (rests[0], rests[1]):
        rest, conflicts = (rests[2], False) if rests[0] == rests[1] else text(rests[0], rests[1], rests[2])
    if conflicts and rest == rests[1]:  # git takes one of them for no text, and shows nothing
        rest = whole(rests[1], rests[2], marks)
    return Combined(head + rest, clash or conflicts)


def plainly(sides: tuple[bytes, bytes, bytes], text: TextMerge, marks: Marks) -> Combined:
    """Files as git merges texts; where it takes one of them for no text, both as a whole."""
    merged, conflicts = text(*sides)
    if conflicts and merged == sides[1]:
        merged = both(sides[1], sides[2], marks)
    return Combined(merged, conflicts)


def combined_front(path: str, ours: bytes, fronts: tuple[Front, Front, Front], marks: Marks) -> tuple[bytes, bool]:
    """The front matter with its opening fence, and whether a key conflicts."""
    data = ours
    clashes: list[tuple[str, str]] = []
    for name in changed(fronts[0], fronts[2]):
        was, mine, new = (front.keys.get(name) for front in fronts)
        if said(fronts[1], mine) == said(fronts[2], new):
            continue
        if said(fronts[0], was) == said(fronts[1], mine):
            data = with_entry(path, data, name, entry(fronts[2], new))
        elif name in SETS and (merged := as_sets(was, mine, new)) is not None:
            data = with_key(path, data, name, merged)
        elif marks.favour:
            clashes.append(("", ""))
            data = data if marks.favour == "ours" else with_entry(path, data, name, entry(fronts[2], new))
        else:
            clashes.append((entry(fronts[1], mine), entry(fronts[2], new)))
    for mine_lines, new_lines in clashes if not marks.favour else ():  # last, for it is no YAML any more
        data = with_marks(data, mine_lines, new_lines, marks)
    return parts(data)[0], bool(clashes)


def parts(data: bytes) -> tuple[bytes, bytes]:
    """A file that may hold marks in its front matter, cut before the closing fence."""
    lines = data.splitlines(keepends=True)
    closing = next(n for n, line in enumerate(lines) if n and line.rstrip() == b"---")
    return b"".join(lines[:closing]), b"".join(lines[closing:])


def changed(base: Front, theirs: Front) -> Iterator[str]:
    """The keys that differ, in the order of theirs, removed ones last."""
    for name in [*theirs.keys, *(name for name in base.keys if name not in theirs.keys)]:
        if said(base, base.keys.get(name)) != said(theirs, theirs.keys.get(name)):
            yield name


def said(front: Front, key: Key | None) -> object:
    """What a key says, however it is quoted; None if it is not there."""
    if key is None:
        return None
    if isinstance(key.value, Text):
        return key.value.text
    return entry(front, key) if key.value is None else tuple(one.text for one in key.value)


def entry(front: Front, key: Key | None) -> str:
    """The lines of a key, with LF; "" if it is not there."""
    if key is None:
        return ""
    lines = front.yaml.splitlines(keepends=True)[key.first : key.last]
    text = "".join(lines).replace("\r\n", "\n")
    return text if text.endswith("\n") else f"{text}\n"


def with_entry(path: str, data: bytes, name: str, new: str) -> bytes:
    """The file with the lines of one key replaced, removed ("") or added at the end."""
    front = read_front(path, data)
    lines = front.yaml.splitlines(keepends=True)
    held = front.keys.get(name)
    first, last = (held.first, held.last) if held else (len(lines), len(lines))
    lines[first:last] = [new.replace("\n", line_end(front.head))]
    return (front.head + "".join(lines) + front.rest).encode()


def as_sets(was: Key | None, mine: Key | None, new: Key | None) -> tuple[str, ...] | None:
    """Lists merged as sets: ours, with what theirs added and without what they removed; None for what is no list."""
    old, ours, theirs = items(was), items(mine), items(new)
    if old is None or ours is None or theirs is None:
        return None
    gone = {one.casefold() for one in old} - {one.casefold() for one in theirs}
    kept = [one for one in ours if one.casefold() not in gone]
    known = {one.casefold() for one in (*kept, *old)}
    return (*kept, *(one for one in theirs if one.casefold() not in known))


def items(key: Key | None) -> tuple[str, ...] | None:
    """The texts of a list; one text alone is a list of one."""
    if key is None:
        return ()
    if isinstance(key.value, Text):
        return (key.value.text,) if key.value.text else ()
    return None if key.value is None else tuple(one.text for one in key.value)


def whole(ours: bytes, theirs: bytes, marks: Marks) -> bytes:
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


def with_marks(data: bytes, ours: str, theirs: str, marks: Marks) -> bytes:
    """The file with our entry, found by its lines, and theirs between marks: no YAML any more."""
    head, rest = parts(data)
    end = "\r\n" if head.split(b"\n", 1)[0].endswith(b"\r") else "\n"
    bars = [sign * marks.size for sign in "<=>"]
    text = f"{bars[0]} {marks.ours}\n{ours}{bars[1]}\n{theirs}{bars[2]} {marks.theirs}\n"
    lines = head.decode().replace("\r\n", "\n")
    at = lines.find(f"\n{ours}") + 1 if ours else 0
    new = f"{lines[:at]}{text}{lines[at + len(ours) :]}" if at else f"{lines}{text}"
    return new.replace("\n", end).encode() + rest
