"""Bringing an existing topic to what its file says: only what changed in git, guarded by the agreed raw."""

from dataclasses import replace

from koweb_sync.agreements import Agreement, encode, mark
from koweb_sync.errors import AnswerMalformed, EditConflict, ForumDown, ForumNotFound, ForumRefused, ForumUnreachable
from koweb_sync.forum.models import Post, TopicView
from koweb_sync.git.repo import Repo
from koweb_sync.git.subjects import CommitSubject
from koweb_sync.git.trailers import trailer_values
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import Agreed, Context, from_raw, normalise, to_raw
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.titles import same_title
from koweb_sync.sync.links.destinations import targets, uses
from koweb_sync.sync.publish.actions import Edit
from koweb_sync.sync.publish.carry_out_action import (
    PublishRun,
    TopicGone,
    agreeing,
    alive,
    checked,
    settle_with,
    topic_gone,
    upload,
)
from koweb_sync.sync.publish.drop import undo
from koweb_sync.sync.publish.fields import Merged, not_done, put_fields, read_and_merge, separate_fields
from koweb_sync.sync.publish.may_write import check_ours, read_and_check
from koweb_sync.sync.recover.identity import file_says, is_foreign, not_ours
from koweb_sync.sync.world.compose import Composed, compose, language, sending, untouched
from koweb_sync.sync.world.seen import DECIDED_TRAILER, text_name
from koweb_sync.sync.world.trailers import TRAILER, in_trailer, numbered
from koweb_sync.sync.world.world import PostAtHead


def edit(run: PublishRun, action: Edit) -> Agreement:
    """Carry out an edit; see `Edit.requests` for what it costs. Raises EditConflict where the forum's text is newer.

    A topic that somebody deleted is recovered first if koweb.toml says so and it is ours (two or three requests more).
    """
    try:
        return carry_out(run, action)
    except TopicGone:
        if run.settings.deleted != "recover":
            raise
    check_ours(run, action.agreed, run.forum.topic(action.agreed.topic), action.source.path)
    run.forum.recover(action.agreed.topic)
    return carry_out(run, action)


def carry_out(run: PublishRun, action: Edit) -> Agreement:
    """The edit, with the file's name on what the forum refuses."""
    try:
        return steps(run, action)
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


def steps(run: PublishRun, action: Edit) -> Agreement:
    """The steps of an edit. Before the first of them the topic is known to be ours."""
    if action.lone or (not action.reads and not action.fresh and not file_says(run.past, action.agreed)):
        read_and_check(run, action)
    was = undo(run, action.agreed, action.restore) if action.restore else action.agreed
    composed = None
    if action.post is not None:
        upload(run, action.source.path, uses(action.post, run.world.atlas, was))
        before = run.world.before.get(action.source.ident)
        composed = compose(action.post, run.world.atlas, run.settings, was, before)
        if was.over and composed.raw == was.raw:  # the file says what the forum has; only fields are left to send
            was = replace(was, path=action.source.path, blob=action.source.blob, says=action.source.says)
    merged = read_and_merge(run, action, was) if action.reads else Merged()
    made = was
    if (composed and composed.raw != was.raw) or (merged.title is not None and action.with_text):
        made = put(run, action, was, composed, merged)
    if merged.beside(action):
        made = put_fields(run, action, made, merged)
    made = separate_fields(run, action.source, made, action.fields, action.wants)
    return finish(run, action, made, composed)


def finish(run: PublishRun, action: Edit, made: Agreement, composed: Composed | None) -> Agreement:
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
    run.record(done)
    return done


def as_post(made: Agreement) -> Post:
    """The first post of an agreement, as if it had just been read."""
    at = made.updated * 1_000
    return Post(
        id=made.post, topic=made.topic, author=None, raw=made.raw, version=made.revision, created=at, updated=at
    )


# ---- the text, with the title


