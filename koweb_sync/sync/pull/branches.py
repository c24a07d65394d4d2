"""Which commit a pull builds on, and which posts of it can be compared."""

from collections.abc import Iterator

from koweb_sync.agreements import Agreement
from koweb_sync.config import Settings
from koweb_sync.errors import HumanNeeded, InputError, KowebError
from koweb_sync.git.repo import Repo, Sha
from koweb_sync.i18n import _
from koweb_sync.sync.publish.actions import Refusal
from koweb_sync.sync.publish.ambiguous_files import doubles, two_topics
from koweb_sync.sync.publish.options import PlanOptions
from koweb_sync.sync.publish.plan import adopted
from koweb_sync.sync.pull.news import News
from koweb_sync.sync.world.incoming import State, words
from koweb_sync.sync.world.trailers import TRAILER
from koweb_sync.sync.world.world import PostAtHead, World


def stale(source: PostAtHead, agreed: Agreement, *, shallow: bool) -> KowebError:
    """Why a post is not compared: this branch lacks the version that was published last."""
    remedy = _("Bring that version here first (git pull, or merge the branch that published it).")
    if shallow:
        remedy = _("Fetch it with “git fetch --unshallow” (in CI: fetch-depth: 0).")
    return HumanNeeded(
        _("Topic {topic} was last published from a version that is not in your branch's history.").format(
            topic=agreed.topic
        ),
        where=source.path,
        remedy=remedy,
    )


def unread(world: World, options: PlanOptions, *, alone: bool) -> Iterator[Refusal]:
    """Why posts are not compared: several files are for one topic, a file names another topic than its own,
    or is one that cannot be read.
    """
    sources, agreed = world.sources, world.bookmark.agreed
    lost = {ident for ident, one in agreed.items() if not one.withdrawn} - {source.ident for source in sources}
    broken = [Refusal(error.path, error) for error in world.broken if options.covers(error.path)] if lost else []
    doubled = list(doubles(sources, options.covers, alone=alone))
    named = {one.path for one in doubled}
    others = [one for one in misnamed(world, options, alone=alone) if one.path not in named]
    for path, error in ((one.path, one.error) for one in (*broken, *doubled, *others)):
        yield Refusal(path, HumanNeeded(error.message, where=error.where, remedy=error.remedy))


def misnamed(world: World, options: PlanOptions, *, alone: bool) -> Iterator[Refusal]:
    """The files that name another topic than the one that they were published as."""
    for source in world.sources if alone else ():
        agreed = world.bookmark.agreed.get(source.ident)
        if agreed is None or agreed.withdrawn or source.draft or not options.covers(source.path):
            continue
        error = two_topics(world, source, agreed)
        if error:
            yield Refusal(source.path, error)


def unagreed(source: PostAtHead, world: World, settings: Settings) -> Iterator[News | KowebError]:
    """Why a file is not compared that names a topic about which nothing is agreed; nothing for other new files."""
    post = source.post
    if post is None or source.draft or post.front.topic is None or not settings.alone:
        return
    topic = post.front.topic
    if source.ident in world.adopted:
        url = f"{settings.url}/t/-/{topic}"
        yield News(source.path, topic, url, State.NEW, words(State.NEW, topic), needs_human=False)
    elif error := adopted(post):
        yield error


def tip(repo: Repo, settings: Settings, branch: str) -> Sha:
    """The commit to build on: HEAD, or the tip of the branch for a pull request, unless HEAD holds all of it."""
    head = repo.head()
    if not branch:
        return head
    if repo.git("check-ref-format", "--branch", branch, fine=(0, 1, 128)).strip() != branch.encode():
        raise InputError(_("“{branch}” cannot be the name of a branch.").format(branch=branch))
    if f"branch refs/heads/{branch}\n".encode() in repo.git("worktree", "list", "--porcelain"):
        raise InputError(
            _("“{branch}” is checked out.").format(branch=branch),
            where=str(repo.root),
            remedy=_("Pull without --branch there, or name another branch."),
        )
    there = repo.resolve(f"refs/heads/{branch}") or repo.resolve(f"refs/remotes/{settings.remote}/{branch}")
    if there is None or repo.is_ancestor(there, head):
        return head
    open_texts = repo.trailers(there, TRAILER, head)
    mine = repo.trailers(head, TRAILER, there)
    return head if open_texts and set(open_texts) <= set(mine) else there
