"""What the two sides agreed on about one post file, and its bytes in the bookmark and the journal."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from koweb_sync import records
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.fields.id import ID
from koweb_sync.posts.ids import PostId, TopicId

VERSION = 1  # of records in the bookmark


@dataclass(frozen=True, slots=True)
class Fields(records.Extended):
    """A topic's fields (`posts.fields`) as git says them, by name. What is not there git does not say, so the forum
    decides. Those that koweb itself goes by have a name of their own here.
    """

    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", {name: one for name, one in self.values.items() if one is not None})

    def get(self, name: str) -> Any:
        """What git says of a field, None for nothing."""
        return self.values.get(name)

    def but(self, **changed: Any) -> "Fields":
        """The same with other values of some fields, None for what is not said any more."""
        return replace(self, values={**self.values, **changed})

    @property
    def title(self) -> str | None:
        """The title."""
        return self.values.get("title")

    @property
    def category(self) -> str | int | None:
        """A slug path or an id as written in the front matter or koweb.toml."""
        return self.values.get("category")

    @property
    def tags(self) -> tuple[str, ...] | None:
        """The tags; `()` for none."""
        return self.values.get("tags")

    @property
    def author(self) -> str | None:
        """The user name of whose the post is to be."""
        return self.values.get("author")

    @property
    def closed(self) -> bool | None:
        """Whether nobody is to reply."""
        return self.values.get("closed")

    @property
    def listed(self) -> bool | None:
        """Whether lists are to show it."""
        return self.values.get("listed")


@dataclass(frozen=True, slots=True)
class Used(records.Extended):
    """What one destination of the agreed file was, and what it became.

    `path` is what it named in the repository, "" for an anchor into the same post. `blob` is the content of an image or
    attachment, with its size in pixels; `topic` is the topic of a link, 0 where that was not published yet. `url` is ""
    as long as the forum's text still holds the destination as written.
    """

    path: str
    url: str = ""
    suffix: str = ""
    blob: str = ""
    topic: int = 0
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class AgreedTranslation(records.Extended):
    """What both sides last agreed on for one translation: the file `blob` at `path`, and the exact `raw` and `title`
    that the forum stores; no title where it is not translated. `used` as in an agreement. `shown`: a mark of what
    readers were shown right after it was written, where the forum does not tell its translations, else "". `turn`
    counts the agreements before this one: the same words may be agreed on again. `half`: the forum has the text of
    that file, and not its title yet.
    """

    path: str
    blob: str
    raw: str
    title: str = ""
    used: Mapping[str, Used] = field(default_factory=dict)
    shown: str = ""
    turn: int = 0
    half: bool = False


@dataclass(frozen=True, slots=True)
class Agreement(records.Extended):
    """What both sides last agreed on for one post file.

    `blob` is the file at `path`; `raw` the exact text that the forum stores. `says` are the fields in that file's front
    matter; `sent` the fields that were carried out (with the folder's category); `title` and `tags` are as the forum
    stored them. `withdrawn` is "", or what was done when the file went: unlist, close or delete. `revision` is the
    post's version on the forum, 0 where the answer did not tell. `updated` is when the post was changed last
    there (Unix milliseconds, 0 where nobody was told). `locale` is the post's language there, "" where it has none or
    nobody was told. `alias` is the id that the file has now, where it got another one since: `id` stays the one that
    the topic is known by. `opened`: who opened a topic that was adopted, "" for our own and where nobody noted it.
    `room_for`: the id of the file for whose new topic this one was deleted, for that has its title.
    `translations`: by language, what was agreed on for each translation.
    `over` is only set on what a branch holds of a newer text and nobody agreed on yet: `mark` of the one below it.
    """

    id: str
    path: str
    blob: str
    topic: TopicId
    post: PostId
    raw: str
    says: Fields
    sent: Fields
    used: Mapping[str, Used] = field(default_factory=dict)
    title: str = ""
    tags: tuple[str, ...] = ()
    withdrawn: str = ""
    revision: int = 0
    updated: int = 0
    locale: str = ""
    alias: str = ""
    opened: str = ""
    room_for: str = ""
    over: str = ""
    translations: Mapping[str, AgreedTranslation] = field(default_factory=dict)

    @property
    def incomplete(self) -> bool:
        """Whether a destination still waits for what it leads to."""
        return any(not used.url for used in self.used.values())


def agreement(data: bytes, where: str = "journal") -> Agreement:
    """An agreement from its bytes in the bookmark or the journal. Raises KowebError for what is none, or is newer."""
    with records.undamaged(where):
        line, raw = data.split(b"\n", 1)
        meta = records.read(line, where, VERSION)
        return records.made(
            Agreement,
            meta,
            id=valid_id(meta["id"]),
            blob=content(meta["blob"]),
            topic=TopicId(number(meta["topic"])),
            post=PostId(number(meta["post"])),
            raw=raw.decode(),
            says=fields(meta["says"]),
            sent=fields(meta["sent"]),
            used={url: records.made(Used, used) for url, used in meta.get("used", {}).items()},
            tags=tuple(meta["tags"]),
            translations={locale: translated(one) for locale, one in meta.get("translations", {}).items()},
        )


def translated(values: Mapping[str, Any]) -> AgreedTranslation:
    """What is agreed on about a translation, from JSON. Raises ValueError or TypeError for what is none."""
    used = {url: records.made(Used, one) for url, one in values.get("used", {}).items()}
    return records.made(AgreedTranslation, values, blob=content(values["blob"]), used=used)


def valid_id(ident: Any) -> str:
    """An id, which becomes part of addresses and paths. Raises ValueError."""
    if not ID.fullmatch(ident):
        raise ValueError(ident)
    return str(ident)


def content(sha: Any) -> str:
    """The name of a content in git. Raises ValueError."""
    if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", sha):
        raise ValueError(sha)
    return str(sha)


def number(value: Any) -> int:
    """The number of a topic or post, which becomes part of addresses; 0 for none yet. Raises ValueError."""
    if type(value) is not int or not 0 <= value < records.LARGEST:
        raise ValueError(value)
    return value


def fields(values: Mapping[str, Any]) -> Fields:
    """Fields from JSON, where what git does not say is left out. Raises TypeError for what is none."""
    known = {name: one.loaded(values[name]) for name, one in FIELDS.items() if values.get(name) is not None}
    odd = next((name for name, value in known.items() if not records.is_of(FIELDS[name].kind, value)), None)
    if odd is not None:
        raise TypeError(odd)
    return Fields(known, extra={name: value for name, value in values.items() if name not in FIELDS})


def keeping(now: Agreement, was: Agreement | None) -> Agreement:
    """An agreement with what another version of koweb-sync wrote into the one before it."""
    if was is None:
        return now
    used = {url: replace(one, extra=extra_of(one, was.used.get(url))) for url, one in now.used.items()}
    says, sent = (replace(n, extra=extra_of(n, w)) for n, w in ((now.says, was.says), (now.sent, was.sent)))
    told = {one: replace(n, extra=extra_of(n, was.translations.get(one))) for one, n in now.translations.items()}
    return replace(now, extra=extra_of(now, was), used=used, says=says, sent=sent, translations=told)


def extra_of(now: records.Extended, was: records.Extended | None) -> Mapping[str, Any]:
    """What is unknown of two states of the same thing: the newer one's, else the older one's."""
    return {**(was.extra if was else {}), **now.extra}


def encode(agreed: Agreement) -> bytes:
    """An agreement as bytes: JSON on the first line, then the raw. The same agreement always gives the same bytes."""
    meta: dict[str, Any] = {
        "version": VERSION,
        "id": agreed.id,
        "path": agreed.path,
        "blob": agreed.blob,
        "topic": agreed.topic,
        "post": agreed.post,
        "says": said(agreed.says),
        "sent": said(agreed.sent),
        "used": {url: said(used) for url, used in sorted(agreed.used.items())},
        "title": agreed.title,
        "tags": agreed.tags,
        "withdrawn": agreed.withdrawn,
        "revision": agreed.revision or "",
        "updated": agreed.updated or "",
        "locale": agreed.locale,
        "alias": agreed.alias,
        "opened": agreed.opened,
        "room_for": agreed.room_for,
        "over": agreed.over,
        "translations": {locale: told_of(one) for locale, one in sorted(agreed.translations.items())},
    }
    meta = {k: v for k, v in meta.items() if v not in ("", {})} | dict(agreed.extra)
    return json.dumps(meta, ensure_ascii=False).encode() + b"\n" + agreed.raw.encode()


def told_of(one: AgreedTranslation) -> dict[str, Any]:
    """A translation as JSON holds it."""
    used = {"used": {url: said(each) for url, each in sorted(one.used.items())}} if one.used else {}
    more = {name: value for name in ("title", "shown", "turn", "half") if (value := getattr(one, name))}
    return {"path": one.path, "blob": one.blob, "raw": one.raw, **more, **used, **one.extra}


def mark(raw: str) -> str:
    """A short name for a text that was agreed on: what was read on top of it carries it."""
    return digest(raw)[:16]


def digest(raw: str) -> str:
    """The name of a text in trailers: its SHA-256."""
    return hashlib.sha256(raw.encode()).hexdigest()


def said(values: Fields | Used) -> dict[str, Any]:
    """The values that say something, and what is unknown here: a field's 0 and its empty list do."""
    if isinstance(values, Fields):
        kept = {name: values.values[name] for name in FIELDS if values.values.get(name) not in (None, "")}
    else:
        kept = {k: v for k, v in records.plain(replace(values, extra={})).items() if v or k == "path"}
    return kept | dict(values.extra)
