"""Settling what an earlier run left behind: answers that never reached the bookmark, and writes without an answer.

It comes before every plan, so that a plan compares git with what the forum really holds.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from koweb_sync import records
from koweb_sync.bookmark import Agreement, Bookmark, Intention, Pending, agreement, encode, mark
from koweb_sync.errors import ForumNotFound
from koweb_sync.forum.client import Forum
from koweb_sync.forum.models import TopicView
from koweb_sync.journal import Note
from koweb_sync.posts.dialect import normalise
from koweb_sync.posts.ids import PostId
from koweb_sync.sync.compose import Stored, alike
from koweb_sync.sync.hold import Hold
from koweb_sync.sync.links import Atlas
from koweb_sync.sync.links import Stored as Uploaded
from koweb_sync.sync.past import EARLIER, is_there, texts


def replay(bookmark: Bookmark, notes: tuple[Note, ...]) -> tuple[dict[str, Agreement], dict[str, Pending]]:
    """What the answers in the journal add to the bookmark, for posts where nobody published anything since."""
    agreed = dict(bookmark.agreed)
    fresh: dict[str, Agreement] = {}
    held: dict[str, Pending] = {}
    for note in notes:
        made = note.answer.get("agreement") if note.answer else None
        if made and follows(agreed.get(note.key), note.facts.get("was", "")):
            agreed[note.key] = fresh[note.key] = agreement(made.encode())
        if note.answer and "held" in note.answer and note.key not in agreed:
            held[note.key] = records.made(Pending, note.answer["held"])
    return fresh, held


def follows(now: Agreement | None, was: str) -> bool:
    """Whether an answer belongs on top of what is agreed now."""
    if not was or now is None:
        return now is None
    before = agreement(was.encode())
    return before.topic == now.topic and (before.raw == now.raw or before.over == mark(now.raw))


def open_notes(hold: Hold) -> tuple[Note, ...]:
    """The writes of which nobody knows what came."""
    return tuple(note for note in hold.journal.notes() if note.answer is None and note.do != "upload")


def uploads(hold: Hold, atlas: Atlas) -> None:
    """Put the uploads into the atlas that a run made and no post uses yet; the forum keeps them for a while."""
    for note in hold.journal.notes():
        if note.do == "upload" and note.answer and "url" in note.answer and hold.worth_keeping(note):
            atlas.uploads.setdefault(
                note.key, Uploaded(note.answer["url"], note.answer.get("width"), note.answer.get("height"))
            )


def take_up(hold: Hold, but: Set[str]) -> bool:
    """Write down as open what an earlier run intended to create, `but` the creates that are sent again: those answer
    whether they are there. Whether there was anything.
    """
    known = {note.key for note in open_notes(hold)} | hold.bookmark.agreed.keys() | but
    left = {ident: one for ident, one in hold.bookmark.intended.items() if ident in hold.inherited - known}
    for ident, one in left.items():
        hold.journal.intend("create", ident, promised(one))
    return bool(left)


def promised(intention: Intention) -> dict[str, str]:
    """What the journal says about a create."""
    return {"was": "", "agreement": encode(intention.expected).decode(), "author": intention.author}


def settle(hold: Hold, forum: Forum, note: Note, now: Agreement | None) -> Agreement | None:
    """Find out what came of one open write and settle it. One or two requests; none for a status.

    `now` is what is agreed about that post. Returns the agreement if it moved. A text that is neither ours nor what was
    there before is left to the plan.
    """
    match note.do:
        case "create":
            made = None if now else created(forum, note.facts)
        case "edit":
            made = edited(forum, note.facts) if now and follows(now, note.facts["was"]) else None
        case _:
            made = forgotten(now, note.facts.get("fields", ())) if now else None
    hold.journal.answer(note.number, {"agreement": encode(made).decode()} if made else {"settled": True})
    return made


def created(forum: Forum, facts: Mapping[str, Any]) -> Agreement | None:
    """The topic of a create whose answer was lost: ours, for somebody wrote down that it would be sent.

    Where a member edited it meanwhile, what was sent is agreed on, and theirs is an edit that a pull brings.
    """
    expected = agreement(facts["agreement"].encode())
    found = forum.find(f"koweb-{expected.id}")
    if found is None or not is_there(found):
        return None
    return ours(found, list(texts(forum, found.first)), expected, facts.get("author", ""))


def ours(found: TopicView, told: Sequence[Stored], expected: Agreement, author: str) -> Agreement | None:
    """What is agreed on about a topic that was to be created by `author` ("": not written down), None if it is not
    that topic. `told` are its texts, as `texts` gives them.
    """
    stored = next((one for one in told if normalise(one.raw) == normalise(expected.raw)), None)
    if stored is None and len(told) == 1 and found.first.version > 1 and written_by(found, author):
        # It was edited, and the forum does not tell what it said before.
        stored = Stored(found.id, PostId(found.first.id), normalise(expected.raw), 1)
    if stored is None:
        return None
    return replace(expected, topic=stored.topic, post=stored.post, raw=stored.raw, revision=stored.revision)


def written_by(found: TopicView, author: str) -> bool:
    """Whether a topic's first post is by that person."""
    return bool(author) and found.first.username.casefold() == author.casefold()


def edited(forum: Forum, facts: Mapping[str, Any]) -> Agreement | None:
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
    title = made.sent.title if alike(view.title, made.sent.title or "") else was.sent.title
    return replace(made, sent=replace(made.sent, title=title), title=title or "")


def forgotten(now: Agreement, fields: tuple[str, ...]) -> Agreement:
    """Nobody knows whether these fields were set: forget that they were sent, and the plan sends them again."""
    nothing: dict[str, Any] = dict.fromkeys(fields)
    return replace(now, sent=replace(now.sent, **nothing))
