"""Settling what an earlier run left behind: answers that never reached the bookmark, and writes without an answer.

It comes before every plan, so that a plan compares git with what the forum really holds.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from koweb_sync import records
from koweb_sync.agreements import Agreement, agreement, encode, mark
from koweb_sync.bookmark import Bookmark, Intention, Pending
from koweb_sync.config import Settings
from koweb_sync.errors import ForumForbidden, ForumNotFound
from koweb_sync.forum.cache import cached_site
from koweb_sync.forum.models import HeldForReview, TopicView
from koweb_sync.forum.review import ReviewQueue, Sent
from koweb_sync.journal import JournalEntry
from koweb_sync.posts.dialect import normalise
from koweb_sync.posts.fields import FIELDS, TOGETHER
from koweb_sync.posts.ids import PostId
from koweb_sync.posts.titles import same_title
from koweb_sync.sync.links.destinations import Atlas, StoredUpload
from koweb_sync.sync.lock.hold import UPLOADS_LIVE, Hold
from koweb_sync.sync.recover.past_versions import EARLIER, is_there, texts
from koweb_sync.sync.world.compose import StoredPost, agreed_as_shown, language

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


def replay(bookmark: Bookmark, notes: tuple[JournalEntry, ...]) -> tuple[dict[str, Agreement], dict[str, Pending]]:
    """What the answers in the journal add to the bookmark, for posts where nobody published anything since."""
    agreed = dict(bookmark.agreed)
    fresh: dict[str, Agreement] = {}
    held: dict[str, Pending] = {}
    for note in notes:
        made = note.answer.get("agreement") if note.answer else None
        now = agreed.get(note.key)
        if made and follows(now, note.facts.get("was", "")):
            found = agreement(made.encode())
            if note.do != "translate":  # translations that were agreed on meanwhile stay so
                found = replace(found, translations=now.translations if now else {})
            elif now and agreement(note.facts["was"].encode()).translations != now.translations:
                continue
            agreed[note.key] = fresh[note.key] = found
        if note.answer and "held" in note.answer and note.key not in agreed:
            held[note.key] = records.made(Pending, note.answer["held"])
    return fresh, held


def follows(now: Agreement | None, was: str) -> bool:
    """Whether an answer belongs on top of what is agreed now."""
    if not was or now is None:
        return now is None
    before = agreement(was.encode())
    return before.topic == now.topic and (before.raw == now.raw or before.over.partition(".")[0] == mark(now.raw))


def open_notes(hold: Hold) -> tuple[JournalEntry, ...]:
    """The writes of which nobody knows what came."""
    return tuple(note for note in hold.journal.notes() if note.answer is None and note.do != "upload")


def uploads(notes: Sequence[JournalEntry], atlas: Atlas, now: float, home: str) -> None:
    """Put the uploads into the atlas that a run made and no post uses yet; the forum keeps them for a while. `home`:
    its address; another forum has none of them.
    """
    for note in notes:
        if note.do != "upload" or note.facts.get("forum", home) != home:
            continue
        if note.answer and "url" in note.answer and now - note.at < UPLOADS_LIVE:
            atlas.uploads.setdefault(
                note.key, StoredUpload(note.answer["url"], note.answer.get("width"), note.answer.get("height"))
            )


def take_up(hold: Hold, but: Set[str]) -> bool:
    """Write down as open what an earlier run intended to create, `but` the creates that are sent again: those answer
    whether they are there; and what was to be deleted for any of them. Whether there was anything to create.
    """
    notes = hold.journal.notes()
    known = {note.key for note in open_notes(hold)} | hold.bookmark.agreed.keys() | but
    left = {ident: one for ident, one in hold.bookmark.intended.items() if ident in hold.inherited - known}
    for ident, one in left.items():
        hold.journal.intend("create", ident, journalled_create(one))
    for ident, one in hold.bookmark.intended.items():
        room = hold.bookmark.agreed.get(one.room) if ident in hold.inherited else None
        if room and not room.withdrawn and not any("how" in note.facts and note.key == one.room for note in notes):
            hold.journal.intend("fields", one.room, journalled_withdrawal(room, "delete", ident))
    return bool(left)


def journalled_withdrawal(agreed: Agreement, how: str, room_for: str) -> dict[str, Any]:
    """What the journal says about a withdrawal. `room_for`: the id of the file whose topic is to have the title."""
    return {"was": encode(agreed).decode(), "fields": [], "how": how, "undo": False, "room_for": room_for}


def journalled_create(intention: Intention) -> dict[str, str]:
    """What the journal says about a create."""
    return {"was": "", "agreement": encode(intention.expected).decode(), "author": intention.author}


def settle(hold: Hold, forum: "Forum", note: JournalEntry, now: Agreement | None) -> Agreement | None:
    """Find out what came of one open write and settle it. One or two requests; none for author, date and status.

    `now` is what is agreed about that post; a create that waits for a moderator is noted as such. Returns the agreement
    if it moved. A text that is neither ours nor what was there before is left to the plan.
    """
    answer: dict[str, Any] = {"settled": True}
    made = None
    match note.do:
        case "create" if now is None:
            made = created(forum, note.facts)
            held = None if made else in_queue(hold, forum, note.facts)
            answer = {"held": records.plain(held)} if held else answer
        case "edit" if now and follows(now, note.facts["was"]):
            made = edited(forum, note.facts)
        case "fields" if now and follows(now, note.facts["was"]):
            made = carried_out(forum, now, note.facts)
    hold.journal.answer(note.number, {"agreement": encode(made).decode()} if made else answer)
    return made


def in_queue(hold: Hold, forum: "Forum", facts: Mapping[str, Any]) -> Pending | None:
    """The note about a create whose answer was lost and that waits for a moderator, or may, where nobody tells.

    One request, none for staff's.
    """
    expected = agreement(facts["agreement"].encode())
    author = facts.get("author", "") or hold.settings.username
    sent = Sent(author, expected.sent.title or "", expected.raw)
    try:
        found = waits(ReviewQueue(forum), hold.settings, sent)
    except ForumForbidden:
        return pending(hold, expected, sent, sure=False)
    return pending(hold, expected, replace(sent, number=found.reason)) if found else None


def pending(hold: Hold, expected: Agreement, sent: Sent, *, sure: bool = True) -> Pending:
    """The note about a create that waits for a moderator. What was sent stands there, for the queue forgets its id."""
    now = datetime.fromtimestamp(hold.clock(), UTC).isoformat(timespec="seconds")
    about = (expected.id, expected.path, expected.blob, sent.number, now)
    return Pending(*about, author=sent.author, title=sent.title, raw=sent.raw, sure=sure)


def waits(queue: ReviewQueue, settings: Settings, sent: Sent) -> HeldForReview | None:
    """A post that waits for a moderator already, so that it is not sent a second time: the queue keeps no external_id.

    One request for each author; none where that is the key's user and staff, whose posts never wait. Raises
    ForumForbidden where nobody tells.
    """
    site = cached_site(settings.url, settings.username)
    if sent.author.casefold() == settings.username.casefold() and site is not None and site.staff:
        return None
    return queue.waiting(sent)


def created(forum: "Forum", facts: Mapping[str, Any]) -> Agreement | None:
    """The topic of a create whose answer was lost: ours, for somebody wrote down that it would be sent.

    Where a member edited it meanwhile, what was sent is agreed on, and theirs is an edit that a pull brings.
    """
    expected = agreement(facts["agreement"].encode())
    found = forum.find(f"koweb-{expected.id}")
    if found is None or not is_there(found):
        return None
    return ours(found, list(texts(forum, found.first)), expected, facts.get("author", ""))


def ours(found: TopicView, told: Sequence[StoredPost], expected: Agreement, author: str) -> Agreement | None:
    """What is agreed on about a topic that was to be created by `author` ("": not written down), None if it is not
    that topic. `told` are its texts, as `texts` gives them.
    """
    stored = next((one for one in told if normalise(one.raw) == normalise(expected.raw)), None)
    if stored is None and written_by(found, author):
        # Somebody wrote it since, of which the forum does not tell the text before, or keeps none: an author has some
        # minutes for it. What was sent is the guard of the next edit, so that nothing of theirs is overwritten.
        stored = StoredPost(found.id, PostId(found.first.id), normalise(expected.raw), 1, found.first.locale)
    if stored is None:
        return None
    made = replace(expected, topic=stored.topic, post=stored.post, raw=stored.raw, revision=stored.revision)
    return replace(made, locale=language(stored.locale, expected))


def written_by(found: TopicView, author: str) -> bool:
    """Whether a topic's first post is by that person."""
    return bool(author) and found.first.username.casefold() == author.casefold()


