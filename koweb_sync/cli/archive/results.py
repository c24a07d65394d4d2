"""What was found in an archive, on a terminal: posts by their words, topics, numbers; and how an export goes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from koweb_sync import dates
from koweb_sync.archive.exports import captions
from koweb_sync.archive.exports.captions import called
from koweb_sync.archive.read.model import Amount
from koweb_sync.archive.store.chat import forum_path, reference
from koweb_sync.cli.output import OutputPart, colours, echo, echo_lines, label, painted
from koweb_sync.cli.progress_bar import ProgressBar
from koweb_sync.dates import iso_or_none
from koweb_sync.i18n import _, ngettext, number, size

if TYPE_CHECKING:
    from koweb_sync.archive.exports.folder import ExportResult
    from koweb_sync.archive.read.model import ArchivedForum, ArchivedTopic
    from koweb_sync.archive.read.search import FoundPost
    from koweb_sync.archive.store.search_hits import SearchHit

MANY = 2_000  # posts; fewer are written before anybody looks for a bar
# What one option takes of a backup, by the names under which it is counted: topics and posts, channels and messages.
SHUT = ("topics", "posts", "closed_channels", "closed_messages")
APART = ("message_topics", "message_posts", "direct_channels", "direct_messages")
TALKS = ("", "", "chat_channels", "chat_messages")

# ---- posts by their words


def show(results: "Sequence[FoundPost]") -> None:
    """Each post in two lines, its words marked."""
    for nth, (hit, entry) in enumerate(results):
        title = hit.title or _("Topic {number}").format(number=hit.topic)
        place = painted(reference(hit.topic, hit.number), fg="green")
        facts = f"{called(hit.author)}, {dates.day(hit.created)}"
        lost = () if hit.shown else (" · ", painted(_("not shown by the forum any more"), fg="red"))
        echo("\n" if nth else "", place, label(f"  {title} · {facts}"), *lost)
        echo("  ", *marked(entry))


def marked(entry: "SearchHit") -> list[OutputPart]:
    """A part of a post with the words in bold; between asterisks where there are no colours."""
    found: list[OutputPart] = []
    end = 0
    for start, stop in entry.marks:
        if start < end:
            continue
        word = entry.snippet[start:stop]
        found += [entry.snippet[end:start], painted(word, bold=True) if colours() else f"*{word}*"]
        end = stop
    return [*found, entry.snippet[end:]]


def as_data(result: "FoundPost", source: "ArchivedForum") -> dict[str, Any]:
    """A result for a program."""
    from koweb_sync.archive.exports import json_form

    hit, entry = result
    return {
        "post": hit.post,
        "topic": hit.topic,
        "number": hit.number,
        "title": hit.title,
        "author": json_form.who(hit.author),
        "created": iso_or_none(hit.created),
        "shown": hit.shown,
        "locale": hit.locale or None,
        "url": f"{source.url}/{forum_path(hit.topic, hit.number, hit.post)}",
        "snippet": entry.snippet,
        "marks": [list(place) for place in entry.marks],
    }


# ---- topics


def show_topics(found: "Iterable[ArchivedTopic]") -> None:
    """A line for each topic."""
    if not echo_lines(map(topic_line, found)):
        echo(_("No topic is like that."))


def topic_line(one: "ArchivedTopic") -> list[OutputPart]:
    """A topic's number, last post, replies, title and category, and why the forum does not show it."""
    at = dates.day(one.last_posted or one.created).rjust(18)
    title = one.title or _("Topic {number}").format(number=one.id)
    place = f" · {one.category.name}" if one.category and one.category.name else ""
    lost = () if one.shown else (" · ", painted(captions.reason(one.reason or "deleted"), fg="red"))
    ident = painted(reference(one.id).rjust(6), fg="green")
    return [ident, label(f"  {at}  {captions.length(one).rjust(12)}  {title}{place}"), *lost]


# ---- numbers


