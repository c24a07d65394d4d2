"""The room of the archive: search it, read its topics, see its state, and let it go on."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from koweb_sync import dates
from koweb_sync.archive.exports import captions
from koweb_sync.archive.exports.files import ExportedFile
from koweb_sync.archive.exports.safe_html import page as safe_html
from koweb_sync.archive.exports.site_links import SiteContext, files_of, page_of
from koweb_sync.archive.read.model import Amount, ArchivedCategory, ArchivedPerson, ArchivedPost, File
from koweb_sync.archive.read.reader import EVERYTHING, Reader, blob
from koweb_sync.archive.read.search import FoundPost, one_by_one, search
from koweb_sync.archive.read.stats import holdings
from koweb_sync.archive.read.topic_list import topics
from koweb_sync.archive.store.chat import forum_path, is_chat
from koweb_sync.archive.store.lost_files import files_gone
from koweb_sync.archive.store.search_words import snippet, wishes
from koweb_sync.desk.run.work import RunningWork
from koweb_sync.desk.serving.app import DeskRoom, page, session, shown
from koweb_sync.desk.serving.archive_reading import erasure_of, reading
from koweb_sync.desk.serving.command_work import command
from koweb_sync.errors import NoArchive
from koweb_sync.forum.site import Category, person_shown
from koweb_sync.i18n import _
from koweb_sync.posts.ids import CategoryId

routes = Blueprint("memory", __name__)
HOME = "/memory/"
MEMORY = DeskRoom(routes, HOME, lambda: _("Memory"))
EACH = 20  # results on a page
POSTS = 50  # posts on a page of a topic, as `page_of` counts
PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif"}
SHA256 = re.compile(r"[0-9a-f]{64}")


class HeldFiles:
    """Files of posts, where the archive holds them: pages of this room send them."""

    def keep(self, file: File) -> ExportedFile | None:
        """A file under its own address here; None if the archive does not hold it."""
        if file.sha256 is None:
            return None
        return ExportedFile(f"file/{file.sha256}", PICTURES.get(file.type, "bin"))


class MemoryContext(SiteContext):
    """What the page of a topic here knows: every topic has a page."""

    def post(self, topic: int, number: int) -> str:
        """Where a post is read."""
        return address_of(topic, number)


def address_of(topic: int, number: int, **more: str) -> str:
    """Where a post is read. `more`: of the query, from where somebody goes there."""
    at = page_of(number)
    asked = urlencode({**({"page": at} if at > 1 else {}), **more})
    return f"{HOME}topic/{topic}{f'?{asked}' if asked else ''}#post-{number}"


def purpose() -> str:
    """What the archive is for."""
    return _("What was said on the forum, to be searched and read again on this computer, even without a connection.")


def asked_page() -> int:
    """Which page somebody wants, from 1."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@routes.get(HOME)
def memory() -> ResponseReturnValue:
    """What was found for some words; without words, the newest topics."""
    words, at = request.args.get("q", "").strip()[:200], asked_page()
    single: dict[str, bool] = {}
    try:
        with reading() as reader:
            found: list[Any]
            if words:
                found = search(reader, words, EVERYTHING, at * EACH + 1)[(at - 1) * EACH :]
                rows = [hit_row(one, words, at) for one in found]
                single = {} if rows else one_by_one(reader, words, EVERYTHING)
            else:
                found = list(topics(reader, EVERYTHING, "last", at * EACH + 1, deleted=False))[(at - 1) * EACH :]
                rows = [topic_row(one) for one in found]
            until = reader.source().until
    except NoArchive:
        return page("no_archive.html", title=_("Memory"), purpose=purpose(), waits=False)
    told = _("never") if until is None else dates.minute(until)
    known = (at - 1) * EACH + len(rows[:EACH])
    seen = {
        "known": known,
        "rows": rows[:EACH],
        "at": at,
        "more": len(rows) > EACH,
        "single": single if len(single) > 1 else {},
    }
    return page("memory.html", words=words, until=told, purpose=purpose(), **seen)


