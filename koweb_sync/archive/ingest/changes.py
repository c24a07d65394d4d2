"""What of the things that a forum shows is new, and which rows say so: pure, nothing is read or written here.

A text that changed becomes a version beside the earlier ones. What moderation puts in place of a text never takes the
place of one that we hold. Nothing that did not change gives a row.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from koweb_sync.forum import models
from koweb_sync.times import SECOND

Row = dict[str, Any]

THOUSANDTH = SECOND // 1_000

TOPIC_TEXT = ("title", "slug", "category", "tags", "closed", "archived", "visible", "pinned", "archetype")


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """A version of a post that we hold."""

    n: int
    digest: str
    placeholder: bool


@dataclass(slots=True)
class Rows:
    """Rows to write, by what they are. `reread` are posts whose pointers and files have to be looked for again."""

    people: list[Row] = field(default_factory=list)
    names: list[Row] = field(default_factory=list)
    topics: list[Row] = field(default_factory=list)
    topic_versions: list[Row] = field(default_factory=list)
    posts: list[Row] = field(default_factory=list)
    post_versions: list[Row] = field(default_factory=list)
    tombstones: list[Row] = field(default_factory=list)
    lifted: list[tuple[str, int]] = field(default_factory=list)
    reread: list[models.Post] = field(default_factory=list)


def digest(raw: str | None, cooked: str) -> str:
    """What tells one text of a post from another: its Markdown and its HTML together."""
    both = f"{'' if raw is None else raw}\0{cooked}".encode()
    return hashlib.blake2b(both, digest_size=16).hexdigest()


def exact(before: int | None, now: Any) -> Any:
    """A time as exactly as it was ever told: the forum's answers cut it off at thousandths, a backup does not."""
    same = before is not None and now is not None and not now % THOUSANDTH and now == before - before % THOUSANDTH
    return before if same else now


# ---- people


def people(seen: Iterable[models.User], known: Mapping[int, Row], now: int) -> Rows:
    """Who is new, or has another name, another standing. `known` are rows of `people`, by number."""
    rows = Rows()
    for one in merged(seen).values():
        before = known.get(one.id)
        told = facts(one)
        if before is not None and "created" in told:
            told["created"] = exact(before["created"], told["created"])
        if before is not None and all(before[name] == value for name, value in told.items()):
            continue
        after = {**(before or nobody(one.id)), **told}
        if anonymised(before, after):
            after["anonymised"] = 1
            rows.tombstones.append({"kind": "person", "id": one.id, "reason": "anonymised", "at": None, "by": None})
        rows.people.append(after)
        if before is None or (before["username"], before["name"]) != (after["username"], after["name"]):
            rows.names.append({"person": one.id, "username": after["username"], "name": after["name"], "since": now})
    return rows


def merged(seen: Iterable[models.User]) -> dict[int, models.User]:
    """Everybody once, with all that is told about them; what is told later wins."""
    found: dict[int, models.User] = {}
    for one in seen:
        before = found.get(one.id)
        if before is None or before is one or before == one:
            found[one.id] = one
        else:
            later = {name: value for name in one.__slots__ if (value := getattr(one, name)) is not None}
            earlier = {name: getattr(before, name) for name in before.__slots__}
            found[one.id] = models.User(**{**earlier, **later})
    return found


def facts(one: models.User) -> Row:
    """The columns of somebody that an answer told."""
    told: Row = {"username": one.username, "folded": one.username.casefold()} if one.username else {}
    plain = ("name", "trust_level", "title", "avatar", "created", "post_count", "last_posted")
    told |= {name: value for name in plain if (value := getattr(one, name)) is not None}
    flags = ("admin", "moderator", "staged", "suspended")
    return told | {name: int(value) for name in flags if (value := getattr(one, name)) is not None}


def nobody(ident: int) -> Row:
    """Somebody of whom nothing is told yet. The system's own people have numbers up to 0."""
    text = dict.fromkeys(("username", "folded", "name", "title", "avatar"), "")
    flags = dict.fromkeys(("admin", "moderator", "staged", "suspended", "anonymised"), 0)
    unknown = dict.fromkeys(("created", "trust_level", "post_count", "last_posted"))
    return {"id": ident, **text, **unknown, **flags, "bot": int(ident <= 0)}


