"""What people change on the forum: posts, topics, their status; with guards, versions and rights."""

from collections.abc import Mapping, Sequence
from typing import Any

from koweb_sync.sandbox.acts.rules import listed, truthy
from koweb_sync.sandbox.acts.writing import Writer
from koweb_sync.sandbox.core.people import may_edit, may_edit_topic
from koweb_sync.sandbox.core.refused import Refused, forbidden, invalid, missing, not_found, unprocessable
from koweb_sync.sandbox.core.state import Post, Revision, Topic, User
from koweb_sync.sandbox.core.texts import counted, slug, stored_raw, stored_title

GRACE_CHARS = 100


class Editor:
    """The changes of one forum. Its caller holds the state's lock."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.state = writer.state
        self.limits = writer.limits
        self.rules = writer.rules

    def edit(self, user: User, post: Post, given: Mapping[str, Any]) -> Post:
        """`PUT /posts/ID.json`: raw with its guard; title and category with a first post."""
        fields = given.get("post")
        if not isinstance(fields, Mapping):
            raise missing("post")
        topic = self.state.topics[post.topic_id]
        if not may_edit(user, topic, post):
            raise forbidden(self.state)
        self.guard(post, fields)
        raw = stored_raw(str(fields.get("raw") or ""))
        if errors := self.edit_errors(user, topic, post, raw, given):
            raise unprocessable(errors)
        first = post.number == 1
        title = given.get("title") if first else None
        target = self.rules.category(user, fields.get("category_id")) if first else None
        reason = str(fields.get("edit_reason") or "") or None
        changed = raw != post.raw or title is not None or target is not None
        if changed:
            self.limits.edit(user)
            self.revise(topic, post, user, raw, reason)
        if title is not None:
            self.retitle(topic, str(title))
        if target is not None:
            topic.category_id = target.id
        last = topic.post_ids[-1] == post.id
        quiet = truthy(given.get("no_bump")) or truthy(fields.get("bypass_bump"))
        if changed and last and not quiet:
            topic.bumped_at = self.state.clock()
        return post

    def guard(self, post: Post, fields: Mapping[str, Any]) -> None:
        """Refuse an edit of a text that its sender does not know: an exact comparison; an empty guard is none."""
        names = ("raw_old", "original_text") if self.state.flavour.guards_original_text else ("raw_old",)
        for name in names:
            if fields.get(name) and fields[name] != post.raw:
                why = self.rules.say("Somebody else edited this post, so your changes can no longer be saved.")
                raise Refused(409, {"errors": [why]})

    def edit_errors(self, user: User, topic: Topic, post: Post, raw: str, given: Mapping[str, Any]) -> list[str]:
        """Why an edit is refused."""
        settings, errors = self.state.settings, []
        first = post.number == 1
        least = int(settings["min_first_post_length" if first else "min_post_length"])
        if len(counted(raw)) < least:
            errors.append(self.rules.say("Body is too short (minimum is {n} characters)").format(n=least))
        if len(raw) > int(settings["max_post_length"]):
            text = self.rules.say("Body is limited to {n} characters; you entered {m}.")
            errors.append(text.format(n=settings["max_post_length"], m=len(raw)))
        if first and given.get("title") is not None:
            title = stored_title(str(given["title"]), prettify=bool(settings["title_prettify"]))
            errors += self.rules.title_errors(title, user, topic)
        return errors

    def revise(self, topic: Topic, post: Post, user: User, raw: str, reason: str | None) -> None:
        """Keep what was there before, where it makes a version, and store the new text."""
        now = self.state.clock()
        grace = now - post.last_version_at <= int(self.state.settings["editing_grace_period"])
        small = abs(len(raw) - len(post.raw)) <= GRACE_CHARS * (4 if user.staff or user.trust_level >= 2 else 1)
        quiet = grace and small and user.id == post.last_editor and (reason is None or reason == post.edit_reason)
        if not quiet:
            post.version += 1
            post.last_version_at = now
            before = (post.raw, topic.title, topic.category_id, tuple(topic.tags))
            post.revisions.append(Revision(post.version, user.id, now, reason, *before))
        post.last_editor = user.id
        post.edit_reason = reason
        post.raw = raw
        post.html = None
        post.updated_at = now

    def retitle(self, topic: Topic, title: str) -> None:
        """A new title, as it is stored."""
        topic.title = stored_title(title, prettify=bool(self.state.settings["title_prettify"]))
        topic.slug = slug(topic.title)
        self.state.know_title(topic)

    # ---- topics

    def update_topic(self, user: User, topic: Topic, given: Mapping[str, Any]) -> None:
        """`PUT /t/-/ID.json`: title, category, tags."""
        if topic.deleted_at is not None:
            raise not_found(self.state)
        if not may_edit_topic(user, topic):
            raise forbidden(self.state)
        title = given.get("title")
        if title is not None:
            stored = stored_title(str(title), prettify=bool(self.state.settings["title_prettify"]))
            if errors := self.rules.title_errors(stored, user, topic):
                raise unprocessable(errors)
        category = self.rules.category(user, given.get("category_id"))
        first = self.state.first_post(topic)
        self.revise(topic, first, user, first.raw, None)
        if title is not None:
            self.retitle(topic, str(title))
        if category is not None:
            topic.category_id = category.id
        if "tags" in given:
            self.retag(user, topic, listed(given["tags"]))

    def retag(self, user: User, topic: Topic, tags: Sequence[str]) -> None:
        """Replace a topic's tags."""
        topic.tags = self.rules.allowed_tags(user, tags)
        for tag in topic.tags:
            self.state.tags[tag] = self.state.tags.get(tag, 0) + 1

    def status(self, user: User, topic: Topic, name: str, *, enabled: bool) -> None:
        """`PUT /t/ID/status.json`."""
        if name not in ("closed", "archived", "visible", "pinned", "pinned_globally"):
            raise invalid(self.state, "status")
        now = self.state.clock()
        if name.startswith("pinned"):
            topic.pinned_at = now if enabled else None
            topic.pinned_globally = enabled and name == "pinned_globally"
        else:
            if getattr(topic, name) == enabled:
                return
            setattr(topic, name, enabled)
            self.state.know_title(topic)
        self.writer.add(topic, user, "", now, f"{name}.{'enabled' if enabled else 'disabled'}")

    def delete_topic(self, user: User, topic: Topic) -> None:
        """`DELETE /t/ID.json`: soft; an author may, while nobody replied."""
        if topic.deleted_at is not None or not (user.staff or (user.id == topic.user_id and len(topic.post_ids) == 1)):
            raise unprocessable(
                [self.rules.say("There was an error deleting that topic. Please contact the site administrator.")]
            )
        topic.deleted_at, topic.deleted_by = self.state.clock(), user.id
        for post in self.state.posts_of(topic):
            post.deleted_at = post.deleted_at or topic.deleted_at
        self.state.know_title(topic)

    def recover_topic(self, topic: Topic) -> None:
        """`PUT /t/ID/recover.json`."""
        for post in self.state.posts_of(topic):
            if post.deleted_at == topic.deleted_at:
                post.deleted_at = None
        topic.deleted_at = topic.deleted_by = None
        self.state.know_title(topic)

    def move(self, user: User, topic: Topic, numbers: Sequence[int], given: Mapping[str, Any]) -> Topic:
        """Move posts into another topic. A first post is copied to a new id; what is left is a closed stub."""
        target = self.state.topics.get(int(given.get("destination_topic_id") or 0))
        now = self.state.clock()
        if target is None:
            title = str(given.get("title") or topic.title)
            target = Topic(
                id=self.state.next_id("topics"),
                title=title,
                slug=slug(title),
                user_id=user.id,
                category_id=int(given.get("category_id") or topic.category_id or 0) or None,
                created_at=now,
                bumped_at=now,
            )
            self.state.add_topic(target)
        for number in numbers:
            post = self.state.posts[number]
            if post.number == 1:
                author = self.state.users[post.user_id]
                self.writer.add(target, author, post.raw, post.created_at)
            else:
                topic.post_ids.remove(number)
                post.topic_id, post.number = target.id, len(target.post_ids) + 1
                target.post_ids.append(number)
        if len(topic.post_ids) == 1 and topic.post_ids[0] in numbers:
            topic.closed = True
            self.writer.add(topic, user, "", now, "split_topic")
        return target
