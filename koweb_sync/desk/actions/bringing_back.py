"""What the community changed on the forum, as pages show it; bringing it back, and deciding what stays."""

import hashlib
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from koweb_sync import dates, safe_files
from koweb_sync.bookmark import Bookmark, read
from koweb_sync.config import Settings
from koweb_sync.desk.actions.publishing import forums
from koweb_sync.desk.conflicts.fields import with_fields
from koweb_sync.desk.conflicts.pieces import Choice, ConflictPiece, pieces, resolved
from koweb_sync.desk.run.work import RunningWork
from koweb_sync.desk.texts import new_replies, unsaved
from koweb_sync.desk.texts.post_folder import readable
from koweb_sync.desk.texts.publication import FieldChange, field_value
from koweb_sync.desk.texts.text_difference import ChangedParagraph, changed_paragraphs
from koweb_sync.desk.texts.writing import form_of
from koweb_sync.errors import HumanNeeded, InputError, KowebError, PostFileError
from koweb_sync.forum.site import person_shown
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts.document import parse
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.titles import as_in_file
from koweb_sync.sync.links.forum_files import UPLOAD
from koweb_sync.sync.publish.anchors import style_of
from koweb_sync.sync.publish.push import known_site, with_own_journal
from koweb_sync.sync.pull.due_topics import LOOKS, REQUESTS
from koweb_sync.sync.pull.last_look import last_look
from koweb_sync.sync.pull.news import Pulled
from koweb_sync.sync.pull.options import PullOptions
from koweb_sync.sync.pull.pull import fetch, pull
from koweb_sync.sync.pull.readers import FEW
from koweb_sync.sync.pull.unfinished import LeftOnBranch, abort, go_on
from koweb_sync.sync.survey import survey_with_seen
from koweb_sync.sync.work_tree import uncommitted_posts
from koweb_sync.sync.world import cherry_picks
from koweb_sync.sync.world.pull_note import note, written
from koweb_sync.sync.world.seen import Kept, load
from koweb_sync.sync.world.world import fields_of
from koweb_sync.times import SECOND


@dataclass(frozen=True, slots=True)
class EditShown:
    """An edit on the forum that is not here yet: who made it, when, why, and what it changes. `raws`: the text that was
    agreed on and that of now, as the forum stores them.
    """

    path: str
    title: str
    url: str
    who: str
    others: tuple[str, ...]
    when: str
    reason: str
    fields: tuple[FieldChange, ...]
    paragraphs: tuple[ChangedParagraph, ...]
    raws: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class KnownEdits:
    """What is known of the forum's edits. `uncommitted`: files that have to be kept before those can come; `requests`:
    about how many a look takes; `cut`: bringing back was cut off.
    """

    edits: tuple[EditShown, ...]
    uncommitted: tuple[str, ...]
    requests: int
    cut: bool

    @property
    def adds_files(self) -> bool:
        """Whether one of them adds pictures or attachments."""
        before, after = ({found[0] for one in self.edits for found in UPLOAD.finditer(one.raws[n])} for n in (0, 1))
        return bool(after - before)


@dataclass(frozen=True, slots=True)
class FileInConflict:
    """A file that both sides changed: on the forum `editor` did, `when` in words, "" where it is not known. `pieces`:
    None where its marks are not clear, then the whole `text` is edited; `open`: whether it still holds marks; `mark`
    names its content. `fields`: what of its title, category and the like comes from the forum without a choice.
    """

    path: str
    editor: str
    when: str
    url: str
    text: str
    pieces: tuple[ConflictPiece, ...] | None
    open: bool
    mark: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """What came of a look or a pull. `seen`: it was only a look; `told`: a sentence about what was done; `keep_first`:
    nothing came yet, for texts that are kept in no version stand in the way. `decided`: the paths of the texts about
    which the last choice is kept, so that nothing waits any more. `untouched`: it failed before any text changed here.
    """

    pulled: Pulled | None = None
    seen: bool = False
    told: str = ""
    error: KowebError | None = None
    keep_first: bool = False
    decided: tuple[str, ...] = ()
    untouched: bool = False

    @property
    def arrived(self) -> bool:
        """Whether anything of the forum's came into the files."""
        return bool(self.decided) or bool(not self.seen and self.pulled and self.pulled.edits)


