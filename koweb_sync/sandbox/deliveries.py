"""What the forum's webhooks are told, really sent: to addresses on this computer alone, and only where it is asked for.

Names, headers and bodies are as read in Discourse's sources (config/initializers/012-web_hook_events.rb,
Jobs::EmitWebHookEvent, WebHookEmitter and the WebHook…Serializer, 2019 to 2026); no recording shows a delivery.
Guesses: somebody's new name comes as `user_updated`, and a text that moderation hid is told of by nobody. As there,
nothing is sent again, and who does not answer in time has not been told.
"""

import hashlib
import hmac
import http.client
import json
import queue
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from koweb_sync.sandbox.model.data_files import data
from koweb_sync.sandbox.model.permissions import Caller
from koweb_sync.sandbox.model.records import SYSTEM, PostRecord, WebHook
from koweb_sync.sandbox.model.state import ForumState
from koweb_sync.sandbox.serializers import posts, topics
from koweb_sync.sandbox.serializers.people import avatar, basic

LOOPBACK = ("127.0.0.1", "localhost", "::1")
IN_TIME = 20  # seconds
LEFT_OUT = (
    *("can_edit", "can_delete", "can_recover", "can_see_hidden_post", "can_wiki", "actions_summary", "yours"),
    *("can_view_edit_history", "flair_url", "flair_bg_color", "flair_color", "notice", "mentioned_users"),
)
FORM = 2  # the number of forms


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one address."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Courier:
    """Sends events, one after the other, in a thread of its own. `sent` are all that left, with the answers' statuses:
    0 where nobody answered. `lose` is asked which are lost on the way.
    """

    def __init__(self, state: ForumState) -> None:
        self.state = state
        self.waiting: queue.Queue[Delivery | None] = queue.Queue()
        self.sent: list[tuple[Delivery, int]] = []
        self.lose: Callable[[Delivery], bool] = lambda _one: False
        self.number = 0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Send what waits, and no more."""
        self.waiting.put(None)
        self.thread.join()

    def settle(self) -> None:
        """Wait until all has left."""
        self.waiting.join()

    # ---- what is told. The state is locked.

    def tell(self, kind: str, event: str, number: int) -> None:
        """Something happened to the topic, the post or the person of that number; "" is the test of a webhook."""
        hooks = [one for one in self.state.web_hooks.values() if one.active and self.wants(one, event)]
        if not hooks:
            return
        body = json.dumps({kind: self.payload(kind, number)}, ensure_ascii=False).encode()
        for one in hooks:
            self.send(one, kind, event, body)

    def ping(self, hook: WebHook) -> None:
        """Whether anybody answers."""
        self.send(hook, "ping", "", json.dumps({"ping": "OK"}).encode())

    def wants(self, hook: WebHook, event: str) -> bool:
        """Whether a webhook is for an event."""
        if hook.everything:
            return True
        name = "topic_edited" if re.fullmatch(r"topic_\w+_status_updated", event) else event
        table = data("webhooks.json")
        groups = {one["name"]: one["group"] for one in table["events"]}
        known = table["events" if self.state.newer else "events of 2022"]
        wanted = name if self.state.newer else groups.get(name, name)
        return any(one["id"] in hook.events and one["name"] == wanted for one in known)

    def send(self, hook: WebHook, kind: str, event: str, body: bytes) -> None:
        """Put an event on its way, if its way is none out of this computer."""
        if (urlsplit(hook.url).hostname or "") not in LOOPBACK or urlsplit(hook.url).scheme != "http":
            return
        self.number += 1
        headers = {
            "Accept": "*/*",
            "Connection": "close",
            "Content-Type": "application/x-www-form-urlencoded" if hook.content_type == FORM else "application/json",
            "User-Agent": f"Discourse/{self.state.flavour.version}",
            "X-Discourse-Instance": self.state.home,
            "X-Discourse-Event-Id": str(self.number),
            "X-Discourse-Event-Type": kind,
            **({"X-Discourse-Event": event} if event else {}),
        }
        if hook.secret:
            made = hmac.new(hook.secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Discourse-Event-Signature"] = f"sha256={made}"
        self.waiting.put(Delivery(hook.url, headers, body))

    # ---- bodies

    def payload(self, kind: str, number: int) -> dict[str, Any]:
        """What is told about something, as the forum itself sees it."""
        match kind:
            case "topic":
                return self.topic(number)
            case "user":
                user = self.state.users[number]
                return {**basic(user), "name": user.name, "trust_level": user.trust_level, "admin": user.admin}
            case "like":
                found = self.state.posts[number]
                liker = self.state.users[found.likes[-1][0]]
                return {"post": self.post(found), "user": {**basic(liker), "avatar_template": avatar(liker)}}
            case _:
                return self.post(self.state.posts[number])

    def post(self, found: PostRecord) -> dict[str, Any]:
        """A post."""
        topic = self.state.topics[found.topic_id]
        shown = posts.post(self.state, self.system, found, raw=True)
        mine = [self.state.posts[one] for one in topic.post_ids if self.state.posts[one].alive]
        return {
            **{name: value for name, value in shown.items() if name not in LEFT_OUT},
            "topic_title": topic.title,
            "category_id": topic.category_id,
            "topic_posts_count": len(mine),
            "topic_filtered_posts_count": sum(one.type == 1 for one in mine),
            "topic_archetype": topic.archetype,
        }

    def topic(self, number: int) -> dict[str, Any]:
        """A topic, without its posts."""
        found = self.state.topics[number]
        shown = topics.in_list(self.state, self.system, found)
        without = ("posters", "excerpt", "bookmarked", "liked", "unseen", "unpinned")
        writer = basic(self.state.users[found.user_id])
        said = {name: value for name, value in shown.items() if name not in without}
        return {**said, "user_id": found.user_id, "created_by": writer, "deleted_at": None}

    @property
    def system(self) -> Caller:
        """The forum itself."""
        return Caller(self.state.users[SYSTEM])

    # ---- the way

    def run(self) -> None:
        """Send what waits."""
        while (one := self.waiting.get()) is not None:
            try:
                if not self.lose(one):
                    self.sent.append((one, deliver(one)))
            finally:
                self.waiting.task_done()
        self.waiting.task_done()


def deliver(one: Delivery) -> int:
    """Send an event: the status of the answer, 0 where there is none."""
    place = urlsplit(one.url)
    way = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=IN_TIME)
    with suppress(OSError, http.client.HTTPException):
        try:
            way.request("POST", place.path or "/", one.body, dict(one.headers))
            return way.getresponse().status
        finally:
            way.close()
    return 0
