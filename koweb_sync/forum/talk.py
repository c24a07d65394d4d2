"""Reading a forum's talk: each function sends one request, anonymously unless it says otherwise.

`Talk` knows whether the public may read at all: where a login is required, everything goes with the key.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from koweb_sync.errors import ForumAnswerUnclear, ForumForbidden, ForumKeyRefused, ForumNotFound
from koweb_sync.forum import observe
from koweb_sync.forum.client import Forum
from koweb_sync.forum.observed import Category, Counters, Group, Like, Listed, Opened, Person, Post, Totals

WINDOW = 50  # posts in one answer of /posts.json
MANY = 100  # posts asked for by id at once, so that the address stays short
LIKES = 100  # likes in one answer about a person
MEMBERS = 1_000  # people in one answer about a group
LIKERS = 200  # people in one answer about a post
NOT_FOR_US = (ForumNotFound, ForumForbidden, ForumKeyRefused)


class Talk:
    """The two lanes to a forum's talk. `keyed`: everything with the key, for a forum that wants a login."""

    def __init__(self, forum: Forum, *, keyed: bool = False) -> None:
        self.forum = forum
        self.keyed = keyed
        self.sent = {"keyed": 0, "anonymous": 0}
        self.called = ("", "")  # the forum's title and language, once somebody asked for totals
        self._staff: frozenset[str] | None = None

    def get(self, path: str, *, key: bool = False, **params: Any) -> Any:
        """One answer, never an old one."""
        lane = "keyed" if key or self.keyed else "anonymous"
        self.sent[lane] += 1
        if lane == "keyed":
            return self.forum._get(path, **params)
        return self.forum.read_anonymously(path, **params)

    # ---- the forum

    def totals(self) -> Totals:
        """How much there is. The same answer tells what the forum is called."""
        data = self.get("/about.json")
        self.called = observe.called(data)
        return observe.totals(data)

    def is_forum(self) -> bool:
        """Whether a Discourse forum is there at all: what it says to everybody, a login required or not."""
        try:
            return isinstance(self.get("/site/basic-info.json"), Mapping)
        except (*NOT_FOR_US, ForumAnswerUnclear):
            return False

    def categories(self, *, key: bool = False) -> tuple[Category, ...]:
        """All categories that we may see."""
        data = self.get("/site.json", key=key)
        if key or self.keyed:
            self._staff = observe.staff_groups(data)
        return observe.categories(data)

    def for_staff(self, category: Category) -> bool:
        """Whether only staff may read a category: one request with the key. Yes where we may not know."""
        try:
            return observe.for_staff(self.get(f"/c/{category.id}/show.json", key=True), self.staff_groups())
        except NOT_FOR_US:
            return True

    def staff_groups(self) -> frozenset[str]:
        """The names of the groups that only staff is in, which are translated: one request, once."""
        if self._staff is None:
            self._staff = observe.staff_groups(self.get("/site.json", key=True))
        return self._staff

    def groups(self, page: int) -> tuple[Group, ...]:
        """Thirty-six groups."""
        return observe.groups(self.get("/groups.json", page=page))

    def members(self, group: str, offset: int) -> tuple[Person, ...]:
        """People in a group, a thousand at most. Raises ForumNotFound, ForumForbidden."""
        path = f"/groups/{quote(group)}/members.json"
        return observe.members(self.get(path, limit=MEMBERS, offset=offset))

    def directory(self, page: int) -> tuple[Counters, ...]:
        """Fifty people, those who gave most likes first."""
        return observe.directory(self.get("/directory_items.json", period="all", order="likes_given", page=page))

    # ---- topics

    def latest(self, page: int, size: int | None, *, key: bool = False, **which: Any) -> Listed:
        """A page of topics, newest activity first. `size` is how many we ask for, where that is honoured."""
        asked = {"per_page": size} if size else {}
        return observe.listed(self.get("/latest.json", key=key, page=page, no_definitions="true", **asked, **which))

    def in_category(self, category: Category, page: int, size: int | None, *, key: bool = False) -> Listed:
        """A page of a category's own topics."""
        asked = {"per_page": size} if size else {}
        path = f"/c/{category.path}/{category.id}/l/latest.json"
        return observe.listed(self.get(path, key=key, page=page, no_subcategories="true", **asked))

    def topic(self, topic: int, near: int | None = None, *, key: bool = False) -> Opened:
        """A topic with the ids of its posts, and some twenty of them, near a post number. Raises ForumNotFound."""
        place = f"/t/{topic}/{near}.json" if near and near > 1 else f"/t/{topic}.json"
        return observe.opened(self.get(place, key=key, include_raw=1))

    def posts_of(self, topic: int, posts: Sequence[int], *, key: bool = False) -> tuple[Post, ...]:
        """Posts of a topic by their ids, at most `MANY`; what is not there is left out."""
        data = self.get(f"/t/{topic}/posts.json", key=key, include_raw="true", **{"post_ids[]": list(posts)})
        return observe.posts_of_topic(data)

    # ---- posts

    def posts(self, before: int | None, *, key: bool = False) -> tuple[Post, ...]:
        """A window of posts, low ids first: older servers give ids up to `before`, newer ones those below."""
        return observe.posts(self.get("/posts.json", key=key, before=before))

    def messages(self, before: int | None) -> tuple[Post, ...]:
        """The newest posts below an id in the personal messages of the key's user: one request with the key."""
        return observe.messages(self.get("/private-posts.json", key=True, before=before))

    def post(self, post: int, *, key: bool = False) -> Post:
        """One post. Raises ForumNotFound."""
        return observe.post(self.get(f"/posts/{post}.json", key=key) or {})

    # ---- likes

    def likes_by(self, username: str, offset: int) -> tuple[Like, ...] | None:
        """The likes that somebody gave, newest first; None where that is nobody's business."""
        try:
            data = self.get("/user_actions.json", username=username, filter=1, offset=offset, limit=LIKES)
        except NOT_FOR_US:
            return None
        return observe.likes_given(data)

    def likers(self, post: int, page: int = 0, *, key: bool = False) -> tuple[Like, ...] | None:
        """Who likes a post, the first first; None where that is nobody's business."""
        given = {"id": post, "post_action_type_id": observe.LIKE, "limit": LIKERS, "page": page}
        try:
            return observe.likers(self.get("/post_action_users.json", key=key, **given), post)
        except NOT_FOR_US:
            return None

    def reacted(self, post: int) -> tuple[Like, ...] | None:
        """Who reacted otherwise to a post; None where that is not told."""
        try:
            data = self.get(f"/discourse-reactions/posts/{post}/reactions-users.json")
        except NOT_FOR_US:
            return None
        return observe.reacted(data, post)
