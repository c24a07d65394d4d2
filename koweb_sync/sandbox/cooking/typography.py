"""Typographic replacements, as Discourse restricts them: no © from (c), but arrows from `-->`."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, smartquotes

QUOTES = "“|”|‘|’"
# French as recorded; the others are guesses of sources of 2025, site_settings.
OF_LANGUAGES = {"fr": "«\u00a0|\u00a0»|‹\u00a0|\u00a0›", "de": "„|“|‚|‘", "cs": "„|“|‚|‘", "da": "„|“|‚|‘"}
STAND_IN = "\ue000"  # neither letter nor punctuation nor space, as half a character is
_HIGH = re.compile("[\ue000\U00010000-\U0010ffff]")
_SCOPED = re.compile(r"\((tm|pa)\)", re.IGNORECASE)
_RARE = re.compile(r"\+-|\.\.|[?!]{4}|,,|--|->|<-")
_STEPS = tuple(
    (re.compile(pattern, re.MULTILINE), replacement)
    for pattern, replacement in (
        (r"\+-", "±"),
        (r"(^|\s)-{1,2}>(\s|$)", " → "),
        (r"(^|\s)<-{1,2}(\s|$)", " ← "),
        (r"(^|\s)<-{1,2}>(\s|$)", " ↔ "),
        (r"\.{2,}", "…"),
        (r"([?!])…", r"\1.."),
        (r"([?!]){4,}", r"\1\1\1"),
        (r",{2,}", ","),
        (r"(^|[^-])---(?=[^-]|$)", "\\1\u2014"),
        (r"(^|\s)--(?=\s|$)", "\\1\u2013"),
        (r"(^|[^-\s])--(?=[^-\s]|$)", "\\1\u2013"),
    )
)


# More quotation marks than any text has; turning each of them copies its paragraph.
MOST_QUOTES = 3_000


def install(md: MarkdownIt) -> None:
    """Replace from now on."""
    md.core.ruler.at("replacements", replacements)
    md.core.ruler.at("smartquotes", quotation)


def quotation(state: StateCore) -> None:
    """Straight quotation marks and apostrophes become round ones.

    JavaScript takes the characters above U+FFFF for letters, Python knows that emoji are symbols: others stand in.
    """
    if state.src.count('"') + state.src.count("'") > MOST_QUOTES:
        return
    texts = [one for block in state.tokens for one in block.children or () if one.type == "text"]
    hidden = [found for one in texts for found in _HIGH.findall(one.content)]
    for one in texts:
        one.content = _HIGH.sub(STAND_IN, one.content)
    smartquotes(state)
    back = iter(hidden)
    for one in texts:
        one.content = _HIGH.sub(lambda _found: next(back), one.content)


def replacements(state: StateCore) -> None:
    """In all texts, except in addresses that became links."""
    for block in state.tokens:
        inside = 0
        for token in block.children or ():
            if token.info == "auto":
                inside += token.nesting
            if token.type == "text":
                token.content = _SCOPED.sub(lambda found: "™" if found[1].lower() == "tm" else "¶", token.content)
                if not inside:
                    token.content = replaced(token.content)


def replaced(text: str) -> str:
    """A text with its dots, dashes and arrows."""
    if _RARE.search(text):
        for pattern, replacement in _STEPS:
            text = pattern.sub(replacement, text)
    return text
