"""`koweb push`: make the forum show what git says. Decides with `plan`, then acts.

A push that finds nothing to do is remembered (`nothing_new`), and so is one after which nothing is left to do.

Requests: 0 if nothing changed; else those that the plan tells (see `costs`), and 1 where a theme component shows what
was published (`sync.component`). Before it is told: up to 4 for facts about
the site that are not cached (24 h), 1 where remembered settings refuse a post, 1 for the style of heading anchors where
nobody knows it and a text depends on it, and those that settle what a killed push left.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

from koweb_sync.agreements import Agreement
from koweb_sync.bookmark import Bookmark, Intention
from koweb_sync.config import Settings
from koweb_sync.errors import KowebError, PlanMoved, WrongBranch
from koweb_sync.forum.cache import cached_site
from koweb_sync.forum.site import Site
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.journal import Journal, JournalEntry
from koweb_sync.sync.lock.hold import Hold, fetch
from koweb_sync.sync.lock.publisher import publisher
from koweb_sync.sync.lock.state import state_folder
from koweb_sync.sync.publish.actions import Ask, Create, Drop, Edit, Plan, digest
from koweb_sync.sync.publish.anchors import asks_anchors, style_of
from koweb_sync.sync.publish.categories import WrongCategory
from koweb_sync.sync.publish.foreseen_refusals import PastLimits, UnknownTags, judge
from koweb_sync.sync.publish.nothing_new import Inputs, inputs, remember
from koweb_sync.sync.publish.options import PlanOptions, PushOptions
from koweb_sync.sync.publish.outcome import Outcome, Result
from koweb_sync.sync.publish.plan import plan
from koweb_sync.sync.publish.translations import Translate
from koweb_sync.sync.survey import survey
from koweb_sync.sync.world.world import World

if TYPE_CHECKING:  # a push that sends nothing does not pay for HTTP
    from koweb_sync.forum.client import Forum
    from koweb_sync.sync.component.published import PublishedTopics


class PushObserver(Protocol):
    """Who wants to see a push as it goes."""

    def planned(self, plan: Plan) -> None:
        """The plan is made; nothing is written yet."""

    def sending(self, path: str, files: int, of: int) -> None:
        """The next one of so many files is sent, for the post file that shows them first."""

    def outcome(self, outcome: Outcome) -> None:
        """Something was done, or refused."""


def push(
    repo: Repo,
    settings: Settings,
    connect: "Callable[[], Forum]",
    wishes: PushOptions,
    watch: PushObserver,
    clock: Callable[[], float],
) -> Result:
    """Publish HEAD. `connect` is called only if there is something to send. `clock` gives Unix seconds.

    Raises KowebError for what keeps it from starting; what happens afterwards is in the result.
    """
    right_branch(repo, settings, branch_ok=wishes.branch_ok)
    with Hold(repo, settings, clock) as hold:
        one = Push(repo, settings, hold, connect, wishes, watch)
        result = one.run()
        if wishes.plain and all_done(result):
            one.look_again()
        return result


def preview(
    repo: Repo, settings: Settings, options: PlanOptions, site: Site | None, now: float, *, network: bool
) -> tuple[World, Plan]:
    """The plan, and what it was decided from. Writes nothing; without `network` the bookmark is this clone's.

    `now` is in Unix seconds: what is asked again after a while counts as a push at that time sends it.
    """
    notes = journalled(repo, settings)
    left = sum(note.answer is None and note.do != "upload" for note in notes)
    bookmark = with_own_journal(repo, settings, fetch(repo, settings, network=network))
    world = survey(repo, settings, bookmark, style_of(bookmark, site), network=network, at=options.at)
    if notes:
        from koweb_sync.sync.recover.settle import uploads

        uploads(notes, world.atlas, now, settings.url)
    problems = judge(world, site, settings.url, now=datetime.fromtimestamp(now, UTC))
    made = plan(world, settings, site, problems, options)
    if made.halt or not (made.acts or left):
        return world, made
    from koweb_sync.sync.publish.costs import Start, priced

    start = Start(now, bookmark.intended.keys(), left, reviewed=options.reviewed)
    made = priced(repo, settings, world, site, made, start)
    return world, replace(made, beside=made.beside + asks_anchors(world, site, made))


def with_own_journal(repo: Repo, settings: Settings, bookmark: Bookmark) -> Bookmark:
    """The bookmark with what this clone's journal knows and it does not. Writes nothing."""
    notes = journalled(repo, settings)
    if not notes:
        return bookmark
    from koweb_sync.sync.recover.settle import replay

    return with_journal(bookmark, *replay(bookmark, notes))


