"""Likes, and reactions of other kinds."""

from koweb_sync.sandbox.model.reaction_settings import UNDO, excluded, main, offered
from koweb_sync.sandbox.model.records import SMALL_ACTION, PostRecord, Reacted, ReactionRecord, UserRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, forbidden, not_found, unprocessable, words
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.rules.limits import Limiter
from koweb_sync.sandbox.rules.notifications import Notifier


class PostLikes:
    """The likes of one forum. Its caller holds the state's lock."""

    def __init__(self, state: ForumState, limits: Limiter) -> None:
        self.state = state
        self.limits = limits
        self.notifier = Notifier(state)

    def may_like(self, user: UserRecord, post: PostRecord) -> bool:
        """Whether somebody may like a post now."""
        topic = self.state.topics[post.topic_id]
        liked = self.liked(user, post) is not None
        return post.user_id != user.id and not liked and post.alive and not topic.archived and post.type != SMALL_ACTION

    def liked(self, user: UserRecord, post: PostRecord) -> float | None:
        """When somebody liked a post; None where they do not."""
        return next((at for liker, at in post.likes if liker == user.id), None)

    def like(self, user: UserRecord, post: PostRecord) -> None:
        """Raises Refused for one's own post, a second like, and what is deleted or archived."""
        if not self.may_like(user, post):
            raise RefusedRequest(403, {"errors": forbidden(self.state).body["errors"]})
        self.limits.like(user)
        post.likes.append((user.id, self.state.clock()))
        self.notifier.liked(self.state.topics[post.topic_id], post, user)
        self.state.changed(post.topic_id)
        self.state.tell("like", "post_liked", post.id)

    def mark(self, user: UserRecord, post: PostRecord, kind: int) -> None:
        """Act on a post in a way that the forum does not know: kept, once for each person. Raises Refused."""
        topic = self.state.topics[post.topic_id]
        if (user.id, kind) in post.marks or not post.alive or topic.archived:
            raise RefusedRequest(403, {"errors": forbidden(self.state).body["errors"]})
        post.marks.add((user.id, kind))
        self.state.changed(topic.id)

    def unlike(self, user: UserRecord, post: PostRecord) -> None:
        """Raises Refused for what is not liked, or was long ago."""
        at = self.liked(user, post)
        if at is None:
            raise not_found(self.state)
        self.may_undo(at)
        self.drop_like(user, post)

    def may_undo(self, at: float) -> None:
        """Raises Refused for what was long ago."""
        if self.state.clock() - at > UNDO:
            raise forbidden(self.state)

    def drop_like(self, user: UserRecord, post: PostRecord) -> None:
        """Take a like back, and with it the row that the plugin keeps of the main reaction where nobody is in it."""
        liked = self.liked(user, post) is not None
        post.likes = [(liker, at) for liker, at in post.likes if liker != user.id]
        post.reactions.pop(main(self.state), None)
        if liked:
            self.notifier.unliked(self.state.topics[post.topic_id], post)
        self.state.changed(post.topic_id)

    def react(self, user: UserRecord, post: PostRecord, emoji: str) -> int:
        """Toggle a reaction; one person has one. Raises Refused for one that is not offered, and for what was long ago.

        Returns the count of likes that the answer tells: as it was when something was last taken back, or before.
        """
        if emoji not in offered(self.state):
            raise unprocessable([words(self.state, "Sorry, an error has occurred.")])
        before, liked = post.reacted.get(user.id), self.liked(user, post)
        for at in (before.at if before else None, liked):
            if at is not None:
                self.may_undo(at)
        count = len(post.likes)
        self.row(post, emoji)
        if before is not None:
            self.drop_reaction(user, post)
        elif liked is not None:
            self.drop_like(user, post)
        if before is not None or liked is not None:
            count = len(post.likes)
        had = before.emoji if before else main(self.state) if liked is not None else None
        if emoji != had:
            self.add_reaction(user, post, emoji, plain=before is None and emoji == main(self.state))
        self.state.changed(post.topic_id)
        return count

    def row(self, post: PostRecord, emoji: str) -> ReactionRecord:
        """The plugin's row of an emoji under a post."""
        known = post.reactions.get(emoji)
        if known is None:
            known = ReactionRecord(self.state.next_id("reactions"), emoji, self.state.clock())
            post.reactions[emoji] = known
        return known

    def add_reaction(self, user: UserRecord, post: PostRecord, emoji: str, *, plain: bool) -> None:
        """Choose a reaction, `plain` as a like alone. It is a like too where reactions are, and where one may like."""
        if not plain:
            self.row(post, emoji).used = True
            post.reacted[user.id] = Reacted(self.state.next_id("reaction_users"), emoji, self.state.clock())
        likes = emoji == main(self.state) or (self.state.flavour.shadow_likes and emoji not in excluded(self.state))
        if likes and self.may_like(user, post):
            self.like(user, post)

    def drop_reaction(self, user: UserRecord, post: PostRecord) -> None:
        """Take a reaction back, its like with it, and the row that nobody is in any more."""
        post.reacted.pop(user.id)
        self.drop_like(user, post)
        there = {one.emoji for one in post.reacted.values()}
        post.reactions = {name: row for name, row in post.reactions.items() if not row.used or name in there}
