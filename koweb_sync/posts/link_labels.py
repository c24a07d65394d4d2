"""Where a link's label ends, found once for each bracket: markdown-it looks again from every bracket in front of it.

The answer is markdown-it's own (`helpers.parse_link_label`), sign for sign; only what is known is not looked for again,
so that thousands of opened brackets cost as much as thousands of words.
"""

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from markdown_it.rules_inline import StateInline

NONE = -1


@dataclass(slots=True)
class Known:
    """Of one text up to one place: opened bracket -> the place of the one that closes it, or NONE; `linked`: those
    around a link, which cannot be the label of another link.
    """

    ends: dict[int, int] = field(default_factory=dict)
    linked: set[int] = field(default_factory=set)


_KNOWN: WeakKeyDictionary[StateInline, dict[int, Known]] = WeakKeyDictionary()


def label_end(state: StateInline, start: int, alone: bool = False) -> int:
    """The place of the bracket that closes the one at `start`; NONE without one, and if it must stand `alone` also
    where a link is inside.
    """
    known = _KNOWN.setdefault(state, {}).setdefault(state.posMax, Known())
    if start not in known.ends and not (alone and start in known.linked):
        before, state.pos = state.pos, start + 1
        _look(state, start, known, alone=alone)
        state.pos = before
    return NONE if alone and start in known.linked else known.ends[start]


def _look(state: StateInline, start: int, known: Known, *, alone: bool) -> None:
    """Find the ends of the bracket at `start` and of those inside; with `alone`, only up to the first link inside."""
    opened = [start]
    while opened and state.pos < state.posMax:
        at, sign = state.pos, state.src[state.pos]
        if sign == "]":
            _close(opened, at, known)
            state.pos += bool(opened)
            continue
        state.md.inline.skipToken(state)
        if sign != "[":
            continue
        single = state.pos == at + 1
        if not single or at in known.linked:
            known.linked.update(opened if alone else opened[-1:])
            if alone:
                return
        if single and not _skip(state, at, opened, known):
            break
    known.ends.update(dict.fromkeys(opened, NONE))


def _skip(state: StateInline, at: int, opened: list[int], known: Known) -> bool:
    """Go behind the end of a bracket if that is known, else into it; False if it has no end, for then none has one."""
    end = known.ends.get(at)
    if end is None:
        opened.append(at)
    elif end != NONE:
        state.pos = end + 1
    return end != NONE


def _close(opened: list[int], at: int, known: Known) -> None:
    """The innermost opened bracket ends here; a link in it is a link in the one around it."""
    inner = opened.pop()
    known.ends[inner] = at
    if opened and inner in known.linked:
        known.linked.add(opened[-1])
