"""BBCode inside a line: `[b]`, `[url=…]`, `[img]`, `[code]`, `[spoiler]`, `[wrap=…]`."""

import re
import unicodedata
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.common.utils import isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from koweb_sync.sandbox.cooking import context, tokens
from koweb_sync.sandbox.cooking.bbcode import Tag, tag_at

FRAMES = {**{letter: f"bbcode-{letter}" for letter in "bius"}, "spoiler": "spoiler"}
_WEB = re.compile(r"https?://", re.IGNORECASE)
# So deep may brackets be nested in each other; every level costs a walk over the rest of the paragraph.
DEEPEST = 20
LAST = -1
SPACE, MARK, LETTER = "space", "mark", "letter"


class InlineState(StateInline):
    """A line that is read. What stands beside `**` is looked at as markdown-it in JavaScript does."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - markdown-it's names
        """Whether the marks at a place may open or close something, and how many they are (CommonMark 0.31, 6.2)."""
        end = start
        while end < self.posMax and self.src[end] == self.src[start]:
            end += 1
        symbols = context.of(self.env).flavour.markup != "2022"
        last = kind(self.src[start - 1] if start else " ", symbols=symbols)
        following = kind(self.src[end] if end < self.posMax else " ", symbols=symbols)
        left = not (following == SPACE or (following == MARK and last == LETTER))
        right = not (last == SPACE or (last == MARK and following == LETTER))
        opens = left and (canSplitWord or not right or last == MARK)
        closes = right and (canSplitWord or not left or following == MARK)
        return Scanned(opens, closes, end - start)


def kind(character: str, *, symbols: bool) -> str:
    """What a character is beside emphasis. JavaScript sees halves of those above U+FFFF, emoji among them, and takes
    them for letters; `symbols` such as € count as punctuation since markdown-it 14.1.
    """
    if isWhiteSpace(ord(character)):
        return SPACE
    category = unicodedata.category(character)[0]
    punctuation = category == "P" or (category == "S" and (symbols or character.isascii()))
    return MARK if punctuation and character <= "\uffff" else LETTER


class Inline(ParserInline):
    """The parser of lines, with less patience for nested brackets than for nested blocks."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = InlineState(src, md, env, tokens)
        state.level = max(0, md.options["maxNesting"] - DEEPEST)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def lone_bracket(state: StateInline, silent: bool) -> bool:
    """`[` without any `]` behind it: text, and no need to look further."""
    if state.src[state.pos] != "[":
        return False
    if LAST not in state.cache:
        state.cache[LAST] = state.src.rfind("]")
    if state.pos < state.cache[LAST]:
        return False
    if not silent:
        state.pending += "["
    state.pos += 1
    return True


def install(md: MarkdownIt) -> None:
    """Read BBCode inside lines from now on. Addresses become links only afterwards, or they would take in tags."""
    md.inline.ruler.disable("linkify")
    md.inline.ruler.before("link", "lone_bracket", lone_bracket)
    md.inline.ruler.push("bbcode_inline", bbcode)
    md.inline.ruler2.before("fragments_join", "bbcode_inline", paired)


def bbcode(state: StateInline, silent: bool) -> bool:
    """A tag: kept as text with its meaning beside it until `paired` finds its other half, or carried out at once."""
    if silent or state.src[state.pos] != "[":
        return False
    tag = tag_at(state.src, state.pos, state.posMax)
    if tag is None:
        return False
    if tag.name in CONTENT:
        return with_content(state, tag)
    if tag.name not in FRAMES and tag.name != "url":
        return False
    token = state.push("text", "", 0)
    token.content = state.src[state.pos : state.pos + tag.length]
    token.meta = {"bbcode": tag}
    state.pos += tag.length
    return True


def with_content(state: StateInline, tag: Tag) -> bool:
    """A tag whose content is not Markdown, up to the first closing tag."""
    if tag.closing:
        return False
    start, closing = state.pos + tag.length, f"[/{tag.name}]"
    missing = state.env.setdefault("missing closings", {})
    if missing.get(tag.name) == state.src:  # looked for before, in vain: once per text is enough
        return False
    found = re.compile(re.escape(closing), re.IGNORECASE).search(state.src, start, state.posMax)
    if found is None:
        missing[tag.name] = state.src
        return False
    CONTENT[tag.name](state, tag, state.src[start : found.start()])
    state.pos = found.end()
    return True


def code(state: StateInline, _tag: Tag, content: str) -> None:
    state.push("code_inline", "code", 0).content = content


def img(state: StateInline, _tag: Tag, content: str) -> None:
    token = state.push("image", "img", 0)
    token.attrs = {"src": content, "alt": ""}
    token.children = []


def email(state: StateInline, tag: Tag, content: str) -> None:
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": f"mailto:{tag.value or content}", "data-bbcode": "true"}
    state.push("text", "", 0).content = content
    state.push("link_close", "a", -1)


def wrap(state: StateInline, tag: Tag, content: str) -> None:
    ordered = context.of(state.env).flavour.markup != "2022"
    tokens.wrap(state.push("wrap_open", "span", 1), tag, ordered=ordered)
    if content:
        state.push("text", "", 0).content = content
    state.push("wrap_close", "span", -1)


CONTENT: dict[str, Callable[[StateInline, Tag, str], None]] = {"code": code, "img": img, "email": email, "wrap": wrap}


def paired(state: StateInline) -> None:
    """Make elements of opening and closing tags that belong together; the others stay text."""
    waiting: dict[tuple[str, int], list[int]] = {}
    for index, token in enumerate(state.tokens):
        tag = (token.meta or {}).get("bbcode")
        if tag is None:
            continue
        mine = waiting.setdefault((tag.name, token.level), [])
        if not tag.closing:
            mine.append(index)
        elif mine:
            pair(state.tokens, mine.pop(), index)


def pair(tokens: list[Token], first: int, last: int) -> None:
    """Turn two tags into one element."""
    tag: Tag = tokens[first].meta["bbcode"]
    if tag.name == "url":
        link(tokens, first, last, tag.value)
        return
    become(tokens[first], f"bbcode_{tag.name}_open", "span", 1)
    become(tokens[last], f"bbcode_{tag.name}_close", "span", -1)
    tokens[first].attrSet("class", FRAMES[tag.name])


def become(token: Token, kind: str, tag: str, nesting: int) -> None:
    """Change what a token is."""
    token.type, token.tag, token.content, token.meta = kind, tag, "", {}
    token.nesting = 1 if nesting > 0 else -1


def link(tokens: list[Token], first: int, last: int, value: str) -> None:
    """`[url]` to the web becomes a link, around words that are not links themselves; any other `[url]` vanishes."""
    between = tokens[first + 1 : last]
    url = (value or "".join(one.content for one in between if one.type == "text")).strip()
    if not _WEB.match(url):
        for one in (tokens[first], tokens[last]):
            one.type, one.content, one.meta = "html_inline", "", {}
        return
    for one in between:
        if one.type in ("link_open", "link_close"):
            one.type, one.tag, one.nesting = "html_inline", "", 0
    become(tokens[first], "link_open", "a", 1)
    become(tokens[last], "link_close", "a", -1)
    tokens[first].attrs = {"href": url, "data-bbcode": "true"}
