"""What publishing sends, as pages show it, and publishing as `koweb push -m` does, with progress on a page."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never
from urllib.parse import unquote

from koweb_sync import dates
from koweb_sync.config import Settings
from koweb_sync.desk.texts.leaving_out import PostLeftOut, left_out, refused_apart, sends, title_of, waits
from koweb_sync.desk.texts.text_difference import ChangedParagraph, changed_paragraphs
from koweb_sync.errors import AnswerMalformed, EditConflict, KowebError
from koweb_sync.forum.site import Site
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts.dialect import labelled
from koweb_sync.posts.fields import FIELDS
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import Action, Ask, Create, Drop, Edit, Plan, Record, Take, digest
from koweb_sync.sync.publish.edit import subject_of
from koweb_sync.sync.publish.options import PlanOptions
from koweb_sync.sync.publish.outcome import Outcome, Result
from koweb_sync.sync.publish.push import journalled, known_site, needs_site, preview
from koweb_sync.sync.publish.translations import Translate, TranslationAction, Untranslate
from koweb_sync.sync.work_tree import as_if_committed
from koweb_sync.sync.world.compose import compose
from koweb_sync.sync.world.world import World

NAMED = 2  # titles that a message names
UNSENT = frozenset(["recorded", "taken", "keep"])  # what is done without anything being published


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a field says before and after, as a person reads it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ActionShown:
    """One action of a plan. `verb`: what is done; `details`: with what; `files`: names of what is uploaded with it;
    `text`: the whole text of a new topic.
    """

    verb: str
    path: str
    title: str
    details: str
    fields: tuple[FieldChange, ...] = ()
    paragraphs: tuple[ChangedParagraph, ...] = ()
    files: tuple[str, ...] = ()
    text: str = ""
    withdraws: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """What publishing would do with the post files as they lie there. `actions`: what changes the forum; `noted`: what
    koweb only asks, or notes. `uncommitted`: files that the last commit has otherwise; `withdrawn`: how many topics
    lose their file; `cut`: an earlier push did not end; `stale`: facts of the forum are asked first. `mark` names all
    this: another one means that something moved. `left`: what waits and is not among it, and `only` what is, as “koweb
    push --only” takes it; nothing of both for everything. `sentences`: of versions that are kept already, which the
    forum shows beside changed texts. `apart`: paths of what is refused and was not chosen: it is no failure.
    """

    plan: Plan
    actions: tuple[ActionShown, ...]
    uncommitted: tuple[str, ...]
    withdrawn: int
    cut: bool
    stale: bool
    mark: str
    noted: tuple[ActionShown, ...] = ()
    left: tuple[PostLeftOut, ...] = ()
    only: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    apart: frozenset[str] = frozenset()

    @property
    def message(self) -> str:
        """What a person might say about it, for a start."""
        new = [one.wants.title or "" for one in self.plan.actions if isinstance(one, Create)]
        revised = [one.wants.title or "" for one in self.plan.actions if isinstance(one, Edit)]
        gone = [one.agreed.title for one in self.plan.actions if isinstance(one, Drop) and not one.draft]
        if self.tells_reason and not new:  # people of the forum read it beside each of these texts
            return _("Text revised")
        beside = [translation_title(one) for one in self.plan.translations if isinstance(one, Translate) and one.sends]
        parts = (
            (_("New: {title}"), new),
            (_("Changed: {title}"), revised),
            (_("Translated: {title}"), beside),
            (_("Deleted: {title}"), gone),
        )
        told = " · ".join(text.format(title=some(titles)) for text, titles in parts if titles)
        return told or _("Keep my texts")

    @property
    def ends(self) -> bool:
        """Whether only the end of a publication that was cut off is left: nothing else is to be sent."""
        return self.cut and not (self.actions or self.noted)

    @property
    def creates(self) -> bool:
        """Whether there are new topics among it."""
        return any(isinstance(one, Create) for one in self.plan.actions)

    @property
    def only_deletes(self) -> bool:
        """Whether all of it is about topics whose file was deleted."""
        told = [one for one in self.plan.actions if waits(one)]
        return bool(told) and all(isinstance(one, Drop) and not one.draft for one in told)

    @property
    def tells(self) -> bool:
        """Whether something would be different for anybody: not where git only notes what the forum has already."""
        return bool(self.plan.translations) or not all(isinstance(one, Record) for one in self.plan.actions)

    @property
    def only_sorts(self) -> bool:
        """Whether all that goes is where topics stand and how they are found: their words stay."""
        edits = [one for one in self.plan.actions if sends(one)]
        return (
            bool(edits)
            and not self.plan.translations
            and all(isinstance(one, Edit) and not one.body and "title" not in one.fields for one in edits)
        )

    @property
    def tells_reason(self) -> bool:
        """Whether the forum shows the message: as the reason of an edit of a text."""
        return any(isinstance(one, Edit) and one.body for one in self.plan.actions)


@dataclass(frozen=True, slots=True)
class DoneBefore:
    """What a publication had done on the forum before it was cut off. `done` is what an outcome says of it."""

    path: str
    title: str
    done: str

    @property
    def told(self) -> str:
        """The same, as a page says it beside a title."""
        what = done_words(Outcome(self.path, self.done))
        return what if self.done in ("arrived", "keep") else _("{what} before the interruption").format(what=what)


@dataclass(frozen=True, slots=True)
class Publication:
    """What came of publishing. `result`: None where nothing was sent; `error`: why it did not come to an end;
    `before`: what was done already, before a publication was cut off; `titles` by path; `untried`: the posts that were
    planned and not reached; `unsure`: those of them that were sent, and of which nobody knows whether they arrived.
    `form`: what its page sent, None where the forum was only asked what it allows; `place`: where that page is. `kept`:
    the paths of what a version keeps by it.
    """

    kept: tuple[str, ...] = ()
    result: Result | None = None
    error: KowebError | None = None
    before: tuple[DoneBefore, ...] = ()
    form: Mapping[str, str] | None = None
    place: str = "/publish/"

    @property
    def titles(self) -> dict[str, str]:
        """The title of every post that was planned, by its path."""
        before = {one.path: one.title for one in self.before}
        return {**before, **(titles_of(self.result.plan) if self.result else {})}

    @property
    def untried(self) -> list[str]:
        """Paths of what publishing did not come to."""
        outcomes = self.result.outcomes if self.result else ()
        reached = {one.path for one in self.before} | {one.path for one in outcomes}
        return [path for path in self.titles if path not in reached] if self.error else []

    @property
    def unsure(self) -> set[str]:
        """Which of these were sent, without an answer."""
        ids = ids_of(self.result.plan) if self.result else {}
        return {path for path in self.untried if self.result and ids.get(path) in self.result.unsure}

    @property
    def went(self) -> bool:
        """Whether anything of it reached the forum."""
        outcomes = self.result.outcomes if self.result else ()
        done = {one.done for one in self.before} | {one.done for one in outcomes}
        return bool(done - {"", *UNSENT})

    @property
    def arrived(self) -> str:
        """The titles of what the forum had taken before, where nothing else was left to do; else nothing."""
        only = not (self.error or (self.result and (self.result.outcomes or self.result.exit_code)))
        return some([one.title for one in self.before if one.done == "arrived"]) if only else ""

    @property
    def heading(self) -> str:
        """What came of it, in a few words."""
        failed = self.error or (self.result and self.result.exit_code)
        if failed and not self.went:
            return _("It is not known yet whether the forum has it") if self.unsure else _("Nothing was published")
        if self.error:
            return _("Not everything is published")
        if failed:
            return _("Published, with something to look at")
        anything = self.before or (self.result and self.result.outcomes)
        if anything:
            return _("Published")
        return _("Kept here: there was nothing to publish") if self.kept else _("There was nothing to publish")


def some(titles: Sequence[str]) -> str:
    """Titles in a sentence: the first ones, and how many more."""
    first, more = ", ".join(titles[:NAMED]), len(titles) - NAMED
    return (
        first
        if more < 1
        else ngettext("{first} and {n} more", "{first} and {n} more", more).format(first=first, n=number(more))
    )


def sending(repo: Repo, settings: Settings, without: Collection[str] = ()) -> Sending:
    """What publishing would do now. No request. `without`: paths of posts that are to stay here."""
    now, site = time.time(), known_site(settings)
    at, paths = as_if_committed(repo, settings, now)
    world, plan = preview(repo, settings, PlanOptions(yes=True, at=at), site, now, network=False)
    only, left = left_out(plan, paths, settings, without)
    apart = refused_apart(plan, without)
    if only:
        options = PlanOptions(only, yes=True)
        at, paths = as_if_committed(repo, settings, now, options)
        world, plan = preview(repo, settings, replace(options, at=at), site, now, network=False)
    posts = [(action_shown(world, settings, one, site), sends(one)) for one in plan.actions if waits(one)]
    shown = [*posts, *((translation_shown(one), sends(one)) for one in plan.translations)]
    sent, noted = (tuple(one for one, goes in shown if goes is which) for which in (True, False))
    drops = sum(isinstance(one, Drop) and one.how != "keep" for one in plan.actions)
    cut = bool(world.bookmark.intended) or any(note.do != "upload" for note in journalled(repo, settings))
    stale = site is None or (needs_site(plan) and not site.is_fresh())
    mark = f"{digest(plan)}-{repo.resolve(f'{at}^{{tree}}')}"
    return Sending(
        plan, sent, paths, drops, cut, stale, mark, noted, left, only, kept_sentences(repo, plan, paths), apart
    )


def kept_sentences(repo: Repo, plan: Plan, uncommitted: Collection[str]) -> tuple[str, ...]:
    """With which sentences changed texts were kept, where nothing is left to be kept."""
    if uncommitted:
        return ()
    kept = [one.source for one in plan.actions if isinstance(one, Edit) and one.body]
    found = (subject_of(repo, plan.head, one) for one in kept)
    return tuple(dict.fromkeys(one.line for one in found if one))


def field_value(name: str, value: object, site: Site | None) -> str:
    """A field's value as a person reads it: categories by their names, as far as they are known."""
    place = site.category(value) if site and name == "category" and isinstance(value, str | int) else None
    if site is None or place is None:
        return show.field_value(value)
    steps = place.path.split("/")
    found = (site.category("/".join(steps[: end + 1])) for end in range(len(steps)))
    return " › ".join(one.name for one in found if one)


