"""A translation's file with the paragraphs of the original beside those of the translation.

Each paragraph of the original stands in a comment above the place where its translation goes:

    <!-- koweb: original
    Un texte.
    -->

    A text.

Such a comment is published nowhere, and belongs to no text, wherever it stands. What is the same in every language,
such as code, pictures and addresses, stands there already, below a comment that says so; so does what somebody says is
the same in both. A paragraph that the translation does without has a comment of its own kind, and needs nothing below
it. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from koweb_sync.posts.markdown import find, with_lf

BEGIN, END = "<!-- koweb: original", "-->"
OUT = f"{BEGIN}, left out of the translation"
SAME = "<!-- koweb: the same in every language -->"
_OPENS, _CLOSES = re.compile(r"<!(\\*)--"), re.compile(r"--(\\*)>")
_OPENED, _CLOSED = re.compile(r"<!\\(\\*)--"), re.compile(r"--\\(\\*)>")
_CODE = ("fence", "code_block", "hr")
_MARKUP = re.compile(r"<!--.*?-->|<[^<>]*>|\[/?[\w-]+\]", re.DOTALL)
_NO_WORDS = re.compile(  # an address, somebody's name on the forum, a picture of a word, code within a line
    r"<?(?:https?://|mailto:)\S+|<?[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?|(?<![\w.])@\w[\w.-]*|:[a-z0-9_+-]+:|(`+)[^`\n]+\1"
)
_FILES = re.compile(  # a paragraph of nothing but pictures and attachments
    r"\s*(?:(?:!\[[^\[\]]*\]\([^()]*\)|\[[^\[\]|]*\|attachment\]\([^()]*\)(?: \([\d.,]+ \w+\))?)\s*)+"
)
_DEFINES = re.compile(r" {0,3}\[[^\]^][^\]]*\]:")


@dataclass(frozen=True, slots=True)
class BodyPart:
    """A comment as it stands, "" above the first, and the text below it. `line`: where the comment begins."""

    note: str
    text: str
    line: int = 0

    @property
    def original(self) -> str:
        """The paragraph of the original; "" where there is none to translate."""
        return noted(self.note.partition("\n")[2].rpartition("\n")[0])

    @property
    def out(self) -> bool:
        """Whether the translation does without it."""
        return is_left_out(self.note) and not self.text.strip()

    @property
    def said(self) -> str:
        """What is published of it. Pictures, addresses and the like need no translation: where none stands below them,
        they are taken over.
        """
        return self.original if not (self.text.strip() or self.out) and has_no_words(self.original) else self.text


LANGUAGE = "koweb:"  # before the code of a language: where a text is in that one, among what a text leads to


class EndlessNote(Exception):
    """A comment with a paragraph of the original does not end. `line`: where it begins, from 0."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def side_by_side(body: str) -> str:
    """What a translator begins with: the paragraphs of an original, each with room below it."""
    found = ((block, is_spoken(block, kind) or has_notes(block)) for kind, block in blocks(with_lf(body).strip("\n")))
    return (
        "\n".join(f"{note(block)}\n\n" if spoken else f"{SAME}\n{block}\n" for block, spoken in found).strip("\n")
        + "\n"
    )


def note(block: str, begin: str = BEGIN) -> str:
    """The comment with a paragraph of the original. `begin`: its first line, which says what becomes of it."""
    quoted = _CLOSES.sub(r"--\\\1>", _OPENS.sub(r"<!\\\1--", block))
    return f"{begin}\n{quoted}\n{END}"


def is_left_out(comment: str) -> bool:
    """Whether a comment says that the translation does without its paragraph."""
    return comment.startswith(OUT)


def noted(text: str) -> str:
    """A paragraph of the original, out of its comment."""
    return _OPENED.sub(r"<!\1--", _CLOSED.sub(r"--\1>", text))


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """The outermost blocks of a text, with what they are: every line that is not blank is in one of them."""
    lines = text.split("\n")
    at = 0
    for token in find(text).tokens:
        if token.level or token.map is None or token.nesting < 0 or token.map[1] <= at:
            continue
        begin, end = max(token.map[0], at), token.map[1]
        yield from between(lines[at:begin])
        yield from ((token.type, one) for one in whole(lines[begin:end]))
        at = end
    yield from between(lines[at:])


def between(lines: list[str]) -> Iterator[tuple[str, str]]:
    """What no block holds: definitions of links."""
    yield from (("definition" if _DEFINES.match(one) else "", one) for one in whole(lines))


def whole(lines: list[str]) -> Iterator[str]:
    """Lines without the blank ones around them; nothing where all are blank."""
    text = trimmed("\n".join(lines))
    if text:
        yield text


def trimmed(text: str) -> str:
    """A text without blank lines at its ends."""
    return re.sub(r"\A(?:[^\S\n]*\n)+|(?:\n[^\S\n]*)+\Z", "", text) if text.strip() else ""


