"""The forum, as the rest of the code speaks to it: pydiscourse's endpoints over our own transport.

Every method says how many requests it sends. Every one may raise ForumUnreachable (`sent` tells whether the request may
have been done), ForumDown, ForumKeyRefused, ForumAnswerUnclear and LimitReached; what else is said at the method.
"""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import quote

from koweb_sync.errors import AnswerMalformed, ForumForbidden, ForumKeyRefused, ForumNotFound, InputError
from koweb_sync.forum import parse, parse_people, parse_site
from koweb_sync.forum.addresses import by_name
from koweb_sync.forum.anchor_style import anchor_style, style_of_version
from koweb_sync.forum.cache import cached_site, keep_site
from koweb_sync.forum.connection import Connection
from koweb_sync.forum.display_names import DisplayNames
from koweb_sync.forum.files import fetch
from koweb_sync.forum.models import HeldForReview, NewTopic, Post, Revision, Topic, TopicView, Upload, User
from koweb_sync.forum.parse_revisions import revision as edit_of
from koweb_sync.forum.site import Category, Site
from koweb_sync.forum.site_facts import page, read_limits, read_places, read_site
from koweb_sync.i18n import _
from koweb_sync.posts.field import OwnRequest
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.times import DAY_IN_SECONDS

PAGE = 30  # topics in one list


