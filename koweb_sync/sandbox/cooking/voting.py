"""Polls: what `[poll]` asks, as HTML and as data."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from koweb_sync.sandbox.cooking import context
from koweb_sync.sandbox.cooking.bbcode import Tag
from koweb_sync.sandbox.model.data_files import data

KEY = "polls"
NUMBERS_MAX = 20
MOST = 100


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """One answer: `id` is the MD5 of its Markdown, as 32 hexadecimal digits."""

    id: str
    html: str


@dataclass(frozen=True, slots=True)
class PollMarkup:
    """What is asked. `type`: regular, multiple, number or a newer one; `min`, `max`, `step` None where not said;
    `results`: always, on_vote, on_close or staff_only; `status`: open or closed; `close`: ISO time of the end."""

    name: str
    type: str
    options: tuple[PollAnswer, ...]
    min: int | None = None
    max: int | None = None
    step: int | None = None
    public: bool = False
    results: str = "always"
    status: str = "open"
    title: str | None = None
    chart_type: str = "bar"
    close: str | None = None
    groups: str | None = None


@dataclass(frozen=True, slots=True)
class PollTokens:
    """A poll as it is read: its attributes, and the tokens of its title and of its list with the options."""

    attributes: Mapping[str, str]
    title: Sequence[Token]
    items: Sequence[Token]

    @property
    def name(self) -> str:
        """By what the poll is known in its post."""
        return self.attributes.get("name", "poll")

    def number(self, key: str) -> int | None:
        """An attribute that is a number."""
        found = re.match(r"\s*(-?\d{1,9})", self.attributes.get(key, ""))
        return int(found[1]) if found else None


def drafted(tag: Tag, tokens: Sequence[Token]) -> PollTokens | None:
    """The poll that these tokens make: a title at most, and lists; None if anything else is there."""
    headings = [index for index, token in enumerate(tokens) if token.type in ("heading_open", "heading_close")]
    title: Sequence[Token] = ()
    if headings:
        title, tokens = tokens[headings[0] + 1 : headings[1]], [*tokens[: headings[0]], *tokens[headings[1] + 1 :]]
    if any(token.level == 0 and token.tag not in ("ol", "ul") for token in tokens):
        return None
    draft = PollTokens(tag.attributes, title, tokens)
    if draft.attributes.get("type") == "number":
        return None if tokens else PollTokens(draft.attributes, title, numbers(draft))
    for item, text in options(tokens):
        item.attrSet("data-poll-option-id", option_id(text))
    return draft


def options(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """The items of the outer lists, each with its Markdown."""
    item: Token | None = None
    words: list[str] = []
    for token in tokens:
        if token.level == 1 and token.type == "list_item_open":
            item, words = token, []
        elif token.level == 1 and token.type == "list_item_close" and item is not None:
            yield item, " ".join(words)
        elif token.type == "inline":
            words.append(token.content)


def option_id(text: str) -> str:
    """What an option is known by."""
    listed = json.dumps([text], ensure_ascii=False, separators=(",", ":"))
    return hashlib.md5(listed.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def numbers(draft: PollTokens) -> list[Token]:
    """The list of a poll that asks for a number: from min to max by step, at most a hundred."""
    first, last = draft.number("min"), draft.number("max")
    step = max(1, draft.number("step") or 1)
    made = [Token("bullet_list_open", "ul", 1, block=True)]
    for value in range(1 if first is None else first, (NUMBERS_MAX if last is None else last) + 1, step)[:MOST]:
        item = Token("list_item_open", "li", 1, level=1)
        item.attrSet("data-poll-option-id", option_id(str(value)))
        words = Token("text", "", 0, content=str(value), level=2)
        made += [item, words, Token("list_item_close", "li", -1, level=1, block=True)]
    return [*made, Token("bullet_list_close", "ul", -1, block=True)]


def push(state: StateBlock, draft: PollTokens) -> None:
    """The poll's tokens; nobody has voted yet."""
    early = context.of(state.env).flavour.markup == "2022"

    def html(text: str) -> None:
        state.push("html_block", "", 0).content = text

    order: list[str] = data("markup.json")["attributes of polls, in Discourse's order"]
    shown = {key: draft.attributes[key] for key in order if draft.attributes.get(key)}
    shown = {**(shown if "status" in shown else {"status": "open", **shown}), "name": draft.name}
    facts = (shown if early else dict(sorted(shown.items()))).items()
    said = "".join(f' data-poll-{key.lower()}="{escapeHtml(value)}"' for key, value in facts)
    html(f'<div class="poll"{said}>\n')
    html('<div><div class="poll-container">' if early else '<div class="poll-container">\n')
    if draft.title:
        html('<div class="poll-title">')
        state.tokens += draft.title
        html("</div>" if early else "</div>\n")
    for token in draft.items if not early and draft.attributes.get("type") == "number" else ():
        token.block = False
    state.tokens += draft.items
    label = escapeHtml(context.of(state.env).ngettext("voter", "voters", 0))
    count = f'<span class="info-number">0</span>\n<span class="info-label">{label}</span>\n'
    newer = f'<div class="poll-info_counts">\n<div class="poll-info_counts-count">\n{count}</div>\n</div>\n'
    info = f"<p>\n{count}</p>\n</div>\n" if early else newer
    html(f'</div>\n<div class="poll-info">\n{info}</div>\n</div>\n')


def answers(draft: PollTokens) -> Iterator[tuple[str, Sequence[Token]]]:
    """The identity of every option, with the tokens of its text."""
    start = 0
    for index, token in enumerate(draft.items):
        if token.level == 1 and token.type == "list_item_open":
            start = index
        elif token.level == 1 and token.type == "list_item_close":
            yield str(draft.items[start].attrGet("data-poll-option-id")), draft.items[start + 1 : index]
