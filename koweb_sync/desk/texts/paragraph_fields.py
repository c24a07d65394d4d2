"""A translation's text as fields, one for each paragraph of its original, and the text that comes of them. Pure.

The comments of the file, which hold the original's paragraphs, stay in the file: nobody sees their signs on a page.
What nobody typed in keeps its bytes.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from koweb_sync.desk.texts.paragraph_places import paired
from koweb_sync.desk.texts.text_difference import ChangedParagraph, changed_paragraphs
from koweb_sync.posts.markdown import with_lf
from koweb_sync.posts.side_by_side import (
    BEGIN,
    OUT,
    SAME,
    BodyPart,
    EndlessNote,
    blocks,
    has_no_words,
    has_notes,
    is_left_out,
    is_same,
    is_spoken,
    note,
    parts,
    trimmed,
)

MOST = 400  # paragraphs that are fields; a longer text is one field
CHANGED, GONE, NEW, MOVED = "changed", "gone", "new", "moved"
_PICTURE = re.compile(r"!\[([^\[\]|]*)((?:\|[^\[\]]*)?\]\([^()]*\))")  # its description, and the rest
_DESCRIBED = str.maketrans("[]|\r\n", "()/  ")  # signs that would end a description
_BLANK = re.compile(r"(?:[^\S\n]*\n)*")


@dataclass(frozen=True, slots=True)
class ParagraphField:
    """A paragraph of the original and its translation. `note`: the comment as it stands in the file, "" for a text that
    has none above it; `was`: the lines below it, each with its end; `now`: the original's paragraph of now.

    `state`: it has another text than the one that was translated (“changed”), is in the original no more (“gone”), was
    not (“new”), or stands elsewhere by now, and its translation with it (“moved”); "" else.
    """

    note: str
    was: str
    now: str
    state: str = ""

    @property
    def before(self) -> str:
        """The original's paragraph as it was translated."""
        return trimmed(self.was) if self.note == SAME else BodyPart(self.note, "").original

    @property
    def text(self) -> str:
        """The translation as it stands in the file."""
        return trimmed(self.was)

    @property
    def out(self) -> bool:
        """Whether the translation does without it."""
        return is_left_out(self.note) and not self.was.strip()

    @property
    def descriptions(self) -> tuple[tuple[str, bool], ...]:
        """What its pictures are said to show, each with whether that is still as in the original; nothing where there
        is more than pictures.
        """
        return self.descriptions_in(self.text)

    def descriptions_in(self, text: str) -> tuple[tuple[str, bool], ...]:
        """The same of another text of the translation."""
        before = described(self.now or self.before)
        now = described(text or self.now or self.before)
        return tuple((one, bool(one) and one in before) for one in now) if any(before) and not self.out else ()

    @property
    def same(self) -> bool:
        """Whether there is nothing to translate in it."""
        return self.note == SAME or has_no_words(self.now or self.before)

    @property
    def otherwise(self) -> bool:
        """Whether a translation has more of its own there than what pictures are said to show."""
        return bool(self.text) and undescribed(self.text) != undescribed(self.now or self.before)

    @property
    def spoken(self) -> bool:
        """Whether a translation of it has other words."""
        return bool(self.now or self.before) and not self.same

    @property
    def may_stay(self) -> bool:
        """Whether somebody may say that it is the same in both languages."""
        return self.spoken and not (self.out or self.state == GONE or has_notes(self.now or self.before))

    @property
    def shown(self) -> bool:
        """Whether a page has it: not where nothing stands above the first paragraph."""
        return bool(self.now if self.out else self.note or self.was.strip() or self.state)

    @property
    def changes(self) -> tuple[ChangedParagraph, ...]:
        """What changed in the original's paragraph since."""
        return changed_paragraphs(self.before, self.now) if self.state == CHANGED else ()


