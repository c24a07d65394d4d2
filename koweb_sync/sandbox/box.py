"""A forum on localhost for the time of a test, a demonstration or an afternoon; and its people, without HTTP."""

import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, make_server

from koweb_sync.sandbox.cooking.cook import cook
from koweb_sync.sandbox.deliveries import Courier
from koweb_sync.sandbox.endpoints.app import make_app
from koweb_sync.sandbox.gateway.connections import Handler
from koweb_sync.sandbox.gateway.faults import Fault
from koweb_sync.sandbox.gateway.gateway import Gateway, Request
from koweb_sync.sandbox.model.flavour import FLAVOURS, OF_2022, OF_2025, Flavour
from koweb_sync.sandbox.model.records import SYSTEM, Accepted, KeyRecord, PostRecord, TopicRecord, UploadRecord
from koweb_sync.sandbox.model.refusals import words
from koweb_sync.sandbox.model.seed import load
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.model.tags_and_words import WatchedWord
from koweb_sync.sandbox.request_data import Services
from koweb_sync.sandbox.rules import accounts
from koweb_sync.sandbox.rules.limits import Limiter
from koweb_sync.sandbox.rules.polls import open_polls

# No recording shows a forum below a path. Guess: sources of 2022 to 2025 (Topic.relative_url, UrlHelper, upload_store,
# PrettyText's getURL), which put it before whatever they write, but `post.url`, and never into what people wrote.
BELOW = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)+")