def show_holdings(source: "ArchivedForum", held: Mapping[str, Any], compare: str) -> None:
    """What an archive holds, a line for each thing. `compare`: the command that compares it with its forum."""
    last, ledger = held["last_run"], held["ledger"]
    gone = _("{n}, of which the forum does not show {gone}")
    lines = [
        (_("Forum"), f"{source.called}, {source.url}"),
        (_("Topics"), gone.format(n=number(held["topics"]), gone=number(held["gone_topics"]))),
        (_("Posts"), gone.format(n=number(held["posts"]), gone=number(held["gone_posts"]))),
        *([(_("Chat in them"), chat(*held["chat"].values()))] if held["chat"]["channels"] else []),
        (_("Texts of posts"), number(held["texts"])),
        (_("People"), number(held["people"])),
        (_("Likes"), number(held["likes"])),
        (_("Files"), files(held["files"])),
        (_("First post"), said(held["first_post"])),
        (_("Last post"), said(held["last_post"])),
        (_("Runs"), number(held["runs"])),
    ]
    if last:
        lines.append((_("Last run"), f"{last_run(last)} ({outcome(last)})"))
    if held["heard"]:
        lines.append((_("Kept up to date until"), said(held["heard"])))
    lines.append((_("What is missing"), complete(ledger, held["newest_state"], compare)))
    lines += [(_("Left out"), out) for out in left_out(held["left_out"])]
    width = max(len(name) for name, _value in lines)
    for name, value in lines:
        echo(label(f"{name.ljust(width)}  {value}"))


def last_run(last: Mapping[str, Any]) -> str:
    """When the last run was, and what it cost; of a backup when it was read, and what state it shows."""
    if last["via"] == "backup":
        read = last["ended"] or last["started"]
        if read == last["started"]:
            return _("{read}, from a backup").format(read=said(read))
        return _("{read}, from the backup of {made}").format(read=said(read), made=said(last["started"]))
    requests = last["requests"]["keyed"] + last["requests"]["anonymous"]
    text = ngettext(
        "{n} request, of which {keyed} with the key", "{n} requests, of which {keyed} with the key", requests
    )
    words = text.format(n=number(requests), keyed=number(last["requests"]["keyed"]))
    return f"{said(last['started'])}, {words}"


def left_out(what: Mapping[str, Any]) -> list[str]:
    """What of a forum nobody asked for, and why; of a backup, what takes it. What another reading took is told, too."""
    held = what["held"]
    if what["backup"] is not None:
        return left_of_backup(what["backup"], held)
    others = amounts(held, (*SHUT[:2], "", ""))
    if what["closed"]:
        return [taken_before(_("what is not public (no key was used)"), others)]
    text = ngettext(
        "{n} category that only staff may read (--staff reads it)",
        "{n} categories that only staff may read (--staff reads them)",
        what["staff_categories"],
    )
    staff = taken_before(text.format(n=number(what["staff_categories"])), others)
    return [staff] if what["staff_categories"] else []


def taken_before(left: str, held: str) -> str:
    """What was left out, and how much of such another reading took; nothing of that where it took nothing."""
    return _("{left}; another reading has taken {held}").format(left=left, held=held) if held else left


def closed_not_compared(held: int) -> str:
    """That a comparison left out what not everybody may read; of that, so many topics are `held` all the same."""
    if not held:
        return _("Categories that not everybody may read were left out.")
    return ngettext(
        "Categories that not everybody may read were not compared: {n} topic in them is held from another reading.",
        "Categories that not everybody may read were not compared: {n} topics in them are held from another reading.",
        held,
    ).format(n=number(held))


def messages_not_compared(held: int) -> str:
    """That a comparison left out personal messages; so many topics of these are `held` all the same."""
    if not held:
        return _("Personal messages are not archived, and were not compared.")
    return ngettext(
        "Personal messages were not compared: {n} topic of them is held from another reading.",
        "Personal messages were not compared: {n} topics of them are held from another reading.",
        held,
    ).format(n=number(held))


def left_of_backup(n: Mapping[str, int], held: Mapping[str, int]) -> list[str]:
    """What of a backup nobody asked for, each kind with the option that takes it. `held`: how much the archive has of
    that from another reading, by the same names.
    """
    closed = _("{things} in categories that not everybody may read (to have them: --staff)")
    messages = _("{things} among personal messages (to have them: --messages)")
    whispers = ngettext(
        "{n} whisper of the staff (to have it: --staff)",
        "{n} whispers of the staff (to have them: --staff)",
        n["whispers"],
    )
    channels = n.get("descriptions", 0)
    described = ngettext(
        "{n} description of a channel of the chat", "{n} descriptions of channels of the chat", channels
    ).format(n=number(channels))
    left = _("{things} (to have them: --chat)")
    also = held.get("whispers", 0)
    others = ngettext("{n} whisper", "{n} whispers", also).format(n=number(also)) if also else ""
    kinds = (
        (closed, amounts(n, SHUT), amounts(held, SHUT)),
        (whispers.format(n=number(n["whispers"])), n["whispers"], others),
        (messages, amounts(n, APART), amounts(held, APART)),
        (described, channels, ""),
        (left, n.get("chat_messages") and amounts(n, TALKS), amounts(held, TALKS)),
    )
    return [taken_before(text.format(things=there), more) for text, there, more in kinds if there]