@dataclass(frozen=True, slots=True)
class FieldsSaid:
    """What a form says of them, by number: the `texts`, the paragraphs whose translation is right for the text of now
    (`fits`), those that the translation does without (`out`), and those that it does without no more (`back`); those
    that are the same in both languages (`same`).
    """

    texts: Mapping[int, str]
    fits: frozenset[int] = frozenset()
    out: frozenset[int] = frozenset()
    back: frozenset[int] = frozenset()
    same: frozenset[int] = frozenset()


def paragraph_fields(body: str, original: str, before: str | None, *, behind: bool) -> tuple[ParagraphField, ...]:
    """The fields of a translation's text; none for one that has no such comments, or that nobody can tell them in.

    `original`: the original's text of now; `before`: the one that was translated, as far as that is known; `behind`:
    they differ.
    """
    text = with_lf(body)
    try:
        found = parts(text)[1:]
    except EndlessNote:
        return ()
    if not found or len(found) > MOST:
        return ()
    lines = text.split("\n")
    ends = [one.line for one in found[1:]] + [len(lines)]
    rows = [ParagraphField("", with_ends(lines[: found[0].line]), "")]
    for one, end in zip(found, ends, strict=True):
        below = one.line + one.note.count("\n") + 1
        rows.append(ParagraphField(one.note, with_ends(lines[below:end]), ""))
    there = [block for _kind, block in blocks(with_lf(original).strip("\n"))]
    known = [block for _kind, block in blocks(with_lf(before or "").strip("\n"))]
    return tuple(beside(rows, there, known, behind=behind))


def with_ends(lines: Sequence[str]) -> str:
    """Lines, each with its end."""
    return "".join(f"{line}\n" for line in lines)


def beside(
    rows: Sequence[ParagraphField], there: Sequence[str], known: Sequence[str], *, behind: bool
) -> Iterator[ParagraphField]:
    """The fields beside the paragraphs of now (`there`), in their order. `known`: those of what was translated."""
    pairs = paired([undescribed(one.before) for one in rows], [*map(undescribed, there)], moves=behind)
    told = ToldParagraphs(frozenset(known), Counter(map(undescribed, known)))
    told.left.subtract(undescribed(one.before) for one in rows)
    taken = set(pairs.places.values())
    fresh = [behind and place not in taken and not told.take(block) for place, block in enumerate(there)]
    at = 0
    for number in pairs.order(len(rows)):
        place = pairs.places.get(number)
        if place is not None:
            yield from (ParagraphField("", "", there[one], NEW) for one in range(at, place) if fresh[one])
            at = place + 1
        row = apart(rows[number]) if pairs.moved else rows[number]
        field = placed(row, None if place is None else there[place], told, behind=behind)
        yield replace(field, state=MOVED) if number in pairs.moved and not (row.out or field.state) else field
    yield from (ParagraphField("", "", there[one], NEW) for one in range(at, len(there)) if fresh[one])


@dataclass(frozen=True, slots=True)
class ToldParagraphs:
    """The paragraphs of the text that was translated (`known`). `left`: how often one stands there that is above no
    translation, for somebody did without it, or left an older one above.
    """

    known: frozenset[str]
    left: Counter[str]

    def take(self, block: str) -> bool:
        """Whether one of those is this paragraph; it counts once."""
        found = self.left[undescribed(block)] > 0
        self.left[undescribed(block)] -= found
        return found


def apart(row: ParagraphField) -> ParagraphField:
    """A field whose text may stand before any other one."""
    return replace(row, was=f"{row.was}\n") if row.was.strip() and not row.was.endswith("\n\n") else row


def placed(row: ParagraphField, block: str | None, told: ToldParagraphs, *, behind: bool) -> ParagraphField:
    """A field, and whether its paragraph is another one by now. What was in the text that was translated is not, and
    what the translation does without matters in no form.
    """
    state = ""
    if row.out:
        return replace(row, now=block or "")
    if behind and row.before and block is None:
        state = GONE if row.note != SAME or row.before in told.known else ""
    elif behind and block is not None and block != row.before:
        described_only = undescribed(block) == undescribed(row.before) and block in told.known
        state = "" if described_only or told.take(block) else CHANGED
    return replace(row, now=block or "", state=state)