def hit_row(found: FoundPost, words: str, at: int) -> dict[str, Any]:
    """A post that was found, for its line: its topic's title and a part of it in pieces, and the tags that were sought.
    Its page leads back to that line's page (`at`).
    """
    hit, entry = found
    title = title_of(hit.topic, hit.title)
    place, _sign, post = address_of(hit.topic, hit.number).partition("#")
    more = urlencode({"q": words, "from": at})
    written = _("written by {who} on {day}").format(who=called(hit.author), day=dates.day(hit.created))
    return {
        "href": f"{place}{'&' if '?' in place else '?'}{more}#{post}",
        "title": in_pieces(*snippet(title, wishes(words))) if hit.number == 1 else [(title, False)],
        "facts": " · ".join((written, *(_("tag: {tag}").format(tag=tag) for tag in entry.tags))),
        "gone": "" if hit.shown else _("not shown by the forum any more"),
        "place": None,
        "pieces": in_pieces(entry.snippet, entry.marks),
    }


def called(person: ArchivedPerson | None) -> str:
    """Somebody as the forum's pages call them; the account may be gone."""
    if person is None or not person.username or person.former is not None:
        return captions.called(person)
    return person_shown(shown.current().now.site, person.username, person.name)


def quoted(reader: Reader, username: str) -> str:
    """Whoever is quoted, as these pages call them; by the user name alone where the archive does not know them."""
    found = reader.person(username)
    return called(found) if found else username


