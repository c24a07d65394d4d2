"""What people write on the forum: topics, replies, private messages; with Discourse's validations."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from koweb_sync.sandbox.model import watched_words
from koweb_sync.sandbox.model.permissions import Caller, may_reply, may_see, may_whisper
from koweb_sync.sandbox.model.records import (
    REGULAR,
    SMALL_ACTION,
    SYSTEM,
    WHISPER,
    CategoryRecord,
    PostRecord,
    TopicRecord,
    UserRecord,
    WaitingPost,
)
from koweb_sync.sandbox.model.refusals import RefusedRequest, forbidden, invalid, unprocessable
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.model.texts import slug, stored_raw, stored_title
from koweb_sync.sandbox.model.traces import remember
from koweb_sync.sandbox.rules.limits import Limiter
from koweb_sync.sandbox.rules.notifications import Notifier
from koweb_sync.sandbox.rules.polls import opened
from koweb_sync.sandbox.rules.review_queue import ModerationQueue
from koweb_sync.sandbox.rules.tags import broken, no_strings
from koweb_sync.sandbox.rules.validations import PostingRules, listed, moment, number_of, truthy

MEMORY = 120.0  # seconds for which an identical create gets the same answer
REMEMBERED = 10_000


class Creator:
    """The creations of one forum. Its caller holds the state's lock."""

    def __init__(self, state: ForumState, limits: Limiter) -> None:
        self.state = state
        self.limits = limits
        self.rules = PostingRules(state)
        self.notifier = Notifier(state)
        self.queue = ModerationQueue(state)

    def create(self, user: UserRecord, given: Mapping[str, Any]) -> PostRecord | WaitingPost:
        """`POST /posts.json`: a topic or a reply; the same request within two minutes gets the same answer."""
        digest = hashlib.sha256(json.dumps([user.id, given], sort_keys=True, default=str).encode()).hexdigest()
        now = self.state.clock()
        known = self.state.remembered.get(digest)
        if known and now - known[0] < MEMORY:
            if known[1] != 200:
                raise RefusedRequest(known[1], known[2])
            found: PostRecord | WaitingPost = known[2]
            return found
        try:
            made = self.made(user, given)
        except RefusedRequest as error:
            if error.status == 422:
                self.state.remembered[digest] = (now, 422, error.body)
            raise
        self.state.remembered[digest] = (now, 200, made)
        if len(self.state.remembered) > REMEMBERED:
            self.state.remembered = {k: v for k, v in self.state.remembered.items() if now - v[0] < MEMORY}
        return made

    def made(self, user: UserRecord, given: Mapping[str, Any]) -> PostRecord | WaitingPost:
        if given.get("no_bump") == "true" and not (user.staff or user.trust_level >= 4):
            raise invalid(self.state, "no_bump")
        if user.silenced:
            raise forbidden(self.state)
        raw = stored_raw(str(given.get("raw") or ""))
        self.rules.refuse_words(user, f"{given.get('title') or ''} {raw}")
        if given.get("topic_id"):
            return self.answered(user, raw, given)
        if given.get("archetype") == "private_message":
            return self.new_message(user, raw, given)
        return self.new_topic(user, raw, given)

    # ---- replies

    def answered(self, user: UserRecord, raw: str, given: Mapping[str, Any]) -> PostRecord | WaitingPost:
        """A reply that somebody sends, if the topic takes it."""
        topic = self.state.topics.get(number_of(given["topic_id"]) or 0)
        if topic is None or topic.deleted_at is not None or not may_see(self.state, Caller(user), topic):
            raise self.no_topic()
        self.refuse_reply(user, topic, given)
        if not truthy(given.get("skip_validations")):
            private = topic.archetype == "private_message"
            least = "min_personal_message_post_length" if private else "min_post_length"
            if errors := self.rules.body_errors(raw, user, least):
                raise unprocessable(errors, "create_post")
            self.rules.refuse_crowd(user, topic)
        if reason := self.queue.why(user, None, topic, raw):
            return self.waits(user, raw, given, reason, topic)
        self.limits.reply(user)
        return self.reply(topic, user, raw, given)

    def refuse_reply(self, user: UserRecord, topic: TopicRecord, given: Mapping[str, Any]) -> None:
        """Raise what speaks against a reply here."""
        if given.get("whisper") == "true" and not may_whisper(self.state, user):
            text = self.rules.say("Whispers are not enabled, or you are not allowed to create whisper posts.")
            raise RefusedRequest(403, {**forbidden(self.state).body, "errors": [text]})
        if not may_reply(self.state, Caller(user), topic):
            raise self.no_topic()

    def no_topic(self) -> RefusedRequest:
        """422: a topic that does not exist, or takes no reply of this person."""
        return unprocessable([self.rules.say("The topic does not exist or is closed.")], "create_post")

    def reply(self, topic: TopicRecord, user: UserRecord, raw: str, given: Mapping[str, Any]) -> PostRecord:
        created = self.when(given)
        answered = number_of(given.get("reply_to_post_number"))
        kind = WHISPER if given.get("whisper") == "true" else REGULAR  # `true` of JSON is public
        known = answered is not None and self.state.numbered(topic, answered) is not None
        post = self.add(topic, user, raw, created, kind=kind, reply_to=answered if known else None)
        post.locale = self.language(given)
        if kind != WHISPER and given.get("no_bump") != "true":
            topic.bumped_at = created
        self.notifier.told(topic, post)
        self.state.tell("post", "post_created", post.id)
        return post

    # ---- topics

    def new_topic(self, user: UserRecord, raw: str, given: Mapping[str, Any]) -> PostRecord | WaitingPost:
        category = self.rules.category(user, given.get("category"))
        title = stored_title(str(given.get("title") or ""), prettify=bool(self.state.settings["title_prettify"]))
        reason = self.queue.why(user, category, None, f"{title} {raw}")
        with self.queue.refusing(user, reason):
            if not truthy(given.get("skip_validations")):
                self.refuse_topic(user, title, raw, category is None or category.id)
            tags = self.tags(user, title, raw, given, category)
        if reason:
            return self.waits(user, raw, given, reason, None)
        if errors := self.rules.external_errors(given.get("external_id") or None):
            raise unprocessable(errors, "create_post")
        number = self.state.next_id("topics")  # a database's sequence: one more refusal, one number less
        self.limits.topic(user)
        return self.begin(number, user, raw, (title, category, tags), given)

    def begin(
        self,
        number: int,
        user: UserRecord,
        raw: str,
        what: tuple[str, CategoryRecord | None, list[str]],
        given: Mapping[str, Any],
    ) -> PostRecord:
        """A topic that nothing speaks against: title, category and tags, as they are stored."""
        title, category, tags = what
        created = self.when(given)
        topic = TopicRecord(
            id=number,
            title=title,
            slug=slug(title),
            user_id=user.id,
            category_id=category.id if category else self.uncategorized(),
            created_at=created,
            bumped_at=created,
            external_id=given.get("external_id") or None,
            visible=not truthy(given.get("unlist_topic")) and given.get("visible") not in (False, "false"),
            tags=tags,
            embed_url=str(given["embed_url"]) if given.get("embed_url") else None,
        )
        self.state.add_topic(topic)
        post = self.add(topic, user, raw, created)
        post.locale = topic.locale = self.language(given)
        self.notifier.told(topic, post)
        self.state.tell("topic", "topic_created", topic.id)
        self.state.tell("post", "post_created", post.id)
        return post

    def language(self, given: Mapping[str, Any]) -> str | None:
        """The language that somebody names for what they write, where the server keeps one."""
        return None if self.state.flavour.translations == "none" else str(given.get("locale") or "") or None

    def tags(
        self, user: UserRecord, title: str, raw: str, given: Mapping[str, Any], category: CategoryRecord | None
    ) -> list[str]:
        """The tags of a new topic: what was sent, as it is stored, and what watched words bring. Raises Refused."""
        if no_strings(given.get("tags")) and not self.state.flavour.tags_as_objects:
            raise broken()
        tagger, sent = self.rules.tagger, listed(given.get("tags"))
        if not truthy(given.get("skip_validations")):
            known = [tag for tag in tagger.clean(sent) if tagger.may_make(user) or tag in self.state.tags]
            if errors := tagger.errors(user, known, category):
                waits = self.queue.why(user, category, None, f"{title} {raw}")
                raise unprocessable(errors, "enqueued" if waits else "create_post")
        tags = tagger.stored(user, sent, category, action="create_post") if sent else []
        more = watched_words.tags_for(self.state.labels, f"{title} {raw}")
        return tagger.stored(self.state.users[SYSTEM], [*tags, *more], category, tags) if more else tags

    def refuse_topic(self, user: UserRecord, title: str, raw: str, place: int | bool) -> None:
        """Raise everything that speaks against a topic."""
        errors = [
            *self.rules.title_errors(title, user),
            *self.rules.category_errors(None if place is True else place),
            *self.rules.body_errors(raw, user, "min_first_post_length"),
        ]
        if errors:
            raise unprocessable(errors, "create_post")

    def new_message(self, user: UserRecord, raw: str, given: Mapping[str, Any]) -> PostRecord:
        """A private message to people, by their names."""
        names = str(given.get("target_recipients") or given.get("target_usernames") or "")
        people = [self.state.names.get(name.strip().lower()) for name in names.split(",") if name.strip()]
        known = [one for one in people if one is not None]
        title = stored_title(str(given.get("title") or ""), prettify=bool(self.state.settings["title_prettify"]))
        least = int(self.state.settings["min_personal_message_title_length"])
        errors = self.rules.body_errors(raw, user, "min_personal_message_post_length")
        if len(title) < least:
            errors.insert(0, self.rules.say("Title is too short (minimum is {n} characters)").format(n=least))
        if not known or len(known) < len(people):
            errors.append(self.rules.say("You must select a valid user."))
        if errors:
            raise unprocessable(errors, "create_post")
        self.limits.topic(user)
        now = self.when(given)
        number = self.state.next_id("topics")
        topic = TopicRecord(number, title, slug(title), user.id, None, now, now, archetype="private_message")
        topic.allowed = {user.id, *(one.id for one in known)}
        self.state.add_topic(topic)
        for one in topic.allowed:
            self.state.following(number, one).level = 3
        post = self.add(topic, user, raw, now)
        self.notifier.told(topic, post)
        return post

    def uncategorized(self) -> int | None:
        """The category of topics that name none."""
        number = number_of(self.state.settings["uncategorized_category_id"])
        return number if number in self.state.categories else None

    def when(self, given: Mapping[str, Any]) -> float:
        """The time of a post: now, or the one that an import names. Raises Refused for what is no time."""
        if not given.get("created_at"):
            return self.state.clock()
        named = moment(given["created_at"])
        if named is None:
            raise invalid(self.state, "created_at")
        return named

    # ---- posts

    def add(self, topic: TopicRecord, user: UserRecord, raw: str, at: float, **facts: Any) -> PostRecord:
        """A post at the end of a topic. `facts`: its `kind`, the number that it answers, a small action's `code`."""
        number = max((self.state.posts[one].number for one in topic.post_ids[-1:]), default=0) + 1
        code = facts.get("code")
        post = PostRecord(
            id=self.state.next_id("posts"),
            topic_id=topic.id,
            number=number,
            user_id=user.id,
            raw=raw,
            created_at=at,
            updated_at=at,
            cook=self.state.cook,
            type=SMALL_ACTION if code else int(facts.get("kind", REGULAR)),
            reply_to=facts.get("reply_to"),
            last_version_at=at,
            last_editor=user.id,
            action_code=code,
        )
        post.polls = opened(self.state, post)
        self.state.add_post(post)
        if not code:
            remember(self.state, post)
            self.state.recent[user.id] = [*self.state.recent[user.id][-20:], (self.state.clock(), raw)]
        return post

    def waits(
        self, user: UserRecord, raw: str, given: Mapping[str, Any], reason: str, topic: TopicRecord | None
    ) -> WaitingPost:
        """What somebody wrote waits for a moderator."""
        title = None if topic else str(given.get("title") or "")
        return self.queue.enqueue(user, raw, given, (title, topic), reason)

    def publish(self, one: WaitingPost) -> PostRecord:
        """A moderator approves what waits. It was checked when it came."""
        given: dict[str, Any] = {**one.given, "tags": one.given["tags"] or []}
        user, topic = self.state.users[one.user_id], self.state.topics.get(one.topic_id or 0)
        if topic is not None:
            return self.reply(topic, user, stored_raw(one.raw), given)
        title = stored_title(one.title or "", prettify=bool(self.state.settings["title_prettify"]))
        category = self.state.categories.get(one.category_id or 0)
        tags = self.tags(user, title, one.raw, {**given, "skip_validations": True}, category)
        number = self.state.next_id("topics")
        return self.begin(number, user, stored_raw(one.raw), (title, category, tags), {})
