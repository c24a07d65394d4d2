"""What staff do with topics and posts: close, pin, delete, recover, move, hand over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.model.permissions import Caller, may_see
from koweb_sync.sandbox.model.records import MODERATOR, REGULAR, SMALL_ACTION, PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.refusals import forbidden, invalid, unprocessable
from koweb_sync.sandbox.model.texts import slug
from koweb_sync.sandbox.model.traces import disconnect
from koweb_sync.sandbox.rules.edits import Editor
from koweb_sync.sandbox.rules.validations import EARLY, FAR, listed, number_of

STATES = ("closed", "archived", "visible", "pinned", "pinned_globally")


@dataclass(frozen=True, slots=True)
class Move:
    """Which posts leave a topic, in their order, for which other one; `new`: it was made for them."""

    topic: TopicRecord
    target: TopicRecord
    posts: Sequence[PostRecord]
    new: bool


class Mover:
    """Moves posts of one forum. Its caller holds the state's lock."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.writer = editor.writer
        self.state = editor.state
        self.rules = editor.rules

    def move(self, user: UserRecord, topic: TopicRecord, numbers: Sequence[int], given: Mapping[str, Any]) -> Move:
        """Move posts by their ids. Raises Refused.

        A first post stays and is copied to a new id. A small action says where the posts went; it has the number of the
        first one that left.
        """
        posts = [self.state.posts.get(number) for number in dict.fromkeys(numbers)]
        mine = [post for post in posts if post is not None and post.topic_id == topic.id]
        wanted = (post for post in mine if post.type != SMALL_ACTION and post.alive)
        moving = sorted(wanted, key=lambda one: one.number)
        if not moving or len(mine) < len(posts):
            raise invalid(self.state, "post_ids")
        made = self.planned(user, topic, moving, given)
        place = next((post.number for post in moving if post.number > 1), None)
        self.carry_out(made)
        self.tell(user, made, place)
        self.state.changed(topic.id)
        self.state.changed(made.target.id)
        return made

    def planned(
        self, user: UserRecord, topic: TopicRecord, moving: Sequence[PostRecord], given: Mapping[str, Any]
    ) -> Move:
        """Where posts go: to the topic that is named, or to a new one of the first post's author and date."""
        if given.get("destination_topic_id") not in (None, ""):
            found = self.state.topics.get(number_of(given["destination_topic_id"]) or 0)
            if found is None or found is topic or found.deleted_at or not may_see(self.state, Caller(user), found):
                raise invalid(self.state, "destination_topic_id")
            return Move(topic, found, moving, new=False)
        first = moving[0]
        if first.type != REGULAR:
            raise unprocessable([self.rules.say("The first post of a new topic must be a regular post.")])
        title = self.editor.title(given.get("title") or "")
        if errors := self.rules.title_errors(title, user):
            raise unprocessable(errors)
        category = self.rules.category(user, given.get("category_id"))
        sent = listed(given.get("tags"))
        tags = self.rules.tagger.stored(user, sent, category) if sent else []
        place = category.id if category else self.writer.uncategorized()
        number, at = self.state.next_id("topics"), first.created_at
        made = TopicRecord(number, title, slug(title), first.user_id, place, at, at, tags=tags)
        self.state.add_topic(made)
        return Move(topic, made, moving, new=True)

    def carry_out(self, move: Move) -> None:
        """Give posts their new topic and their new numbers; who answered what moved along still answers it."""
        numbers: dict[int, int] = {}
        for post in move.posts:
            old, moved = post.number, self.move_one(move, post)
            numbers[old] = moved.number
            moved.reply_to = numbers.get(post.reply_to or 0)
        for topic in (move.topic, move.target):
            ids = set(topic.post_ids)
            for post in self.state.posts_of(topic):
                post.replies = [one for one in post.replies if one in ids]
        last = move.posts[-1]
        if last.id == self.editor.last_post(move.target):
            move.target.bumped_at = last.created_at

    def move_one(self, move: Move, post: PostRecord) -> PostRecord:
        """Move one post; of a first one, a copy. The post as it is in its new topic."""
        if post.number == 1:
            author, at = self.state.users[post.user_id], post.created_at
            copy = self.writer.add(move.target, author, post.raw, at, kind=post.type)
            copy.hidden, copy.wiki, copy.locked = post.hidden, post.wiki, post.locked
            copy.likes = list(post.likes)
            copy.reacted, copy.reactions = post.reacted, post.reactions  # which the plugin takes along
            post.reacted, post.reactions = {}, {}
            return copy
        last = self.state.posts[move.target.post_ids[-1]].number if move.target.post_ids else 0
        move.topic.post_ids.remove(post.id)
        post.topic_id, post.number = move.target.id, last + 1
        move.target.post_ids.append(post.id)
        return post

    def tell(self, user: UserRecord, move: Move, place: int | None) -> None:
        """Say in the old topic where its posts went, with the number of one of them or at its end."""
        count, target = len(move.posts), move.target
        link = f"[{target.title}]({self.state.at(f'/t/{target.slug}/{target.id}')})"
        language = catalog(str(self.state.settings["default_locale"]))
        new = language.ngettext(
            "A post was split to a new topic: {link}", "{n} posts were split to a new topic: {link}", count
        )
        there = language.ngettext(
            "A post was merged into an existing topic: {link}",
            "{n} posts were merged into an existing topic: {link}",
            count,
        )
        text = (new if move.new else there).format(n=count, link=link)
        said = self.writer.add(move.topic, user, text, self.state.clock(), code="split_topic")
        said.number = place or said.number
        move.topic.post_ids.sort(key=lambda ident: self.state.posts[ident].number)


