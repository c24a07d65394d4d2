"""Posts that are moved into another topic, an existing one or a new one; and what is left where they were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.model.permissions import Caller, may_see
from koweb_sync.sandbox.model.records import REGULAR, SMALL_ACTION, PostRecord, TopicRecord, UserRecord
from koweb_sync.sandbox.model.refusals import invalid, unprocessable
from koweb_sync.sandbox.model.texts import slug
from koweb_sync.sandbox.rules.edits import Editor
from koweb_sync.sandbox.rules.validations import listed, number_of


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
