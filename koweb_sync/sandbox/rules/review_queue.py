"""What waits for a moderator: why it does, what of it survives the queue, and what becomes of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from koweb_sync.sandbox.model import watched_words
from koweb_sync.sandbox.model.records import CategoryRecord, PostRecord, TopicRecord, UserRecord, WaitingPost
from koweb_sync.sandbox.model.refusals import RefusedRequest, forbidden, words
from koweb_sync.sandbox.model.state import ForumState, iso
from koweb_sync.sandbox.rules.validations import listed, number_of

if TYPE_CHECKING:
    from koweb_sync.sandbox.rules.new_posts import Creator

PENDING, APPROVED, REJECTED, DELETED = 0, 1, 2, 4
# What a post that waits keeps of its request, besides title, text, tags and place: neither external_id nor date nor
# whether it is to be listed (recorded for the first, the others by new_post_manager of 2022 and 2026).
KEPT = ("typing_duration_msecs", "composer_open_duration_msecs", "reply_to_post_number")
DEEDS: Mapping[str, int] = {
    "approve_post": APPROVED,
    "reject_post": REJECTED,
    "discard_post": REJECTED,
    "delete": DELETED,
}


class ModerationQueue:
    """The review queue of one forum. Its caller holds the state's lock."""

    def __init__(self, state: ForumState) -> None:
        self.state = state

    def why(
        self, user: UserRecord, category: CategoryRecord | None, topic: TopicRecord | None, text: str
    ) -> str | None:
        """Why what somebody writes must wait; None where it need not. Private messages and staff's posts never do.

        `text`: the title and the body.
        """
        if user.staff or (topic is not None and topic.archetype == "private_message"):
            return None
        if user.held:
            return "group"
        if watched_words.found(self.state.labels, "require_approval", text):
            return "watched_word"
        place = self.state.categories.get(topic.category_id or 0) if topic else category
        if place is not None and (place.approves_replies if topic else place.approves_topics):
            return "category"
        return None

    def enqueue(
        self,
        user: UserRecord,
        raw: str,
        given: Mapping[str, Any],
        place: tuple[str | None, TopicRecord | None],
        reason: str,
    ) -> WaitingPost:
        """What somebody wrote waits from now on. `place`: the title of a new topic, or the topic of a reply."""
        title, topic = place
        text = f"{title or ''} {raw}"
        watched = watched_words.found(self.state.labels, "require_approval", text) if reason == "watched_word" else []
        made = WaitingPost(
            id=self.state.next_id("reviewables"),
            user_id=user.id,
            raw=raw,
            at=self.state.clock(),
            given={name: given[name] for name in KEPT if name in given}
            | {"tags": listed(given["tags"]) if given.get("tags") is not None else None},
            reason=reason,
            words=tuple(one.word for one in watched),
            scored=self.state.next_id("reviewable_scores"),
            title=title,
            category_id=topic.category_id if topic else number_of(given.get("category")),
            topic_id=topic.id if topic else None,
        )
        self.state.queue[made.id] = made
        self.state.changes += 1
        return made

    @contextmanager
    def refusing(self, user: UserRecord, reason: str | None) -> Iterator[None]:
        """Around what may speak against a topic: of one that would wait, a refusal says that it was to be enqueued.

        A guess: sources of 2022 and 2026 (new_post_manager, its result's serializer).
        """
        try:
            yield
        except RefusedRequest as error:
            if reason is None or error.status != 422:
                raise
            mine = sum(one.user_id == user.id for one in self.state.pending)
            raise RefusedRequest(422, {**error.body, "action": "enqueued", "pending_count": mine}) from error

    def answer(self, made: WaitingPost) -> dict[str, Any]:
        """What the writer is told."""
        mine = sum(one.user_id == made.user_id for one in self.state.pending)
        shown = {"id": made.id, "raw": made.raw, "created_at": iso(made.at)}
        return {"action": "enqueued", "success": True, "pending_count": mine, "pending_post": shown}

    def perform(self, writer: "Creator", user: UserRecord, one: WaitingPost, deed: str) -> PostRecord | None:
        """A moderator approves what waits, or rejects it. The post that came of it. Raises Refused.

        It was checked when it came, so that it is not checked again.
        """
        if deed not in DEEDS or (one.status != PENDING and (deed != "approve_post" or one.status == APPROVED)):
            raise forbidden(self.state)
        made = writer.publish(one) if deed == "approve_post" else None
        one.status, one.settled_at, one.settled_by = DEEDS[deed], self.state.clock(), user.id
        one.version += 1
        if made is not None:
            one.post_id = made.id
            one.topic_id = made.topic_id if one.topic_id is None else one.topic_id
        self.state.changes += 1
        return made

    def change(self, one: WaitingPost, given: Mapping[str, Any], version: int) -> dict[str, Any]:
        """A moderator changes what waits, before they decide: its place, its title, tags or text. Raises Refused."""
        if one.status != PENDING:
            raise forbidden(self.state)
        if version != one.version:
            raise conflict(self.state)
        said = given.get("payload")
        payload: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
        may = {"raw"} if one.topic_id else {"raw", "title", "tags"}
        if not set(payload) <= may or ("category_id" in given and one.topic_id):
            raise forbidden(self.state)
        one.raw = str(payload.get("raw", one.raw))
        one.title = str(payload["title"]) if "title" in payload else one.title
        if "tags" in payload:
            one.given["tags"] = listed(payload["tags"])
        if "category_id" in given:
            one.category_id = number_of(given["category_id"])
        one.version += 1
        self.state.changes += 1
        more = {"category_id": one.category_id} if "category_id" in given else {}
        return {**more, "payload": dict(payload), "version": one.version}


def conflict(state: ForumState) -> RefusedRequest:
    """409: somebody else was quicker."""
    return RefusedRequest(409, {"errors": [words(state, "Somebody else made changes in the meantime.")]})