class Forum(Connection):
    """One forum, with one key. `anchors` is how this server names its heading anchors, as soon as an answer told it."""

    anchors: str | None = None

    @cached_property
    def names(self) -> DisplayNames:
        """How people are called, as far as we know."""
        return DisplayNames(self.state)

    def close(self) -> None:
        """Close all connections, and keep the names that answers told."""
        super().close()
        if "names" in self.__dict__:
            self.names.keep()

    def topic_url(self, topic: int) -> str:
        """The address of a topic, which holds even when its title changes."""
        return f"{self.host}/t/-/{topic}"

    # ---- topics

    def create(self, topic: NewTopic) -> Post | HeldForReview:
        """Create a topic: one request, never repeated once it may have arrived.

        Raises ForumRefused for what validations refuse, an external_id that is taken included.
        """
        fields = {
            "external_id": topic.external_id,
            # Fresh each time: the server remembers identical creates for two minutes, refusals and dead topics too.
            "typing_duration_msecs": str(5_000 + secrets.randbelow(1_000_000)),
            **topic.more,
            "nested_post": True,  # or servers of 2022 answer null where a moderator must look first
        }
        data = self.create_post(
            topic.raw,
            category_id=topic.category,
            title=topic.title,
            tags=list(topic.tags),
            override_request_kwargs={"username": topic.author},
            **fields,
        )
        with self.reading("/posts.json"):
            return parse.created(data)

    def edit(
        self,
        post: PostId,
        raw: str,
        *,
        base: str,
        title: str | None = None,
        reason: str = "",
        no_bump: bool = False,
        locale: str = "",
    ) -> Post:
        """Replace a post's text, and its topic's title with it: one request.

        `base` is the stored text that we know; the server refuses if it holds another one (EditConflict). `locale` is
        the language that the post has: an edit that does not say it takes it away, and its translations with it.
        Raises ForumNotFound, ForumForbidden, ForumRefused.
        """
        if not base:
            raise InputError(
                _("Post {post} holds no text that we know: it is not edited blindly.").format(post=post),
                where=self.host,
                remedy=_("Look at it on the forum."),
            )
        fields: dict[str, Any] = {"post[raw_old]": base, "post[original_text]": base}
        fields |= {"title": title} if title is not None else {}
        fields |= {"post[bypass_bump]": True, "no_bump": True} if no_bump else {}
        fields |= {"post[locale]": locale} if locale else {}
        data = self.update_post(post, raw, reason, **fields)
        with self.reading(f"/posts/{post}.json"):
            made = parse.edited(data, post)
            self.learn(data, edited=True)
        return made

    def set_fields(self, topic: TopicId, fields: Mapping[str, Any]) -> None:
        """Set fields of a topic, by the names that its route gives them; tags replace all: one request."""
        self._put(f"/t/-/{topic}.json", json=True, **fields)

    def set_status(self, topic: TopicId, status: str, enabled: bool) -> None:
        """Set `closed`, `archived`, `visible`, `pinned` or `pinned_globally`: one request."""
        self.update_topic_status(topic, status, enabled)

    def send_field(self, one: OwnRequest) -> None:
        """Set a field that has a request of its own: one request."""
        self._request(one.verb, one.path, data=dict(one.data))

    def delete(self, topic: TopicId) -> None:
        """Delete a topic so that staff can recover it: one request."""
        self.delete_topic(topic)

    def recover(self, topic: TopicId) -> None:
        """Bring a deleted topic back: one request."""
        self._put(f"/t/{topic}/recover.json")

    # ---- reading

    def topic(self, topic: TopicId) -> TopicView:
        """A topic with its first post, deleted ones too if we are staff: one request. Raises ForumNotFound."""
        data = self._get(f"/t/{topic}.json", include_raw=1)
        with self.reading(f"/t/{topic}.json"):
            self.learn(data)
            self.names.learn(parse_people.names(data))
            return parse.topic_view(data, topic)

    def post(self, post: PostId) -> Post:
        """A post: one request. Raises ForumNotFound."""
        with self.reading(f"/posts/{post}.json"):
            return parse.kept_post(self._get(f"/posts/{post}.json"), post)

    def find(self, external_id: str) -> TopicView | None:
        """The living topic with that external_id: two requests, one if there is none."""
        try:
            data = self._get(f"/t/external_id/{external_id}.json", include_raw=1)
        except ForumNotFound:
            return None
        with self.reading(f"/t/external_id/{external_id}.json"):
            found = parse.topic_view(data)
        if found.external_id not in (None, external_id):
            raise AnswerMalformed(_("The forum answers about another topic."), where=self.topic_url(found.id))
        # Older servers drop the parameters on the way, so that the text is missing.
        return found if found.first.raw is not None else self.topic(found.id)

    def states(self, topics: Sequence[TopicId]) -> dict[TopicId, Topic]:
        """The state of topics as lists show it, one request for thirty; what is gone or unseen is absent."""
        found: dict[TopicId, Topic] = {}
        for start in range(0, len(topics), PAGE):
            wanted = ",".join(str(topic) for topic in topics[start : start + PAGE])
            with self.reading("/latest.json"):
                for seen in parse.topics(self.listed(wanted)):
                    found[seen.id] = seen
        return {topic: found[topic] for topic in topics if topic in found}

    def listed(self, wanted: str) -> Any:
        """The list of some topics; as everybody reads it where the key's scopes lack lists: one request."""
        try:
            return self._get("/latest.json", topic_ids=wanted)
        except ForumKeyRefused:
            if not self.scoped:
                raise
        return self.read_anonymously("/latest.json", topic_ids=wanted)

    def search_title(self, title: str) -> tuple[Topic, ...]:
        """Topics that the forum's search finds for a title: one request. Empty where the search is not available."""
        words = " ".join(re.findall(r"\w+", title))
        try:
            data = self._get("/search.json", q=f"{words} in:title")
        except (ForumForbidden, ForumKeyRefused, ForumNotFound):
            return ()
        with self.reading("/search.json"):
            return parse.hits(data)

    def public_topic(self, topic: TopicId) -> TopicView | None:
        """A topic as everybody sees it, None if not everybody does: one request in the anonymous lane."""
        try:
            data = self.read_anonymously(f"/t/{topic}.json", include_raw=1)
        except (ForumNotFound, ForumForbidden, ForumKeyRefused):
            return None
        with self.reading(f"/t/{topic}.json"):
            self.names.learn(parse_people.names(data))
            return parse.topic_view(data, topic)

    def open_to_all(self) -> bool:
        """Whether people without an account may read here at all: one request in the anonymous lane."""
        try:
            self.read_anonymously("/latest.json")
        except (ForumNotFound, ForumForbidden, ForumKeyRefused):
            return False
        return True

    def revision(self, post: PostId, number: int | None = None) -> Revision | None:
        """One edit of a post, the latest without a number; None if there is none, or we may not know or cannot read it:
        one request.

        Older servers do not say how the editor is called: one request more for each whom we never met.
        """
        try:
            path = f"/posts/{post}/revisions/{number or 'latest'}.json"
            with self.reading(path):
                found = edit_of(self._get(path))
        except (ForumNotFound, ForumForbidden, ForumKeyRefused, AnswerMalformed):
            return None
        return found if found.name else replace(found, name=self.names.of(found.username, self.name_of))

    def name_of(self, username: str) -> str:
        """How somebody is called; the username where the forum does not say: one request."""
        try:
            data = self._get(f"/u/{quote(username, safe='')}.json")
            return parse_people.full_name(data) or username
        except (ForumNotFound, ForumForbidden, ForumKeyRefused, AnswerMalformed):
            return username

    def last_editor(self, post: PostId) -> str | None:
        """Who edited a post last; None if nobody did, or we may not know: one request."""
        found = self.revision(post)
        return found.username if found else None

    def read_anonymously(self, path: str, **params: object) -> Any:
        """An answer as everybody gets it, never older than now: one request in the anonymous lane."""
        fresh = {**params, "_": secrets.token_hex(6)}
        return self._request("GET", path, params=fresh, override_request_kwargs={"anonymous": True})

    def old_raw(self, post: PostId, version: int) -> str | None:
        """A post's text at a version as the server tells it, None if it does not: one request.

        Servers that do not know old versions answer with the text of now.
        """
        try:
            with self.reading(f"/posts/{post}.json"):
                return parse.kept_post(self._get(f"/posts/{post}.json", version=version), post).raw
        except (ForumNotFound, ForumForbidden, ForumKeyRefused):
            return None

    def topics_in(self, category: Category) -> Iterator[Topic]:
        """The topics of a category and those below it, each once: one request for thirty, and one at the end."""
        seen: set[int] = set()
        for number in range(10_000):
            path = f"/c/{quote(category.path, safe='/%')}/{category.id}/l/latest.json"
            with self.reading(path):
                found = parse.topics(self._get(path, page=number, no_definitions="true"))
            fresh = [one for one in found if one.id not in seen]
            if not fresh:
                return
            seen |= {one.id for one in fresh}
            yield from fresh

    # ---- uploads

    def download(self, short_url: str) -> bytes:
        """The content of an upload://…: one request, one more where it lies elsewhere or needs the key. Raises
        AddressRefused for another address, ForumNotFound, ForumForbidden, ForumKeyRefused, ForumRefused (too big),
        ForumAnswerUnclear.
        """
        return fetch(self, by_name(short_url, "", self.host) or short_url).content

    def upload(self, name: str, data: bytes) -> Upload:
        """Store a file: one request; the same content gives the same upload. Raises ForumRefused."""
        files = {"file": (name, data)}
        with self.reading("/uploads.json"):
            return parse.upload(self._post("/uploads.json", files=files, upload_type="composer", synchronous="true"))

    # ---- the site

    def site(self, *, max_age: float = DAY_IN_SECONDS) -> Site:
        """The forum's facts, at most `max_age` seconds old: see `read_site` for what they cost."""
        known = cached_site(self.host, self.api_username, self.state)
        if known and known.is_fresh(max_age):
            return known
        site = read_site(self, known)
        keep_site(self.host, self.api_username, site, self.state)
        return site

    def again(self, known: Site, *, limits: bool) -> Site:
        """Remembered facts read again: what the forum takes (`limits`), or its categories: one request."""
        site = read_limits(self, known) if limits else read_places(self, known)
        keep_site(self.host, self.api_username, site, self.state)
        return site

    def title(self) -> str:
        """What the forum is called, also where only members may read: one request, without the key."""
        path = "/site/basic-info.json"
        with self.reading(path):
            return parse_site.titled(self._request("GET", path, override_request_kwargs={"anonymous": True}))

    def tags(self) -> frozenset[str]:
        """The names of all tags, in lower case: one request."""
        with self.reading("/tags.json"):
            return parse_site.tags(self._get("/tags.json"))

    def me(self) -> User | None:
        """The user that the key acts as, None for nobody: one request."""
        with self.reading("/session/current.json"):
            return parse_site.current_user(self._get("/session/current.json"))

    def clock_skew(self) -> float:
        """Seconds that this machine's clock is ahead of the forum's, as its last answer told."""
        if not self.skew:
            self._request("GET", "/srv/status", override_request_kwargs={"anonymous": True, "text": True})
        return self.skew

    def learn(self, data: Any, *, edited: bool = False) -> None:
        """Learn from the HTML in an answer how this server names its anchors.

        Anchors without the post's id prove nothing unless the post was just `edited`: a new post has them for a moment
        everywhere, and one that is older than the server's last upgrade until it is cooked again.
        """
        for html in parse.cooked(data):
            style = anchor_style(html)
            if style == "post-id" or (style and edited):
                self.name_anchors(style)

    def ask_anchors(self) -> None:
        """Find out from the server's version how it names its anchors: one request, or three where the key's
        scopes lack it and nobody knew. A server that does not say its version leaves it open.
        """
        try:
            told = page(self, "/about.json")
            with self.reading("/about.json"):
                _title, _locale, version = parse_site.about(told)
                style = style_of_version(version)
        except (ForumNotFound, ForumForbidden, ForumKeyRefused, AnswerMalformed):
            return
        if style:
            self.name_anchors(style)

    def name_anchors(self, style: str) -> None:
        """Remember how this server names its anchors, with the site's facts."""
        self.anchors = style
        known = cached_site(self.host, self.api_username, self.state)
        if known and known.limits.anchors != style:
            limits = replace(known.limits, anchors=style)
            keep_site(self.host, self.api_username, replace(known, limits=limits), self.state)