def action_shown(world: World, settings: Settings, action: Action, site: Site | None) -> ActionShown:
    """One action in words, with its text before and after."""
    path = show.row(action)[1]
    match action:
        case Create():
            wants = action.wants
            fields = tuple(
                FieldChange(FIELDS[name].words().called, "", field_value(name, wants.get(name), site))
                for name in ("category", "tags", "author")
                if wants.get(name)
            )
            files, body = file_names(action.uploads, action.post.body), action.post.body
            return ActionShown(_("New topic"), path, wants.title or path, "", fields, (), files, body)
        case Edit():
            was, wants = action.agreed, action.wants
            fields = tuple(
                FieldChange(
                    FIELDS[name].words().called,
                    field_value(name, was.sent.get(name), site),
                    field_value(name, wants.get(name), site),
                )
                for name in sorted(action.fields)
            )
            changed: tuple[ChangedParagraph, ...] = ()
            if action.post is not None and action.body:
                raw = compose(action.post, world.atlas, settings, was, world.before.get(action.source.ident)).raw
                changed = changed_paragraphs(was.raw, raw)
            back = _("back on the forum") if action.restore else ""
            files = file_names(action.uploads, action.post.body if action.post else "")
            return ActionShown(_("Change"), path, wants.title or was.title, back, fields, changed, files)
        case Drop():
            verb = _("A draft again") if action.draft else _("Deleted here")
            return ActionShown(verb, path, action.agreed.title, left(action), withdraws=action.how != "keep")
        case Record():
            moved = action.agreed.path != path
            details = _("The file was moved from {path}. Nothing is sent.") if moved else _("Nothing is sent.")
            return ActionShown(
                _("On the forum already"), path, action.wants.title or path, details.format(path=action.agreed.path)
            )
        case Ask():
            details = _("Held since {when}. koweb asks what became of it.").format(
                when=dates.day(dates.instant(action.pending.since))
            )
            return ActionShown(_("With a moderator"), path, action.wants.title or path, details)
        case Take():
            details = _("A colleague connected this post with a topic. Nothing changes there.")
            return ActionShown(_("On the forum already"), path, action.wants.title or path, details)
        case _:
            assert_never(action)


