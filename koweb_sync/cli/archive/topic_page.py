"""A topic, a post and its texts on a terminal."""

import re
from typing import TYPE_CHECKING, Any

from koweb_sync import dates
from koweb_sync.archive.exports import captions, json_form
from koweb_sync.archive.exports.captions import called, likes
from koweb_sync.archive.read.old_addresses import old_addresses
from koweb_sync.archive.store.chat import at_path, forum_path, is_chat, number_of_topic
from koweb_sync.cli.archive.next_reading import at_store
from koweb_sync.cli.output import OutputPart, echo, label, painted, say
from koweb_sync.errors import InputError
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.archive.read.model import ArchivedForum, ArchivedPost, ArchivedTopic, ArchivedTranslation, Version
    from koweb_sync.archive.read.reader import Reader, Structure
    from koweb_sync.cli.archive.location import ArchivePlace

_PLACE = re.compile(r"(chat/)?(\d{1,18})(?:/(\d{1,9}))?")
NOWHERE = 0  # the number of no post
_POST = re.compile(r"/p/(\d{1,18})(?:/|$)|/posts/(\d{1,18})(?:/|$)")


def try_search(place: "ArchivePlace") -> str:
    """What to do about something that is not there."""
    where = at_store(place)
    return _("“{list}” and “{search}” show what is.").format(
        list=f"koweb archive list{where}", search=f"koweb archive search{where}"
    )


def no_such(topic: int) -> str:
    """That a topic is not there."""
    return (
        _("The archive holds no such channel of the chat.") if is_chat(topic) else _("The archive holds no such topic.")
    )


def place_of(reader: "Reader", what: str) -> tuple[int, int | None]:
    """The topic, and the number of the post, that somebody names. Raises InputError."""
    match = _PLACE.fullmatch(what.strip())
    if match:
        topic = number_of_topic(int(match[2])) if match[1] else int(match[2])
        return topic, int(match[3]) if match[3] else None
    from koweb_sync.archive.ingest.references import link
    from koweb_sync.forum.typed_addresses import path_on_forum

    homes = reader.source().homes
    base, path = next(((one, path) for one in homes if (path := path_on_forum(what, one)) is not None), ("", None))
    if path is not None and (chat := at_path(path)):
        return (reader.place_of(chat[1]) or (chat[0], NOWHERE)) if chat[1] else chat
    if path is not None:
        to = link(f"{base}{path}", base)
        if to.topic is not None:
            return to.topic, to.number
        post = _POST.match(path)
        if post and (place := reader.place_of(int(post[1] or post[2]))):
            return place
    raise InputError(
        _("“{what}” names no topic and no post of this forum.").format(what=what),
        remedy=_("Write the topic's number, number/post, chat/channel, or copy its address from the forum."),
    )


# ---- on a terminal


def topic(reader: "Reader", one: "ArchivedTopic", source: "ArchivedForum") -> None:
    """A topic with all its posts."""
    heading(one, source)
    translated(one.translations)
    people = reader.structure(one.id)
    for post in reader.posts(one.id):
        show(post, answered(post, people))
        translated(post.translations)


def answered(post: "ArchivedPost", people: "Structure") -> str:
    """Whom a post answers, and which post; "" where it answers none that is held."""
    found = people.get(post.reply_to) if post.reply_to is not None else None
    return f"{called(found[0])} (#{post.reply_to})" if found else ""


def one(reader: "Reader", found: "ArchivedTopic", post: "ArchivedPost", source: "ArchivedForum") -> None:
    """One post under its topic's title."""
    heading(found, source)
    translated(found.translations)
    show(post, answered(post, reader.structure(found.id)))
    translated(post.translations)


def translated(found: "tuple[ArchivedTranslation, ...]") -> None:
    """What stands there in other languages."""
    for each in found:
        words = captions.translated(each)
        echo(painted(label(words), fg="cyan"), "\n", "\n".join(part for part in (each.title, each.raw) if part))


def heading(one: "ArchivedTopic", source: "ArchivedForum") -> None:
    """What is known of a topic."""
    title = one.title or _("Topic {number}").format(number=one.id)
    echo(painted(label(title), bold=True))
    facts = [one.category.name] if one.category and one.category.name else []
    facts += [f"#{tag}" for tag in one.tags]
    facts += [word for word, there in ((_("closed"), one.closed), (_("archived"), one.archived)) if there]
    facts += [] if one.visible else [_("unlisted")]
    facts += [] if one.shown else [captions.reason(one.reason or "deleted")]
    echo(label(" · ".join([*facts, f"{source.url}/{forum_path(one.id)}"])))


