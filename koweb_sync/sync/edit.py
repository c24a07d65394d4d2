"""Bringing an existing topic to what its file says: only what changed in git, guarded by the agreed raw."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from koweb_sync.bookmark import Agreement, Fields, encode, mark
from koweb_sync.errors import (
    AnswerMalformed,
    EditConflict,
    ForumDown,
    ForumNotFound,
    ForumRefused,
    ForumUnreachable,
    HumanNeeded,
)
from koweb_sync.forum.models import PostView, TopicView
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import Agreed, Context, from_raw, normalise, to_raw
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.ids import CategoryId
from koweb_sync.sync.actions import SEPARATE, Edit
from koweb_sync.sync.carry import Desk, TopicGone, agreeing, alive, checked, gone, settle_with, upload
from koweb_sync.sync.compose import Composed, alike, comment, compose, footer, language, merged_tags
from koweb_sync.sync.links import targets, uses
from koweb_sync.sync.seen import TRAILER, text_name
from koweb_sync.sync.world import Source


@dataclass(frozen=True, slots=True)
class Merged:
    """The fields to send after a look at the topic; None for one that stays as it is. `read` is what we saw."""

    title: str | None = None
    category: CategoryId | None = None
    tags: tuple[str, ...] | None = None
    read: TopicView | None = None


def edit(desk: Desk, action: Edit) -> Agreement:
    """Carry out an edit; see `Edit.requests` for what it costs. Raises EditConflict where the forum's text is newer.

    A topic that somebody deleted is recovered first if koweb.toml says so (one or two requests more).
    """
    try:
        return carry_out(desk, action)
    except TopicGone:
        if desk.settings.deleted != "recover":
            raise
    desk.forum.recover(action.agreed.topic)
    return carry_out(desk, action)


def carry_out(desk: Desk, action: Edit) -> Agreement:
    """The edit, with the file's name on what the forum refuses."""
    try:
        return steps(desk, action)
    except ForumRefused as error:
        raise unwanted(action, error) from error


def unwanted(action: Edit, error: ForumRefused) -> ForumRefused:
    """Why the forum refused an edit, with the file that has to be mended."""
    if not error.reasons:
        return error
    line = action.post.key_lines.get("title", 1) if action.post and "title" in action.fields else 0
    return ForumRefused(
        _("The forum refused the post: {why}.").format(why="; ".join(reason.rstrip(" .") for reason in error.reasons)),
        where=f"{action.source.path}:{line}" if line else action.source.path,
        remedy=_("Mend the file, commit, and push again."),
        reasons=error.reasons,
    )


def steps(desk: Desk, action: Edit) -> Agreement:
    """The steps of an edit."""
    was = restored(desk, action) if action.restore else action.agreed
    composed = None
    if action.post is not None:
        upload(desk, uses(action.post, desk.world.atlas, was), {})
        before = desk.world.before.get(action.source.ident)
        composed = compose(action.post, desk.world.atlas, desk.settings, was, before)
        if was.over and composed.raw == was.raw:  # the file says what the forum has; only fields are left to send
            was = replace(was, path=action.source.path, blob=action.source.blob, says=action.source.says)
    merged = read_and_merge(desk, action, was) if action.reads else Merged()
    made = was
    if (composed and composed.raw != was.raw) or merged.title is not None or merged.category is not None:
        made = put(desk, action, was, composed, merged)
    if merged.tags is not None:
        made = put_tags(desk, action, made, merged.tags)
    made = separate_fields(desk, action.source, made, action.fields, action.wants)
    return finish(desk, action, made, composed)


def finish(desk: Desk, action: Edit, made: Agreement, composed: Composed | None) -> Agreement:
    """The agreement once everything was carried out: the file as it is now, and all fields that it asks for."""
    title = action.wants.title if "title" in action.fields else made.title
    base = made if composed is None else settle_with(action.source, composed, made, as_post(made))
    done = replace(
        base,
        path=action.source.path,
        blob=action.source.blob,
        says=action.source.says,
        sent=action.wants,
        title=title or "",
        withdrawn="",
    )
    desk.record(done)
    return done


def as_post(made: Agreement) -> PostView:
    """The first post of an agreement, as if it had just been read."""
    return PostView(
        made.post, made.topic, made.raw, "", made.revision, datetime.fromtimestamp(0, UTC), False, False, False
    )


# ---- the text, with title and category


def put(desk: Desk, action: Edit, was: Agreement, composed: Composed | None, merged: Merged) -> Agreement:
    """One guarded edit. A conflict is looked at once: our own text, or one that HEAD holds, is no conflict."""
    source = action.source
    text = composed or Composed(was.raw, was.used)
    expected = made_of(action, text, was, as_post(replace(was, raw=text.raw)), merged)
    facts = {"was": encode(was).decode(), "agreement": encode(expected).decode()}
    with desk.writing("edit", source.ident, facts) as answer:
        view = checked(desk, send(desk, action, was, text, merged), was.topic, source.path)
        if view.translated and not view.locale:
            desk.notes[source.ident] = unspoken(desk, was)
        return agreeing(answer, desk, made_of(action, text, was, view, merged))


