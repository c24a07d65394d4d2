"""Posts that were edited, on a terminal and for programs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from koweb_sync import dates
from koweb_sync.archive.exports.captions import called
from koweb_sync.archive.store.chat import forum_path, reference
from koweb_sync.cli.output import OutputPart, echo, echo_lines, label, painted
from koweb_sync.dates import iso_or_none
from koweb_sync.i18n import _, ngettext, number

if TYPE_CHECKING:
    from koweb_sync.archive.read.edited_posts import EditedPost
    from koweb_sync.archive.read.model import ArchivedForum


def show(posts: "Iterable[EditedPost]") -> None:
    """A line for each post."""
    if not echo_lines(map(line, posts)):
        echo(_("No earlier text is held of such a post."))


def line(one: "EditedPost") -> list[OutputPart]:
    """A post's topic and number, as “koweb archive show” takes them; when it was edited last, what is held; whose."""
    place = painted(reference(one.topic, one.number).rjust(9), fg="green")
    at = ("–" if one.edited is None else dates.day(one.edited)).rjust(18)
    title = one.title or _("Topic {number}").format(number=one.topic)
    return [place, label(f"  {at}  {held(one)}  {title} · {called(one.author)}")]


def held(one: "EditedPost") -> str:
    """How much there is of what a post and its topic were before."""
    texts = ngettext("{n} earlier text", "{n} earlier texts", one.texts).format(n=number(one.texts))
    states = ngettext("{n} earlier state of the topic", "{n} earlier states of the topic", one.states)
    counts = ((one.texts, texts), (one.states, states.format(n=number(one.states))))
    return ", ".join(words for n, words in counts if n)


def as_data(one: "EditedPost", source: "ArchivedForum") -> dict[str, Any]:
    """A post for a program."""
    from koweb_sync.archive.exports import json_form

    return {
        "post": one.post,
        "topic": one.topic,
        "number": one.number,
        "title": one.title,
        "author": json_form.who(one.author),
        "edited": iso_or_none(one.edited),
        "earlier_texts": one.texts,
        "earlier_states": one.states,
        "url": f"{source.url}/{forum_path(one.topic, one.number, one.post)}",
    }