def show(post: "ArchivedPost", answers: str) -> None:
    """A post: who and when, its text, its likes. `answers`: whom and what."""
    facts = [f"#{post.number}", called(post.author), dates.minute(post.created)]
    facts += [_("in reply to {name}").format(name=answers)] if answers else []
    facts += [_("edited on") + f" {dates.minute(post.edited)}"] if post.edited is not None else []
    lost = (" · ", painted(captions.reason(post.gone), fg="red")) if post.gone else ()
    echo("\n", painted(label(" · ".join(facts)), fg="cyan"), *lost)
    words = captions.action(post.action) if post.type == 3 and post.action else ""
    if post.emptied is not None:
        echo(painted(label(captions.emptied(post.emptied)), fg="yellow"))
    else:
        echo("\n".join(part for part in (words, post.raw) if part))
    for each in likes(post):
        names = ", ".join(called(person) for person in each["people"])
        text = f"{each['sign']} {each['words']}" + (_(":") + f" {names}" if names else "")
        echo(painted(label(text), fg="magenta"))


# ---- texts over time


def versions_of(post: "ArchivedPost") -> "tuple[Version, ...]":
    """All texts of a post, the only one too."""
    from koweb_sync.archive.read.model import Version

    only = Version(1, post.raw, post.cooked, post.created, editor=post.author, emptied=post.emptied)
    return post.versions or (only,)


def text(post: "ArchivedPost", n: int) -> None:
    """One text of a post. Raises InputError if there is none of that number."""
    found = version(post, n)
    if found.emptied is not None:
        say(captions.emptied(found.emptied), fg="yellow")
    echo(found.raw)


def version(post: "ArchivedPost", n: int) -> "Version":
    """One text of a post. Raises InputError if there is none of that number."""
    known = versions_of(post)
    found = next((each for each in known if each.n == n), None)
    if found is None:
        numbers = ", ".join(str(each.n) for each in known)
        raise InputError(
            _("The archive holds no text {n} of this post.").format(n=n),
            remedy=_("These are there: {names}").format(names=numbers),
        )
    return found


def texts(post: "ArchivedPost", opened: "ArchivedTopic | None" = None) -> None:
    """All texts of a post: the first one whole, then what each changed. Before them, what the topic was that it opened,
    until each edit of that.
    """
    for change in opened.earlier if opened else ():
        facts = [dates.minute(change.at)] if change.at is not None else []
        facts += [called(change.editor)] if change.editor else []
        until = _("Until an edit ({facts}):").format(facts=" · ".join(facts)) if facts else _("Before:")
        echo(painted(label(until), fg="cyan"), " ", label(captions.before(change)))
    before = ""
    for nth, each in enumerate(versions_of(post)):
        facts = [_("Text {n}").format(n=each.n), dates.minute(each.edited or each.observed)]
        facts += [called(each.editor)] if each.editor else []
        facts += [each.reason] if each.reason else []
        facts += [_("shown in place of the text")] if each.placeholder else []
        facts += [_("this one counts")] if each.n == post.n and post.versions else []
        echo("\n" if nth else "", painted(label(" · ".join(facts)), fg="cyan"))
        if each.emptied is not None:
            echo(painted(label(captions.emptied(each.emptied)), fg="yellow"))
            continue
        echo(*(changes(before, each.raw) if before else [each.raw]))
        before = each.raw


def changes(before: str, after: str) -> list[OutputPart]:
    """What changed between two texts, line by line."""
    from koweb_sync.posts.unified_diff import unified

    colour = {"+": "green", "-": "red"}
    parts: list[OutputPart] = []
    for nth, line in enumerate(unified(before.split("\n"), after.split("\n"), around=2)):
        parts += ["\n" if nth else "", painted(line, fg=colour.get(line[:1]))]
    return parts


def as_data(post: "ArchivedPost", source: "ArchivedForum", n: int | None) -> dict[str, Any]:
    """A post, or one of its texts, for a program."""
    if n is not None:
        return {"version": 1, "text": json_form.version(version(post, n))}
    found = json_form.post(post, source)
    versions = [json_form.version(each) for each in versions_of(post)]
    return {"version": 1, "post": {**found, "versions": versions}}


def topic_as_data(reader: "Reader", one: "ArchivedTopic", source: "ArchivedForum") -> dict[str, Any]:
    """A topic with all its posts, for a program."""
    posts = [json_form.post(post, source) for post in reader.posts(one.id)]
    addresses = old_addresses(reader, one.id)
    more = {"permalinks": [{"url": f"{source.url}/{url.lstrip('/')}", "post": post} for url, post in addresses]}
    return {"version": 1, "topic": {**json_form.topic(one, source), **more}, "posts": posts}
