"""Publishing as `koweb push -m` does, with progress on a page; and asking the forum what it allows."""

import math
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from koweb_sync.config import Settings
from koweb_sync.desk.actions.cut_publication import arrived, done_before
from koweb_sync.desk.previews.shown_titles import within_quotes
from koweb_sync.desk.run.session import connected
from koweb_sync.desk.run.work import RunningWork
from koweb_sync.desk.texts.publication import DoneBefore, Publication, done_words, titles_of
from koweb_sync.errors import GitError, KowebError, PlanMoved
from koweb_sync.forum.client import Forum
from koweb_sync.git.commit import commit_files
from koweb_sync.git.repo import Repo
from koweb_sync.git.words import words
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.sync.publish.actions import Plan, digest
from koweb_sync.sync.publish.fresh_plan import fresh_plan
from koweb_sync.sync.publish.options import PlanOptions, PushOptions
from koweb_sync.sync.publish.outcome import Outcome, Result
from koweb_sync.sync.publish.push import push
from koweb_sync.sync.work_tree import need_to_commit_here
from koweb_sync.sync.world.cherry_picks import need_nothing_unfinished


@dataclass(frozen=True, slots=True)
class PublishWish:
    """What a person agreed to: the files to commit with a message, and the plan. `withdraw`: topics that lose their
    file are meant. `only`: what is published, all where it is empty. `cut`: it goes on with one that was cut off.
    `apart`: what is refused and was not chosen.
    """

    paths: tuple[str, ...]
    message: str
    plan: Plan
    withdraw: bool = False
    break_lock: bool = False
    only: tuple[str, ...] = ()
    cut: bool = False
    apart: frozenset[str] = frozenset()


def go_to_branch(repo: Repo, settings: Settings) -> None:
    """Go to the branch that publishes. Versions that no branch has go with it where it only has to move forward.

    Raises InputError where something of git's is unfinished, GitError where going would leave something behind.
    """
    need_nothing_unfinished(repo)
    branch, move = settings.branch, ["switch", "--quiet"]
    if repo.branch() is None and not repo.git("for-each-ref", "--contains=HEAD", "refs/heads", "refs/remotes"):
        if repo.run("merge-base", "--is-ancestor", f"refs/heads/{branch}", "HEAD").returncode:
            raise GitError(
                _("Versions of your texts were kept beside this branch, and going there would leave them behind."),
                where=str(repo.root),
                remedy=_("Ask somebody who knows git to bring both together; nothing is lost until then."),
            )
        move.append("-C")
    done = repo.run(*move, branch)
    if done.returncode:
        raise GitError(words(done), where=str(repo.root))


class PublishWatch:
    """Watches a push for a page. A plan that is not the one that was agreed to stops it before anything is sent, unless
    it is the rest of that one. `before`: what of it was done before that was cut off.
    """

    def __init__(self, work: RunningWork, repo: Repo, settings: Settings, wish: PublishWish) -> None:
        self.work = work
        self.repo = repo
        self.settings = settings
        self.wish = wish
        self.arrived = arrived(repo, settings) if wish.cut else ()  # once it is pushed, nothing tells it apart
        self.before: tuple[DoneBefore, ...] = ()
        self.plan: Plan | None = None
        self.outcomes: list[Outcome] = []
        self.titles: dict[str, str] = {}

    def planned(self, plan: Plan) -> None:
        """Say what is coming. Raises PlanMoved where it is not what the page showed."""
        moved = digest(plan) != digest(self.wish.plan)
        before = done_before(self.repo, self.settings, self.wish.plan, plan) if moved and self.wish.cut else None
        known = {one.path for one in self.arrived}
        self.before = (*self.arrived, *(one for one in before or () if one.path not in known))
        if moved and before is None:
            raise PlanMoved(
                _("Something moved since you looked: the forum, a colleague's publication, or a text."),
                remedy=_("Nothing was sent. Look at what would be sent now, then publish."),
            )
        self.plan = plan
        self.titles, count = titles_of(plan), len(plan.actions) + len(plan.translations)
        if count:
            self.work.say(
                ngettext("{n} text to look after.", "{n} texts to look after.", count).format(n=number(count))
            )
        if (minutes := math.ceil(plan.minutes(self.settings.rates.key_per_minute))) > 1:
            about = ngettext("This takes about {n} minute.", "This takes about {n} minutes.", minutes)
            self.work.say(about.format(n=minutes))
        self.work.advance(total=count)
        self.work.enter(_("Sending.") if plan.actions or plan.translations else "")

    def sending(self, path: str, files: int, of: int) -> None:
        """Say which of its files is sent."""
        text = ngettext("“{title}”: sending its file.", "“{title}”: sending its files, {nth} of {n}.", of)
        title = within_quotes(self.titles.get(path, path))
        self.work.enter(text.format(title=title, nth=files, n=of))

    def outcome(self, outcome: Outcome) -> None:
        """One more is done."""
        self.outcomes.append(outcome)
        title = self.titles.get(outcome.path, outcome.path)
        self.work.say(_("“{title}”: {what}").format(title=within_quotes(title), what=done_words(outcome)))
        self.work.advance()
        self.work.enter(_("Noting what was published.") if self.work.done == self.work.total else "")


@contextmanager
def forums(settings: Settings, say: Callable[[str], None]) -> Iterator[Callable[[], Forum]]:
    """How to reach the forum for a while."""
    with ExitStack() as stack:

        def connect() -> Forum:
            forum = connected(settings, say)
            stack.callback(forum.close)
            return forum

        yield connect


def publish(work: RunningWork, repo: Repo, settings: Settings, wish: PublishWish) -> Publication:
    """Commit the post files and publish them."""
    watch = PublishWatch(work, repo, settings, wish)
    kept: tuple[str, ...] = ()
    options = PushOptions(PlanOptions(wish.only, yes=wish.withdraw), break_lock=wish.break_lock)
    try:
        need_to_commit_here(repo, settings)
        if wish.paths:
            work.say(_("Keeping this version of your texts…"))
            kept = wish.paths if commit_files(repo, wish.paths, wish.message) else ()
        work.enter(_("Checking that nothing moved since you looked."))
        with forums(settings, work.say) as connect:
            result = chosen(push(repo, settings, connect, options, watch, time.time), wish.apart)
    except KowebError as error:
        told = chosen(Result(watch.plan, tuple(watch.outcomes), error), wish.apart) if watch.plan else None
        return Publication(kept, told, error, watch.before)
    return Publication(kept, result, result.stopped, watch.before)


def chosen(result: Result, apart: Collection[str]) -> Result:
    """What came of a push, without what was refused and not chosen."""
    refusals = tuple(one for one in result.plan.refusals if one.path not in apart)
    return replace(result, plan=replace(result.plan, refusals=refusals))


def ask_forum(work: RunningWork, repo: Repo, settings: Settings) -> Publication:
    """Ask the forum for its categories, tags and limits, and the git remote for what others published."""
    try:
        with forums(settings, work.say) as connect:
            fresh_plan(repo, settings, connect, PlanOptions(yes=True))
    except KowebError as error:
        return Publication(error=error)
    return Publication()