def put(run: PublishRun, action: Edit, was: Agreement, composed: Composed | None, merged: Merged) -> Agreement:
    """One guarded edit. A conflict is looked at once: our own text, or one that HEAD holds, is no conflict."""
    source = action.source
    text = composed or Composed(was.raw, was.used)
    expected = made_of(action, text, was, as_post(replace(was, raw=text.raw, updated=0)), merged)
    facts = {"was": encode(was).decode(), "agreement": encode(expected).decode()}
    with run.writing("edit", source.ident, facts) as answer:
        view = checked(run, send(run, action, was, text, merged), was.topic, source.path)
        if view.translated and not view.locale:
            run.notes[source.ident] = unspoken(run, was)
        there = unsure_of_title(run, action, view, merged)
        done = Merged(read=merged.read) if there else merged
        made = agreeing(answer, run, made_of(action, text, was, view, done))
    if there:
        raise not_done(run, action, FIELDS["title"], there)
    return made


def unsure_of_title(run: PublishRun, action: Edit, view: Post, merged: Merged) -> TopicView | None:
    """The topic, where it does not show the title that was sent with the text; None where it does.

    The answer tells the slug that the title has now. One request where that is the slug of before.
    """
    read = merged.read
    if merged.title is None or not action.with_text or read is None or view.topic_slug not in ("", read.slug):
        return None
    there = run.forum.topic(view.topic)
    return None if same_title(there.title, merged.title) else there


def unspoken(run: PublishRun, was: Agreement) -> str:
    """What to say where nobody knew the language of a post that has translations: the edit took it away."""
    text = _("This post has translations, but no language any more, so readers see none of them: set it at {url}")
    return text.format(url=run.forum.topic_url(was.topic))


def made_of(action: Edit, text: Composed, was: Agreement, view: Post, merged: Merged) -> Agreement:
    """The agreement after the edit: the new text, and the title that went with it."""
    made = settle_with(action.source, text, was, view)
    goes = merged.title is not None and action.with_text
    sent = made.sent.but(title=action.wants.title) if goes else made.sent
    return replace(made, sent=sent, title=sent.title or made.title)


def send(run: PublishRun, action: Edit, was: Agreement, text: Composed, merged: Merged) -> Post:
    """The edit itself. After a lost answer the topic is read: it is written again only if it still is what we knew."""
    done = attempt(run, action, was, text, merged)
    if done is not None:
        return done
    view = read_first(run, was, action.source)
    was = replace(was, locale=language(view.locale, was))
    base = view.raw or ""
    if base == was.raw:
        return write(run, action, was, merged, (text.raw, base))
    if normalise(base) == normalise(text.raw):
        return view
    held = action.post is not None and head_contains(run, action.post, was, base)
    by_itself = untouched(view, was)  # somebody who is mentioned has another name: nobody edited the post
    itself = ("", _("the forum itself"))
    editor, called = itself if held or by_itself else last_editor(run, was, view)
    if action.post is not None and (held or sent_before(run, action.source, was, base, editor)):
        return write(run, action, was, merged, (on_top_of(run, action.post, was, base), base))
    raise conflict(run, action.source, was, called)


def last_editor(run: PublishRun, was: Agreement, view: Post) -> tuple[str, str]:
    """Who edited a post last: the user name, and how they are called."""
    edit = run.forum.revision(was.post)
    return (edit.username, edit.name) if edit else (view.username, view.username)


def attempt(run: PublishRun, action: Edit, was: Agreement, text: Composed, merged: Merged) -> Post | None:
    """The first try. None if the guard did not match or nobody knows whether the edit was done."""
    try:
        return write(run, action, was, merged, (text.raw, was.raw))
    except ForumNotFound as error:
        raise topic_gone(run, was.topic, action.source.path) from error
    except EditConflict:
        return None
    except (ForumUnreachable, ForumDown, AnswerMalformed) as error:
        if not run.lost(action.source.ident, error):
            raise
        return None


