"""What people do on the forum: create, edit, close, delete; with Discourse's validations."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from koweb_sync.sandbox.acts.limits import Limiter
from koweb_sync.sandbox.acts.rules import Rules, listed, truthy
from koweb_sync.sandbox.core.refused import Refused, forbidden, unprocessable
from koweb_sync.sandbox.core.state import Post, State, Topic, User, unix
from koweb_sync.sandbox.core.texts import slug, stored_raw, stored_title

MEMORY = 120.0  # seconds for which an identical create gets the same answer
GRACE_CHARS = 100


class Writer:
    """The writes of one forum. Its caller holds the state's lock."""

    def __init__(self, state: State, limits: Limiter) -> None:
        self.state = state
        self.limits = limits
        self.rules = Rules(state)

    # ---- creating

    def create(self, user: User, given: Mapping[str, Any]) -> Post | Mapping[str, Any]:
        """`POST /posts.json`: a topic or a reply; the same request within two minutes gets the same answer."""
        digest = hashlib.sha256(json.dumps([user.id, given], sort_keys=True, default=str).encode()).hexdigest()
        now = self.state.clock()
        known = self.state.remembered.get(digest)
        if known and now - known[0] < MEMORY:
            if known[1] != 200:
                raise Refused(known[1], known[2])
            found: Post | Mapping[str, Any] = known[2]
            return found
        try:
            made = self.made(user, given)
        except Refused as error:
            if error.status == 422:
                self.state.remembered[digest] = (now, 422, error.body)
            raise
        self.state.remembered[digest] = (now, 200, made)
        if len(self.state.remembered) > 10_000:
            self.state.remembered = {k: v for k, v in self.state.remembered.items() if now - v[0] < MEMORY}
        return made

    def made(self, user: User, given: Mapping[str, Any]) -> Post | Mapping[str, Any]:
        """The new post."""
        raw = stored_raw(str(given.get("raw") or ""))
        if given.get("topic_id"):
            topic = self.state.topics.get(int(given["topic_id"]))
            if topic is None or topic.deleted_at is not None:
                raise unprocessable([self.rules.say("The topic does not exist.")], "create_post")
            if topic.closed and not user.staff:
                raise forbidden(self.state)
            if not (user.staff and truthy(given.get("skip_validations"))):
                self.rules.refuse_body(raw, user, first=False)
            self.limits.reply(user)
            return self.reply(topic, user, raw, given)
        return self.new_topic(user, raw, given)

    def new_topic(self, user: User, raw: str, given: Mapping[str, Any]) -> Post | Mapping[str, Any]:
        """A topic with its first post."""
        category = self.rules.category(user, given.get("category"))
        external_id = given.get("external_id") or None
        title = stored_title(str(given.get("title") or ""), prettify=bool(self.state.settings["title_prettify"]))
        errors = [
            *self.rules.title_errors(title, user),
            *self.rules.external_errors(external_id),
            *self.rules.category_errors(category),
            *self.rules.body_errors(raw, user, first=True),
        ]
        if errors:
            raise unprocessable(errors, "create_post")
        tags = self.rules.allowed_tags(user, listed(given.get("tags")))
        if user.held and not user.staff:
            self.limits.topic(user)
            return self.enqueue(user, title, raw, given)
        number = self.state.next_id("topics")  # a database's sequence: one more refusal, one number less
        self.limits.topic(user)
        now = self.state.clock()
        created = unix(given.get("created_at")) or now
        topic = Topic(
            id=number,
            title=title,
            slug=slug(title),
            user_id=user.id,
            category_id=category.id if category else None,
            created_at=created,
            bumped_at=created,
            external_id=external_id,
            visible=not truthy(given.get("unlist_topic")) and given.get("visible") not in (False, "false"),
            tags=tags,
        )
        self.state.add_topic(topic)
        for tag in tags:
            self.state.tags[tag] = self.state.tags.get(tag, 0) + 1
        return self.add(topic, user, raw, created)

    def reply(self, topic: Topic, user: User, raw: str, given: Mapping[str, Any]) -> Post:
        """A reply."""
        created = unix(given.get("created_at")) or self.state.clock()
        post = self.add(topic, user, raw, created)
        answered = given.get("reply_to_post_number")
        post.reply_to = int(answered) if answered else None
        topic.bumped_at = created
        return post

    def add(self, topic: Topic, user: User, raw: str, at: float, code: str | None = None) -> Post:
        """A post at the end of a topic."""
        number = max((self.state.posts[one].number for one in topic.post_ids), default=0) + 1
        ident = self.state.next_id("posts")
        post = Post(
            id=ident,
            topic_id=topic.id,
            number=number,
            user_id=user.id,
            raw=raw,
            created_at=at,
            updated_at=at,
            cook=self.state.cook,
            type=3 if code else 1,
            last_version_at=at,
            last_editor=user.id,
            action_code=code,
        )
        self.state.add_post(post)
        self.state.recent[user.id] = [*self.state.recent[user.id][-20:], (self.state.clock(), raw)]
        return post

    def enqueue(self, user: User, title: str, raw: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The create waits for a moderator."""
        pending = {"id": len(self.state.pending) + 1, "raw": raw, "title": title, "username": user.username}
        self.state.pending.append({**pending, "given": given})
        return {
            "action": "enqueued",
            "success": True,
            "pending_count": len(self.state.pending),
            "pending_post": pending,
        }
