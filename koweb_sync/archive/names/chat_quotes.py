"""Quotes of what was said in chat: who is named there, and putting others in their place. Pure.

A forum writes `[chat quote="claire;12;2026-09-01T08:00:00Z" channel="…"]`, and in HTML `<div class="chat-transcript">`.
"""

import re

from koweb_sync.archive.names.aliases import ReplacedNames, folded

_OPEN = re.compile(r"(\[chat\s+quote=[\"“”]?)([^\];\"\n]{1,300})(;[^\]\n]{0,1000}\])", re.IGNORECASE)
_EDGE = re.compile(r"\[(/?)chat\b[^\]\n]{0,1300}\]", re.IGNORECASE)
_DIV = re.compile(r"<(/?)div\b[^<>]{0,3000}>")
_TRANSCRIPT = re.compile(r"<div\b[^<>]{0,300}\bchat-transcript[\s\"'][^<>]{0,3000}>")
_FACT = re.compile(r"""\bdata-username=["']([^"'<>]{1,300})["']""")
_SAYS = re.compile(r"""(<div\b[^<>]{0,300}\bchat-transcript-username["'][^<>]{0,300}>\s*)([^<>]{1,300}?)(\s*<)""")
_SAID = re.compile(r"""<div\b[^<>]{0,300}\bchat-transcript-messages["'][^<>]{0,300}>""")


def chat_quotes(text: str, names: ReplacedNames) -> str:
    """A raw or a cooked in which whoever is quoted out of chat has another name; whose texts were emptied says nothing
    there any more.
    """
    if "[chat" in text:
        text = in_raw(text, names)
    return in_cooked(text, names) if "chat-transcript" in text else text


def in_raw(raw: str, names: ReplacedNames) -> str:
    """The same of a raw."""
    parts, done = [], 0
    for found in _OPEN.finditer(raw):
        alias = names.account(folded(found[2].strip())) if found.start() >= done else None
        if alias is None:
            continue
        parts += [raw[done : found.start()], found[1], alias.username, found[3]]
        done = found.end()
        if names.emptied(folded(found[2].strip())):
            end = closing(raw, done, _EDGE)
            parts.append("\n…\n" if raw[done:end].strip() else raw[done:end])
            done = end  # what is passed over is not looked through again
    return "".join([*parts, raw[done:]])


def in_cooked(cooked: str, names: ReplacedNames) -> str:
    """The same of a cooked. What stands in a tag is replaced as everywhere."""
    parts, done = [], 0
    for found in _TRANSCRIPT.finditer(cooked):
        told = _FACT.search(found[0]) if found.start() >= done else None
        if told is None or not names.emptied(folded(told[1])):
            continue
        end = closing(cooked, found.end(), _DIV)
        said = _SAID.search(cooked, found.end(), end)
        if said is None:
            parts.append(cooked[done:end])
        else:
            parts += [cooked[done : said.end()], "\n<p>…</p>\n"]
            end = closing(cooked, said.end(), _DIV)
        done = end
    return _SAYS.sub(lambda one: speaker(one, names), "".join([*parts, cooked[done:]]))


def speaker(found: re.Match[str], names: ReplacedNames) -> str:
    """Who speaks, where a quote says it."""
    alias = names.account(folded(found[2]))
    return found[0] if alias is None else found[1] + alias.username + found[3]


def closing(text: str, start: int, edge: re.Pattern[str]) -> int:
    """Where what was opened before `start` is closed; the end of the text if it never is."""
    depth = 1
    for found in edge.finditer(text, start):
        depth += -1 if found[1] else 1
        if depth == 0:
            return found.start()
    return len(text)