def journalled(repo: Repo, settings: Settings) -> tuple[JournalEntry, ...]:
    """What this clone's journal knows. Writes nothing."""
    folder = state_folder(repo, settings)
    return Journal(folder, lambda: 0.0).notes() if (folder / "journal").exists() else ()


def with_journal(bookmark: Bookmark, fresh: Mapping[str, Any], held: Mapping[str, Any]) -> Bookmark:
    """The bookmark with what the journal knows and the git remote does not yet."""
    return replace(bookmark, pending={**bookmark.pending, **held}).with_agreements(fresh.values())


def known_site(settings: Settings) -> Site | None:
    """What this machine knows of the forum, whatever its age; None if nobody asked yet. No request."""
    return cached_site(settings.url, settings.username)


class Push:
    """One push."""

    def __init__(
        self,
        repo: Repo,
        settings: Settings,
        hold: Hold,
        connect: "Callable[[], Forum]",
        wishes: PushOptions,
        watch: PushObserver,
    ) -> None:
        self.repo = repo
        self.settings = settings
        self.hold = hold
        self.connect = connect
        self.wishes = wishes
        self.watch = watch
        self.anchors: str | None = None

    def run(self) -> Result:
        """Plan; if there is something to do: lock, settle, plan again, and act."""
        found = inputs(self.repo, self.settings)
        site = known_site(self.settings)
        for attempt in range(5):
            world, first = self.decide(site)
            if attempt == 0 and site is not None and (fresh := asked_again(self.connect, site, first)) != site:
                site = fresh
                world, first = self.decide(site)
            self.unmoved(first)
            if first.halt or not (first.acts or unsettled(self.hold) or self.component_news(site, world)):
                self.watch.planned(first)
                if self.wishes.plain:
                    self.note(found, world, first)
                return Result(first)
            creates = self.intended(world, first)
            if self.hold.lock(publisher(self.repo), creates, break_lock=self.wishes.break_lock):
                return self.locked(world, first, site)
        raise PlanMoved(
            _("Others keep publishing to “{name}” at the same time.").format(name=self.settings.name),
            remedy=_("Try again in a moment."),
        )

    def decide(self, site: Site | None) -> tuple[World, Plan]:
        """The plan from what is known now: the bookmark, and what the journal adds to it."""
        from koweb_sync.sync.recover.settle import replay, uploads

        notes = self.hold.journal.notes()
        bookmark = with_journal(self.hold.bookmark, *replay(self.hold.bookmark, notes))
        world = survey(self.repo, self.settings, bookmark, self.anchors or style_of(bookmark, site))
        uploads(notes, world.atlas, self.hold.clock(), self.settings.url)
        problems = judge(world, site, self.settings.url, now=datetime.now(UTC))
        return world, plan(world, self.settings, site, problems, self.wishes.options)

    def look_again(self) -> None:
        """After a push that did all that it had to do: remember it if nothing is left. No request."""
        self.anchors = None  # what the next push knows
        found = inputs(self.repo, self.settings)
        world, rest = self.decide(known_site(self.settings))
        self.note(found, world, rest)

    def note(self, found: Inputs, world: World, made: Plan) -> None:
        """Remember inputs with which there is nothing to do, and nothing to say."""
        bookmark = self.hold.bookmark
        open_ends = made.acts or made.codes or made.warnings or bookmark.lock or bookmark.intended
        if not open_ends and not unsettled(self.hold) and not any(map(self.settings.left_out, world.tree)):
            remember(self.repo, self.settings, found, head=made.head, bookmark=made.bookmark)

    def intended(self, world: World, plan: Plan) -> Mapping[str, Intention]:
        """The creates of a plan, as they stand in the bookmark before the first of them is sent."""
        from koweb_sync.sync.publish.create import intended

        return intended(world, self.settings, plan.actions)

    def unmoved(self, now: Plan) -> None:
        """A saved plan is carried out only if nothing moved since it was reviewed. Raises PlanMoved."""
        saved = self.wishes.saved
        if saved is None:
            return
        moved = [
            text
            for text, same in (
                (_("the commit"), saved.get("head") == now.head),
                (_("what was published"), saved.get("bookmark") == now.bookmark),
                (_("the forum, as far as we know its settings"), saved.get("digest") == digest(now)),
            )
            if not same
        ]
        if moved:
            raise PlanMoved(
                _("The plan is out of date. This moved since it was made: {what}.").format(what=", ".join(moved)),
                remedy=_("Make a new one with “koweb plan -o”, and review it again."),
            )

    def locked(self, world: World, first: Plan, site: Site | None) -> Result:
        """What is done while the lock is held; it is released whatever happens."""
        from koweb_sync.sync.publish.carry_out_action import PublishRun
        from koweb_sync.sync.publish.costs import Start, priced, to_tell
        from koweb_sync.sync.recover.settle import replay

        forum = self.connect()
        forum.tagging.hint(self.hold.bookmark.tag_names)
        run = PublishRun(self.repo, self.settings, self.hold, forum, world, site, self.wishes.no_bump)
        run.sending = self.watch.sending
        try:
            settled = self.settle(forum, first)
            if needs_site(first):
                site = forum.site()
            told = self.ask_anchors(forum, run.world, site, first)
            if settled or told or site != run.site:
                run.world, first = self.decide(site)
                run.site = site
                self.hold.intend(self.intended(run.world, first))
            run.done, run.pending = replay(self.hold.bookmark, self.hold.journal.notes())
            start = Start(self.hold.clock(), self.hold.inherited, reviewed=self.wishes.saved is not None)
            first = priced(self.repo, self.settings, run.world, site, first, start)
            if not first.acts and self.component_news(site, run.world, run.done):
                first = replace(first, beside=1, in_doubt=to_tell(run.world, site, 0) - 1)
            self.watch.planned(first)
            return self.tell_component(run, self.and_then(run, first, self.act(run, first)))
        finally:
            run.save(last=True)

    def component_news(
        self, site: Site | None, world: World, done: Mapping[str, Agreement] | None = None
    ) -> "PublishedTopics | None":
        """What the theme component does not know yet, None for nothing; `done`: what this run agreed on."""
        if not self.hold.bookmark.component.theme or site is None:
            return None
        from koweb_sync.sync.publish.component_update import unsaid

        return unsaid(self.hold, site, world, done or {})

    def tell_component(self, run: Any, result: Result) -> Result:
        """Renew what readers are told of the published topics, if it changed."""
        known = self.hold.bookmark.component
        unsure = run.site is None and known.theme and not known.refused
        if result.stopped or not (unsure or self.component_news(run.site, run.world, run.done)):
            return result
        from koweb_sync.sync.publish.component_update import tell_component

        return replace(result, note=tell_component(run))

    def ask_anchors(self, forum: "Forum", world: World, site: Site | None, first: Plan) -> bool:
        """Ask the forum how it names the anchors of headings, where nobody knows yet and a text of this push depends on
        it. Whether it told what was not expected. One request, once a forum.
        """
        if forum.anchors is None and asks_anchors(world, site, first):
            forum.ask_anchors()
        self.anchors = forum.anchors
        return self.anchors not in (None, world.atlas.anchors)

    def and_then(self, run: Any, first: Plan, result: Result) -> Result:
        """What adopted and approved topics need beyond being agreed on, now that it is known what they were."""
        taken = {one.path for one in result.outcomes if one.done in ("taken", "approved")}
        if not taken or result.stopped:
            return result
        run.save()
        run.world, rest = self.decide(run.site)
        actions = [one for one in rest.actions if not isinstance(one, Drop) and one.source.path in taken]
        more = self.act(run, replace(rest, actions=tuple(actions), translations=()))
        refused = [Outcome(one.path, "", error=one.error) for one in rest.refusals if one.path in taken]
        for one in refused:
            self.watch.outcome(one)
        return Result(first, (*result.outcomes, *more.outcomes, *refused), more.stopped, unsure=more.unsure)

    def settle(self, forum: "Forum", first: Plan) -> bool:
        """Find out what came of the writes that an earlier run left open, here or in a clone that is gone. Whether
        there were any. What the plan creates is not asked for: the forum tells when it is sent.
        """
        from koweb_sync.sync.recover.settle import open_notes, replay, settle, take_up

        take_up(self.hold, {action.source.ident for action in first.actions if isinstance(action, Create)})
        notes = open_notes(self.hold)
        for note in notes:
            fresh, _held = replay(self.hold.bookmark, self.hold.journal.notes())
            settle(self.hold, forum, note, fresh.get(note.key) or self.hold.bookmark.agreed.get(note.key))
        return bool(notes)

    def act(self, run: Any, chosen: Plan) -> Result:
        """Carry out the plan. An error that concerns the whole run ends it; what was done before is in the result."""
        from koweb_sync.sync.publish.carry_out_plan import act
        from koweb_sync.sync.publish.reviewed_plan import still_as_reviewed
        from koweb_sync.sync.publish.translate import translate

        outcomes: list[Outcome] = []
        failed: set[str] = set()
        try:
            if self.wishes.saved is not None:
                still_as_reviewed(run, chosen)
            run.speaks = {one.source.ident: one.language for one in chosen.translations if isinstance(one, Translate)}
            done = act(run, () if chosen.halt else chosen.actions, {one.path for one in chosen.refusals})
            for outcome in chain(done, translate(run, chosen.translations, failed)):
                outcomes.append(outcome)
                failed |= {outcome.path} if outcome.error else set()
                self.watch.outcome(outcome)
        except KowebError as error:
            return Result(chosen, tuple(outcomes), error, unsure=frozenset(run.unsure))
        return Result(chosen, tuple(outcomes))