def unspoken(desk: Desk, was: Agreement) -> str:
    """What to say where nobody knew the language of a post that has translations: the edit took it away."""
    text = _("This post has translations, but no language any more, so readers see none of them: set it at {url}")
    return text.format(url=desk.forum.topic_url(was.topic))


def made_of(action: Edit, text: Composed, was: Agreement, view: PostView, merged: Merged) -> Agreement:
    """The agreement after the edit: the new text, and the title and category that went with it."""
    made = settle_with(action.source, text, was, view)
    sent = made.sent
    if merged.title is not None:
        sent = replace(sent, title=action.wants.title)
    if merged.category is not None:
        sent = replace(sent, category=action.wants.category)
    return replace(made, sent=sent, title=sent.title or made.title)


def send(desk: Desk, action: Edit, was: Agreement, text: Composed, merged: Merged) -> PostView:
    """The edit itself. After a lost answer the topic is read: it is written again only if it still is what we knew."""
    done = attempt(desk, action, was, text, merged)
    if done is not None:
        return done
    view = read_first(desk, was, action.source)
    was = replace(was, locale=language(view.locale, was))
    base = view.raw or ""
    if base == was.raw:
        return write(desk, action, was, merged, (text.raw, base))
    if normalise(base) == normalise(text.raw):
        return view
    held = action.post is not None and head_contains(desk, action.post, was, base)
    editor = "" if held else desk.forum.last_editor(was.post) or view.username
    if action.post is not None and (held or sent_before(desk, action.source, was, base, editor)):
        return write(desk, action, was, merged, (on_top_of(desk, action.post, was, base), base))
    raise conflict(desk, action.source, was, editor)


def attempt(desk: Desk, action: Edit, was: Agreement, text: Composed, merged: Merged) -> PostView | None:
    """The first try. None if the guard did not match or nobody knows whether the edit was done."""
    try:
        return write(desk, action, was, merged, (text.raw, was.raw))
    except ForumNotFound as error:
        raise gone(desk, was.topic, action.source.path) from error
    except EditConflict:
        return None
    except (ForumUnreachable, ForumDown, AnswerMalformed) as error:
        if isinstance(error, ForumUnreachable) and not error.sent:
            raise
        return None


def write(desk: Desk, action: Edit, was: Agreement, merged: Merged, texts: tuple[str, str]) -> PostView:
    """One request. `texts`: the new raw, and the stored raw that it replaces."""
    raw, base = texts
    why = reason(desk, action.source)
    told = merged.read.first.locale if merged.read else None
    return desk.forum.edit(
        was.post,
        raw,
        base=base,
        title=merged.title,
        category=merged.category,
        reason=why,
        no_bump=desk.no_bump,
        locale=language(told, was),
    )


def read_first(desk: Desk, was: Agreement, source: Source) -> PostView:
    """The first post as it is now. One request. Raises where the topic is gone."""
    return alive(desk, desk.forum.topic(was.topic), source.path, was.post).first


def head_contains(desk: Desk, post: PostFile, was: Agreement, raw: str) -> bool:
    """Whether HEAD holds a forum text: the three-way merge changes nothing in the file, or a commit says so."""
    before = desk.world.before[was.id.lower()]
    theirs = from_raw(raw, Agreed(before, was.raw, targets(was.used)), Context())
    merged = desk.repo.merge_clean(before.encode(), post.body.encode(), theirs.encode())
    if merged == post.body.encode():
        return True
    name = text_name(desk.settings.name, replace(was, raw=raw), was.over or mark(was.raw))
    return name in desk.repo.trailers(desk.world.head, TRAILER)


def on_top_of(desk: Desk, post: PostFile, was: Agreement, raw: str) -> str:
    """Our text, written against a newer text of the forum that HEAD already holds."""
    before = desk.world.before[was.id.lower()]
    theirs = from_raw(raw, Agreed(before, was.raw, targets(was.used)), Context())
    known = targets(uses(post, desk.world.atlas, was))
    context = Context(known, footer=footer(post, desk.settings), comment=comment(post, desk.settings))
    return to_raw(post.body, Agreed(theirs, raw, targets(was.used)), context)


def sent_before(desk: Desk, source: Source, was: Agreement, raw: str, editor: str) -> bool:
    """Whether a run of which nothing is left sent this text: the key's user wrote it, and HEAD's history says it."""
    if editor.casefold() != desk.settings.username.casefold():
        return False
    return next(desk.past.saying(source.path, source.ident, raw, was.blob), None) is not None


def conflict(desk: Desk, source: Source, was: Agreement, editor: str) -> EditConflict:
    """Somebody edited the topic, and the file changed too: nothing is written, both texts stay."""
    return EditConflict(
        _("{editor} edited this post on the forum, and the file changed too: {url}").format(
            editor=editor, url=desk.forum.topic_url(was.topic)
        ),
        where=source.path,
        remedy=_("Nothing was overwritten. Bring their text into the file first (koweb pull), then push again."),
    )