def known_edits(repo: Repo, settings: Settings) -> KnownEdits:
    """What the last look at the forum brought. No request."""
    site = known_site(settings)
    bookmark = with_own_journal(repo, settings, read(repo, repo.resolve(settings.bookmark)))
    world, kept = survey_with_seen(repo, settings, bookmark, style_of(bookmark, site))
    own = {source.ident: source for source in world.sources}
    found = []
    for ident, pair in world.newer.items():
        agreed, edit = world.bookmark.agreed.get(ident), kept.texts[ident][-1].edit
        fields = tuple(
            FieldChange(
                field.words().called,
                field_value(name, agreed.sent.get(name), site),
                field_value(name, pair.sent.get(name), site),
            )
            for name, field in FIELDS.items()
            if agreed and field.differs(pair.sent.get(name), agreed.sent.get(name), site)
        )
        changed = changed_paragraphs(agreed.raw, pair.raw) if agreed and agreed.raw != pair.raw else ()
        source = own.get(ident)
        found.append(
            EditShown(
                source.path if source else pair.path,
                as_in_file(pair.title, str(source.says.get("title") or "") if source else ""),
                f"{settings.url}/t/-/{pair.topic}",
                person_shown(site, edit.username, edit.name),
                edit.earlier,
                dates.lately(int(edit.at * SECOND), time.time_ns() // 1_000),
                edit.reason,
                fields,
                changed,
                (agreed.raw if agreed else "", pair.raw),
            )
        )
    here = uncommitted_posts(repo, settings)
    due = {one.path for one in found} & set(here)
    waits = written(repo, settings)
    cut = waits is not None and not waits.get("ready", True)
    return KnownEdits(tuple(found), here if due else (), requests_about(bookmark, kept), cut)


def requests_about(bookmark: Bookmark, kept: Kept) -> int:
    """About how many requests a look takes."""
    count = sum(not one.withdrawn for one in bookmark.agreed.values())
    few = count <= FEW or kept.looked is None
    return (count if few else math.ceil(count / LOOKS)) + REQUESTS


def requests_of_look(repo: Repo, settings: Settings) -> int:
    """The same, of a look now."""
    bookmark = read(repo, repo.resolve(settings.bookmark))
    return requests_about(bookmark, load(repo, settings, bookmark))


class ReadingWatch:
    """Watches a reading for a page. `after`: what is done once all is read."""

    def __init__(self, work: RunningWork, after: str) -> None:
        self.work = work
        self.after = after
        work.enter(_("Asking the forum what changed."))

    def reading(self, topics: int, requests: int) -> None:
        """Say how much is coming."""
        text = ngettext("Reading {n} topic", "Reading {n} topics", topics).format(n=number(topics))
        self.work.say(f"{text}.")
        asked = ngettext("{n} request", "{n} requests", requests).format(n=number(requests))
        self.work.say_aside(f"{text}, {asked}.")
        self.work.advance(total=topics)
        self.work.enter(_("Reading what changed."))

    def read(self, path: str) -> None:  # noqa: ARG002 - how far it is says enough
        """One more is read."""
        self.work.advance()
        if self.work.done == self.work.total:
            self.work.enter(self.after)


def look(work: RunningWork, repo: Repo, settings: Settings) -> BroughtBack:
    """See what the community changed, and who replied. No file changes."""
    looked, watch = last_look(repo, settings), ReadingWatch(work, _("Looking for replies."))
    try:
        with forums(settings, work.say) as connect:
            forum = connect()
            pulled = fetch(repo, settings, lambda: forum, PullOptions(), watch, time.time)
            new_replies.hear(repo, settings, forum, time.time(), looked)
    except KowebError as error:
        return BroughtBack(seen=True, error=error, untouched=True)
    return BroughtBack(pulled, seen=True)


def bring(work: RunningWork, repo: Repo, settings: Settings, *, download: bool) -> BroughtBack:
    """Bring it into the files."""
    before = repo.resolve("HEAD")
    try:
        with forums(settings, work.say) as connect:
            wishes, watch = PullOptions(download=download), ReadingWatch(work, _("Bringing it into your texts."))
            pulled = pull(repo, settings, connect, wishes, watch, time.time)
    except InputError as error:
        return BroughtBack(keep_first=True) if known_edits(repo, settings).uncommitted else BroughtBack(error=error)
    except KowebError as error:
        same = repo.resolve("HEAD") == before and written(repo, settings) is None
        return BroughtBack(error=error, untouched=same)
    return BroughtBack(pulled)


def finish(repo: Repo, settings: Settings) -> BroughtBack:
    """Keep what was decided, and go on: the next conflict, or the end."""
    paths = tuple(str(post["path"]) for post in (note(repo, settings) or {"posts": ()})["posts"])
    try:
        left = go_on(repo, settings, time.time())
    except KowebError as error:
        return BroughtBack(error=error)
    return BroughtBack(decided=() if left else paths)


def undo(repo: Repo, settings: Settings) -> BroughtBack:
    """Leave the files as they were before."""
    try:
        left = abort(repo, settings)
    except KowebError as error:
        return BroughtBack(error=error)
    said: Mapping[LeftOnBranch, str] = {
        "nothing": _("Undone: your texts are as they were before."),
        "commits": _("Undone. What was kept since then stays."),
        "published": _("Undone. What merged stays, for it is published already."),
    }
    return BroughtBack(told=said[left])


def in_conflict(repo: Repo, settings: Settings) -> tuple[FileInConflict, ...]:
    """The files of the pull that waits, as they lie there."""
    waits = note(repo, settings)
    if waits is None:
        return ()
    told = {str(post["path"]): post for post in waits["posts"]}
    paths = cherry_picks.conflicted(repo)
    return tuple(file_in_conflict(repo, settings, path, told.get(path, {})) for path in paths)


def file_in_conflict(repo: Repo, settings: Settings, path: str, told: Mapping[str, object]) -> FileInConflict:
    """One of them."""
    full = repo.root / path
    data = safe_files.read(repo.root, path) if full.is_file() else b""
    text, ours, theirs = (
        one.decode("utf-8", "surrogateescape") for one in (data, side(repo, path, 2), side(repo, path, 3))
    )
    marked = path in cherry_picks.marked(repo, [path])
    found = pieces(text, ours, theirs)
    if found is not None:
        found = with_fields(path, found, known_site(settings)) if any(one.clash for one in found) else None
    editor, url, edited = str(told.get("editor", "")), str(told.get("url", "")), told.get("edited")
    when = dates.lately(int(edited * SECOND), time.time_ns() // 1_000) if isinstance(edited, int | float) else ""
    known = FileInConflict(path, editor, when, url, text, found, marked, content_mark(data))
    return replace(known, fields=tuple(coming_fields(settings, known, ours))) if settings.is_post(path) else known


def coming_fields(settings: Settings, file: FileInConflict, ours: str) -> Iterator[FieldChange]:
    """What a file in conflict says otherwise than ours where nobody has to choose. Nothing of what cannot be read."""
    clashes = sum(one.clash for one in file.pieces or ())
    text = resolved(file.pieces, dict.fromkeys(range(clashes), ("ours", ""))) if file.pieces else file.text
    try:
        was, now = (fields_of(parse(file.path, one.encode("utf-8", "surrogateescape")).front) for one in (ours, text))
    except PostFileError:
        return
    site = known_site(settings)
    for name, field in FIELDS.items():
        if was.get(name) != now.get(name):
            before, after = (field_value(name, one.get(name), site) if one.get(name) else "" for one in (was, now))
            yield FieldChange(field.words().called, before, after)


def side(repo: Repo, path: str, stage: int) -> bytes:
    """What git's index holds of a file: 0 as it is; in a conflict 2 ours, 3 theirs; nothing where there is no such."""
    done = repo.run("cat-file", "blob", f":{stage}:{path}")
    return done.stdout if done.returncode == 0 else b""


def content_mark(data: bytes) -> str:
    """A name for a content."""
    return hashlib.sha256(data).hexdigest()


def decide(repo: Repo, settings: Settings, path: str, mark: str, choices: Mapping[int, tuple[Choice, str]]) -> None:
    """Write the file that comes of choices. Raises PostFileError where that is no post file any more, and HumanNeeded
    where the file changed since it was shown; nothing is written then.
    """
    shown = next((one for one in in_conflict(repo, settings) if one.path == path), None)
    if shown is None or shown.mark != mark or shown.pieces is None:
        raise HumanNeeded(
            _("This text changed since you looked. Nothing was written."),
            where=path,
            remedy=_("Look at it as it is now, and choose again."),
        )
    write(repo, settings, path, resolved(shown.pieces, choices), shown.editor)


def write(repo: Repo, settings: Settings, path: str, text: str, who: str) -> None:
    """Write a file that somebody decided about, which `who` changed on the forum. Raises PostFileError for a post file
    that cannot be read.
    """
    data = text.encode("utf-8", "surrogateescape")
    if settings.is_post(path):
        parse(path, data)
        keep_theirs(repo, path, who)
    safe_files.write(repo.root, path, data)


def keep_theirs(repo: Repo, path: str, who: str) -> None:
    """Set the forum's text aside, once: git keeps ours, and of theirs what comes of the choices alone."""
    data = side(repo, path, 3)
    if not data:  # there is no file on the forum's side
        return
    form = form_of(readable(path, data).post, data)
    if not any(unsaved.same(one.form, form) for one in unsaved.aside(repo, path, form)):
        unsaved.put_aside(repo, path, form, unsaved.now(), unsaved.AsideReason("choice", theirs=True, who=who))
