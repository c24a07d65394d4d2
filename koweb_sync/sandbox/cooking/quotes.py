"""`[quote="claire, post:2, topic:15"]`: who said it and where."""

import re
from dataclasses import dataclass, replace

from markdown_it.common.utils import escapeHtml
from markdown_it.rules_block import StateBlock

from koweb_sync.sandbox.cooking import context

_NUMBER = re.compile(r"\s*(\d{1,15})")


@dataclass(frozen=True, slots=True)
class QuoteSource:
    """Whose words are quoted: `name` is how they are shown, `post` the number in the topic."""

    username: str = ""
    name: str = ""
    post: int | None = None
    topic: int | None = None
    full: bool = False


def source(text: str) -> QuoteSource:
    """What a quote says about its source: `name, post:2, topic:15, full:true, username:login`."""
    parts = re.split(r",\s*", text)
    found = QuoteSource(parts[0], parts[0])
    names = 1
    for index, part in enumerate(parts[1:], start=1):
        key, _, value = part.partition(":")
        if key == "post":
            found = replace(found, post=number(value))
        elif key == "topic":
            found = replace(found, topic=number(value))
        elif key == "full":
            found = replace(found, full=value.strip() == "true")
        elif key == "username":
            found = replace(found, username=value, name=", ".join(parts[:names]))
        elif names == index:
            names += 1  # a comma in somebody's name
    return found


def number(text: str) -> int | None:
    """The number that a text begins with."""
    found = _NUMBER.match(text)
    return int(found[1]) if found else None


def open_quote(state: StateBlock, text: str) -> None:
    """Everything of a quote that stands before the quoted words."""
    quoted = source(text)
    surroundings = context.of(state.env)
    aside = state.push("bbcode_open", "aside", 1)
    aside.attrSet("class", "quote no-group")
    facts = {
        "data-username": quoted.username,
        "data-post": quoted.post,
        "data-topic": quoted.topic,
        "data-full": "true" if quoted.full else "",
    }
    for name, value in facts.items():
        if value:
            aside.attrSet(name, str(value))
    if quoted.username:
        head(state, quoted, surroundings)
    state.push("bbcode_open", "blockquote", 1)


def head(state: StateBlock, quoted: QuoteSource, surroundings: context.CookingContext) -> None:
    """Who said it: picture and name, or the title of another topic, with a link."""
    early, user = surroundings.flavour.markup == "2022", surroundings.user(quoted.username)
    picture = ""
    if user is not None:
        src = f"{surroundings.home.partition(':')[2]}/letter_avatar/{user.username}/{40 if early else 48}/5.png"
        lazy, size = ('loading="lazy" ', 20) if early else ("", 24)
        picture = f'<img {lazy}alt="" width="{size}" height="{size}" src="{escapeHtml(src)}" class="avatar">'
    topic = surroundings.other_topic(quoted.topic) if quoted.post else None
    name = f" {escapeHtml(quoted.name)}:"
    if topic is not None:
        home = surroundings.at("") if early else surroundings.home
        href = escapeHtml(f"{home}/t/{topic.slug}/{topic.id}/{quoted.post}")
        name = f'<a href="{href}">{escapeHtml(topic.title)}</a>'
    html = f'<div class="title">\n<div class="quote-controls"></div>\n{picture}{name}</div>\n'
    state.push("html_block", "", 0).content = html
