"""Agreeing about a topic that was adopted in another clone: a commit tells which text of the forum its file held."""

from collections.abc import Mapping

from koweb_sync.agreements import Agreement, Used, digest
from koweb_sync.errors import HumanNeeded, PostFileError
from koweb_sync.git.repo import Sha
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import Context, from_raw
from koweb_sync.posts.document import PostFile, parse
from koweb_sync.posts.tags import same_tags
from koweb_sync.sync.links.destinations import targets
from koweb_sync.sync.links.forum_files import uses_in_raw
from koweb_sync.sync.publish.actions import Take
from koweb_sync.sync.publish.carry_out_action import PublishRun, alive, look_at
from koweb_sync.sync.world.incoming import State, no_text
from koweb_sync.sync.world.trailers import TRAILER
from koweb_sync.sync.world.world import PostAtHead, desired, fields_of


def take(run: PublishRun, action: Take) -> Agreement:
    """Read the topic and agree on the pair that the commit holds. One request. Raises HumanNeeded for another text, and
    for a private message: whoever names one in a file gets nothing to do with it.
    """
    view = alive(run, run.forum.topic(action.topic), action.source.path)
    if view.private:
        raise HumanNeeded(
            no_text(State.PRIVATE, action.topic), where=action.source.path, remedy=look_at(run, action.topic)
        )
    raw = view.first.raw or ""
    name = f"{run.settings.name}/{action.topic}@{digest(raw)}"
    commit = run.repo.trailers(run.world.head, TRAILER).get(name)
    found = file_in(run, commit, action, raw) if commit else None
    if found is None:
        raise HumanNeeded(
            _("Topic {topic} was edited on the forum since it was adopted.").format(topic=action.topic),
            where=action.source.path,
            remedy=_("Bring the text first: “koweb fetch --rebuild” says how, or pull in the clone that adopted it."),
        )
    post, blob, used = found
    source = PostAtHead(post.path, blob, action.source.ident, fields_of(post.front), draft=False, post=post)
    made = Agreement(
        id=action.source.post.front.id if action.source.post else post.front.id,
        path=post.path,
        blob=blob,
        topic=action.topic,
        post=view.first.id,
        raw=raw,
        says=source.says,
        sent=desired(source, run.settings),
        used=used,
        title=view.title,
        tags=view.tags if same_tags(view.tags) == same_tags(source.says.tags or ()) else source.says.tags or (),
        revision=view.first.version,
        updated=view.first.changed,
        locale=view.first.locale or "",
        opened=view.first.username,
    )
    run.record(made)
    return made


def file_in(run: PublishRun, commit: Sha, action: Take, raw: str) -> tuple[PostFile, Sha, dict[str, Used]] | None:
    """The topic's file as a commit brought it, its content's name, and what its destinations are on the forum.

    None if the file says anything but the forum's text, as after a merge with edits of git's own.
    """
    out = run.repo.git("diff-tree", "--no-commit-id", "--root", "-r", "-m", "--name-only", "-z", commit)
    changed = set(out.decode("utf-8", "surrogateescape").split("\0"))
    blobs = {entry.path: entry.sha for entry in run.repo.tree(commit)}
    for path in sorted(changed & blobs.keys()):
        if run.settings.is_post(path):
            try:
                post = parse(path, run.repo.blob(blobs[path]))
            except PostFileError:
                continue
            if post.front.topic == action.topic:
                used = uses_in_raw(post, raw, blobs, run.world.atlas)
                return (post, blobs[path], used) if says_the_same(post, raw, used, run.settings.url) else None
    return None


def says_the_same(post: PostFile, raw: str, used: Mapping[str, Used], home: str) -> bool:
    """Whether an adoption of a raw would write exactly this text."""
    sources = {one.url: url for url, one in used.items()}
    return from_raw(raw, None, Context(targets(used), sources, home=home)).lstrip("\r\n") == post.body
