"""Quotes of what was said in chat: who is named there, and putting others in their place. Pure.

A forum writes `[chat quote="claire;12;2026-09-01T08:00:00Z" channel="…"]`, and in HTML `<div class="chat-transcript">`.
Who began a thread gave it its title: the quote of its first message says that, `threadTitle="…"`, and the HTML above it
(a guess, out of plugins/chat, chat-transcript.js).
"""

import re

from koweb_sync.archive.names.aliases import ReplacedNames, folded

_OPEN = re.compile(r"(\[chat\s+quote=[\"“”]?)([^\];\"\n]{1,300})(;[^\]\n]{0,1000}\])", re.IGNORECASE)
_EDGE = re.compile(r"\[(/?)chat\b[^\]\n]{0,1300}\]", re.IGNORECASE)
_DIV = re.compile(r"<(/?)div\b[^<>]{0,3000}>")
_TRANSCRIPT = re.compile(r"<div\b[^<>]{0,300}\bchat-transcript[\s\"'][^<>]{0,3000}>")
_FACT = re.compile(r"""\bdata-username=["']([^"'<>]{1,300})["']""")
_SAYS = re.compile(r"""(<div\b[^<>]{0,300}\bchat-transcript-username["'][^<>]{0,300}>\s*)([^<>]{1,300}?)(\s*<)""")
_TITLE = re.compile(r"(\bthreadTitle=[\"“”])[^\"“”\]\n]{1,1000}")
_HEADER = re.compile(r"""(<span\b[^<>]{0,300}\bchat-transcript-thread-header__title["'][^<>]{0,300}>)([^<>]{1,3000})""")
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
        emptied = names.emptied(folded(found[2].strip()))
        facts = _TITLE.sub(r"\1…", found[3]) if emptied else found[3]
        parts += [raw[done : found.start()], found[1], alias.username, facts]
        done = found.end()
        if emptied:
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
        parts.append(untitled(cooked[done : found.start()]))
        if said is None:
            parts.append(cooked[found.start() : end])
        else:
            parts += [cooked[found.start() : said.end()], "\n<p>…</p>\n"]
            end = closing(cooked, said.end(), _DIV)
        done = end
    return _SAYS.sub(lambda one: speaker(one, names), "".join([*parts, cooked[done:]]))


def untitled(before: str) -> str:
    """The HTML before a quote without the title of the thread that the quoted message began."""
    start = before.rfind("chat-transcript-messages") + 1
    return before[:start] + _HEADER.sub(r"\1…", before[start:])


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