class Moderation:
    """The upkeep of one forum. Its caller holds the state's lock."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.writer = editor.writer
        self.state = editor.state
        self.rules = editor.rules
        self.mover = Mover(editor)

    def status(self, user: UserRecord, topic: TopicRecord, name: str, *, enabled: bool) -> None:
        """`PUT /t/ID/status.json`: changes a state, and says so in a small action."""
        if name not in STATES:
            raise invalid(self.state, "status")
        now = self.state.clock()
        if name.startswith("pinned"):
            if (topic.pinned_at is not None) == enabled and topic.pinned_globally == (enabled and name != "pinned"):
                return
            topic.pinned_at = now if enabled else None
            topic.pinned_globally = enabled and name == "pinned_globally"
        else:
            if getattr(topic, name) == enabled:
                return
            setattr(topic, name, enabled)
            self.state.know_title(topic)
        said = self.writer.add(topic, user, "", now, code=f"{name}.{'enabled' if enabled else 'disabled'}")
        self.state.tell("topic", f"topic_{name}_status_updated", topic.id)
        self.state.tell("post", "post_created", said.id)

    # ---- deleting

    def delete_topic(self, user: UserRecord, topic: TopicRecord) -> None:
        """`DELETE /t/ID.json`: soft; an author may, while nobody replied."""
        alone = len(topic.post_ids) == 1 and user.id == topic.user_id
        if topic.deleted_at is not None or not (user.staff or alone):
            text = self.rules.say("There was an error deleting that topic. Please contact the site administrator.")
            raise unprocessable([text])
        topic.deleted_at, topic.deleted_by = self.state.clock(), user.id
        for post in self.state.posts_of(topic):
            if post.alive:
                post.deleted_at, post.deleted_by = topic.deleted_at, user.id
        self.state.know_title(topic)
        self.state.changed(topic.id)
        self.state.tell("post", "post_destroyed", topic.post_ids[0])
        self.state.tell("topic", "topic_destroyed", topic.id)

    def recover_topic(self, topic: TopicRecord) -> None:
        if topic.deleted_at is None:
            raise forbidden(self.state)
        for post in self.state.posts_of(topic):
            if post.deleted_at == topic.deleted_at:
                post.deleted_at = post.deleted_by = None
        topic.deleted_at = topic.deleted_by = None
        self.state.know_title(topic)
        self.state.changed(topic.id)
        self.state.tell("post", "post_recovered", topic.post_ids[0])
        self.state.tell("topic", "topic_recovered", topic.id)

    def delete_post(self, user: UserRecord, post: PostRecord) -> None:
        """`DELETE /posts/ID.json`: staff delete softly; an author's own text is replaced."""
        topic = self.state.topics[post.topic_id]
        mine = user.id == post.user_id and not post.user_deleted
        if post.number == 1 or not (user.staff or mine) or not post.alive:
            raise forbidden(self.state)
        if user.staff:
            post.deleted_at, post.deleted_by = self.state.clock(), user.id
            post.likes.clear()
            topic.answers.pop(post.id, None)
            disconnect(self.state, topic, post)
            self.writer.notifier.withdraw(topic, post)
            self.state.tell("post", "post_destroyed", post.id)
        else:
            self.remove_text(user, post)

    def remove_text(self, user: UserRecord, post: PostRecord) -> None:
        """An author deletes their own text: it is replaced, as one more version."""
        topic = self.state.topics[post.topic_id]
        first = post.number == 1
        say = self.rules.say
        gone = say("(topic deleted by author)") if first else say("(post deleted by author)")
        self.editor.revise(user, topic, post, {"raw": gone}, say("deleted by author"))
        post.user_deleted = True

    def recover_post(self, post: PostRecord) -> None:
        """`PUT /posts/ID/recover.json`: brings a deleted post back, or the text of one that its author removed."""
        topic = self.state.topics[post.topic_id]
        if post.user_deleted and post.revisions and "raw" in post.revisions[-1].changes:
            author = self.state.users[post.user_id]
            post.user_deleted = False
            self.editor.revise(author, topic, post, {"raw": post.revisions[-1].changes["raw"][0]})
        elif post.alive or topic.deleted_at is not None:
            raise forbidden(self.state)
        post.deleted_at = post.deleted_by = None
        self.state.changed(topic.id)
        self.state.tell("post", "post_recovered", post.id)

    # ---- moving and handing over

    def move(
        self, user: UserRecord, topic: TopicRecord, numbers: Sequence[int], given: Mapping[str, Any]
    ) -> TopicRecord:
        """`POST /t/ID/move-posts.json`, `/merge-topic.json`: of a topic that all posts leave, a closed stub stays."""
        everything = {post.id for post in self.state.posts_of(topic) if post.alive} <= set(numbers)
        made = self.mover.move(user, topic, numbers, given)
        if everything:
            self.status(user, topic, "closed", enabled=True)
        return made.target

    def hand_over(self, user: UserRecord, topic: TopicRecord, posts: Sequence[PostRecord], owner: UserRecord) -> None:
        """`POST /t/ID/change-owner.json`: a version with its reason; nobody likes what is now their own."""
        reason = self.rules.say("Ownership transferred")
        for post in posts:
            self.editor.revise(user, topic, post, {"user_id": owner.id}, reason)
            post.likes = [like for like in post.likes if like[0] != owner.id]
            topic.user_id = owner.id if post.number == 1 else topic.user_id
        self.state.changed(topic.id)

    def shift(self, topic: TopicRecord, when: float) -> None:
        """`PUT /t/ID/change-timestamp.json`: every post moves by as much as the first."""
        by = when - topic.created_at
        posts = self.state.posts_of(topic)
        if not all(EARLY < at + by < FAR for one in posts for at in (one.created_at, one.updated_at)):
            raise invalid(self.state, "timestamp")
        topic.created_at = when
        for post in self.state.posts_of(topic):
            post.created_at += by
            post.updated_at += by
        topic.bumped_at = max(post.created_at for post in self.state.posts_of(topic))
        self.state.changed(topic.id)

    # ---- one post

    def turn_wiki(self, user: UserRecord, post: PostRecord, *, on: bool) -> None:
        """`PUT /posts/ID/wiki.json`: whether everybody may edit a post; as an edit."""
        self.editor.revise(user, self.state.topics[post.topic_id], post, {"wiki": on})

    def set_type(self, user: UserRecord, post: PostRecord, kind: object) -> None:
        """`PUT /posts/ID/post_type.json`: regular or of a moderator; as an edit. Raises Refused for other types."""
        number = number_of(kind)
        if number not in (REGULAR, MODERATOR):
            raise invalid(self.state, "post_type")
        self.editor.revise(user, self.state.topics[post.topic_id], post, {"type": number})

    def put_notice(self, user: UserRecord, post: PostRecord, text: str) -> None:
        """`PUT /posts/ID/notice.json`: what staff say above a post; nothing takes any notice away."""
        post.notice = None
        post.staff_notice = (text, user.id) if text else None
        self.state.changed(post.topic_id)