def said_of(rows: Sequence[ParagraphField]) -> FieldsSaid:
    """What a form says in which nobody typed."""
    return FieldsSaid({number: one.text for number, one in enumerate(rows)})


def text_of(rows: Sequence[ParagraphField], said: FieldsSaid) -> str:
    """The text of the file that comes of a form."""
    return "".join(segment(row, number, said) for number, row in enumerate(rows)).removesuffix("\n")


def segment(row: ParagraphField, number: int, said: FieldsSaid) -> str:
    """The lines of one field: its comment, and the text below it."""
    typed = trimmed(with_lf(said.texts.get(number, row.text)))
    if stays(row, number, said):
        return f"{SAME}\n{with_text(row.was, row.now or row.before)}"
    if row.state == GONE and number in said.out:
        return ""
    if row.state == NEW and not typed.strip():
        if number in said.out:
            return f"{note(row.now, OUT)}\n\n"
        return f"{note(row.now)}\n\n" if number in said.fits else ""  # whose translation is still to come
    text = row.was if trimmed(as_typed(typed)) == trimmed(as_typed(row.text)) else with_text(row.was, typed)
    above = comment(row, number, said)
    return f"{above}\n{text}" if above else text


def comment(row: ParagraphField, number: int, said: FieldsSaid) -> str:
    """The comment above the text of a field."""
    if row.state == NEW or (row.state == CHANGED and number in said.fits and row.note != SAME):
        return note(row.now)
    if row.note == SAME and is_translated(row, text := said.texts.get(number, row.text)):
        spoken = any(is_spoken(block, kind) for kind, block in blocks(row.now))
        return note(row.now, BEGIN if text.strip() or spoken else OUT)
    without = is_without(row, number, said)
    if row.out and not without:
        return BEGIN + row.note.removeprefix(OUT)
    if without and row.note.startswith(BEGIN) and not row.out:
        return OUT + row.note.removeprefix(BEGIN)
    return row.note


def stays(row: ParagraphField, number: int, said: FieldsSaid) -> bool:
    """Whether somebody says that a paragraph is the same in both languages: not where they wrote something else."""
    text = said.texts.get(number, row.text)
    return number in said.same and row.may_stay and (not text.strip() or is_original(row, text))


def is_translated(row: ParagraphField, typed: str) -> bool:
    """Whether somebody wrote something else where the same stood in both languages, more than what pictures show, or
    took that away.
    """
    text = trimmed(with_lf(typed))
    return row.now != "" and text != trimmed(as_typed(row.text)) and undescribed(text) != undescribed(row.now)


def is_without(row: ParagraphField, number: int, said: FieldsSaid) -> bool:
    """Whether the translation does without a paragraph: not where somebody wrote one."""
    blank = not said.texts.get(number, row.text).strip()
    return blank and row.state != GONE and (number in said.out or (row.out and number not in said.back))


def with_text(was: str, typed: str) -> str:
    """Lines with another text between the blank ones around it."""
    if not was.strip():
        return f"\n{typed}\n\n" if typed else was
    first = _BLANK.match(was)
    lead = first[0] if first else ""
    tail = was[was.index(trimmed(was)) + len(trimmed(was)) + 1 :]
    return f"{lead}{typed}\n{tail}"


def as_typed(text: str) -> str:
    """A text as a field of a page gives it back."""
    return text.replace("\r", "\n").replace("\0", "\ufffd")


def to_translate(rows: Sequence[ParagraphField], said: FieldsSaid) -> int:
    """How many paragraphs keep a translation from being published, because they have none yet."""
    return sum(
        not (said.texts.get(number, "").strip() or number in said.out or row.same or is_without(row, number, said))
        for number, row in enumerate(rows)
        if row.note and not stays(row, number, said)
    )


def left_out(rows: Sequence[ParagraphField], said: FieldsSaid) -> int:
    """How many paragraphs the translation does without."""
    return sum(row.shown and is_without(row, number, said) for number, row in enumerate(rows))