def amounts(n: Mapping[str, int], names: Sequence[str]) -> str:
    """How many topics and posts, channels and messages there are, by their names; nothing where there are none."""
    held = Amount(*(n.get(name, 0) for name in names))
    return captions.amount(held) if held.topics or held.channels else ""


def chat(channels: int, messages: int) -> str:
    """How many channels of the chat, and messages in them."""
    return captions.amount(Amount(0, 0, channels, messages))


def said(time: str | None) -> str:
    """A time of the data, for a person."""
    return "–" if time is None else dates.minute(dates.instant(time))


def files(held: Mapping[str, Any]) -> str:
    """How many files there are, as runs and comparisons count them, and how many are missing. Two may be the same."""
    missing = sum(count for state, count in held["by_state"].items() if state != "held")
    text = _("{n}, {size}")
    words = text.format(n=number(held["by_state"].get("held", 0)), size=size(held["bytes"]))
    lacking = _("{n} not held").format(n=number(missing))
    return f"{words} ({lacking})" if missing else words


def outcome(last: Mapping[str, Any]) -> str:
    """How a run ended."""
    on = _("not finished: the next run goes on with it")
    if last["via"] == "backup":
        on = _("not finished: reading the backup again goes on with it")
    return {"done": _("done"), "failed": _("failed")}.get(last["outcome"], on)


def complete(ledger: Mapping[str, Any] | None, newest: Mapping[str, Any] | None, compare: str) -> str:
    """What the last comparison said: with the forum, or with the backup that was read since, where that has the
    `newest` state. `compare`: the command that compares it.
    """
    if ledger is None:
        return _("never compared with the forum: “{command}”").format(command=compare)
    checked = dates.instant(ledger["checked"])
    if not ledger["incomplete"] and not ledger["unclear"]:
        if newest and newest["via"] == "backup" and newest["ended"] and checked <= dates.instant(newest["ended"]):
            made = dates.day(dates.instant(newest["started"]))
            return _("nothing, as compared with the forum’s backup of {date}").format(date=made)
        return _("nothing, as compared with the forum on {date}").format(date=dates.day(checked))
    posts, topics_, unclear = ledger["missing_posts"], ledger["incomplete"], ledger["unclear"]
    return _("{posts} in {topics}, {unclear} ({date})").format(
        posts=ngettext("{n} post is missing", "{n} posts are missing", posts).format(n=number(posts)),
        topics=ngettext("{n} topic", "{n} topics", topics_).format(n=number(topics_)),
        unclear=ngettext("{n} topic is unclear", "{n} topics are unclear", unclear).format(n=number(unclear)),
        date=dates.day(checked),
    )


# ---- an export as it goes


def written(done: "ExportResult", to: str) -> str:
    """What an export did."""
    text = ngettext(
        "{n} file in {place}: {written}, {removed}, {size} in all.",
        "{n} files in {place}: {written}, {removed}, {size} in all.",
        done.files,
    )
    facts = {
        "written": ngettext("{n} new or changed", "{n} new or changed", done.written).format(n=number(done.written)),
        "removed": ngettext("{n} removed", "{n} removed", done.removed).format(n=number(done.removed)),
        "size": size(done.bytes),
    }
    return text.format(n=number(done.files), place=to, **facts)


class ExportBar(ProgressBar):
    """How far an export is. The bar appears only where there is much to write."""

    def __init__(self, posts: int) -> None:
        super().__init__()
        self.posts = posts

    def __enter__(self) -> Self:
        if self.posts > MANY:
            self.start(self.posts, _("writing"))
        return self

    def step(self, posts: int) -> None:
        """Some more posts were read."""
        self.advance(steps=posts)