def is_spoken(block: str, kind: str) -> bool:
    """Whether there is something to translate in a block."""
    if kind in (*_CODE, "definition") or has_no_words(block):
        return False
    return any(sign.isalpha() for sign in _MARKUP.sub("", block)) or not block.strip()


def has_no_words(block: str) -> bool:
    """Whether a block is nothing but pictures and attachments, or addresses, names of accounts, code and numbers."""
    return is_same(block) or (bool(block.strip()) and not any(sign.isalpha() for sign in _NO_WORDS.sub("", block)))


def is_same(block: str) -> bool:
    """Whether a block is nothing but pictures and attachments."""
    return _FILES.fullmatch(block) is not None


def has_notes(body: str) -> bool:
    """Whether a text may have such comments."""
    return BEGIN in body or SAME in body


def parts(body: str) -> list[BodyPart]:
    """A translation's text as its paragraphs stand beside the original's. Raises EndlessNote."""
    lines = body.split("\n") if has_notes(body) else []
    ends = {at: end_of(lines, at) for at, line in enumerate(lines) if line.rstrip() in (BEGIN, OUT, SAME)}
    inside = {within for at, end in ends.items() for within in range(at + 1, end)}
    starts = [0, *(at for at in ends if at not in inside)]
    if len(starts) == 1:
        return [BodyPart("", body)]
    found = [BodyPart("", "\n".join(lines[: starts[1]]))]
    for at, following in zip(starts[1:], [*starts[2:], len(lines)], strict=True):
        end = ends[at]
        found.append(BodyPart("\n".join(lines[at:end]), "\n".join(lines[end:following]), at))
    return found


def end_of(lines: list[str], at: int) -> int:
    """The line below a comment. Raises EndlessNote."""
    if lines[at].rstrip() == SAME:
        return at + 1
    for number in range(at + 1, len(lines)):
        if lines[number].rstrip() == END:
            return number + 1
        if lines[number].rstrip() in (BEGIN, OUT, SAME):
            break
    raise EndlessNote(at)


def published(body: str) -> str:
    """The text alone, without the original's. Raises EndlessNote."""
    found = parts(with_lf(body))
    if len(found) == 1:
        return body
    return "\n\n".join(text for one in found if (text := trimmed(one.said))) + "\n"


def without_notes(body: str) -> str:
    """The text alone, for whoever reads it; as it is where nobody can tell the comments."""
    try:
        return published(body)
    except EndlessNote:
        return body


def in_place(body: str) -> str:
    """The text alone, each line of it where it stands in the file. Raises EndlessNote."""
    lines = body.split("\n")
    for one in parts(with_lf(body))[1:]:
        many = one.note.count("\n") + 1
        inside = one.said.split("\n") if one.said != one.text else [""] * (many - 2)
        lines[one.line : one.line + many] = ["", *inside, ""] if many > 1 else [""]
    return "\n".join(lines)


def lacking(body: str) -> int:
    """How many paragraphs of the original have no translation below them. Raises EndlessNote."""
    return sum(one.original != "" and not (one.out or one.said.strip()) for one in parts(with_lf(body)))


def with_notes(body: str, text: str) -> str:
    """Another text of the translation, with the comments that `body` has, each where it was; without them, where there
    is no such place. Raises EndlessNote.
    """
    found = parts(with_lf(body))
    if len(found) == 1:
        return text
    old, new = trimmed(found[0].said).split("\n"), trimmed(text).split("\n")
    places: list[int] = []
    for one in found[1:]:
        own = trimmed(one.said)
        places.append(len(old) + bool(own))
        old += ["", *own.split("\n")] if own else []
    moved = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    made: list[str] = []
    at = 0
    for one, place in zip(found[1:], places, strict=True):
        to = max(at, landed(moved, place, len(new)))
        made += [*new[at:to], *([""] if to and new[to - 1] else []), *one.note.split("\n"), ""]
        at = to
    whole = "\n".join([*made, *new[at:]]).strip("\n") + "\n"
    try:
        return whole if trimmed(published(whole)) == trimmed(text) else text
    except EndlessNote:
        return text


def below_notes(body: str, text: str) -> str:
    """A text that knows nothing of the comments that `body` has, below them: paragraph by paragraph where there are as
    many, else as `with_notes` says. Raises EndlessNote.
    """
    notes, found = parts(with_lf(body))[1:], [block for _kind, block in blocks(with_lf(text))]
    whole = "\n".join(f"{one.note}\n\n{block}\n" for one, block in zip(notes, found, strict=False))
    return whole if len(notes) == len(found) and trimmed(published(whole)) == trimmed(text) else with_notes(body, text)


def landed(moved: Sequence[tuple[str, int, int, int, int]], place: int, end: int) -> int:
    """Where a line of an old text is in the new one."""
    for kind, first, last, to, _to_last in moved:
        if first <= place < last:
            return to + (place - first) * (kind == "equal")
    return end