def anonymised(before: Row | None, after: Row) -> bool:
    """Whether the forum took somebody's name away: Discourse then calls them anon and a number."""
    number = after["username"].removeprefix("anon")
    new = number != after["username"] and number.isdecimal()
    return bool(before and new and before["username"] != after["username"])


# ---- topics


def topics(
    seen: Iterable[models.Topic], known: Mapping[int, Row], now: int, source: str, *, views: bool = False
) -> Rows:
    """Topics that are new or changed. `known` are rows of `topics`; `views`: take the counts of views too."""
    rows = Rows()
    for one in {topic.id: topic for topic in seen}.values():
        before = known.get(one.id)
        after = {
            **(before or {"id": one.id, "n": 0, "views": 0, "listed": 0}),
            **told(one, before, source, views=views),
        }
        gone, was = not after["shown"], before is not None and not before["shown"]
        changed = before is None or gone != was or any(before[name] != after[name] for name in TOPIC_TEXT)
        if changed:
            after["n"] += 1
            version = {name: after[name] for name in TOPIC_TEXT}
            rows.topic_versions.append(
                {"topic": one.id, "n": after["n"], **version, "gone": int(gone), "observed": now, "source": source}
            )
        if gone and not was:
            grave = {"kind": "topic", "id": one.id, "reason": "deleted", "at": one.deleted, "by": one.deleted_by}
            rows.tombstones.append(grave)
        if was and not gone:
            rows.lifted.append(("topic", one.id))
        if changed or after != before:
            rows.topics.append(after)
    return rows


def another_topic(before: Row, one: models.Topic) -> bool:
    """Whether a number was given to another topic: its author, its date and both its names are others."""
    if one.author is None or before["person"] in (None, one.author) or before["created"] is None:
        return False
    moved = bool(abs(one.created - before["created"]) > SECOND)
    return moved and one.title != before["title"] and one.slug != before["slug"]


def told(one: models.Topic, before: Row | None, source: str, *, views: bool) -> Row:
    """The columns of a topic that an answer told; what it does not tell stays as it was."""
    known = before or {}

    def kept(name: str, value: Any, otherwise: Any = None) -> Any:
        return known.get(name, otherwise) if value is None else value

    solved = kept("accepted", one.accepted)
    who = known if solved == known.get("accepted") else {}
    return {
        "title": one.title,
        "slug": one.slug,
        "category": one.category,
        "tags": json.dumps(sorted(one.tags), ensure_ascii=False),
        "person": kept("person", one.author),
        "created": exact(known.get("created"), one.created),
        "bumped": exact(known.get("bumped"), kept("bumped", one.bumped)),
        "last_posted": exact(known.get("last_posted"), kept("last_posted", one.last_posted)),
        "closed": int(one.closed),
        "archived": int(one.archived),
        "visible": int(one.visible),
        "pinned": int(one.pinned),
        "archetype": one.archetype,
        "external_id": kept("external_id", one.external_id),
        "deleted": exact(known.get("deleted"), one.deleted),
        "shown": int(one.deleted is None),
        "accepted": solved,
        "accepted_by": who.get("accepted_by"),
        "accepted_at": who.get("accepted_at"),
        "posts_count": one.posts_count,
        "highest": one.highest,
        "likes": kept("likes", one.likes, 0),
        "listed": int(source == "list" or known.get("listed", 0)),
        "views": one.views if one.views is not None and (views or before is None) else known.get("views", 0),
    }


# ---- posts


