"""Who is told about what: mentions, replies, quotes, edits, likes, private messages."""

from typing import Any

from koweb_sync.sandbox.core.people import Caller, may_see, sees_whispers
from koweb_sync.sandbox.core.state import State
from koweb_sync.sandbox.core.texts import mentioned, quoted
from koweb_sync.sandbox.core.things import WHISPER, Notice, Post, Topic, User

MENTIONED, REPLIED, QUOTED, EDITED, LIKED, MESSAGE = 1, 2, 3, 4, 5, 6
KEPT = 200


class Herald:
    """Notifications of one forum. Nobody is told twice about one post, nor about what they did themselves."""

    def __init__(self, state: State) -> None:
        self.state = state

    def recall(self) -> None:
        """Tell people of the likes that a seed brings: of each post once."""
        for post in self.state.posts.values():
            if post.likes:
                topic, liker = self.state.topics[post.topic_id], self.state.users[post.likes[0][0]]
                self.tell(post.user_id, LIKED, topic, post, by=liker)

    def told(self, topic: Topic, post: Post) -> None:
        """A new post: tell whom it concerns."""
        told = {post.user_id}
        for user, kind in self.concerned(topic, post):
            if user not in told and self.reads(self.state.users[user], topic, post):
                told.add(user)
                self.tell(user, kind, topic, post)

    def reads(self, user: User, topic: Topic, post: Post) -> bool:
        """Whether somebody may read a new post."""
        open_to = post.type != WHISPER or sees_whispers(self.state, user)
        return open_to and may_see(self.state, Caller(user), topic)

    def concerned(self, topic: Topic, post: Post) -> list[tuple[int, int]]:
        """Whom a new post concerns, and how; the strongest reason first."""
        found: list[tuple[int, int]] = []
        if topic.archetype == "private_message":
            found += [(user, MESSAGE) for user in sorted(topic.allowed)]
        names = [self.state.names.get(name) for name in mentioned(post.raw)]
        found += [(user.id, MENTIONED) for user in names if user is not None and user.id > 0]
        for where, number in quoted(post.raw):
            there = self.state.topics.get(where)
            one = self.state.numbered(there, number) if there else None
            found += [(one.user_id, QUOTED)] if one is not None else []
        answered = self.state.numbered(topic, post.reply_to) if post.reply_to else None
        return found + ([(answered.user_id, REPLIED)] if answered else [])

    def edited(self, topic: Topic, post: Post, editor: User) -> None:
        """Somebody else changed a post: told once, until it is read."""
        mine = self.state.notices[post.user_id]
        known = any(one.kind == EDITED and about(one, topic, post) and not one.read for one in mine)
        if post.user_id != editor.id and post.user_id > 0 and not known:
            self.tell(post.user_id, EDITED, topic, post, by=editor, revision_number=post.version)

    def liked(self, topic: Topic, post: Post) -> None:
        """Somebody likes a post, or no more: one notification tells of all its likes until it is read."""
        mine = self.state.notices[post.user_id]
        known = next((one for one in mine if one.kind == LIKED and about(one, topic, post) and not one.read), None)
        names = [self.state.users[user].username for user, _at in reversed(post.likes)]
        if not names:
            self.state.notices[post.user_id] = [one for one in mine if one is not known]
            return
        second = names[1] if len(names) > 1 else None
        data = {"username": names[0], "display_username": names[0], "username2": second, "count": len(names)}
        if known is None:
            self.note(post.user_id, LIKED, topic, post, {"topic_title": topic.title, **data})
        else:
            known.data |= data

    def tell(self, user: int, kind: int, topic: Topic, post: Post, by: User | None = None, **more: Any) -> None:
        """One notification of a post."""
        actor = by or self.state.users[post.user_id]
        data = {
            "topic_title": topic.title,
            "original_post_id": post.id,
            "original_post_type": post.type,
            "original_username": actor.username,
            "revision_number": None,
            "display_username": actor.username,
            **more,
        }
        self.note(user, kind, topic, post, data)

    def note(self, user: int, kind: int, topic: Topic, post: Post, data: dict[str, Any]) -> None:
        """One notification, unless it is for a bot."""
        if user <= 0:
            return
        number = self.state.next_id("notifications")
        notice = Notice(number, user, kind, self.state.clock(), topic.id, post.number, data)
        self.state.notices[user] = [*self.state.notices[user][-KEPT:], notice]

    def withdraw(self, topic: Topic, post: Post) -> None:
        """Nobody is told of a deleted post."""
        for user, mine in self.state.notices.items():
            self.state.notices[user] = [one for one in mine if not about(one, topic, post)]


def about(one: Notice, topic: Topic, post: Post) -> bool:
    """Whether a notification tells of this post."""
    return one.topic_id == topic.id and one.number == post.number