def edited(forum: "Forum", facts: Mapping[str, Any]) -> Agreement | None:
    """What the forum took of an edit whose answer was lost, also where somebody edited it again since.

    One request, and up to five more where the text is neither what was there before nor what was sent.
    """
    expected, was = agreement(facts["agreement"].encode()), agreement(facts["was"].encode())
    try:
        view = forum.topic(expected.topic)
    except ForumNotFound:
        return None
    first = view.first
    untouched = first.raw == was.raw and first.version <= (was.revision or first.version)
    if not is_there(view) or untouched:
        return None
    told = texts(forum, first, was.revision or max(1, first.version - EARLIER))
    stored = next((one for one in told if normalise(one.raw) == normalise(expected.raw)), None)
    return arrived(replace(expected, raw=stored.raw, revision=stored.revision), was, view) if stored else None


def arrived(made: Agreement, was: Agreement, view: TopicView) -> Agreement:
    """The text is ours. Title and category count as sent only if the forum shows them; else they are sent again."""
    title = made.sent.title if same_title(view.title, made.sent.title or "") else was.sent.title
    locale = language(view.first.locale, was)
    return replace(made, sent=made.sent.but(title=title), title=title or "", locale=locale)


def carried_out(forum: "Forum", now: Agreement, facts: Mapping[str, Any]) -> Agreement | None:
    """What the forum took of fields whose answer was lost: one request for title, category and tags, a withdrawal and
    what undoes it.

    Of the others nobody asks: they are sent again.
    """
    sent = {field.name: facts[field.name] for field in TOGETHER if field.name in facts}
    if not sent and "how" not in facts:
        return forgotten(now, facts.get("fields", ()))
    try:
        view: TopicView | None = forum.topic(now.topic)
    except ForumNotFound:
        view = None
    if "how" in facts:
        done = is_withdrawn(view, facts["how"]) != facts["undo"]
        how, room = ("", "") if facts["undo"] else (facts["how"], facts.get("room_for", ""))
        return replace(now, withdrawn=how, room_for=room) if done else None
    if view is not None:  # as agreed before, if they are not as they were sent: what git changed is merged again
        sent = {n: pair for n, pair in sent.items() if not FIELDS[n].renamed or FIELDS[n].arrived(pair[1], view)}
    return agreed_as_shown(now, sent, view) if view is not None and sent else None


def is_withdrawn(view: TopicView | None, how: str) -> bool:
    """Whether a topic is as a withdrawal leaves it; None is one that is gone."""
    if view is None or how == "delete":
        return view is None or view.deleted is not None
    return view.closed if how == "close" else not view.visible


def forgotten(now: Agreement, fields: tuple[str, ...]) -> Agreement:
    """Nobody knows whether these fields were set: forget that they were sent, and the plan sends them again."""
    return replace(now, sent=now.sent.but(**dict.fromkeys(fields)))
