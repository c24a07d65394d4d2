"""Our own edit is no edit of the community: what a push sent that died, or whose answer was lost, is known again."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from koweb_sync.agreements import Agreement, agreement
from koweb_sync.forum.models import TopicView
from koweb_sync.posts.dialect import normalise
from koweb_sync.sync.lock.hold import Hold
from koweb_sync.sync.recover.past_versions import Past
from koweb_sync.sync.recover.settle import arrived
from koweb_sync.sync.world.compose import language
from koweb_sync.sync.world.incoming import Look
from koweb_sync.sync.world.world import PostAtHead

if TYPE_CHECKING:
    from koweb_sync.forum.client import Forum


def settled_own_edit(
    hold: Hold, forum: "Forum", past: Past, source: PostAtHead, known: tuple[Agreement, Look]
) -> Agreement:
    """Where this side starts from: what is agreed (`known`, with what the forum shows now), or what a push sent since
    of which nobody noted the answer. One request where a version in HEAD's history says what the forum does.
    """
    base, look = known
    view = look.view
    if view is None or view.first.raw in (None, base.raw):
        return base
    return next(noted(hold, base, view), None) or in_history(forum, past, source, base, look) or base


def noted(hold: Hold, base: Agreement, view: TopicView) -> Iterator[Agreement]:
    """What the journal says that was sent, if the forum holds it."""
    for note in hold.journal.notes():
        if note.do == "edit" and note.answer is None and note.key == base.id.lower():
            ours = agreement(note.facts["agreement"].encode())
            if ours.topic == base.topic and normalise(view.first.raw or "") == normalise(ours.raw):
                yield arrived(replace(ours, raw=view.first.raw or ""), agreement(note.facts["was"].encode()), view)


def in_history(forum: "Forum", past: Past, source: PostAtHead, base: Agreement, look: Look) -> Agreement | None:
    """The version of the file that is newer than the agreed one and that the key's user wrote to the forum."""
    view = look.view
    raw = view.first.raw if view else None
    version = next(past.saying(source, raw, base.blob), None) if raw else None
    if version is None or view is None or raw is None:
        return None
    editor = look.edit.username if look.edit else forum.last_editor(view.first.id) or view.first.username
    if editor.casefold() != past.settings.username.casefold():
        return None
    locale = language(view.first.locale, base)
    return replace(
        base,
        blob=version.blob,
        raw=raw,
        used=version.used,
        revision=view.first.version,
        updated=view.first.changed,
        locale=locale,
    )
