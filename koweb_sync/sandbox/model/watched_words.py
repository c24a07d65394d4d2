"""Words that the forum watches: which a text has, and what becomes of them in its HTML."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from koweb_sync.sandbox.model.tags_and_words import Labels, WatchedWord

ACTIONS = ("block", "censor", "require_approval", "flag", "link", "replace", "tag", "silence")
MARK = "■"
# Where words are left alone: in tags and in code.
_KEPT = re.compile(r"(<(code|pre)\b.*?</\2>|<[^>]*>)", re.DOTALL)


def expression(words: str) -> str:
    """The expression that the server shows for words, in its own notation."""
    return rf"(?:\P{{L}}|^)({words})(?=\P{{L}}|$)"


def escaped(word: str) -> str:
    """A word as an expression: a star stands for the rest of a word."""
    return re.escape(word).replace(r"\*", r"\S*")


@lru_cache(maxsize=512)
def finder(word: str, case_sensitive: bool) -> re.Pattern[str]:
    """What finds a word that stands alone: no letter before or behind it."""
    return re.compile(rf"(?<![^\W\d_])({escaped(word)})(?![^\W\d_])", 0 if case_sensitive else re.IGNORECASE)


def of(labels: Labels, action: str) -> list[WatchedWord]:
    """The words with that action."""
    return [one for one in labels.watched.values() if one.action == action]


def found(labels: Labels, action: str, text: str) -> list[WatchedWord]:
    """The words with that action that a text has."""
    return [one for one in of(labels, action) if finder(one.word, one.case_sensitive).search(text)]


def tags_for(labels: Labels, text: str) -> list[str]:
    """The tags that words of a new topic's title and text bring with them."""
    return [tag for one in found(labels, "tag", text) for tag in (one.replacement or "").split(",") if tag]


def in_html(labels: Labels, html: str) -> str:
    """HTML with censored words made unreadable, and others replaced or linked; what is stored stays as it was."""
    if not labels.watched:
        return html
    for action in ("censor", "replace", "link"):
        for one in of(labels, action):
            html = outside(html, finder(one.word, one.case_sensitive), put(one))
    return html


def put(one: WatchedWord) -> Callable[[re.Match[str]], str]:
    """What stands for a word."""
    if one.action == "censor":
        return lambda match: MARK * len(match[0])
    if one.action == "replace":
        return lambda _match: one.replacement or ""
    return lambda match: f'<a href="{one.replacement}">{match[0]}</a>'


def outside(html: str, word: re.Pattern[str], become: Callable[[re.Match[str]], str]) -> str:
    """HTML with a word replaced in its text alone."""
    parts, at = [], 0
    for kept in _KEPT.finditer(html):
        parts += [word.sub(become, html[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*parts, word.sub(become, html[at:])])


def shown(one: WatchedWord) -> dict[str, Any]:
    replacement = {"replacement": one.replacement} if one.replacement is not None else {}
    return {
        "id": one.id,
        "word": one.word,
        "regexp": expression(escaped(one.word)),
        **replacement,
        "action": one.action,
        "case_sensitive": one.case_sensitive,
        "watched_word_group_id": one.group,
    }


def compiled(labels: Labels) -> dict[str, list[Mapping[str, Any]]]:
    """By action, the expressions for all of its words; those in which capitals count by themselves."""
    table: dict[str, list[Mapping[str, Any]]] = {}
    for action in ACTIONS:
        table[action] = []
        for exactly in (False, True):
            words = [escaped(one.word) for one in of(labels, action) if one.case_sensitive is exactly]
            if words:
                table[action].append({expression("|".join(words)): {"case_sensitive": exactly}})
    return table
