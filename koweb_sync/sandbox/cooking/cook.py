"""From raw to HTML as readers of the forum see it: CommonMark with what Discourse adds, sanitised."""

from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from koweb_sync.sandbox.cooking import blocks, inline, polls, render
from koweb_sync.sandbox.cooking.clean import clean
from koweb_sync.sandbox.core.state import State
from koweb_sync.sandbox.core.things import Post

TRUSTED = 3  # trust level from which on links to elsewhere are followed


def cook(state: State, post: Post) -> str:
    """The HTML of a post."""
    author = state.users.get(post.user_id)
    trusted = author is not None and (author.staff or author.trust_level >= TRUSTED)
    return clean(str(reader().render(post.raw, environment(state, post.id))), trusted=trusted)


def asked(state: State, raw: str) -> list[polls.Asked]:
    """The polls of a body, in order."""
    if "[poll" not in raw.lower():
        return []
    env = environment(state, 0)
    reader().parse(raw, env)
    found: list[polls.Asked] = env.get("polls", [])
    return found


def environment(state: State, post: int) -> dict[str, Any]:
    """What the rules need to know."""
    return {"state": state, "post": post, "headings": 0}


@cache
def reader() -> MarkdownIt:
    """markdown-it as Discourse sets it up."""
    options = {"html": True, "linkify": True, "typographer": True, "breaks": True, "quotes": "“”‘’"}
    md = MarkdownIt("js-default", options).enable(["linkify", "replacements", "smartquotes"])
    return md.use(footnote_plugin).use(blocks.plugin).use(inline.plugin).use(polls.plugin).use(render.plugin)