def in_pieces(text: str, marks: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is a word that was sought. `marks`: where these are."""
    pieces, end = [], 0
    for start, stop in marks:
        if start >= end:
            pieces += [(text[end:start], False), (text[start:stop], True)]
            end = stop
    return [*pieces, (text[end:], False)]


def place_of(archived: ArchivedCategory | None) -> Category | None:
    """A topic's category as the forum shows it; as it was archived where that is not known."""
    if archived is None or not archived.name:
        return None
    site = shown.current().now.site
    known = site.category(archived.id) if site else None
    return known or Category(CategoryId(archived.id), archived.name, archived.path)


def title_of(topic: int, title: str) -> str:
    """A topic's title as the forum has it; its number where it has none."""
    return title or _("Topic {number}").format(number=topic)


def topic_row(one: Any) -> dict[str, Any]:
    """A topic, for its line."""
    last = one.last_posted
    answered = last is not None and last > one.created
    replies = _("last reply on {day}").format(day=dates.day(last)) if answered else _("no reply yet")
    told = _("begun on {day}").format(day=dates.day(one.created))
    told += f" · {captions.length(one) if is_chat(one.id) else replies}"
    return {
        "href": f"{HOME}topic/{one.id}",
        "title": [(title_of(one.id, one.title), False)],
        "facts": told,
        "place": place_of(one.category),
        "gone": "" if one.shown else captions.reason(one.reason or "deleted"),
        "pieces": [],
    }


@routes.get(f"{HOME}topic/<int(signed=True):number>")
def topic(number: int) -> ResponseReturnValue:
    """A topic with its posts, as the archive holds them."""
    at = asked_page()
    with reading() as reader:
        found = reader.topic(number)
        if found is None:
            abort(404)
        structure = reader.structure(number)
        posts = [shown_post(reader, one) for one in reader.posts(number) if page_of(one.number) == at]
        last = page_of(max(structure, default=1))
        url = f"{reader.source().url}/{forum_path(number)}"
    title = title_of(number, found.title)
    return page(
        "memory_topic.html",
        topic=found,
        place=place_of(found.category),
        title=title,
        posts=posts,
        at=at,
        last=last,
        url=url,
        came=came_from_search(),
        waits=request.args.get("from") == "who-waits",
    )


def came_from_search() -> dict[str, str]:
    """The words for which a topic was found, and the page of what was found; nothing where somebody came otherwise."""
    words, at = request.args.get("q", "").strip()[:200], request.args.get("from", "1")
    return {"q": words, "page": at if at.isascii() and at.isdigit() and len(at) < 7 else "1"} if words else {}


def shown_post(reader: Reader, post: ArchivedPost) -> dict[str, Any]:
    """A post for its page; its HTML is what an export shows."""
    source = reader.source()
    look = MemoryContext(source.url, {}, HeldFiles(), files_of(post), HOME, homes=source.known)
    return {
        "number": post.number,
        "who": called(post.author),
        "when": dates.minute(post.created),
        "edited": "" if post.edited is None else dates.minute(post.edited),
        "action": captions.action(post.action) if post.type == 3 and post.action else "",
        "gone": captions.reason(post.gone) if post.gone else "",
        "emptied": "" if post.emptied is None else _("Text emptied on {date}").format(date=dates.day(post.emptied)),
        "html": safe_html(post.cooked, look, called=lambda username: quoted(reader, username)),
        "answered": post.reply_to and (address_of(post.topic, post.reply_to), post.reply_to),
        "likes": captions.likes(post),
    }


@routes.get(f"{HOME}file/<sha256>")
def file(sha256: str) -> Response:
    """A file that the archive holds: pictures are shown, all else is only offered to be saved."""
    if not SHA256.fullmatch(sha256):
        abort(404)
    with reading() as reader:
        data = blob(reader.connection, reader.forum, sha256)
        kind = picture_kind(data or b"")
    if data is None:
        abort(404)
    sent = Response(data, content_type=kind or "application/octet-stream")
    sent.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if not kind:
        sent.headers["Content-Disposition"] = "attachment"
    return sent


def picture_kind(data: bytes) -> str:
    """What kind of picture some bytes begin as; "" for all else."""
    signs = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    kind = next((name for sign, name in signs.items() if data.startswith(sign)), "")
    if not kind and data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return "image/avif" if not kind and data[4:12] == b"ftypavif" else kind


# ---- its state


@routes.get(f"{HOME}state")
def state() -> ResponseReturnValue:
    """How much is held, how sure that is, and what the last work said."""
    try:
        with reading() as reader:
            held = holdings(reader.connection, reader.forum)
            gone, erasure = files_gone(reader.connection, reader.forum), erasure_of(reader)
    except NoArchive:
        return page("no_archive.html", title=_("Memory"), purpose=purpose(), waits=False)
    work = session.work.last
    last = work if work is not None and work.kind.startswith("memory") else None
    *more, told = str(last.result or "").splitlines() if last and last.result else [""]
    if last:
        more += last.lines
    good = last is None or last.kind != "memory-check" or told == _("Nothing is missing of what was compared.")
    chat = captions.amount(Amount(0, 0, **held["chat"]))
    seen = {"held": held, "chat": chat, "gone": gone, "erasure": erasure, "more": more, "told": told, "good": good}
    return page("memory_state.html", when=when, **seen)


def when(said: str | None) -> str:
    """A time of the data, for a person."""
    return "–" if said is None else dates.minute(dates.instant(said))


@routes.post(f"{HOME}run")
def run() -> ResponseReturnValue:
    """Archive what is new."""
    after = {"who-waits": "/who-waits/", "memory": HOME}.get(request.form.get("then", ""), f"{HOME}state")
    desk, reading_forum = current_app.extensions["session"], command("archive")

    def read(work: RunningWork) -> Any:
        """Read; the list of the messages then looks at the forum, too, so that it is not older than the memory."""
        found = reading_forum(work)
        desk.looked_alone = None
        return found

    session.work.start("memory", _("Updating the memory"), after, read)
    return redirect("/work/")


@routes.post(f"{HOME}verify")
def verify() -> ResponseReturnValue:
    """Compare the archive with the forum."""
    work = command("archive", "verify")
    session.work.start("memory-check", _("Checking the memory"), f"{HOME}state", work)
    return redirect("/work/")