def translation_shown(action: TranslationAction) -> ActionShown:
    """One action about a translation, in words."""
    if isinstance(action, Untranslate):
        details = _("It stays on the forum.") if action.keep else _("It is taken from the forum.")
        return ActionShown(_("Translation deleted here"), action.path, action.was.title or action.path, details)
    was, file = action.was, action.source.file
    body = file.post.body if file and action.text else ""
    titles = FieldChange(FIELDS["title"].words().called, was.title if was else "", file.title if file else "")
    fields = (titles,) if action.title and titles.after else ()
    details = _("The forum does not have it yet.") if was is None else _("The forum has another text.") * action.text
    details = details if action.sends else _("Nothing is sent.")
    files = file_names(action.uploads, body)
    return ActionShown("", action.path, translation_title(action), details, fields, (), files, body)


def file_names(paths: Sequence[str], body: str) -> tuple[str, ...]:
    """Files that go with a text, as people know them: by what a picture shows, else by the file's own name."""
    shows = {unquote(one.url).rpartition("/")[2]: one.text for one in labelled(body) if one.image and one.text.strip()}
    names = [path.rpartition("/")[2] for path in paths]
    return tuple(shows.get(name, name) for name in names)


def translation_title(action: Translate) -> str:
    """What a translation is called in its language."""
    return (action.source.file.title if action.source.file else "") or action.path