def posts(
    seen: Iterable[models.Post],
    known: Mapping[int, Row],
    held: Mapping[int, Sequence[HeldVersion]],
    now: int,
    source: str,
    digests: Mapping[int, str] = MappingProxyType({}),
) -> Rows:
    """Posts that are new, have another text, or stand otherwise. `known` are rows of `posts`; `held` the versions of
    those whose text differs from what we last saw; `digests` those of some texts.
    """
    rows = Rows()
    for one in {post.id: post for post in seen}.values():
        before = known.get(one.id)
        text = digests.get(one.id) or digest(one.raw, one.cooked)
        after = standing(one, text)
        if one.locale is None:
            after["locale"] = (before or {}).get("locale", "")
        if before is None:
            rows.post_versions.append(version(one, 1, text, now, source))
            rows.reread.append(one)
        else:
            after |= {name: exact(before[name], after[name]) for name in ("created", "updated", "deleted")}
            after["n"], new = current(before, one, text, held.get(one.id, ()))
            if new:
                rows.post_versions.append(version(one, new, text, now, source))
            moved = (before["topic"], before["reply_to"]) != (one.topic, one.reply_to)
            if new == after["n"] or (moved and not one.placeholder):
                rows.reread.append(one)
            fate(rows, before, one)
        if before is None or any(before[name] != after[name] for name in after if name != "reads"):
            rows.posts.append(after)
        if before is None and one.deleted is not None:
            rows.tombstones.append(tombstone(one))
    return rows


def another(before: Row, one: models.Post) -> bool:
    """Whether a number was given to another post: a forum that was restored from a backup gives its numbers again.

    Owners may change, and so may dates; both together with the text do not.
    """
    person = None if one.author is None else one.author.id
    if person is None or before["person"] in (None, person):
        return False
    moved = bool(abs(one.created - before["created"]) > SECOND)
    return moved and digest(one.raw, one.cooked) != before["digest"]


def standing(one: models.Post, text: str) -> Row:
    """The columns of a post. `text`: what tells its text from another."""
    return {
        "id": one.id,
        "topic": one.topic,
        "number": one.number,
        "type": one.type,
        "action": one.action,
        "person": None if one.author is None else one.author.id,
        "created": one.created,
        "updated": one.updated,
        "reply_to": one.reply_to,
        "version": one.version,
        "deleted": one.deleted,
        "user_deleted": int(one.user_deleted),
        "hidden": int(one.hidden),
        "shown": int(one.deleted is None),
        "wiki": int(one.wiki),
        "localised": int(one.localised),
        "likes": one.likes,
        "digest": text,
        "n": 1,
        "reads": one.reads,
        "locale": one.locale,
    }


def current(before: Row, one: models.Post, text: str, held: Sequence[HeldVersion]) -> tuple[int, int | None]:
    """Which version of a known post counts now, and the number of a new one, None if there is none."""
    if text == before["digest"]:
        return before["n"], None
    counting = next((each for each in held if each.n == before["n"]), None)
    new = max((each.n for each in held), default=0) + 1
    if one.placeholder:
        if any(each.placeholder and each.digest == text for each in held):
            return before["n"], None
        return (new if counting is None or counting.placeholder else before["n"]), new
    if counting is not None and counting.digest == text:
        return before["n"], None
    return new, new


def version(one: models.Post, n: int, text: str, now: int, source: str) -> Row:
    """A version of a post as we saw it."""
    return {
        "post": one.id,
        "n": n,
        "raw": one.raw or "",
        "cooked": one.cooked,
        "version": one.version,
        "edited": one.updated,
        "editor": one.editor,
        "reason": one.reason,
        "placeholder": int(one.placeholder),
        "digest": text,
        "observed": now,
        "source": source,
    }


def fate(rows: Rows, before: Row, one: models.Post) -> None:
    """Whether a post was deleted, came back, or moved."""
    if one.user_deleted and not before["user_deleted"]:
        rows.tombstones.append({**tombstone(one), "reason": "user-deleted", "at": one.updated, "by": None})
    if one.deleted is not None and before["deleted"] is None:  # the forum deletes what its author took back a day later
        rows.tombstones.append(tombstone(one))
    back = not before["shown"] and one.deleted is None
    if back or (before["user_deleted"] and not one.user_deleted):
        rows.lifted.append(("post", one.id))
    if before["topic"] != one.topic:
        place = f"moved from {before['topic']}/{before['number']}"
        rows.tombstones.append({"kind": "move", "id": one.id, "reason": place, "at": None, "by": None})


def tombstone(one: models.Post) -> Row:
    """That a post was deleted."""
    return {"kind": "post", "id": one.id, "reason": "deleted", "at": one.deleted, "by": one.deleted_by}
