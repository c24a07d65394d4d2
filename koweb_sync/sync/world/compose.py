"""What is sent and what is then agreed on, composed from a file, the atlas and the last agreement. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from koweb_sync.agreements import Agreement, Fields, Used
from koweb_sync.config import Settings
from koweb_sync.forum.models import Post, TopicView
from koweb_sync.i18n import catalog
from koweb_sync.posts.dialect import Agreed, Context, destinations, from_raw, normalise, to_raw
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.ids import PostId, TopicId
from koweb_sync.posts.language_names import own_name
from koweb_sync.posts.link_targets import SHORT, UPLOAD
from koweb_sync.posts.paths import base_path
from koweb_sync.posts.side_by_side import LANGUAGE
from koweb_sync.sync.links.destinations import Atlas, targets, uses
from koweb_sync.sync.world.world import PostAtHead


@dataclass(frozen=True, slots=True)
class Composed:
    """A raw to send, and what its destinations became."""

    raw: str
    used: Mapping[str, Used]


@dataclass(frozen=True, slots=True)
class StoredPost:
    """What the forum holds after a write. `locale`: the post's language, None where the answer does not tell.

    `updated`: when it was changed (Unix milliseconds), 0 for not known.
    """

    topic: TopicId
    post: PostId
    raw: str
    revision: int = 0
    locale: str | None = None
    updated: int = 0


def stored(view: Post) -> StoredPost:
    """What the forum holds of a post that was just read or written."""
    return StoredPost(view.topic, view.id, view.raw or "", view.version, view.locale, view.changed)


def untouched(view: Post, agreed: Agreement) -> bool:
    """Whether nobody edited a post since an agreement: what differs all the same, the forum changed by itself.

    An edit makes a version, or joins the last one and is later. Where nobody noted either, nobody knows.
    """
    known = (agreed.revision, agreed.updated)
    return 0 not in known and known == (view.version, view.changed)


def language(told: str | None, was: Agreement | None) -> str:
    """A post's language: as an answer tells it, else as it was known."""
    return (was.locale if was else "") if told is None else told


def compose(post: PostFile, atlas: Atlas, settings: Settings, agreed: Agreement | None, before: str | None) -> Composed:
    """The raw of a post file. `before` is the body of the agreed file; without it the raw is made from scratch."""
    used = uses(post, atlas, agreed)
    base = agreed_text(before, agreed) if agreed and before is not None else None
    return Composed(to_raw(post.body, base, sending(post, settings, used)), used)


def sending(post: PostFile, settings: Settings, used: Mapping[str, Used]) -> Context:
    """What the dialect must know to make a raw of a post file."""
    return Context(
        targets(used),
        footer=footer(post, settings),
        comment=comment(post, settings),
        home=settings.url,
        languages=languages(used),
    )


def agreed_text(body: str, agreed: Agreement) -> Agreed:
    """A body that was agreed on, with what it became."""
    return Agreed(body, agreed.raw, targets(agreed.used), languages(agreed.used))


def languages(used: Mapping[str, Used]) -> str:
    """The line with links to the same text in other languages; "" for none, or none that is published."""
    there = {url.removeprefix(LANGUAGE): one.url for url, one in used.items() if url.startswith(LANGUAGE) and one.url}
    return " · ".join(f"[{own_name(code)}]({url})" for code, url in sorted(there.items()))


def footer(post: PostFile, settings: Settings) -> str:
    """The line, in the forum's language, that says where the text is versioned; "" unless koweb.toml asks for it."""
    text = catalog(settings.locale).gettext("This text is kept in git: {path}.")
    path = f"`{post.path.replace('`', ' ')}`"
    return f"<small>{text.format(path=path)}</small>" if settings.footer else ""


def comment(post: PostFile, settings: Settings) -> str:
    """The comment for people who edit on the forum, in the forum's language; "" if koweb.toml does not ask for it.

    Readers do not see it: it is an HTML comment.
    """
    text = catalog(settings.locale).gettext(
        "This text is kept in git ({path}). Your edits here are brought back there."
    )
    return f"<!-- {text.format(path=post.path.replace('>', ' '))} -->" if settings.comment else ""


