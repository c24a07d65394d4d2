"""Reading a forum's talk: each function sends one request, anonymously unless it says otherwise.

`ForumReader` knows whether the public may read at all: where a login is required, everything goes with the key.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast
from urllib.parse import quote

from koweb_sync.errors import AnswerMalformed, ForumAnswerUnclear, ForumForbidden, ForumNotFound
from koweb_sync.forum import parse, parse_people, parse_site
from koweb_sync.forum.addresses import UrlOrigin
from koweb_sync.forum.answers import LIKERS, LIKES, MEMBERS, NOT_FOR_US
from koweb_sync.forum.client import Forum
from koweb_sync.forum.decode import Malformed, Page
from koweb_sync.forum.models import (
    DirectoryEntry,
    Like,
    Post,
    Reactions,
    Revision,
    TopicList,
    TopicPage,
    User,
    UserGroup,
)
from koweb_sync.forum.parse_revisions import revision as edit_of
from koweb_sync.forum.site import Category, Totals
from koweb_sync.forum.translations import PostTranslation, listed

T = TypeVar("T")


class ForumReader:
    """The two lanes to a forum's talk. `keyed`: everything with the key, for a forum that wants a login."""

    def __init__(self, forum: Forum, *, keyed: bool = False) -> None:
        self.forum = forum
        self.keyed = keyed
        self.sent = {"keyed": 0, "anonymous": 0}
        self.malformed: list[Malformed] = []  # what could not be read since somebody last took it down
        self.called = ("", "")  # the forum's title and language, once somebody asked for totals
        self.version = ""  # the server's, as far as it was told then
        self._staff: frozenset[str] | None = None
        self._me: tuple[int, frozenset[int]] | None = None
        self._storages: frozenset[UrlOrigin] | None = None

    @property
    def pace(self) -> float:
        """Seconds that this server takes for an answer, as far as it was asked; 0 before."""
        return self.forum.transport.pace

    def hint(self, tags: Iterable[str]) -> None:
        """Say which tags there are, as far as they are known."""
        self.forum.tagging.hint(tags)

    def get(self, path: str, *, key: bool = False, **params: Any) -> Any:
        """One answer, never an old one."""
        lane = "keyed" if key or self.keyed else "anonymous"
        self.sent[lane] += 1
        if lane == "keyed":
            return self.forum._get(path, **params)
        return self.forum.read_anonymously(path, **params)

    def read(self, path: str, parse: Callable[[Any], T], *, key: bool = False, **params: Any) -> T:
        """One answer, parsed; entries that cannot be read are remembered. Raises AnswerMalformed with its address."""
        data = self.get(path, key=key, **params)
        with self.forum.reading(path):
            found = parse(data)
        found = self.original(found, key=key)
        self.remember(found, path, keyed=key or self.keyed)
        return found

    def original(self, found: T, *, key: bool) -> T:
        """What was said in the place of what was translated: one request for each post that came in the language of
        the key's user, whom servers of 2026 give originals only by a preference of theirs.
        """
        match found:
            case TopicPage():
                return cast("T", replace(found, posts=self.original(found.posts, key=key)))
            case Page():
                return cast("T", self.originals(found, key=key))
            case Post(localised=True):
                path = f"/posts/{found.id}/cooked.json"
                data = self.get(path, key=key)
                with self.forum.reading(path):
                    return cast("T", replace(found, cooked=parse.original(data)))
            case _:
                return found

    def originals(self, page: Page[Any], *, key: bool) -> Page[Any]:
        """A page with what was said; a post of which that is not told is one that cannot be read."""
        if not any(isinstance(one, Post) and one.localised for one in page):
            return page
        found, bad = [], list(page.malformed)
        for one in page:
            try:
                found.append(self.original(one, key=key))
            except (*NOT_FOR_US, AnswerMalformed) as error:
                bad.append(Malformed("post", error.message, one.id, topic=one.topic, keyed=key or self.keyed))
        return Page(found, bad)

    def remember(self, found: object, path: str, *, keyed: bool) -> None:
        """Remember what could not be read of an answer."""
        pages = (found.topics, found.people) if isinstance(found, TopicList) else (found,)
        pages = (found.posts,) if isinstance(found, TopicPage) else pages
        pages = (found.people,) if isinstance(found, Reactions) else pages
        for page in pages:
            if isinstance(page, Page):
                self.malformed += (
                    replace(one, where=one.where or self.forum.host + path, keyed=keyed) for one in page.malformed
                )

    # ---- the forum

    def totals(self) -> Totals:
        """How much there is. The same answer tells what the forum is called, and the server's version."""

        def counts(data: Any) -> Totals:
            title, locale, self.version = parse_site.about(data)
            self.called = title, locale
            return parse_site.totals(data)

        return self.read("/about.json", counts)

    def is_forum(self) -> bool:
        """Whether a Discourse forum is there at all: what it says to everybody, a login required or not."""
        try:
            return isinstance(self.get("/site/basic-info.json"), Mapping)
        except (*NOT_FOR_US, ForumAnswerUnclear):
            return False

    def storages(self) -> frozenset[UrlOrigin]:
        """The servers besides its own that the forum keeps files on, as far as its settings tell: one request, once."""
        if self._storages is None:
            try:
                self._storages = self.read("/site/basic-info.json", parse_site.storages)
            except (*NOT_FOR_US, ForumAnswerUnclear):
                self._storages = frozenset()
            self.forum.transport.storages = self._storages
        return self._storages

    def categories(self, *, key: bool = False) -> Page[Category]:
        """All categories that we may see."""

        def shown(data: Any) -> Page[Category]:
            if key or self.keyed:
                self._staff = parse_site.staff_groups(data)
            return parse_site.categories(data)

        return self.read("/site.json", shown, key=key)

    def for_staff(self, category: Category) -> bool:
        """Whether only staff may read a category: one request with the key. Yes where we may not know."""
        try:
            staff = self.staff_groups()
            return self.read(f"/c/{category.id}/show.json", lambda data: parse_site.for_staff(data, staff), key=True)
        except (*NOT_FOR_US, AnswerMalformed):
            return True

    def staff_groups(self) -> frozenset[str]:
        """The names of the groups that only staff is in, which are translated: one request, once."""
        if self._staff is None:
            self._staff = self.read("/site.json", parse_site.staff_groups, key=True)
        return self._staff

    def groups(self, page: int) -> Page[UserGroup]:
        """Thirty-six groups."""
        return self.read("/groups.json", parse_site.groups, page=page)

    def members(self, group: str, offset: int) -> Page[User]:
        """People in a group, a thousand at most. Raises ForumNotFound, ForumForbidden."""
        path = f"/groups/{quote(group, safe='')}/members.json"
        return self.read(path, parse_people.members, limit=MEMBERS, offset=offset)

    def directory(self, page: int) -> Page[DirectoryEntry]:
        """Fifty people, those who gave most likes first."""
        return self.read("/directory_items.json", parse_site.directory, period="all", order="likes_given", page=page)

    # ---- topics

    def latest(self, page: int, size: int | None, *, key: bool = False, **which: Any) -> TopicList:
        """A page of topics, newest activity first. `size` is how many we ask for, where that is honoured."""
        asked = {"per_page": size} if size else {}
        given: dict[str, Any] = {"page": page, "no_definitions": "true", **asked, **which}
        return self.read("/latest.json", parse.listed, key=key, **given)

    def in_category(self, category: Category, page: int, size: int | None, *, key: bool = False) -> TopicList:
        """A page of a category's own topics."""
        asked = {"per_page": size} if size else {}
        path = f"/c/{quote(category.path, safe='/%')}/{category.id}/l/latest.json"
        return self.read(path, parse.listed, key=key, page=page, no_subcategories="true", **asked)

    def topic(self, topic: int, near: int | None = None, *, key: bool = False) -> TopicPage:
        """A topic with the ids of its posts, and some twenty of them, near a post number. Raises ForumNotFound."""
        place = f"/t/{topic}/{near}.json" if near and near > 1 else f"/t/{topic}.json"
        return self.read(place, lambda data: parse.topic_page(data, topic), key=key, include_raw=1)

    def posts_of(self, topic: int, posts: Sequence[int], *, key: bool = False) -> Page[Post]:
        """Posts of a topic by their ids, at most `MANY`; what is not there is left out."""
        given: dict[str, Any] = {"include_raw": "true", "post_ids[]": list(posts)}
        return self.read(f"/t/{topic}/posts.json", lambda data: parse.posts_of_topic(data, topic), key=key, **given)

    # ---- posts

    def posts(self, before: int | None, *, key: bool = False) -> Page[Post]:
        """A window of posts, low ids first: older servers give ids up to `before`, newer ones those below."""
        return self.read("/posts.json", parse.posts, key=key, before=before)

    def messages(self, before: int | None) -> Page[Post]:
        """The newest posts below an id in the personal messages that the key shows, with an administrator's on newer
        servers everybody's: one request with the key.
        """
        return self.read("/private-posts.json", parse.messages, key=True, before=before)

    def me(self) -> tuple[int, frozenset[int]]:
        """The key's user, and the groups that they are in: one request, once."""
        if self._me is None:
            self.sent["keyed"] += 1
            with self.forum.reading("/session/current.json"):
                self._me = parse_site.member(self.forum._get("/session/current.json"))
        return self._me

    def post(self, post: int, *, key: bool = False) -> Post:
        """One post. Raises ForumNotFound."""
        return self.read(f"/posts/{post}.json", lambda data: parse.one_post(data, post), key=key)

    def revision(self, post: int, number: int) -> Revision | None:
        """An edit of a post, from 2 on; None where it is not there, or not for us: one request with the key. Raises
        ForumKeyRefused where the key's scopes do not cover it.
        """
        try:
            return self.read(f"/posts/{post}/revisions/{number}.json", edit_of, key=True)
        except (ForumNotFound, ForumForbidden, AnswerMalformed):
            return None

    def translations(self, post: int) -> dict[str, PostTranslation] | None:
        """A post in other languages, by language; None where the key may not read that: one request with the key."""
        try:
            return self.read(f"/post_localizations/{post}.json", listed, key=True, post_id=post)
        except (*NOT_FOR_US, ForumAnswerUnclear, AnswerMalformed):
            return None

    # ---- likes

    def likes_by(self, username: str, offset: int) -> Page[Like] | None:
        """The likes that somebody gave, newest first; None where that is nobody's business."""
        try:
            given: dict[str, Any] = {"username": username, "filter": 1, "offset": offset, "limit": LIKES}
            return self.read("/user_actions.json", parse_people.likes_given, **given)
        except NOT_FOR_US:
            return None

    def likers(self, post: int, page: int = 0, *, key: bool = False) -> Page[Like] | None:
        """Who likes a post, the first first; None where that is nobody's business."""
        given: dict[str, Any] = {"id": post, "post_action_type_id": parse_people.LIKE, "limit": LIKERS, "page": page}
        try:
            return self.read("/post_action_users.json", lambda data: parse_people.likers(data, post), key=key, **given)
        except NOT_FOR_US:
            return None

    def reacted(self, post: int, main: str, *, key: bool = False) -> Reactions | None:
        """Who reacted otherwise to a post than with the `main` reaction, a like; None where that is not told."""
        try:
            path = f"/discourse-reactions/posts/{post}/reactions-users.json"
            return self.read(path, lambda data: parse_people.reacted(data, post, main), key=key)
        except NOT_FOR_US:
            return None

    def main_reaction(self) -> str:
        """The reaction that is a like."""
        try:
            found = self.read("/site/settings.json", parse_site.main_reaction)
        except (*NOT_FOR_US, ForumAnswerUnclear):
            found = ""
        return found or parse_people.HEART

    def account(self, username: str, *, key: bool = False) -> User | None:
        """Somebody by their name; None where nobody tells who that is."""
        try:
            return self.read(f"/u/{quote(username, safe='')}.json", parse_site.account, key=key)
        except (*NOT_FOR_US, AnswerMalformed):
            return None