class Sandbox:
    """A small Discourse on localhost. `url`, `keys` (name in the seed -> key) and `log` are for its users."""

    def __init__(self, state: ForumState, server: BaseWSGIServer, front: Gateway) -> None:
        self.state = state
        self.server = server
        self.front = front
        self.services: Services = front.app.extensions["forum"]
        self.url = f"http://127.0.0.1:{server.port}{state.base_path}"
        state.settle(self.url)
        self.courier: Courier | None = None
        self.keys = {key.name: key.key for key in state.keys.values()}
        self.thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @classmethod
    def start(  # noqa: PLR0913 - a forum has a seed, a place, limits, a clock, a kind
        cls,
        seed: Path | Mapping[str, Any] | None = None,
        *,
        port: int = 0,
        rate_limits: bool = False,
        user_limits: bool = False,
        clock: Callable[[], float] = time.time,
        flavour: str = "2025",
        base_path: str = "",
        webhooks: bool = False,
    ) -> "Sandbox":
        """Start a forum from a seed, of our own without one, on a free port unless one is named.

        `flavour` is the kind of server, "2022", "2025" or "2026". `base_path`: below which everything is served, such
        as /forum (there DISCOURSE_RELATIVE_URL_ROOT). `webhooks`: they are told what happens, on this computer. Raises
        OSError if the port is taken, ValueError for what is no such path, and what `seed.load` raises.
        """
        if base_path and not BELOW.fullmatch(base_path):
            raise ValueError(base_path)
        state = load(seed, clock, cook, FLAVOURS[flavour], base_path)
        open_polls(state)
        limits = Limiter(state, clock, per_minute=rate_limits, per_user=user_limits)
        app = make_app(state, limits)
        front = Gateway(app, clock, partial(meddle, app.extensions["forum"]), base_path)
        with socket.create_server(("127.0.0.1", port), backlog=128) as listener:
            server = make_server("127.0.0.1", port, front, threaded=True, request_handler=Handler, fd=listener.fileno())
        box = cls(state, server, front)
        if webhooks:
            box.courier = Courier(state)
            state.tell, state.ping = box.courier.tell, box.courier.ping
        box.thread.start()
        return box

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        self.front.hang_up()
        if self.courier is not None:
            self.courier.stop()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    # ---- what was asked

    @property
    def log(self) -> list[Request]:
        with self.front.lock:
            return list(self.front.log)

    def requests(self, verb: str | None = None, path: str | None = None) -> list[Request]:
        """The requests with a verb and a path in which a regular expression is found."""
        return [one for one in self.log if verb in (None, one.verb) and (path is None or re.search(path, one.path))]

    def forget(self) -> None:
        with self.front.lock:
            self.front.log.clear()

    def fail(self, *faults: Fault) -> None:
        """Let faults happen to coming requests."""
        self.front.faults.add(*faults)

    # ---- the forum's own people, without HTTP

    def at(self, path: str) -> str:
        """A path of the forum as posts link to it: below the forum's own."""
        return self.state.at(path)

    def topics(self) -> list[TopicRecord]:
        with self.state.lock:
            return list(self.state.topics.values())

    def topic(self, number: int) -> TopicRecord:
        """A topic. Raises KeyError."""
        return self.state.topics[number]

    def by_id(self, ident: str) -> TopicRecord:
        """The topic that was published from the post file with that id. Raises KeyError."""
        return self.state.topics[self.state.external[f"koweb-{ident}".lower()]]

    def first_post(self, topic: int) -> PostRecord:
        with self.state.lock:
            return self.state.first_post(self.state.topics[topic])

    def post(self, number: int) -> PostRecord:
        return self.state.posts[number]

    def uploads(self) -> list[UploadRecord]:
        with self.state.lock:
            return list(self.state.uploads.values())

    def edit(
        self, topic: int, raw: str | None = None, *, username: str = "claire", reason: str = "", **changes: Any
    ) -> None:
        """Somebody edits a topic in the browser. `changes`: its `title`, its `category` (id), all its `tags`."""
        with self.state.lock:
            user, found = self.state.user(username), self.state.topics[topic]
            post = self.state.first_post(found)
            fields: dict[str, Any] = {"raw": post.raw if raw is None else raw, "edit_reason": reason}
            fields |= {"category_id": changes["category"]} if "category" in changes else {}
            given = {"post": fields, **({"title": changes["title"]} if "title" in changes else {})}
            self.services.editor.edit(user, post, given)
            if "tags" in changes:
                self.services.editor.retag(user, found, changes["tags"])

    def reply(self, topic: int, raw: str, *, username: str = "claire") -> PostRecord:
        with self.state.lock:
            return self.services.writer.reply(self.state.topics[topic], self.state.user(username), raw, {})

    def like(self, post: int, *, username: str = "claire") -> None:
        with self.state.lock:
            self.services.likes.like(self.state.user(username), self.state.posts[post])

    def react(self, post: int, emoji: str, *, username: str = "claire") -> None:
        with self.state.lock:
            self.services.likes.react(self.state.user(username), self.state.posts[post], emoji)

    def accept(self, post: int, *, username: str = "admin") -> None:
        """Somebody accepts a post as the answer of its topic, in place of another one."""
        with self.state.lock:
            topic = self.state.topics[self.state.posts[post].topic_id]
            topic.answers = {post: Accepted(self.state.user(username).id, self.state.clock())}
            self.state.changed(topic.id)
            self.state.tell("solved", "accepted_solution", post)

    def read(self, username: str, posts: int) -> None:
        """Somebody comes by on another day and reads: the forum counts that, and keeps no more of it."""
        with self.state.lock:
            user = self.state.user(username)
            user.days_visited += 1
            user.topics_entered += 1
            user.posts_read += posts

    def new_topic(self, title: str, raw: str, *, category: int, username: str = "claire") -> TopicRecord:
        """Somebody opens a topic in the browser."""
        with self.state.lock:
            given = {"title": title, "category": category, "raw": raw}
            post = self.services.writer.new_topic(self.state.user(username), raw, given)
            if not isinstance(post, PostRecord):
                raise ValueError(post)
            return self.state.topics[post.topic_id]

    def translate(
        self, topic: int, locale: str, title: str, raw: str, *, original: str = "fr", username: str = "admin"
    ) -> None:
        """Somebody, or a machine (""), puts a topic and its first post, which are `original`, into another language."""
        with self.state.lock:
            found = self.state.topics[topic]
            post = self.state.first_post(found)
            post.locale = found.locale = original
            found.translations[locale] = title
            by = self.state.user(username).id if username else -1
            self.services.editor.translate(post, locale, raw, by)

    def translate_names(
        self, locale: str, *, tags: Mapping[str, str] | None = None, categories: Mapping[int, str] | None = None
    ) -> None:
        """The forum shows French names of tags and categories in another language, too: those of 2026 do."""
        with self.state.lock:
            for name, other in (tags or {}).items():
                self.state.tag_names.setdefault(name, ("fr", {}))[1][locale] = other
            for number, other in (categories or {}).items():
                self.state.categories[number].locale = "fr"
                self.state.categories[number].translations[locale] = other
            self.state.changes += 1

    def delete(self, topic: int, *, username: str = "claire") -> None:
        with self.state.lock:
            self.services.moderation.delete_topic(self.state.user(username), self.state.topics[topic])

    def recover(self, topic: int) -> None:
        with self.state.lock:
            self.services.moderation.recover_topic(self.state.topics[topic])

    def close(self, topic: int, *, username: str = "claire") -> None:
        with self.state.lock:
            self.services.moderation.status(self.state.user(username), self.state.topics[topic], "closed", enabled=True)

    def hide(self, topic: int) -> None:
        """Moderation hides the first post of a topic."""
        with self.state.lock:
            self.first_post(topic).hidden = True
            self.state.changed(topic)

    def remove_text(self, topic: int) -> None:
        """The author deletes their own first post: its text is replaced."""
        with self.state.lock:
            post = self.first_post(topic)
            self.services.moderation.remove_text(self.state.users[post.user_id], post)

    def merge(self, topic: int, target: int, *, username: str = "claire") -> None:
        """A moderator merges a topic into another one."""
        with self.state.lock:
            source = self.state.topics[topic]
            given = {"destination_topic_id": target}
            self.services.moderation.move(self.state.user(username), source, list(source.post_ids), given)

    def meddle_with_tags(self, tag: str, *synonyms: str, name: str = "") -> None:
        """Staff give a tag another name, or make others its synonyms: topics change without a revision."""
        with self.state.lock:
            self.state.tags.setdefault(tag, len(self.state.tags) + 1)
            tagger = self.services.editor.rules.tagger
            tagger.add_synonyms(tag, synonyms)
            if name:
                tagger.rename(tag, name)

    def watch(self, word: str, action: str, replacement: str | None = None) -> None:
        """Staff let the forum watch a word."""
        with self.state.lock:
            number = self.state.next_id("watched")
            self.state.labels.watched[number] = WatchedWord(number, word, action, replacement, group=number)

    def rename(self, username: str, name: str) -> None:
        """Somebody gets another name, also where others called them: without a revision."""
        with self.state.lock:
            accounts.rename(self.state, self.state.user(username), name)

    def fetch_pictures(self, topic: int, address: str, short_url: str) -> None:
        """The forum takes a picture from elsewhere into its own keeping, and puts its address into the text."""
        with self.state.lock:
            found = self.state.topics[topic]
            post = self.state.first_post(found)
            why = words(self.state, "downloaded local copies of images")
            wanted = {"raw": post.raw.replace(address, short_url)}
            self.services.editor.revise(self.state.users[SYSTEM], found, post, wanted, why)

    def set(self, **settings: Any) -> None:
        """Change site settings, or traits of the flavour. Anchors come with a version that has them."""
        traits = {name: value for name, value in settings.items() if name in Flavour.__slots__}
        if "anchors" in traits:
            of_age = OF_2025 if traits["anchors"] == OF_2025.anchors else OF_2022
            traits = {"version": of_age.version, **traits}
        with self.state.lock:
            self.state.flavour = replace(self.state.flavour, **traits)
            self.state.settings |= {name: value for name, value in settings.items() if name not in traits}

    def key(self, name: str, *scopes: str, username: str | None = None) -> str:
        """A new key with these scopes, of one user or of all."""
        made = KeyRecord(name, f"sandbox-{name}-key", username, scopes)
        with self.state.lock:
            self.state.keys[made.key] = made
        return made.key

    def hold(self, username: str, *, held: bool = True) -> None:
        """A person's new posts wait for a moderator, or do so no more."""
        self.state.user(username).held = held

    def approve(
        self, nth: int = 0, *, username: str = "claire", changes: Mapping[str, Any] | None = None
    ) -> TopicRecord:
        """A moderator approves a waiting post: the topic appears. `changes`: a `title`, `raw` or `category` (id) that
        they write into it first.
        """
        changes = changes or {}
        with self.state.lock:
            one = self.state.pending[nth]
            one.title, one.raw = changes.get("title", one.title), changes.get("raw", one.raw)
            one.category_id = changes.get("category", one.category_id)
            self.state.users[one.user_id].held = False
            made = self.services.writer.queue.perform(
                self.services.writer, self.state.user(username), one, "approve_post"
            )
            if made is None:
                raise ValueError(one)
            return self.state.topics[made.topic_id]

    def reject(self, nth: int = 0, *, username: str = "claire") -> None:
        with self.state.lock:
            one = self.state.pending[nth]
            self.services.writer.queue.perform(self.services.writer, self.state.user(username), one, "reject_post")


def meddle(services: Services, deed: str, request: Request, number: int | None) -> None:
    """Somebody else edits or deletes a topic, the one with that number or the one that a request is about."""
    state = services.state
    with state.lock:
        topic = state.topics.get(number or asked_about(state, request) or 0)
        if topic is None or topic.deleted_at is not None:
            return
        user = next(user for user in state.users.values() if user.staff and user.id > 0)
        post = state.first_post(topic)
        if deed == "edit":
            text = words(state, "Somebody else wrote this in the meantime.")
            services.editor.revise(user, topic, post, {"raw": f"{post.raw}\n\n{text}"})
        else:
            services.moderation.delete_topic(user, topic)


def asked_about(state: ForumState, request: Request) -> int | None:
    """The topic that a request is about: by its own number, by a post's, or by its external_id."""
    if found := re.match(r"/posts/(\d+)", request.path):
        post = state.posts.get(int(found[1]))
        return post.topic_id if post else None
    if found := re.match(r"/t/external_id/([\w-]+)", request.path):
        return state.external.get(found[1].lower())
    found = re.match(r"/t/(?:[^/]+/)?(\d+)", request.path)
    return int(found[1]) if found else None