def titles_of(plan: Plan) -> dict[str, str]:
    """The title of every post, and of every translation, that is planned, by its path."""
    titles = {show.row(one)[1]: title_of(one) for one in plan.actions}
    return titles | {one.path: one.title for one in map(translation_shown, plan.translations)}


def ids_of(plan: Plan) -> dict[str, str]:
    """The ids of the posts that all of it is about, by path."""
    posts = {
        show.row(one)[1]: one.agreed.id.lower() if isinstance(one, Drop) else one.source.ident for one in plan.actions
    }
    return posts | {
        one.path: one.topic.id.lower() if isinstance(one, Untranslate) else one.source.ident
        for one in plan.translations
    }


def left(action: Drop) -> str:
    """What becomes of a topic that has no file any more."""
    told = {
        "keep": _("Its topic stays on the forum as it is."),
        "unlist": _("Its topic leaves the forum's lists; people who have its address can still read it."),
        "close": _("Its topic stays on the forum, and takes no more replies."),
        "delete": _("Its topic is deleted on the forum."),
    }[action.how]
    return told if not action.others else told + " " + _("{name} opened it.").format(name=action.others)


def done_words(outcome: Outcome) -> str:
    """What was done, as a page says it beside a title."""
    if isinstance(outcome.error, AnswerMalformed):
        return _("nobody knows yet whether it arrived")
    if isinstance(outcome.error, EditConflict):
        return _("your text was not sent")
    told = {
        "created": _("published"),
        "arrived": _("published: the forum had received this text before the interruption"),
        "translated": _("translated on the forum"),
        "updated": _("brought up to date on the forum"),
        "completed": _("its links are complete"),
        "recorded": _("on the forum already"),
        "approved": _("approved by a moderator"),
        "taken": _("connected with its topic"),
        "keep": _("stays on the forum"),
        "unlist": _("left the forum's lists"),
        "close": _("closed on the forum"),
        "delete": _("deleted on the forum"),
        "recovered": _("put back"),
        "": _("not sent: the forum shows what it did before") if outcome.url else _("not published"),
    }
    return told[outcome.done]
