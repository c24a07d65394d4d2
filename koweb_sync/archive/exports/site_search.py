"""The index of a site's search: words of posts, sorted and cut into pieces that a browser reads when it needs them.

A forum's words do not fit into memory, so they are sorted in runs on disk and merged (Manning, Raghavan and Schütze,
Introduction to Information Retrieval, §4.3). `search.js` reads what this writes, and folds words in the same way; they
stand there in their singulars.
"""

import heapq
import json
import re
import tempfile
import unicodedata
from array import array
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import chain, groupby
from pathlib import Path
from typing import IO

from koweb_sync import safe_files
from koweb_sync.archive.exports.folder import ExportTarget, write
from koweb_sync.archive.store.word_forms import ENDINGS, KNOWN, RESTS, SHORTEST, singular
from koweb_sync.spelling import APART

MOST = 1_500_000  # postings in memory
PIECE = 200_000  # characters of a file
COMMON = 100_000  # a word in more posts than that finds nothing by itself
LONGEST = 40  # letters of a word that count
POSTS = 200  # posts in a file of texts
_WORD = re.compile(r"[^\W_]+")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class PlainSigns(dict[int, str]):
    """What becomes of each sign, for str.translate: accents go, some letters fall apart."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = found = "" if unicodedata.category(sign).startswith("M") else {**APART, "ς": "σ"}.get(sign, sign)
        return found


PLAIN = PlainSigns()


def singulars(text: str) -> set[str]:
    """The words of a text without case and accents, in their singulars. Texts say the same ones over and over: most are
    folded once.
    """
    found: set[str] = set()
    for part in set(text.lower().split()):
        found.update(often(part) if len(part) <= LONGEST else distinct(part))
    return found


def distinct(text: str) -> tuple[str, ...]:
    """The different words of a text in small letters, in their singulars."""
    return tuple({singular(word) for word in plain(text)})


often = lru_cache(maxsize=20_000)(distinct)


def plain(text: str) -> list[str]:
    """The words of a text in small letters."""
    flat = unicodedata.normalize("NFKD", text).translate(PLAIN)
    return [word[:LONGEST] for word in _WORD.findall(flat)]


def order(word: str) -> bytes:
    """Words stand as a browser compares them: by their UTF-16 units."""
    return word.encode("utf-16-be", "surrogatepass")


class Index:
    """Collects posts, numbered as they come, and writes the files of the search under `search/`."""

    def __init__(self, target: ExportTarget) -> None:
        self.target = target
        self.folder = tempfile.TemporaryDirectory(prefix="koweb-")
        self.runs: list[Path] = []
        self.words: dict[str, int | array[int]] = {}  # most words are in one post only: it stands there itself
        self.size = 0
        self.posts = 0
        self.rows: list[list[str]] = []

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, *_error: object) -> None:
        self.folder.cleanup()

    def add(self, row: list[str], words: Collection[str]) -> None:
        """A post: what its line in the results needs, and all its words, folded, in their singulars, each once."""
        for word in words:
            known = self.words.setdefault(word, self.posts)
            if isinstance(known, array):
                known.append(self.posts)
            elif known != self.posts:
                self.words[word] = array("I", (known, self.posts))
        self.size += len(words)
        self.posts += 1
        self.rows.append(row)
        if len(self.rows) == POSTS:
            self.texts()
        if self.size > MOST:
            self.spill()

    def texts(self) -> None:
        """Write the lines of some posts."""
        number = (self.posts - 1) // POSTS
        write(self.target, f"search/p{number}.js", call(f"p{number}", self.rows))
        self.rows = []

    def spill(self) -> None:
        """Put the words so far on disk, sorted."""
        path = Path(self.folder.name) / str(len(self.runs))
        with safe_files.writing(path.parent, path.name, lasting=False) as out:
            for word in sorted(self.words, key=order):
                posts = self.words[word]
                out.write(f"{word}\t{packed([posts] if isinstance(posts, int) else posts)}\n".encode())
        self.runs.append(path)
        self.words.clear()
        self.size = 0

    def finish(self) -> None:
        """Write the words, and the list of their files."""
        if self.rows:
            self.texts()
        firsts = list(self.pieces())
        numbers = {"endings": ENDINGS, "known": KNOWN, "rests": RESTS, "shortest": SHORTEST}  # singular and plural
        write(self.target, "search/words.js", call("words", {"first": firsts, "each": POSTS, **numbers}))

    def pieces(self) -> Iterator[str]:
        """Write the words in files, and give the first word of each."""
        piece: list[list[str]] = []
        size = number = 0
        for word, posts in self.merged():
            if piece and size + len(posts) > PIECE:
                yield self.piece(number, piece)
                piece, size, number = [], 0, number + 1
            piece.append([word, posts])
            size += len(posts) + len(word) + 6
        if piece:
            yield self.piece(number, piece)

    def piece(self, number: int, piece: list[list[str]]) -> str:
        """Write one file of words."""
        write(self.target, f"search/w{number}.js", call(f"w{number}", piece))
        return piece[0][0]

    def merged(self) -> Iterator[tuple[str, str]]:
        """All words in order, each with its posts: differences in base 36, `*` for a word that is everywhere."""
        self.spill()
        opened: list[IO[str]] = [path.open(encoding="utf-8") for path in self.runs]
        try:
            lines = heapq.merge(*map(split, opened), key=lambda one: order(one[0]))
            for word, found in groupby(lines, key=lambda one: one[0]):
                runs = [posts for _word, posts in found]
                if sum(one.count(" ") + 1 for one in runs) > COMMON:
                    yield word, "*"
                else:
                    yield word, runs[0] if len(runs) == 1 else packed(chain.from_iterable(map(unpacked, runs)))
        finally:
            for one in opened:
                one.close()


def call(name: str, value: object) -> str:
    """A file that hands a value to the search; `</` and line separators mean nothing in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"koweb({json.dumps(name)},{text});\n"


def split(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Words and their posts out of a run."""
    for line in lines:
        word, _tab, posts = line.rstrip("\n").partition("\t")
        yield word, posts


def packed(posts: Iterable[int]) -> str:
    """Growing numbers as their differences."""
    before, found = 0, []
    for post in posts:
        found.append(base36(post - before))
        before = post
    return " ".join(found)


def unpacked(text: str) -> Iterator[int]:
    """The numbers again."""
    post = 0
    for step in text.split(" "):
        post += int(step, 36)
        yield post


def base36(number: int) -> str:
    """A number as JavaScript's parseInt(…, 36) reads it."""
    if number < 36:
        return DIGITS[number]
    found = ""
    while number:
        number, rest = divmod(number, 36)
        found = DIGITS[rest] + found
    return found