def reason(desk: Desk, source: Source) -> str:
    """Why the post changed, for its history on the forum: the commit's subject and short hash."""
    subject = desk.repo.subjects({source.ident: source.path}, desk.world.head).get(source.ident)
    return f"{subject.line} ({subject.short})" if subject else ""


# ---- fields


def read_and_merge(desk: Desk, action: Edit, was: Agreement) -> Merged:
    """Look at the topic before title, category or tags are sent, and merge them key by key. One request.

    Raises HumanNeeded where git and forum changed the same field to different values, EditConflict via `put` for texts.
    """
    try:
        view = alive(desk, desk.forum.topic(was.topic), action.source.path, was.post)
    except ForumNotFound as error:
        raise gone(desk, was.topic, action.source.path) from error
    return Merged(
        title=merged_title(desk, action, was, view) if "title" in action.fields else None,
        category=merged_category(desk, action, was, view) if "category" in action.fields else None,
        tags=new_tags(action, was, view) if "tags" in action.fields else None,
        read=view,
    )


def merged_title(desk: Desk, action: Edit, was: Agreement, view: TopicView) -> str | None:
    """The title to send; None if the forum already shows it."""
    ours = action.wants.title or ""
    if view.title == ours:
        return None
    if not alike(view.title, was.sent.title or was.title) and not alike(view.title, ours):
        raise both(desk, action, "title", view.title)
    return ours


def merged_category(desk: Desk, action: Edit, was: Agreement, view: TopicView) -> CategoryId | None:
    """The category to send; None if the topic is there already."""
    if action.category is None or view.category == action.category:
        return None
    sent = desk.site.category(was.sent.category) if desk.site and was.sent.category is not None else None
    if sent is not None and view.category != sent.id:
        there = desk.site.category(view.category) if desk.site and view.category else None
        raise both(desk, action, "category", there.path if there else "?")
    return action.category


def new_tags(action: Edit, was: Agreement, view: TopicView) -> tuple[str, ...] | None:
    """The tags to send; None if the forum has them already."""
    merged = merged_tags(action.wants.tags or (), was.sent.tags or (), view.tags)
    return None if {t.casefold() for t in merged} == {t.casefold() for t in view.tags} else merged


def both(desk: Desk, action: Edit, name: str, theirs: str) -> HumanNeeded:
    """The same field changed in git and on the forum."""
    line = action.post.key_lines.get(name, 1) if action.post else 1
    return HumanNeeded(
        _("The {field} was changed on the forum too, to “{theirs}”: {url}").format(
            field={"title": _("title"), "category": _("category")}[name],
            theirs=theirs,
            url=desk.forum.topic_url(action.agreed.topic),
        ),
        where=f"{action.source.path}:{line}",
        remedy=_("Decide which one holds: write it into the file, or change it back on the forum."),
    )


def put_tags(desk: Desk, action: Edit, was: Agreement, tags: tuple[str, ...]) -> Agreement:
    """Replace the topic's tags by the merged ones."""
    facts = {"was": encode(was).decode(), "fields": ["tags"], "tags": [action.wants.tags, tags]}
    with desk.writing("fields", action.source.ident, facts) as answer:
        stored = desk.forum.set_fields(was.topic, tags=tags)
        sent = replace(was.sent, tags=action.wants.tags)
        return agreeing(answer, desk, replace(was, sent=sent, tags=stored if stored is not None else tags))


def separate_fields(desk: Desk, source: Source, was: Agreement, names: frozenset[str], wants: Fields) -> Agreement:
    """Author, date and status: one request each."""
    for name in SEPARATE:
        if name in names:
            facts = {"was": encode(was).decode(), "fields": [name]}
            with desk.writing("fields", source.ident, facts) as answer:
                set_one(desk, was, name, wants)
                sent = replace(was.sent, **{name: getattr(wants, name)})
                was = agreeing(answer, desk, replace(was, sent=sent))
    return was


def set_one(desk: Desk, was: Agreement, name: str, wants: Fields) -> None:
    """One field that has a request of its own."""
    forum = desk.forum
    match name:
        case "author":
            forum.change_owner(was.topic, was.post, wants.author or desk.settings.username)
        case "created":
            forum.change_created(was.topic, datetime.fromisoformat(wants.created or ""))
        case "closed":
            forum.set_status(was.topic, "closed", bool(wants.closed))
        case "pinned":
            forum.set_status(was.topic, "pinned", bool(wants.pinned))
        case _:
            forum.set_status(was.topic, "visible", wants.listed is not False)


def restored(desk: Desk, action: Edit) -> Agreement:
    """Undo what was done when the file was gone: it is back."""
    was = action.agreed
    undo: Mapping[str, str] = {"unlist": "visible", "close": "closed"}
    facts = {"was": encode(was).decode(), "fields": [], "how": action.restore, "undo": True}
    with desk.writing("fields", action.source.ident, facts) as answer:
        if action.restore == "delete":
            desk.forum.recover(was.topic)
        else:
            desk.forum.set_status(was.topic, undo[action.restore], action.restore == "unlist")
        return agreeing(answer, desk, replace(was, withdrawn=""))