def agreement(
    source: PostAtHead, composed: Composed, wants: Fields, stored: StoredPost, was: Agreement | None = None
) -> Agreement:
    """What is agreed on once the forum has stored a raw for a file."""
    ident, alias = identity(source, was)
    return Agreement(
        id=ident,
        path=source.path,
        blob=source.blob,
        topic=stored.topic,
        post=stored.post,
        raw=stored.raw,
        says=source.says,
        sent=wants,
        used=in_raw(stored.raw, composed.used, was.used if was else {}),
        title=wants.title or "",
        tags=wants.tags or (),
        revision=stored.revision,
        updated=stored.updated,
        locale=language(stored.locale, was),
        alias=alias,
        opened=was.opened if was else "",
        translations=was.translations if was else {},
    )


def identity(source: PostAtHead, was: Agreement | None) -> tuple[str, str]:
    """The id that a topic is known by, and the one that its file has, where that is another one."""
    if source.post is None:
        return (was.id, was.alias) if was else (source.ident, "")
    own = source.post.front.id
    return (own, "") if was is None or own.lower() == was.id.lower() else (was.id, own)


def in_raw(raw: str, used: Mapping[str, Used], was: Mapping[str, Used]) -> dict[str, Used]:
    """What destinations are in a raw: as now, as before (an anchor that was not worth an edit), or not translated."""
    found = {}
    for url, now in used.items():
        before = was.get(url, now)
        held = next((one for one in (now, before) if one.url and names(raw, one.url)), None)
        found[url] = held or replace(now, url="", topic=0)
    return found


def names(raw: str, url: str) -> bool:
    """Whether a raw leads to an address, to the whole of it: `/t/-/1` is neither `/t/-/12` nor `/t/-/1#anchor`, nor
    is it `/forum/t/-/1`. An upload may stand there in another spelling, a topic with its host.
    """
    alone = r"(?<![\w/.~%-])"
    start = f"(?:{UPLOAD}|{SHORT})" if url.startswith(UPLOAD) else rf"{alone}(?:https?://[\w.:\[\]-]{{1,255}})?"
    return re.search(rf"{start}{re.escape(url.removeprefix(UPLOAD))}(?![\w/#-])", raw) is not None


def same_text(raw: str, post: PostFile, composed: Composed, settings: Settings) -> bool:
    """Whether a stored raw says what a file says, be its links translated already or not."""
    if normalise(raw) == normalise(composed.raw):
        return True
    sources = {one.url: url for url, one in composed.used.items() if one.url} | completed_links(
        raw, composed, settings.url
    )
    context = Context(
        sources=sources, footer=footer(post, settings), comment=comment(post, settings), home=settings.url
    )
    return normalise(from_raw(raw, None, context)) == normalise(from_raw(normalise(composed.raw), None, context))


def completed_links(raw: str, composed: Composed, home: str) -> dict[str, str]:
    """What a stored raw has in the places of our links that cannot be translated yet, because an earlier run, of which
    nothing is left, came further: a link to a topic, or an anchor in the same post.
    """
    ours, theirs = destinations(composed.raw), destinations(raw)
    if len(ours) != len(theirs):
        return {}
    waiting = {url for url, one in composed.used.items() if not one.url and not one.blob}
    ours_at = re.compile(rf"{re.escape(base_path(home))}/t/-/\d+(#|$)")
    return {
        there.url: here.url
        for here, there in zip(ours, theirs, strict=True)
        if here.url in waiting and (ours_at.match(there.url) or here.url.startswith("#"))
    }


def agreed_as_shown(was: Agreement, sent: Mapping[str, Sequence[Any]], view: TopicView) -> Agreement:
    """What is agreed on once the forum shows a topic whose fields were sent (name -> what git says, and what was sent).

    A field counts as sent only if the forum shows it; but some it may keep under other names.
    """
    known = {name: (FIELDS[name], *pair) for name, pair in sent.items()}
    taken = {name: f.loaded(said or ()) if f.renamed else said for name, (f, said, _there) in known.items()}
    taken = {n: said for n, said in taken.items() if known[n][0].renamed or known[n][0].arrived(known[n][2], view)}
    made = replace(was, sent=was.sent.but(**taken), title=taken.get("title") or was.title)
    if "tags" in sent:
        made = replace(made, tags=view.tags)
    if view.first.raw == was.raw:  # else somebody edits just now: what they wrote is not what is agreed on
        made = replace(made, revision=view.first.version, updated=view.first.changed)
    return made
