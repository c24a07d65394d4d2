"""The way to one forum: every request of every method passes here, whose ever it is."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

import requests
from pydiscourse import DiscourseClient

from koweb_sync.errors import ForumForbidden, ForumKeyRefused, ForumNotFound, InputError
from koweb_sync.forum import parse_site
from koweb_sync.forum.addresses import Address, leads_out, read
from koweb_sync.forum.budget import Budget, Budgets, Clock, SystemClock
from koweb_sync.forum.decode import located
from koweb_sync.forum.machine import machine_folder
from koweb_sync.forum.models import Scope
from koweb_sync.forum.network import Guard, Network
from koweb_sync.forum.open_talk import AskedByNumber, OpenTalk, number, wanted
from koweb_sync.forum.own_key import READS, OwnKey, may_not, no_longer, no_message, shows_message
from koweb_sync.forum.refusals import needed_scope, refusal
from koweb_sync.forum.tag_names import TagNames
from koweb_sync.forum.transport import Answer, Call, Timeouts, Transport
from koweb_sync.i18n import _
from koweb_sync.redaction import keep_secret

# Texts as their authors wrote them, never in the reader's language: servers of 2025 heed the first one, newer ones the
# other, for people without an account.
ORIGINALS = {"Cookie": "content-localization-show-original=true; automatically_translate=false"}


class Connection(DiscourseClient):
    """pydiscourse over our transport. `state` is the folder that processes share, None for the user's cache.

    `say` hears, in the user's language, why we wait. `network` resolves names. `own`: the key is the person's own, of a
    login. Raises InputError for an address that is no forum's.
    """

    def __init__(
        self,
        url: str,
        username: str,
        key: str,
        *,
        limits: Budgets | None = None,
        state: Path | None = None,
        clock: Clock | None = None,
        timeout: Timeouts | None = None,
        network: Network | None = None,
        own: OwnKey | None = None,
        say: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self.home = home_of(url)
        keep_secret(key)
        super().__init__(url.rstrip("/"), username, key)
        self.state = state or machine_folder(self.host)
        self.clock = clock or SystemClock()
        self.own = own
        self.open = OpenTalk()
        budget = Budget(self.state, limits or Budgets(), self.clock, say, own=own is not None)
        self.transport = Transport(budget, self.clock, timeout or Timeouts(), Guard(network or Network(), self.home))
        self.tagging = TagNames(self.state)
        self.skew = 0.0
        self.known_scopes: tuple[Scope, ...] | None = None
        self.asked = False  # whether the key's scopes were asked for where the forum refused something
        self.narrow = False  # whether the key turned out to lack `global:read`

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.host!r}, {self.api_username!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self.transport.close()

    def scopes(self) -> tuple[Scope, ...] | None:
        """The key's scopes, none for a key that may do everything; None where the server does not say: one request."""
        if self.own:
            return None
        try:
            with self.reading("/session/scopes.json"):
                self.known_scopes = parse_site.scopes(self._get("/session/scopes.json"))
        except ForumNotFound:
            return None
        return self.known_scopes

    def told_before(self, path: str) -> Answer:
        """What the forum says of a page without showing it, to anybody: one request."""
        return self.transport.send(Call("HEAD", self.host + path))

    @property
    def scoped(self) -> bool:
        """Whether the key is known to have scopes."""
        return bool(self.known_scopes)

    def reading(self, path: str) -> AbstractContextManager[None]:
        """What cannot be read within is at that path."""
        return located(self.host + path)

    # ---- pydiscourse's one way out

    def _request(
        self,
        verb: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,
        override_request_kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Every request of every method, ours and pydiscourse's. `override_request_kwargs` takes ours alone: `username`
        to act as, `anonymous` for the lane without a key, `language` to read translations into it, `text` for an answer
        that does not matter, `harmless` for what changes nothing and may be sent again.
        """
        if leads_out(path):  # a name that somebody gave themselves, their category or their group
            raise ForumNotFound(_("“{path}” leads nowhere on the forum.").format(path=path), where=self.host)
        how = override_request_kwargs or {}
        own = None if how.get("anonymous") else self.own
        sent = {**(data or {}), **(json or {})}
        if own and (refused := own.refused(verb, path, params or {}, sent, how.get("username"))):
            raise refused
        by_number = self.by_number(verb, path, params or {}) if own else None
        body = {name: plain(value) for name, value in (data or {}).items() if value is not None}
        query = {name: plain(value) for name, value in (params or {}).items() if value is not None}
        json = None if json is None else {name: plain(value) for name, value in json.items()}
        made = requests.PreparedRequest()  # an address and a body in the right form; the session prepares the rest
        made.prepare_headers(None)
        made.prepare_url(self.host + path, query)
        if files or body or json is not None:
            made.prepare_body(body, files, json)
        spoken = {"Accept-Language": str(how["language"])} if "language" in how else ORIGINALS
        headers = {**spoken, **({} if how.get("anonymous") else self.credentials(how.get("username")))}
        content = made.body.encode() if isinstance(made.body, str) else made.body
        url = made.url or self.host + path
        kind, harmless = made.headers.get("Content-Type"), bool(how.get("harmless"))
        answer = self.transport.send(Call(verb, url, content, kind, headers, harmless=harmless))
        self.notice(answer)
        if answer.status >= 300:
            self.refuse(verb, path, answer, how)
        data = None if how.get("text") else answer.data()
        if self.own:
            opened = (verb, path, sent.get("topic_id")) == ("POST", "/posts.json", None)
            self.look_at(data, by_number, known=own is None or opened)
        self.tagging.own(data, self.all_tags)
        return data

    def by_number(self, verb: str, path: str, params: Mapping[str, Any]) -> AskedByNumber | None:
        """What a request reads by its number alone, once that is known to be no personal message, or its answer will
        tell. Raises as `make_sure` does.
        """
        place, _mark, query = path.partition("?")
        given = [*parse_qsl(query, keep_blank_values=True), *((name, str(value)) for name, value in params.items())]
        found = wanted(unquote(place), given) if verb in READS else None
        if found and not found.tells:
            self.make_sure(found)
        return found

    def look_at(self, data: Any, what: AskedByNumber | None, *, known: bool) -> None:
        """That an answer is no personal message, unless that is `known`: everybody gets it, or we wrote it. Raises as
        `make_sure` does.
        """
        if not known and shows_message(data):
            raise no_message()
        if not known and what and not self.open.knows(what):
            self.make_sure(AskedByNumber(number(data.get("topic_id")) if isinstance(data, Mapping) else None))
        self.open.learn(data, public=known or what is not None)

    def make_sure(self, what: AskedByNumber) -> None:
        """That what is read by its number is no personal message: a request for a post and one for a topic, where no
        answer told it before. Raises ForumForbidden where it is one, or where that cannot be told.
        """
        if self.open.knows(what):
            return
        if what.post is not None:
            self._request("GET", f"/posts/{what.post}.json")
        elif what.topic is not None:
            self._request("GET", f"/t/{what.topic}.json")
        if not self.open.knows(what):
            raise no_message()

    def all_tags(self) -> Any:
        """All tags as people without an account are shown them: one request."""
        return self._request("GET", "/tags.json", override_request_kwargs={"anonymous": True})

    def credentials(self, username: str | None) -> dict[str, str]:
        """The headers of the keyed lane. A name with accents is sent as UTF-8, as Discourse reads it.

        None of them is ever empty: servers refuse that, even where nobody needs a key.
        """
        if not self.api_key:
            return {}
        if self.own:
            return self.own.headers(self.api_key)
        name = (username or self.api_username).encode("utf-8", "surrogateescape").decode("latin-1")
        return {"Api-Key": self.api_key, **({"Api-Username": name} if name else {})}

    def notice(self, answer: Answer) -> None:
        """How far the clocks are apart."""
        try:
            there = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        except (KeyError, ValueError, TypeError, OverflowError):
            return
        self.skew = datetime.now(UTC).timestamp() - there

    def refuse(self, verb: str, path: str, answer: Answer, how: Mapping[str, Any]) -> None:
        """Raise what a refusal means. A 403 that the key may be the reason of is looked into: one request more."""
        error = refusal(answer)
        keyed = bool(self.api_key) and not how.get("anonymous")
        if keyed and isinstance(error, ForumKeyRefused) and path != "/session/scopes.json":
            raise self.why_forbidden(verb, path, answer, how) from None
        raise error

    def why_forbidden(
        self, verb: str, path: str, answer: Answer, how: Mapping[str, Any]
    ) -> ForumKeyRefused | ForumForbidden:
        """Whether the key, its scopes or its user's rights are the reason: the forum gives one answer for all three."""
        if self.own:
            return self.why_not(self.own, answer)
        user = str(how.get("username") or self.api_username)
        other = user.casefold() != self.api_username.casefold()
        try:
            # Why somebody else may not is asked once; whether the key still holds for its own user, each time.
            found = self.known_scopes if self.scoped or (other and self.asked) else self.scopes()
            self.asked = True
        except (ForumKeyRefused, ForumForbidden):
            return ForumKeyRefused(
                _("The forum does not accept the key for the user “{user}”.").format(user=self.api_username),
                where=answer.where,
                remedy=_(
                    "Is it this forum's key, not expired or revoked, and does it allow this user? If not, ask an "
                    "administrator of the forum for an API key for “{user}”: they make it at {url}"
                ).format(user=self.api_username, url=f"{self.host}/admin/api/keys"),
            )
        if found and not covered(verb, path, found):
            return ForumKeyRefused(
                _("The key's scopes do not allow this: {scope} is missing.").format(scope=needed_scope(verb, path)),
                where=answer.where,
                remedy=_(
                    "Ask an administrator of the forum for a key with that scope, or without scopes: {url}"
                ).format(url=f"{self.host}/admin/api/keys"),
                scope=needed_scope(verb, path),
            )
        if other:
            return ForumKeyRefused(
                _("The key may not act as “{user}”.").format(user=user),
                where=answer.where,
                remedy=_("A post with an author needs a key for all users, and a user of that name."),
            )
        return ForumForbidden(
            _("“{user}” may not do this on the forum.").format(user=user),
            where=answer.where,
            remedy=_("Ask an administrator of the forum for the right, or let the key act as somebody who has it."),
        )

    def why_not(self, own: OwnKey, answer: Answer) -> ForumKeyRefused | ForumForbidden:
        """Whether a person's own key is over, or the person may not: one request."""
        headers = {**ORIGINALS, **own.headers(self.api_key)}
        found = self.transport.send(Call("GET", f"{self.host}/session/current.json", headers=headers))
        if found.status in (401, 403, 404):
            return no_longer(own.user, answer.where)
        return may_not(own.user, answer.where)


def covered(verb: str, path: str, scopes: tuple[Scope, ...]) -> bool:
    """Whether one of a key's scopes allows a request, as far as we know them."""
    names = {f"{scope.resource}:{scope.key}" for scope in scopes}
    return needed_scope(verb, path) in names or (verb == "GET" and "global:read" in names)


def home_of(url: str) -> Address:
    """A forum's address. Raises InputError for what is none."""
    found = read(url)
    if found is None:
        raise InputError(_("“{url}” is not an address of a forum.").format(url=url))
    return found


def plain(value: Any) -> Any:
    """A value as Discourse takes it: booleans as words in small letters. It compares some with the word "true" alone:
    with a `true` of JSON a whisper is published for everybody.
    """
    return ("true" if value else "false") if isinstance(value, bool) else value
