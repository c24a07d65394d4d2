"""Names of people in texts: where they stand, and putting others in their place. Pure.

A username stands in mentions, in quotes, in links to people, in pictures of them. A display name stands beside it in
quotes. Both may also stand anywhere in running text; there only names count that somebody chose for it. Nothing else of
a text changes, and doing it again changes nothing.

Raw and cooked go the same way, as strings: parsing HTML and writing it again would change bytes that nobody meant.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from koweb_sync.archive.names.aliases import LETTER, Alias, ReplacedNames, folded, plain_name
from koweb_sync.archive.names.chat_quotes import chat_quotes, closing
from koweb_sync.archive.names.diacritics import MARKS
from koweb_sync.archive.names.running_text import names_in_text

_MENTION = re.compile(rf"(?<![^\W_])(@|%40)((?:[\w][{MARKS}]*)(?:[\w.\-{MARKS}]{{0,98}}{LETTER})?)")
_PLACE = re.compile(
    r"(/(?:u|users|user_avatar/[^/\s\"'<>()\[\]]{1,253}|letter_avatar|created-by|private-messages|user-cards|by)/"
    r"|[?&;](?:u|user|username|author|posted_by)=)"
    r"([^\s/\"'<>?#&;()\[\]{}|\\]{1,300})"
)
_FACT = re.compile(r"""(\bdata-(?:username|user-card|user)=)(["'])([^"'<>]{1,300})\2""")
_OPEN = re.compile(r"\[quote=([^\]\n]{1,600})\]", re.IGNORECASE)
_EDGE = re.compile(r"\[(/?)quote\b[^\]\n]{0,600}\]", re.IGNORECASE)
_ASIDE = re.compile(r"<aside\b[^<>]{0,3000}>")
_BLOCK = re.compile(r"<(/?)blockquote\b[^<>]{0,1000}>")
_PICTURE = re.compile(r"<img\b[^<>]{0,3000}>")
_WORDS_OF = re.compile(r"""(\b(?:alt|title)=)(["'])([^"'<>]{1,300})\2""")
_SAID = re.compile(r":\s*</div>")
_USERNAME = re.compile(r"""(\bdata-username=)(["'])([^"'<>]{1,300})\2""")
_DISPLAY = re.compile(r"""(\bdata-display-name=)(["'])([^"'<>]{1,300})\2""")
HEADER = 4000  # letters in which a quote's title ends
_SAYS = 301  # letters of a name in it
_LINE = re.compile(r"\n\s*")


def redact(text: str, names: ReplacedNames) -> str:
    """A raw, a cooked, a title or an address with other names in place of those that `names` knows."""
    if not text or not names.possible(text):
        return text
    text = quotes(chat_quotes(text, names), names)
    if "<" not in text:
        return redact_unquoted(text, names)
    text = asides(text, names)
    # Besides a quote's, no name goes over the beginning of a tag, and a post says the same tags over and over.
    first, *parts = text.split("<")
    once = dict.fromkeys(parts)
    head, *changed = redact_unquoted("<".join([first, *once]), names).split("<")
    if len(changed) != len(once):  # somebody is called so
        return redact_unquoted(text, names)
    new = dict(zip(once, changed, strict=True))
    return "<".join([head, *(new[part] for part in parts)])


def renamed_whole(name: str, names: ReplacedNames, *, username: bool = False) -> str:
    """A field that holds nothing but somebody's name: a cell, an element. In `redact` a user name without an @ before
    it, or a place that says what it is, is a word like any other.
    """
    alias = names.account(folded(name)) if username else names.shown(plain_name(name))
    if alias is None:
        return redact(name, names)
    return alias.username if username else alias.name


def redact_unquoted(text: str, names: ReplacedNames) -> str:
    """The same, where nobody is quoted."""
    if "<" in text:
        text = _FACT.sub(lambda found: fact(found, names), text)
        text = _PICTURE.sub(lambda found: picture(found[0], names), text)
    text = _PLACE.sub(lambda found: place(found, names), text)
    text = _MENTION.sub(lambda found: mention(found, names), text)
    return names_in_text(text, names) if names.longest else text


# ---- where usernames stand


def mention(found: re.Match[str], names: ReplacedNames) -> str:
    """`@claire`; an address of mail is none."""
    alias = names.account(folded(found[2]))
    return found[0] if alias is None else found[1] + alias.username


def place(found: re.Match[str], names: ReplacedNames) -> str:
    """`/u/claire`, `/u/claire.json`, `/user_avatar/host/claire/45/1_2.png`, `?u=claire`."""
    alone = found[2].rstrip(".,;:!*_~`")
    for name in (found[2], alone, re.sub(r"\.(?:json|rss|html)$", "", alone)):
        alias = names.account(folded(unquote(name).removeprefix("@")))
        if alias is not None:
            return found[1] + alias.username + found[2][len(name) :]
    return found[0]


def fact(found: re.Match[str], names: ReplacedNames) -> str:
    """`data-username="claire"`."""
    alias = names.account(folded(found[3]))
    return found[0] if alias is None else f"{found[1]}{found[2]}{alias.username}{found[2]}"


def picture(tag: str, names: ReplacedNames) -> str:
    """The words of somebody's picture: `alt="claire" title="Claire Moreau"`."""
    if "avatar" not in tag:
        return tag

    def told(found: re.Match[str]) -> str:
        alias = names.account(folded(found[3])) or names.shown(plain_name(found[3]))
        return found[0] if alias is None else f"{found[1]}{found[2]}{alias.name}{found[2]}"

    return _WORDS_OF.sub(told, tag)


# ---- quotes


def quotes(raw: str, names: ReplacedNames) -> str:
    """`[quote="claire, post:3, topic:5"]`, and with a display name `[quote="Claire Moreau, …, username:claire"]`."""
    parts, done = [], 0
    for found in _OPEN.finditer(raw):
        if found.start() < done:
            continue
        alias, username = attributed(found[1], names)
        if alias is None:
            continue
        parts += [raw[done : found.start()], f"[quote={attribution(found[1], alias)}]"]
        done = found.end()
        if names.emptied(username):
            end = closing(raw, done, _EDGE)
            if raw[done:end].strip():
                parts.append("\n…\n")
                done = end
    return "".join([*parts, raw[done:]])


def parts_of(inside: str) -> tuple[str, str, list[str]]:
    """An attribution's quotation mark, its name, and what follows: `post:3`, `topic:5`, `username:claire`."""
    mark = inside[0] if inside[0] in "\"'“”" and len(inside) > 1 else ""
    bare = inside.strip("\"'“”") if mark else inside
    name, *facts = re.split(r",\s*(?=(?:post|topic|full|username)\s*:)", bare)
    return mark, name, facts


def attributed(inside: str, names: ReplacedNames) -> tuple[Alias | None, str]:
    """Who is quoted, if it is somebody whom we look for, and the folded username if it is told."""
    _mark, name, facts = parts_of(inside)
    told = next((one.partition(":")[2].strip() for one in facts if one.startswith("username")), None)
    if told is not None:
        return speaker(told, name, names), folded(told)
    username = folded(name.strip())
    alias = names.account(username)
    return (alias, username) if alias is not None else (names.shown(plain_name(name)), "")


def speaker(username: str, said: str, names: ReplacedNames) -> Alias | None:
    """Whose words are quoted, if it is somebody whom we look for. A forum renames the account and leaves the full name
    that is `said` beside it: then it is the name that tells.
    """
    alias = names.account(folded(username))
    if alias is not None:
        return alias
    former = names.shown(plain_name(said))
    return former if former is not None and folded(former.username) == folded(username) else None


def attribution(inside: str, alias: Alias) -> str:
    """The same attribution to somebody else."""
    mark, _name, facts = parts_of(inside)
    facts = [f"username:{alias.username}" if one.startswith("username") else one for one in facts]
    name = alias.name if any(one.startswith("username") for one in facts) else alias.username
    last = {"“": "”"}.get(mark, mark)
    return mark + ", ".join([name, *facts]) + last


def asides(cooked: str, names: ReplacedNames) -> str:
    """Quotes in HTML: `<aside class="quote" data-username="claire">`, with a title that says the name."""
    parts, done = [], 0
    for found in _ASIDE.finditer(cooked):
        told = _USERNAME.search(found[0]) if found.start() >= done else None
        if told is None:
            continue
        block = _BLOCK.search(cooked, found.end(), found.end() + HEADER)
        alias = speaker(told[3], sayer(cooked, found.end(), found.end() if block is None else block.start()), names)
        if alias is None:
            continue
        parts += [cooked[done : found.start()], *opened(found[0], alias)]
        done = found.end()
        if block is None or block[1]:
            continue
        parts.append(title(cooked[done : block.start()], alias))
        parts.append(block[0])
        done = block.end()
        if names.emptied(folded(told[3])):
            parts.append("\n<p>…</p>\n")
            done = closing(cooked, done, _BLOCK)
    return "".join([*parts, cooked[done:]])


def opened(tag: str, alias: Alias) -> Iterator[str]:
    """The tag that opens a quote, of somebody else."""
    tag = _USERNAME.sub(lambda found: f"{found[1]}{found[2]}{alias.username}{found[2]}", tag)
    yield _DISPLAY.sub(lambda found: f"{found[1]}{found[2]}{alias.name}{found[2]}", tag)


def title(head: str, alias: Alias) -> str:
    """The title of a quote, said by somebody else: whatever stands before its colon is their name."""
    head = _WORDS_OF.sub(
        lambda found: f"{found[1]}{found[2]}{alias.name}{found[2]}" if avatar(found) else found[0], head
    )
    parts, done = [], 0
    for found in _SAID.finditer(head):
        place = said(head, done, found.start())
        if place is not None:
            parts += [head[done : place[0]], alias.name, head[place[1] : found.end()]]
            done = found.end()
    return "".join([*parts, head[done:]])


def said(head: str, start: int, colon: int) -> tuple[int, int] | None:
    """Where the name before a colon begins and ends: behind a tag or a line end, if it is not too long."""
    tag = max(head.rfind("<", start, colon), head.rfind(">", start, colon))
    begin = max(tag + 1, start)
    words = head[begin:colon].rstrip()
    end = begin + len(words)
    first = [len(words) - len(words.lstrip())] if tag >= 0 and head[tag] == ">" else []
    for name in [*first, *(line.end() for line in _LINE.finditer(words))]:
        if 0 < len(words) - name <= _SAYS:
            return begin + name, end
    return None


def sayer(cooked: str, start: int, end: int) -> str:
    """Whom the title of a quote names, between two places; empty for nobody."""
    colon = _SAID.search(cooked, start, end)
    place = said(cooked, start, colon.start()) if colon else None
    return cooked[place[0] : place[1]] if place else ""


def avatar(found: re.Match[str]) -> bool:
    """Whether an attribute belongs to the picture of a person."""
    start, end = found.string.rfind("<", 0, found.start()), found.string.find(">", found.end())
    return "avatar" in found.string[start:end]
