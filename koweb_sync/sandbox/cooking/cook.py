"""From raw to HTML as readers of the forum see it: CommonMark with what Discourse adds, sanitised."""

import re
from collections.abc import MutableMapping
from functools import cache
from typing import Any

from markdown_it import MarkdownIt

from koweb_sync.sandbox.cooking import (
    blocks,
    context,
    emoji,
    fences,
    headings,
    images,
    inline,
    links,
    lists,
    typography,
    voting,
    words,
)
from koweb_sync.sandbox.cooking.clean import clean
from koweb_sync.sandbox.cooking.context import CookingContext, Stage
from koweb_sync.sandbox.cooking.later import looked_at
from koweb_sync.sandbox.cooking.layout import recommend, written
from koweb_sync.sandbox.cooking.tree import Node, tree
from koweb_sync.sandbox.cooking.voting import PollAnswer, PollMarkup, PollTokens
from koweb_sync.sandbox.model import watched_words
from koweb_sync.sandbox.model.records import PostRecord
from koweb_sync.sandbox.model.state import ForumState

# Half of a character, as JSON can carry it: no encoding has a place for it.
_HALF = re.compile("[\ud800-\udfff]")


def cook(state: ForumState, post: PostRecord, stage: Stage = Stage.LATER) -> str:
    """The HTML of a post: as everybody reads it, or as it is at an earlier stage."""
    surroundings = CookingContext(state, post, stage, cook)
    rendered: str = reader(quotation(surroundings)).render(whole(post.raw), {context.KEY: surroundings})
    return watched_words.in_html(state.labels, served(rendered, surroundings))


def whole(raw: str) -> str:
    """A text with U+FFFD in the place of half characters."""
    return _HALF.sub("\ufffd", raw)


def served(rendered: str, surroundings: CookingContext) -> str:
    """Rendered Markdown as it leaves the server."""
    frames = tuple(filter(None, str(surroundings.setting("allowed_iframes") or "").split("|")))
    spaced = surroundings.flavour.markup == "2022"
    root = tree(clean(rendered, frames, newer=not spaced).strip())
    draw_hashtags(root)
    if surroundings.post is not None and surroundings.stage is Stage.LATER:
        looked_at(root, surroundings)
    recommend(root, followed=surroundings.trusted, own=surroundings.host)
    return written(root, spaced=spaced).strip()


def draw_hashtags(root: Node) -> None:
    """Put the square of a category into its hashtag, which browsers draw in the category's colour."""
    for node in root.below():
        if node.classes == [words.PLACEHOLDER] and not node.children:
            drawing = Node("svg", {"class": "fa d-icon d-icon-square-full svg-icon svg-node"})
            drawing.put(Node("use", {"href": "#square-full"}))
            node.put(drawing)


def quotation(surroundings: CookingContext) -> str:
    """The forum's quotation marks, as the site setting lists them: those of its language, on older forums the English
    ones everywhere.
    """
    usual = (
        typography.QUOTES
        if surroundings.flavour.markup == "2022"
        else typography.OF_LANGUAGES.get(surroundings.locale, typography.QUOTES)
    )
    return str(surroundings.setting("markdown_typographer_quotation_marks", usual))


@cache
def reader(quotes: str) -> MarkdownIt:
    """markdown-it as Discourse sets it up. The order in which rules are added matters."""
    options = {"html": True, "linkify": True, "typographer": True, "breaks": True, "quotes": quotes.split("|")}
    md = MarkdownIt("js-default", options)
    md.inline = inline.Inline()
    md.enable(["linkify", "replacements", "smartquotes"])
    for part in (lists, blocks, inline, links, typography, words, emoji, headings, images, fences):
        part.install(md)
    # A table is in a frame that scrolls.
    md.add_render_rule("table_open", lambda *_args: '<div class="md-table">\n<table>\n')
    md.add_render_rule("table_close", lambda *_args: "</table>\n</div>")
    return md


def polls(raw: str, surroundings: CookingContext | None = None) -> tuple[PollMarkup, ...]:
    """What a post asks, in the order of the post. Without surroundings, mentions and uploads in options stay plain."""
    surroundings = surroundings or CookingContext()
    env: MutableMapping[str, Any] = {context.KEY: surroundings}
    md = reader(quotation(surroundings))
    md.parse(whole(raw), env)
    drafts: list[PollTokens] = env.get(voting.KEY, [])
    return tuple(poll_of(md, draft, env) for draft in drafts)


def poll_of(md: MarkdownIt, draft: PollTokens, env: MutableMapping[str, Any]) -> PollMarkup:
    """A poll as data."""

    def html(tokens: Any) -> str:
        rendered = str(md.renderer.render(tokens, md.options, env))
        return served(rendered, context.of(env))

    given = draft.attributes
    return PollMarkup(
        name=draft.name,
        type=given.get("type", "regular"),
        options=tuple(PollAnswer(one, html(tokens)) for one, tokens in voting.answers(draft)),
        min=draft.number("min"),
        max=draft.number("max"),
        step=draft.number("step"),
        public=given.get("public") == "true",
        results=given.get("results", "always"),
        status=given.get("status", "open"),
        title=html(draft.title) or None,
        chart_type=given.get("chartType", "bar"),
        close=given.get("close"),
        groups=given.get("groups"),
    )
