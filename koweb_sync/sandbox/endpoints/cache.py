"""What anonymous readers are told: on a real forum up to a minute old, where that is switched on."""

import re

from flask import Response, g, request

from koweb_sync.sandbox.model.state import ForumState

CACHED = re.compile(r"/(latest|new|top|categories|search|tags?|c/.*|t/.*|posts)?$|/(t|c|tag)/")
SITE = re.compile(r"/site$")
SITE_SECONDS = 1800.0
KEPT = 10_000


class Cache:
    """Answers to anonymous readers, by address. Any other parameter makes another address."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, bool, str | None, bool], tuple[float, int, bytes, str]] = {}

    def find(self, state: ForumState, *, anonymous: bool) -> Response | None:
        """What an anonymous reader was told not long ago."""
        seconds = self.seconds(state) if anonymous else 0.0
        g.cacheable = bool(seconds)
        if not seconds:
            return None
        known = self.answers.get(address())
        if known is None or state.clock() - known[0] >= seconds:
            return None
        g.cacheable = False
        _at, status, body, kind = known
        return Response(body, status, {"X-Discourse-Cached": "true"}, content_type=kind)

    def keep(self, state: ForumState, response: Response) -> None:
        """Remember what an anonymous reader is told now."""
        if not g.get("cacheable") or response.status_code != 200:
            return
        response.headers["X-Discourse-Cached"] = "store"
        if len(self.answers) >= KEPT:
            self.answers.clear()
        self.answers[address()] = (state.clock(), 200, response.get_data(), str(response.content_type))

    def seconds(self, state: ForumState) -> float:
        """How long an answer at this address is good enough for anonymous readers."""
        seconds = float(state.settings["anonymous_cache_seconds"])
        if not seconds:
            return 0.0
        return SITE_SECONDS if SITE.fullmatch(request.path) else seconds if CACHED.match(request.path) else 0.0


def address() -> tuple[str, bool, str | None, bool]:
    """Where a reader is, whether they want JSON, and in which language."""
    json = bool(request.environ.get("koweb.json")) or "json" in request.headers.get("Accept", "")
    return request.full_path, json, g.caller.locale, g.caller.originals