def write(run: PublishRun, action: Edit, was: Agreement, merged: Merged, texts: tuple[str, str]) -> Post:
    """One request. `texts`: the new raw, and the stored raw that it replaces."""
    raw, base = texts
    source = action.source
    why = reason(run, source)
    told = merged.read.first.locale if merged.read else None
    return run.forum.edit(
        was.post,
        raw,
        base=base,
        title=merged.title if action.with_text else None,
        reason=why,
        no_bump=run.no_bump,
        locale=language(told, was) or run.speaks.get(source.ident, ""),
    )


def read_first(run: PublishRun, was: Agreement, source: PostAtHead) -> Post:
    """The first post as it is now. One request. Raises where the topic is gone."""
    view = run.forum.topic(was.topic)
    if is_foreign(run.past, was, view):
        raise not_ours(run.forum, was.topic, source.path)
    return alive(run, view, source.path, was.post).first


def head_contains(run: PublishRun, post: PostFile, was: Agreement, raw: str) -> bool:
    """Whether HEAD holds a forum text: the three-way merge changes nothing in the file, or a commit says so."""
    before = run.world.before[was.id.lower()]
    theirs = from_raw(raw, Agreed(before, was.raw, targets(was.used)), Context(home=run.settings.url))
    merged = run.repo.merge_clean(before.encode(), post.body.encode(), theirs.encode())
    if merged == post.body.encode():
        return True
    since = was.over or numbered(mark(was.raw), was.revision)
    name = text_name(run.settings.name, replace(was, raw=raw), since)
    return name in run.repo.trailers(run.world.head, TRAILER)


def on_top_of(run: PublishRun, post: PostFile, was: Agreement, raw: str) -> str:
    """Our text, written against a newer text of the forum that HEAD already holds."""
    before = run.world.before[was.id.lower()]
    theirs = from_raw(raw, Agreed(before, was.raw, targets(was.used)), Context(home=run.settings.url))
    context = sending(post, run.settings, uses(post, run.world.atlas, was))
    return to_raw(post.body, Agreed(theirs, raw, targets(was.used)), context)


def sent_before(run: PublishRun, source: PostAtHead, was: Agreement, raw: str, editor: str) -> bool:
    """Whether a run of which nothing is left sent this text: the key's user wrote it, and HEAD's history says it."""
    if editor.casefold() != run.settings.username.casefold():
        return False
    return next(run.past.saying(source, raw, was.blob), None) is not None


def conflict(run: PublishRun, source: PostAtHead, was: Agreement, editor: str) -> EditConflict:
    """Somebody edited the topic, and the file changed too: nothing is written, both texts stay."""
    return EditConflict(
        _("{editor} changed this post on the forum, and you changed it here: it has two versions now. {url}").format(
            editor=editor, url=run.forum.topic_url(was.topic)
        ),
        where=source.path,
        remedy=_("Nothing was overwritten. Bring their text into the file first (koweb pull), then push again."),
    )


def reason(run: PublishRun, source: PostAtHead) -> str:
    """Why the post changed, for its history on the forum: the subject and short hash of a commit. The hash tells
    whoever has the repository which one, and the forum that this is a version of its own: within a few minutes, an edit
    with the same reason as the one before it makes no new one.
    """
    subject = subject_of(run.repo, run.world.head, source)
    return f"{subject.line} ({subject.short})" if subject else ""


def subject_of(repo: Repo, head: str, source: PostAtHead) -> CommitSubject | None:
    """The last commit of a post file that is no edit brought back: what somebody gave as a reason there is not the
    reason of ours, and is not said of a text that was chosen from both. Where there is no other, the last one.
    """
    last = repo.last_change(source.path, head)
    if last is None:
        return None
    if in_trailer(source.path) in trailer_values(last.message, DECIDED_TRAILER):
        return replace(last, line=of_choice())
    if f"\n{TRAILER}: " not in f"\n{last.message}":
        return last
    return repo.last_change(source.path, head, without=TRAILER) or last


def of_choice() -> str:
    """What a version is called in which somebody chose: the words of its commit are those of the forum's text."""
    return _("Choice between two versions")