def asked_again(connect: "Callable[[], Forum]", site: Site, made: Plan) -> Site:
    """The forum's facts, read again where a plan refuses posts by what is remembered of them: one request, or none."""
    errors = [refusal.error for refusal in made.refusals]
    limits = any(isinstance(error, PastLimits) and not isinstance(error, UnknownTags) for error in errors)
    unsure = bool(made.translations or made.warnings) and (site.translates is None or not site.is_fresh())
    if unsure and not limits:
        return connect().again(site, limits=True)
    if limits or any(isinstance(error, WrongCategory) for error in errors):
        return connect().again(site, limits=limits)
    return site


def all_done(result: Result) -> bool:
    """Whether a push did something, and all of what it had to do, without a word that a person has to read."""
    outcomes = result.outcomes
    quiet = not (result.exit_code or result.note)
    return bool(outcomes) and quiet and all(not (one.error or one.note) for one in outcomes)


def unsettled(hold: Hold) -> bool:
    """Whether an earlier run left writes that the bookmark does not know, or that nobody knows the answer of."""
    return hold.left_behind() or any(note.do != "upload" for note in hold.journal.notes())


def needs_site(chosen: Plan) -> bool:
    """Whether a plan depends on facts about the site: categories, limits, anchors. A plain edit does not."""
    return bool(chosen.translations) or any(
        isinstance(action, Create | Ask)
        or (isinstance(action, Edit) and bool(action.uploads or action.fields & {"category", "tags", "title"}))
        for action in chosen.actions
    )


def right_branch(repo: Repo, settings: Settings, *, branch_ok: bool) -> None:
    """Only one branch publishes, or two people would undo each other. Raises WrongBranch on another one."""
    branch = repo.branch()
    on_it = branch == settings.branch or (branch is None and settings.branch in repo.branches_at_head())
    if not on_it and not branch_ok:
        raise wrong_branch(repo, settings)


def wrong_branch(repo: Repo, settings: Settings) -> WrongBranch:
    """The error where another branch is checked out, or none."""
    here = repo.branch() or _("a commit without a branch")
    return WrongBranch(
        _("You are on “{here}”, and only “{branch}” publishes.").format(here=here, branch=settings.branch),
        where=str(repo.root),
        remedy=_("Go there (git switch {branch}), or add --branch-ok if you mean it.").format(branch=settings.branch),
    )
