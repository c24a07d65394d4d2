"""What a post leaves behind besides its text: whom it answers and quotes, and that its author has been there."""

from koweb_sync.sandbox.model.records import TRACKING, WATCHING, PostRecord, TopicRecord
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.model.texts import quoted

CREATED, REPLIED = 1, 4  # why somebody follows a topic


def remember(state: ForumState, post: PostRecord) -> None:
    """Everything that follows from a new post."""
    topic = state.topics[post.topic_id]
    if topic.id in state.definitions():
        return
    connect(state, topic, post)
    follow(state, topic, post)
    if state.written[post.user_id][0] == post.id and post.user_id > 0:
        post.notice = "new_user"


def connect(state: ForumState, topic: TopicRecord, post: PostRecord) -> None:
    """Tell the posts that this one answers or quotes; each counts it once, and a deleted one not at all."""
    if not post.alive:
        return
    targets = [post.reply_to] if post.reply_to else []
    quotes = quoted(post.raw)
    post.quotes = len(quotes)
    targets += [number for where, number in quotes if where == topic.id]
    for one in filter(None, (state.numbered(topic, number) for number in targets)):
        if one.id != post.id and post.id not in one.replies:
            one.replies.append(post.id)


def disconnect(state: ForumState, topic: TopicRecord, post: PostRecord) -> None:
    """A deleted post is no answer any more; a recovered one does not become one again."""
    for one in state.posts_of(topic):
        if post.id in one.replies:
            one.replies.remove(post.id)
    state.changed(topic.id)


def follow(state: ForumState, topic: TopicRecord, post: PostRecord) -> None:
    """An author has read as far as their own post, and follows the topic."""
    found = state.following(topic.id, post.user_id)
    level, reason = (WATCHING, CREATED) if topic.user_id == post.user_id else (TRACKING, REPLIED)
    found.posted, found.last_read = True, max(post.number, found.last_read or 0)
    found.level, found.reason = max(found.level, level), found.reason or reason
