"""Who is told about what: mentions, replies, quotes, edits, likes, private messages."""

import re
from typing import Any

from koweb_sync.sandbox.model.permissions import Caller, may_see, sees_whispers
from koweb_sync.sandbox.model.personal import Notice
from koweb_sync.sandbox.model.records import WHISPER, PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.model.texts import mentioned, quoted, slug
from koweb_sync.times import DAY_IN_SECONDS

MENTIONED, REPLIED, QUOTED, EDITED, LIKED, MESSAGE, BADGE = 1, 2, 3, 4, 5, 6, 12
FIRST_EMOJI = 41  # a badge
HINT = re.compile(r":[\w+-]+:|[:;8X][-']?[)(DPpO|/$]|[\u203c-\u3299\U0001f000-\U0001ffff]")  # of emoji in a raw
EMOJI = re.compile(r'<img[^>]*class="emoji')
_QUOTES = re.compile(r"<aside class=\"quote.*?</aside>", re.DOTALL)
KEPT = 200


class Notifier:
    """Notifications of one forum. Nobody is told twice about one post, nor about what they did themselves."""

    def __init__(self, state: ForumState) -> None:
        self.state = state

    def recall(self) -> None:
        """Tell people of the likes that a seed brings: of each post once, the first one first. The recorded forum of
        2025 worked through its jobs while its seed was made, so that people know of its posts, too.
        """
        posts = sorted(self.state.posts.values(), key=lambda one: one.id)
        if self.state.newer:
            for one in posts:
                if one.user_id > 0 and one.alive:
                    self.told(self.state.topics[one.topic_id], one)
        for post in sorted((one for one in posts if one.likes), key=lambda one: one.likes[0][1]):
            topic, liker = self.state.topics[post.topic_id], self.state.users[post.likes[0][0]]
            self.tell(post.user_id, LIKED, topic, post, by=liker)

    def told(self, topic: TopicRecord, post: PostRecord) -> None:
        """A new post: tell whom it concerns."""
        told = {post.user_id}
        for user, kind in self.concerned(topic, post):
            reader = self.state.users[user]
            open_to = post.type != WHISPER or sees_whispers(self.state, reader)
            if user not in told and open_to and may_see(self.state, Caller(reader), topic):
                told.add(user)
                self.tell(user, kind, topic, post)
        self.granted(post)

    def granted(self, post: PostRecord) -> None:
        """The badge of a person's first emoji, told once."""
        author = self.state.users[post.user_id]
        known = any(one.kind == BADGE for one in self.state.notices[author.id])
        if author.id <= 0 or known or not HINT.search(post.raw):
            return
        if not EMOJI.search(_QUOTES.sub("", self.state.cook(post))):
            return
        name = words(self.state, "First emoji")
        about = {"badge_id": FIRST_EMOJI, "badge_name": name, "badge_slug": slug(name), "badge_title": False}
        self.note(author.id, BADGE, None, None, {**about, "username": author.username})

    def concerned(self, topic: TopicRecord, post: PostRecord) -> list[tuple[int, int]]:
        """Whom a new post concerns, and how; the strongest reason first."""
        found: list[tuple[int, int]] = []
        if topic.archetype == "private_message":
            found += [(user, MESSAGE) for user in sorted(topic.allowed)]
        names = [self.state.names.get(name) for name in mentioned(post.raw)]
        found += [(user.id, MENTIONED) for user in names if user is not None and user.id > 0]
        quotes = quoted(post.raw)
        if quotes and self.state.newer:
            return found  # nobody was told on the recorded forum of 2025, neither who is quoted nor who is answered
        for where, number in quotes:
            there = self.state.topics.get(where)
            one = self.state.numbered(there, number) if there else None
            found += [(one.user_id, QUOTED)] if one is not None else []
        answered = self.state.numbered(topic, post.reply_to) if post.reply_to else None
        return found + ([(answered.user_id, REPLIED)] if answered else [])

    def edited(self, topic: TopicRecord, post: PostRecord, editor: UserRecord) -> None:
        """Somebody else changed a post: told once a day for one editor after the other (recorded for the once; the day
        is a guess from app/services/post_alerter.rb of 2023, `should_notify_edit?`).
        """
        mine = [one for one in self.state.notices[post.user_id] if one.kind == EDITED and about(one, topic, post)]
        last = mine[-1] if mine else None
        same = last is not None and last.data["display_username"] == editor.username
        known = same and last is not None and self.state.clock() - last.at < DAY_IN_SECONDS
        if post.user_id != editor.id and post.user_id > 0 and not known:
            self.tell(post.user_id, EDITED, topic, post, by=editor, revision_number=post.version)

    def liked(self, topic: TopicRecord, post: PostRecord, liker: UserRecord) -> None:
        """Somebody likes a post: the first of them is told of, until that is read."""
        mine = self.state.notices[post.user_id]
        if not any(one.kind == LIKED and about(one, topic, post) and not one.read for one in mine):
            self.tell(post.user_id, LIKED, topic, post, by=liker)

    def unliked(self, topic: TopicRecord, post: PostRecord) -> None:
        """Somebody likes a post no more: a new notification sums up the likes that are left."""
        mine = self.state.notices[post.user_id]
        gone = [one for one in mine if one.kind == LIKED and about(one, topic, post)]
        self.state.notices[post.user_id] = [one for one in mine if one not in gone]
        names = [self.state.users[user].username for user, _at in reversed(post.likes)]
        if names:
            second = names[1] if len(names) > 1 else None
            data = {"username": names[0], "display_username": names[0], "username2": second, "count": len(names)}
            self.note(post.user_id, LIKED, topic, post, {"topic_title": topic.title, **data})

    def tell(
        self, user: int, kind: int, topic: TopicRecord, post: PostRecord, by: UserRecord | None = None, **more: Any
    ) -> None:
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
            # Whose name this is does not follow from the field's: the reader's own.
            **({"display_name": self.state.users[user].name} if self.state.newer else {}),
        }
        self.note(user, kind, topic, post, data)

    def note(
        self, user: int, kind: int, topic: TopicRecord | None, post: PostRecord | None, data: dict[str, Any]
    ) -> None:
        """One notification, unless it is for a bot."""
        if user <= 0:
            return
        number = self.state.next_id("notifications")
        where = (topic.id if topic else None, post.number if post else None)
        notice = Notice(number, user, kind, self.state.clock(), *where, data)
        self.state.notices[user] = [*self.state.notices[user][-KEPT:], notice]

    def withdraw(self, topic: TopicRecord, post: PostRecord) -> None:
        """Nobody is told of a deleted post."""
        for user, mine in self.state.notices.items():
            self.state.notices[user] = [one for one in mine if not about(one, topic, post)]


def about(one: Notice, topic: TopicRecord, post: PostRecord) -> bool:
    """Whether a notification tells of this post."""
    return one.topic_id == topic.id and one.number == post.number
