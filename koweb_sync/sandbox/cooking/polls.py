"""Polls: what a post asks, read from its Markdown, and how that looks."""

import hashlib
import html
import json
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.cooking.blocks import attributes

MOST_OPTIONS = 20
KINDS = ("regular", "multiple", "number")
NUMBERS = ("min", "max", "step")


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll as a post asks it. `options`: id -> HTML, in order."""

    name: str
    kind: str
    options: dict[str, str]
    title: str | None
    facts: dict[str, str]

    def number(self, name: str) -> int | None:
        """`min`, `max` or `step`; None where it is not given."""
        text = self.facts.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def plugin(md: MarkdownIt) -> None:
    """Turn the block [poll] into one token, with the poll in it."""
    md.core.ruler.push("polls", gather)
    md.add_render_rule("poll", render)


def gather(state: StateCore) -> None:
    """Replace what stands in a [poll] by the poll; a poll that asks nothing stays as it is."""
    found: list[Token] = []
    tokens, at = state.tokens, 0
    while at < len(tokens):
        if tokens[at].type != "bbcode_poll_open":
            found.append(tokens[at])
            at += 1
            continue
        end = closing(tokens, at)
        asked = read(state.md, tokens[at], tokens[at + 1 : end], state.env)
        if asked is None:
            found += tokens[at + 1 : end]
        else:
            token = Token("poll", "", 0, map=tokens[at].map, block=True)
            token.meta = {"poll": asked}
            found.append(token)
            state.env.setdefault("polls", []).append(asked)
        at = end + 1
    state.tokens = found


def closing(tokens: Sequence[Token], at: int) -> int:
    """Where a poll ends."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += {"bbcode_poll_open": 1, "bbcode_poll_close": -1}.get(tokens[index].type, 0)
        if depth == 0:
            return index
    return len(tokens)


def read(md: MarkdownIt, opened: Token, inside: Sequence[Token], env: MutableMapping[str, Any]) -> Asked | None:
    """The poll of a block; None where it has nothing to choose from, or its name is taken."""
    facts = attributes(opened.info)
    kind = facts.get("type", "regular")
    name = facts.get("name", "poll")
    title = next((inline(md, inside[n + 1], env) for n, one in enumerate(inside) if one.type == "heading_open"), None)
    options = numbers(facts) if kind == "number" else items(md, inside, env)
    taken = {poll.name for poll in env.get("polls", ())}
    if kind not in KINDS or not options or len(options) > MOST_OPTIONS or name in taken:
        return None
    return Asked(name, kind, options, title, facts)


def items(md: MarkdownIt, inside: Sequence[Token], env: MutableMapping[str, Any]) -> dict[str, str]:
    """The items of the list: Discourse names an option by the MD5 of its Markdown, as JSON."""
    found: dict[str, str] = {}
    waiting = False
    for token in inside:
        if token.type == "list_item_open":
            waiting = True
        elif waiting and token.type == "inline" and token.content and len(found) <= MOST_OPTIONS:
            found[ident(token.content)] = inline(md, token, env)
            waiting = False
    return found


def numbers(facts: dict[str, str]) -> dict[str, str]:
    """The numbers from `min` to `max` in steps of `step`."""
    least, most, step = (Asked("", "", {}, None, facts).number(name) for name in NUMBERS)
    step = max(1, step or 1)
    chosen = range(least or 1, (most or 10) + 1, step)
    return {ident(str(number)): str(number) for number in chosen[: MOST_OPTIONS + 1]}


def ident(text: str) -> str:
    """The id of an option."""
    return hashlib.md5(json.dumps([text], ensure_ascii=False).encode(), usedforsecurity=False).hexdigest()


def inline(md: MarkdownIt, token: Token, env: MutableMapping[str, Any]) -> str:
    """A line as HTML."""
    line = Token("inline", "", 0, children=token.children, content=token.content)
    return str(md.renderer.render([line], md.options, env)).strip()


def render(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: MutableMapping[str, Any]
) -> str:
    """A poll, open and without votes: votes come with the post's JSON."""
    asked: Asked = tokens[index].meta["poll"]
    given = {name: asked.facts[name] for name in (*NUMBERS, "public", "chartType") if asked.facts.get(name)}
    data = {
        "status": "open",
        **given,
        "results": asked.facts.get("results", "always"),
        "type": asked.kind,
        "name": asked.name,
    }
    marks = "".join(f' data-poll-{key.lower()}="{html.escape(value)}"' for key, value in data.items())
    title = f'<div class="poll-title">{asked.title}</div>\n' if asked.title else ""
    options = "".join(f'<li data-poll-option-id="{one}">{text}</li>\n' for one, text in asked.options.items())
    say = catalog(str(env["state"].settings.get("default_locale", "en"))).gettext
    people = say("voters")
    info = f'<span class="info-number">0</span>\n<span class="info-label">{people}</span>'
    container = f'<div class="poll-container">\n{title}<ul>\n{options}</ul>\n</div>'
    voters = f'<div class="poll-info">\n<p>\n{info}\n</p>\n</div>'
    return f'<div class="poll"{marks}>\n<div>\n{container}\n{voters}\n</div>\n</div>\n'
