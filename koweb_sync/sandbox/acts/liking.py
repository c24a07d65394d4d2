"""Likes, and reactions of other kinds."""

from koweb_sync.sandbox.acts.limits import Limiter
from koweb_sync.sandbox.acts.notices import Herald
from koweb_sync.sandbox.core.refused import Refused, forbidden, not_found
from koweb_sync.sandbox.core.state import State
from koweb_sync.sandbox.core.things import Post, User

UNDO = 600.0  # seconds in which a like can be taken back
HEART = "heart"


class Admirer:
    """The likes of one forum. Its caller holds the state's lock."""

    def __init__(self, state: State, limits: Limiter) -> None:
        self.state = state
        self.limits = limits
        self.herald = Herald(state)

    def like(self, user: User, post: Post) -> None:
        """Raises Refused for one's own post, a second like, and what is deleted or archived."""
        topic = self.state.topics[post.topic_id]
        liked = any(liker == user.id for liker, _at in post.likes)
        if post.user_id == user.id or liked or not post.alive or topic.archived or post.type == 3:
            raise Refused(403, {"errors": forbidden(self.state).body["errors"]})
        self.limits.like(user)
        post.likes.append((user.id, self.state.clock()))
        self.herald.liked(topic, post)
        self.state.changed(topic.id)

    def mark(self, user: User, post: Post, kind: int) -> None:
        """Act on a post in a way that the forum does not know: kept, once for each person. Raises Refused."""
        topic = self.state.topics[post.topic_id]
        if (user.id, kind) in post.marks or not post.alive or topic.archived:
            raise Refused(403, {"errors": forbidden(self.state).body["errors"]})
        post.marks.add((user.id, kind))
        self.state.changed(topic.id)

    def unlike(self, user: User, post: Post) -> None:
        """Raises Refused for what is not liked, or was long ago."""
        at = next((at for liker, at in post.likes if liker == user.id), None)
        if at is None:
            raise not_found(self.state)
        if self.state.clock() - at > UNDO:
            raise forbidden(self.state)
        post.likes = [(liker, at) for liker, at in post.likes if liker != user.id]
        self.herald.liked(self.state.topics[post.topic_id], post)
        self.state.changed(post.topic_id)

    def react(self, user: User, post: Post, emoji: str) -> None:
        """Toggle a reaction; a heart is a like, and one person has one reaction."""
        allowed = str(self.state.settings["discourse_reactions_enabled_reactions"]).split("|")
        if emoji != HEART and emoji not in allowed:
            raise not_found(self.state)
        liked = any(liker == user.id for liker, _at in post.likes)
        current = HEART if liked else post.reactions.get(user.id, ("", 0.0))[0]
        if current == HEART:
            self.unlike(user, post)
        elif current:
            post.reactions.pop(user.id)
        if emoji != current and emoji == HEART:
            self.like(user, post)
        elif emoji != current:
            if post.user_id == user.id:
                raise forbidden(self.state)
            self.limits.like(user)
            post.reactions[user.id] = (emoji, self.state.clock())
        self.state.changed(post.topic_id)