def untouched(rows: Sequence[ParagraphField], said: FieldsSaid) -> int:
    """How many translations are the original, word for word."""
    return sum(
        is_original(row, said.texts.get(number, "")) and not stays(row, number, said) for number, row in enumerate(rows)
    )


def undescribed_pictures(rows: Sequence[ParagraphField], said: FieldsSaid) -> int:
    """How many pictures are still said to show what the original says they do, in its language."""
    texts = ((row, trimmed(with_lf(said.texts.get(number, "")))) for number, row in enumerate(rows))
    return sum(still for row, text in texts for _words, still in row.descriptions_in(text))


def is_original(row: ParagraphField, text: str) -> bool:
    """Whether a text is the paragraph that was to be translated."""
    return row.spoken and trimmed(with_lf(text)) == trimmed(as_typed(row.now or row.before))


def described(block: str) -> tuple[str, ...]:
    """What the pictures of a paragraph that is nothing else are said to show."""
    return tuple(one[1] for one in _PICTURE.finditer(block)) if is_same(block) else ()


def undescribed(block: str) -> str:
    """A paragraph, without what its pictures are said to show where it is nothing else: that is translated."""
    return _PICTURE.sub(r"![]\2", block) if is_same(block) else block


def with_descriptions(row: ParagraphField, text: str, given: Mapping[int, str]) -> str:
    """The text of a field in which somebody describes its pictures otherwise. `given`: by the picture's number."""
    shown = dict(enumerate(one for one, _same in row.descriptions))
    changed = {place: one for place, one in given.items() if one.strip() != shown.get(place, one).strip()}
    whole = text if text.strip() else row.now or row.before
    if not changed or len(described(whole)) != len(shown):
        return text
    found = enumerate(_PICTURE.finditer(whole))
    parts = [(one.span(1), changed[place].translate(_DESCRIBED).strip()) for place, one in found if place in changed]
    for (begin, end), new in reversed(parts):
        whole = f"{whole[:begin]}{new}{whole[end:]}"
    return whole


def left_to_do(rows: Sequence[ParagraphField], said: FieldsSaid) -> dict[str, int]:
    """What a page says about all of them."""
    return {
        "missing": to_translate(rows, said),
        "behind": to_check(rows, said),
        "elsewhere": sum(row.state == MOVED for row in rows),
        "aside": left_out(rows, said),
        "untouched": untouched(rows, said),
        "pictures": undescribed_pictures(rows, said),
    }


def to_check(rows: Sequence[ParagraphField], said: FieldsSaid) -> int:
    """How many places of the original are other ones since it was translated, and nobody has decided about yet."""
    decided = said.fits | said.out
    return sum(
        not said.texts.get(number, "").strip() if row.state == NEW else not taken_over(row, number, said)
        for number, row in enumerate(rows)
        if row.state not in ("", MOVED) and number not in decided and not stays(row, number, said)
    )


def taken_over(row: ParagraphField, number: int, said: FieldsSaid) -> bool:
    """Whether what is the same in every language stands there as the original has it now."""
    return row.note == SAME and trimmed(with_lf(said.texts.get(number, ""))) == row.now


def is_up_to_date(rows: Sequence[ParagraphField], said: FieldsSaid) -> bool:
    """Whether a form decides about all that changed in the original since it was translated."""
    return any(row.state for row in rows) and not to_check(rows, said)


def packed(rows: Sequence[ParagraphField]) -> str:
    """The fields as a page carries them, so that its form says what they are of."""
    return json.dumps([list(asdict(row).values()) for row in rows])


def unpacked(text: str) -> tuple[ParagraphField, ...]:
    """The fields that a page carries. Raises ValueError for what are none."""
    found: Any = json.loads(text)
    if not isinstance(found, list):
        raise ValueError(text)
    rows = tuple(ParagraphField(*one) for one in found if isinstance(one, list) and len(one) == 4)
    if len(rows) != len(found) or not all(isinstance(value, str) for row in rows for value in asdict(row).values()):
        raise ValueError(text)
    return rows
