"""What Discourse adds within a line: mentions, hashtags, emoji, boxes to tick, and marks in square brackets."""

import html
import re
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from koweb_sync.sandbox.cooking import emoji
from koweb_sync.sandbox.core.state import State
from koweb_sync.sandbox.core.things import Category

_MENTION = re.compile(r"@(\w[\w.-]{0,58}\w|\w)")
_HASHTAG = re.compile(r"#([\w-]+(?::[\w-]+)?(?:::tag)?)")
_EMOJI = re.compile(r":([a-z0-9_+-]{1,60}):(?:t[2-6]:)?")
_BOX = re.compile(r"\[([ xX*_-])\](?=\s|$)")
_MARK = re.compile(r"\[(b|i|u|s|code|spoiler|wrap|email|url|img|date)([ =][^\]\n]*)?\]", re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?://|mailto:|/)", re.IGNORECASE)
FIRST, LONGEST = 0x203C, 10  # the first character that is an emoji by itself; the longest emoji
PLAIN = {"b": "strong", "i": "em", "u": "ins", "s": "s"}
BOXES = {" ": "chcklst-box fa fa-square-o fa-fw", "*": "chcklst-box checked fa fa-check-square fa-fw"}
CHECKED = "chcklst-box checked fa fa-check-square-o fa-fw"


def plugin(md: MarkdownIt) -> None:
    """Read these marks before Discourse's Markdown takes them for text."""
    for name, rule in (("mention", mention), ("hashtag", hashtag), ("emoji", code_of_emoji)):
        md.inline.ruler.before("text", name, rule)
    md.inline.ruler.before("link", "checkbox", checkbox)
    md.inline.ruler.before("link", "bbcode", bracket)
    md.core.ruler.push("characters", characters)


def at_word_start(state: StateInline) -> bool:
    """Whether a mark may begin here: not within a word, an address or a link."""
    before = state.src[state.pos - 1] if state.pos else " "
    return state.linkLevel == 0 and not (before.isalnum() or before in "_/`.&#@")


def put(state: StateInline, text: str, end: int, *, silent: bool) -> bool:
    """Put HTML of our own in place of a mark."""
    if not silent:
        state.push("html_inline", "", 0).content = text
    state.pos = end
    return True


def mention(state: StateInline, silent: bool) -> bool:
    """`@name`: a person, a group, or nobody."""
    if state.src[state.pos] != "@" or not at_word_start(state):
        return False
    match = _MENTION.match(state.src, state.pos)
    if match is None:
        return False
    forum: State = state.env["state"]
    name, shown = match[1], html.escape(match[1])
    user = forum.names.get(name.lower())
    if user is not None:
        text = f'<a class="mention" href="/u/{quote(user.username.lower())}">@{shown}</a>'
    elif any(group["name"] == name and group["id"] for group in forum.groups):
        text = f'<a class="mention-group" href="/groups/{quote(name)}">@{shown}</a>'
    else:
        text = f'<span class="mention">@{shown}</span>'
    return put(state, text, match.end(), silent=silent)


def hashtag(state: StateInline, silent: bool) -> bool:
    """`#slug`, `#parent:child`, `#name::tag`: a category or a tag, where there is one."""
    if state.src[state.pos] != "#" or not at_word_start(state):
        return False
    match = _HASHTAG.match(state.src, state.pos)
    if match is None:
        return False
    forum: State = state.env["state"]
    name = match[1]
    category = None if name.endswith("::tag") else category_of(forum, name.lower())
    tag = name.removesuffix("::tag").lower()
    if category is not None:
        where = f"/c/{forum.slug_path(category)}/{category.id}"
        text = linked(forum, where, "category", category.slug, category.name, name)
    elif tag in forum.tags:
        text = linked(forum, f"/tag/{quote(tag)}", "tag", tag, tag, name.removesuffix("::tag"))
    else:
        text = f'<span class="hashtag">#{html.escape(name)}</span>'
    return put(state, text, match.end(), silent=silent)


def linked(forum: State, where: str, kind: str, slug: str, title: str, written: str) -> str:
    """A hashtag as a link: newer servers show the name, older ones what was written."""
    href = html.escape(where)
    if forum.flavour.anchors == "post-id":
        data = f'data-type="{kind}" data-slug="{html.escape(slug)}"'
        return f'<a class="hashtag-cooked" href="{href}" {data}><span>{html.escape(title)}</span></a>'
    return f'<a class="hashtag" href="{href}">#<span>{html.escape(written)}</span></a>'


def category_of(forum: State, name: str) -> Category | None:
    """The category that a hashtag names."""
    path = name.replace(":", "/")
    nested = "/" in path
    found = (one for one in forum.categories.values() if (forum.slug_path(one) if nested else one.slug) == path)
    return next((one for one in found if not one.read_restricted), None)


def code_of_emoji(state: StateInline, silent: bool) -> bool:
    """`:tada:`."""
    if state.src[state.pos] != ":":
        return False
    match = _EMOJI.match(state.src, state.pos)
    if match is None or emoji.character(match[1]) is None:
        return False
    return put(state, emoji.image(match[1]), match.end(), silent=silent)


def checkbox(state: StateInline, silent: bool) -> bool:
    """`[ ]` and `[x]`, at the beginning of a line or item or after a space."""
    if state.src[state.pos] != "[" or (state.pos and not state.src[state.pos - 1].isspace()):
        return False
    match = _BOX.match(state.src, state.pos)
    if match is None or state.linkLevel:
        return False
    kind = BOXES.get(match[1], CHECKED if match[1] in "xX" else BOXES["*"])
    return put(state, f'<span class="{kind}"></span>', match.end(), silent=silent)


# ---- [b], [url=…], [spoiler] and their kind


def bracket(state: StateInline, silent: bool) -> bool:
    """A mark in square brackets with its closing mark further on in the same text."""
    if state.src[state.pos] != "[":
        return False
    match = _MARK.match(state.src, state.pos)
    if match is None:
        return False
    name, value = match[1].lower(), (match[2] or "").strip()
    if name == "date":
        return put(state, date(value), match.end(), silent=silent)
    end = closing(state, name, match.end())
    if end is None or state.level >= 20:
        return False
    if silent:
        state.pos = end + len(name) + 3
        return True
    inside = state.src[match.end() : end]
    if name in ("url", "img", "email", "code"):
        url(state, name, value, inside)
    else:
        around(state, name, value)
    return step(state, match.end(), end, name)


def step(state: StateInline, start: int, end: int, name: str) -> bool:
    """Read what stands between two marks, unless they said all themselves, and go on behind them."""
    opened = state.env.pop("bracket", None)
    if opened is not None:
        kept, state.pos, state.posMax = state.posMax, start, end
        state.md.inline.tokenize(state)
        state.posMax = kept
        state.push("html_inline", "", -1).content = opened
    state.pos = end + len(name) + 3
    return True


def closing(state: StateInline, name: str, start: int) -> int | None:
    """Where the closing mark is; looks for the last one of a text once."""
    mark = f"[/{name}]"
    known: dict[str, int] = state.env.setdefault("last_marks", {})
    key = f"{id(state.src)} {len(state.src)} {name}"
    if key not in known:
        known[key] = state.src.lower().rfind(mark)
    if known[key] < start:
        return None
    at = state.src.find(mark, start, state.posMax)
    return at if at >= 0 else (found if (found := state.src.lower().find(mark, start, state.posMax)) >= 0 else None)


def around(state: StateInline, name: str, value: str) -> None:
    """Something around the text between two marks."""
    if name in PLAIN:
        before, after = f"<{PLAIN[name]}>", f"</{PLAIN[name]}>"
    elif name == "wrap":
        kind = html.escape(value.lstrip("=").strip("\"'"))
        before, after = f'<span class="d-wrap" data-wrap="{kind}">', "</span>"
    else:
        before, after = '<span class="spoiler">', "</span>"
    state.push("html_inline", "", 1).content = before
    state.env["bracket"] = after


def url(state: StateInline, name: str, value: str, inside: str) -> None:
    """Links, images and code: what stands between the marks is taken as it is."""
    given = value.lstrip("=").strip("\"' ") or inside.strip()
    if name == "code":
        state.push("html_inline", "", 0).content = f"<code>{html.escape(inside)}</code>"
        return
    target = f"mailto:{given}" if name == "email" else given
    if not _SCHEME.match(target):
        state.push("text", "", 0).content = inside
    elif name == "img":
        state.push("html_inline", "", 0).content = f'<img src="{html.escape(inside.strip())}" alt="">'
    else:
        state.push("html_inline", "", 0).content = f'<a href="{html.escape(target)}">{html.escape(inside)}</a>'


def date(value: str) -> str:
    """`[date=2026-11-24 time=10:00 timezone="Europe/Paris"]`, readable as it was written."""
    words = value.lstrip("=").split()
    shown = " ".join(part.partition("=")[2].strip("\"'") if "=" in part else part for part in words)
    day = html.escape(words[0].strip("\"'")) if words else ""
    return f'<span class="discourse-local-date" data-date="{day}">{html.escape(shown)}</span>'


# ---- emoji as characters


def characters(state: StateCore) -> None:
    """Emoji that stand in a text as characters look like those that are named."""
    known = emoji.characters()
    for block in state.tokens:
        if block.type == "inline" and block.children and not block.content.isascii():
            block.children = [made for child in block.children for made in split(child, known)]


def size_at(text: str, at: int, known: dict[str, str]) -> int:
    """How many characters make the emoji at a place; 0 for none."""
    if ord(text[at]) < FIRST:
        return 0
    return next((n for n in range(LONGEST, 0, -1) if at + n <= len(text) and text[at : at + n] in known), 0)


def split(token: Token, known: dict[str, str]) -> list[Token]:
    """A text with every emoji as an image."""
    if token.type != "text" or token.content.isascii():
        return [token]
    found: list[Token] = []
    plain = ""
    at, text = 0, token.content
    while at < len(text):
        size = size_at(text, at, known)
        if not size:
            plain += text[at]
            at += 1
            continue
        found += [Token("text", "", 0, content=plain)] if plain else []
        found.append(Token("html_inline", "", 0, content=emoji.image(known[text[at : at + size]])))
        plain, at = "", at + size
    return [*found, *([Token("text", "", 0, content=plain)] if plain else [])]
