"""The play: who says what in which topic, in French and in English, out of the text files beside this module.

A topic begins with `# DAY PLACE [TAG…] key:NAME [waiting] [closed]`, its title in French, and `= ` with the English
one. A post is `WHO: text`, again with `= ` and the English text below it; `\\n` breaks a line. Between the name and the
colon may stand, in this order: `~`, it was deleted soon; `>2`, it answers the second post; `"2` or `"key/2`, it quotes
that post, of this or of another topic; `+30`, it comes thirty hours after the post before. `vote: 2 ines tom` says who
chose the second option of the poll above. `waiting`: nobody else answers that topic.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from koweb_sync.demo.cast import PLACES

FOLDER = Path(__file__).with_name("play")
LANGUAGES = ("fr", "en")
_LINE = re.compile(
    r"(?P<who>[a-z]+)(?P<gone>~)?(?:>(?P<to>\d+))?"
    r'(?:"(?:(?P<key>[a-z-]+)/)?(?P<quoted>\d+))?(?:\+(?P<hours>\d+))?: (?P<text>.+)'
)


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A post of the play. `texts`: French, English. `quotes`: key of a topic (empty: this one) and a post number.

    `votes`: the option, counted from 1, and who chose it. `hours` after the post before; None: by chance.
    """

    who: str
    texts: tuple[str, str]
    to: int | None = None
    quotes: tuple[str, int] | None = None
    hours: int | None = None
    gone: bool = False
    votes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """A topic of the play. `day` of the month, negative for the month before; `waiting`: nobody else answers it."""

    key: str
    day: float
    category: str
    tags: tuple[str, ...]
    titles: tuple[str, str]
    lines: tuple[ScriptLine, ...]
    waiting: bool = False
    closed: bool = False


def scenes() -> tuple[Scene, ...]:
    """The whole play, in the order of its days. Raises ValueError for a line that is none."""
    found = [scene for path in sorted(FOLDER.glob("*.txt")) for scene in read(path.read_text(encoding="utf-8"))]
    return tuple(sorted(found, key=lambda scene: (scene.day, scene.key)))


def read(text: str) -> Iterator[Scene]:
    """The topics of one file. Raises ValueError for a line that is none."""
    for part in re.split(r"^# ", text, flags=re.MULTILINE)[1:]:
        head, *rows = part.strip().split("\n")
        yield scene(head, rows)


def scene(head: str, rows: Sequence[str]) -> Scene:
    """One topic. Raises ValueError for a line that is none."""
    day, place, *words = head.split()
    key = next(word.removeprefix("key:") for word in words if word.startswith("key:"))
    marks = {word for word in words if word in ("waiting", "closed")}
    return Scene(
        key=key,
        day=float(day),
        category=PLACES[place],
        tags=tuple(word for word in words if word not in marks and not word.startswith("key:")),
        titles=(rows[0], english(rows[1])),
        lines=tuple(lines(rows[2:])),
        waiting="waiting" in marks,
        closed="closed" in marks,
    )


def lines(rows: Sequence[str]) -> Iterator[ScriptLine]:
    """The posts of a topic. Raises ValueError for a line that is none."""
    at = 0
    while at < len(rows):
        french, translated = rows[at], english(rows[at + 1])
        at += 2
        votes: list[tuple[int, str]] = []
        while at < len(rows) and rows[at].startswith("vote: "):
            option, *people = rows[at].removeprefix("vote: ").split()
            votes += [(int(option), who) for who in people]
            at += 1
        yield line(french, translated, tuple(votes))


def line(french: str, translated: str, votes: tuple[tuple[int, str], ...]) -> ScriptLine:
    """One post. Raises ValueError for what is none."""
    found = _LINE.fullmatch(french)
    if found is None:
        raise ValueError(french)
    texts = (found["text"].replace("\\n", "\n"), translated.replace("\\n", "\n"))
    return ScriptLine(
        who=found["who"],
        texts=texts,
        to=int(found["to"]) if found["to"] else None,
        quotes=(found["key"] or "", int(found["quoted"])) if found["quoted"] else None,
        hours=int(found["hours"]) if found["hours"] else None,
        gone=bool(found["gone"]),
        votes=votes,
    )


def english(row: str) -> str:
    """The translation in a row. Raises ValueError where it is missing."""
    if not row.startswith("= "):
        raise ValueError(row)
    return row.removeprefix("= ")
