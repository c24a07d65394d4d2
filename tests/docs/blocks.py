"""What a page of the documentation asks its reader to type: fenced blocks, and commands in the middle of a sentence.

A comment before a block, which no reader sees, says how the tests treat it; docs/contributing.md lists them.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
FRONT = ("README.md", "README.fr.md", "CONTRIBUTING.md", "SECURITY.md")
FENCE = re.compile(r"^(?P<indent> *)(?P<marks>`{3,})(?P<language>[a-z]*)")
COMMENT = re.compile(r"^ *<!-- (?P<what>run|file|exit|not run|on the forum): ?(?P<words>.*?) *-->$")
SPAN = re.compile(r"(?<!`)`(koweb [^`\n]+)`(?!`)")
ASSIGNMENT = re.compile(r"[A-Z_]+=.*")
ENDS = ("&&", "||", ";", "|", ">", ">>", "<", "&")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its lines without their common indent, and the comments before it in order."""

    page: str
    line: int
    language: str
    lines: tuple[str, ...]
    comments: tuple[tuple[str, str], ...]

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    def said(self, what: str) -> str | None:
        """The words of a comment of this kind, None if there is none."""
        return next((words for kind, words in self.comments if kind == what), None)

    def typed(self) -> Iterator[tuple[str, list[str]]]:
        """Each line that a reader types, with what the page shows below it."""
        lines = list(joined(self.lines))
        if self.language == "console":
            for number, text in enumerate(lines):
                if text.startswith("$ "):
                    rest = lines[number + 1 :]
                    end = next((n for n, one in enumerate(rest) if one.startswith("$ ")), len(rest))
                    yield text.removeprefix("$ "), rest[:end]
        elif self.language in ("sh", "bash"):
            yield from ((text, []) for text in lines if text.strip() and not text.lstrip().startswith("#"))


@dataclass(slots=True)
class Page:
    """A page: its path from the repository's root, its blocks, and the commands in its sentences (line, command)."""

    path: str
    blocks: list[Block] = field(default_factory=list)
    spans: list[tuple[int, str]] = field(default_factory=list)

    @property
    def runs(self) -> bool:
        """Whether the tests run anything of it."""
        return any(list(block.typed()) and block.said("not run") is None for block in self.blocks)


def joined(lines: tuple[str, ...]) -> Iterator[str]:
    """The lines, those that end with a backslash together with the next."""
    before = ""
    for text in lines:
        if text.endswith("\\"):
            before += text[:-1]
        else:
            yield before + text
            before = ""


def pages() -> list[str]:
    """Every page, by its path from the repository's root."""
    found = [name for name in FRONT if (ROOT / name).exists()]
    return found + sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))


def read(path: str) -> Page:
    """A page, cut into its parts."""
    page, comments = Page(path), list[tuple[str, str]]()
    lines = iter(enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1))
    for number, text in lines:
        if found := FENCE.match(text):
            indent, end = len(found["indent"]), found["marks"]
            inside: list[str] = []
            for _number, one in lines:
                if one.strip() == end:
                    break
                inside.append(one[indent:] if not one[:indent].strip() else one)
            page.blocks.append(Block(path, number, found["language"], tuple(inside), tuple(comments)))
            comments = []
        elif comment := COMMENT.match(text):
            comments.append((comment["what"], comment["words"]))
        else:
            page.spans += [(number, span) for span in SPAN.findall(text)]
    assert not comments, f"{path}: a comment for a block that does not come: {comments}"
    return page


def commands(text: str) -> list[list[str]]:
    """The commands of a line as a shell would see them, each without what is set before it or done with its output."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    skip = False
    for word in lexer:
        if word in ENDS:
            skip = word in (">", ">>", "<")
            if not skip:
                found.append([])
        elif skip:
            skip = False
        elif found[-1] or not ASSIGNMENT.fullmatch(word):
            found[-1].append(word)
    return [one for one in found if one]
