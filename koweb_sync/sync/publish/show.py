"""A plan and a result in words and columns. Pure: text out, nothing printed."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import assert_never

from koweb_sync import dates
from koweb_sync.config import Rates
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.grouped_problems import bare_files, bare_words
from koweb_sync.sync.publish.actions import Action, Ask, Create, Drop, Edit, Plan, Record, Take
from koweb_sync.sync.publish.nothing_new import nothing_to_do
from koweb_sync.sync.publish.outcome import Outcome, Result
from koweb_sync.sync.publish.translations import TranslationAction, Untranslate

Row = tuple[str, str, str]  # verb, path, details


def rows(plan: Plan) -> Iterator[Row]:
    """One row for each action, in the order in which they are carried out."""
    for action in plan.actions:
        yield row(action)
    for one in plan.translations:
        yield translation_row(one)


def row(action: Action) -> Row:
    """One action: what is done, with which file, and what changes."""
    match action:
        case Create():
            where = f" → {action.wants.category}" if action.wants.category is not None else ""
            return _("create"), action.source.path, f"{quoted(action.wants.title)}{where}{files(action.uploads)}"
        case Edit():
            names = [_("text")] if action.body else []
            names += [FIELDS[name].words().called for name in sorted(action.fields)]
            names += [_("back on the forum")] if action.restore else []
            topic = _("topic {topic}").format(topic=action.agreed.topic)
            details = f"{', '.join(names)} ({topic}){files(action.uploads)}{renamed(action)}"
            return _("edit"), action.source.path, details
        case Record():
            was = action.agreed.path
            details = _("moved from {path}").format(path=was) if was != action.source.path else _("nothing to send")
            return _("note"), action.source.path, f"{details}{renamed(action)}"
        case Drop():
            return dropped(action)
        case Ask():
            return (
                _("ask"),
                action.source.path,
                _("held for review since {when}").format(when=dates.day(dates.instant(action.pending.since))),
            )
        case Take():
            topic = _("topic {topic}").format(topic=action.topic)
            return _("take over"), action.source.path, _("adopted ({topic})").format(topic=topic)
        case _:
            assert_never(action)


def translation_row(action: TranslationAction) -> Row:
    """One action about a translation."""
    if isinstance(action, Untranslate):
        verb = _("keep") if action.keep else _("delete")
        why = _("the file is gone")
        return verb, action.path, f"{why} ({_('topic {topic}').format(topic=action.topic.topic)})"
    names = [_("text")] if action.text else []
    names += [_("title")] if action.title else []
    into = _("into {locale}").format(locale=action.source.locale)
    details = f"{into}: {', '.join(names)}{files(action.uploads)}" if names else _("nothing to send")
    return (_("translate") if names else _("note")), action.path, details


def renamed(action: Edit | Record) -> str:
    """That a file goes on with its topic under another id."""
    own, agreed = action.post.front.id if action.post else "", action.agreed
    if own.lower() in ("", agreed.id.lower(), agreed.alias.lower()):
        return ""
    return " · " + _("new id “{id}”, same topic {topic}").format(id=own, topic=agreed.topic)


def quoted(title: str | None) -> str:
    """A title between the quotation marks of the language."""
    return _("“{title}”").format(title=title)


def field_value(thing: object) -> str:
    """A field's value as a person reads it."""
    return ", ".join(map(str, thing)) if isinstance(thing, tuple) else "" if thing is None else str(thing)


def files(paths: tuple[str, ...]) -> str:
    """How many files an action uploads."""
    return " + " + ngettext("{n} file", "{n} files", len(paths)).format(n=number(len(paths))) if paths else ""


def dropped(action: Drop) -> Row:
    """A topic whose file is gone."""
    verbs = {"keep": _("keep"), "unlist": _("unlist"), "close": _("close"), "delete": _("delete")}
    why = _("the file is a draft now") if action.draft else _("the file is gone")
    if action.said:
        why = _("the file is in {said} now") if action.said.endswith("/") else _("the file says “{said}” now")
        why = why.format(said=action.said)
    theirs = ", " + _("and {name} opened it").format(name=action.others) if action.others else ""
    topic = _("topic {topic}").format(topic=action.agreed.topic)
    return verbs[action.how], action.agreed.path, f"{why}{theirs} ({topic})"


def summary(plan: Plan, rates: Rates) -> str:
    """What a plan comes to, in one line."""
    kinds = Counter(type(action) for action in plan.actions)
    posts, bare = refused(plan)
    moved = len(plan.translations)
    parts = [
        text.format(n=n)
        for n, text in (
            (kinds[Create], ngettext("{n} post to create", "{n} posts to create", kinds[Create])),
            (kinds[Edit], ngettext("{n} post to edit", "{n} posts to edit", kinds[Edit])),
            (kinds[Drop], ngettext("{n} post without a file", "{n} posts without a file", kinds[Drop])),
            (kinds[Ask], ngettext("{n} post held for review", "{n} posts held for review", kinds[Ask])),
            (kinds[Record], ngettext("{n} file to note", "{n} files to note", kinds[Record])),
            (moved, ngettext("{n} translation", "{n} translations", moved)),
            (kinds[Take], ngettext("{n} adopted topic", "{n} adopted topics", kinds[Take])),
            (posts, ngettext("{n} post refused", "{n} posts refused", posts)),
            (bare, bare_words(bare)),
        )
        if n
    ]
    if not parts:
        return nothing_to_do()
    return _("{what}: {cost}.").format(what=", ".join(parts), cost=cost(plan, rates))


def refused(plan: Plan) -> tuple[int, int]:
    """How many posts a plan refuses, and how many files without front matter, which are no posts yet."""
    posts = {one.path for one in plan.refusals if not bare_files([one.error])}
    return len(posts), bare_files(one.error for one in plan.refusals)


def cost(plan: Plan, rates: Rates) -> str:
    """Requests and minutes of a plan."""
    requests = ngettext("{n} request", "{n} requests", plan.requests).format(n=number(plan.requests))
    if plan.in_doubt:
        requests = _("{requests}, and up to {n} more, as the forum answers").format(requests=requests, n=plan.in_doubt)
    minutes = math.ceil(plan.minutes(rates.key_per_minute))
    if minutes < 1:
        return requests
    about = ngettext("about {n} minute", "about {n} minutes", minutes).format(n=minutes)
    return f"{requests}, {about}"


def done(outcome: Outcome) -> Row:
    """One outcome: what was done, with which file, where it can be seen."""
    verbs = {
        "created": _("created"),
        "updated": _("updated"),
        "translated": _("translated"),
        "completed": _("completed"),
        "recorded": _("noted"),
        "approved": _("approved"),
        "taken": _("taken over"),
        "keep": _("kept"),
        "unlist": _("unlisted"),
        "close": _("closed"),
        "delete": _("deleted"),
        "recovered": _("put back"),
        "": _("refused"),
    }
    return verbs[outcome.done], outcome.path, outcome.url


UNCHANGED = ("completed", "recorded", "keep")  # what is done to a post, and changes nothing on the forum


def closing(result: Result) -> str:
    """What a push came to, in one line."""
    good = Counter(outcome.done for outcome in result.outcomes if not outcome.error)
    posts, bare = refused(result.plan)
    bad = sum(1 for outcome in result.outcomes if outcome.error) + posts
    created, updated = good["created"], good["updated"]
    told = good["translated"]
    others = sum(good.values()) - created - updated - told - sum(good[one] for one in UNCHANGED)
    parts = [
        text.format(n=n)
        for n, text in (
            (created, ngettext("{n} post created", "{n} posts created", created)),
            (updated, ngettext("{n} post updated", "{n} posts updated", updated)),
            (told, ngettext("{n} post translated", "{n} posts translated", told)),
            (others, ngettext("{n} other change", "{n} other changes", others)),
            (bad, ngettext("{n} post not published", "{n} posts not published", bad)),
            (bare, bare_words(bare)),
        )
        if n
    ]
    if result.stopped:
        parts.append(_("the rest was not sent"))
    if not parts:
        return _("Nothing was sent.") if result.plan.halt else nothing_to_do()
    text = ", ".join(parts) + "."
    return text[0].upper() + text[1:]


def as_data(result: Result) -> dict[str, object]:
    """A result as plain data, for `--format json`."""
    return {
        "version": 1,
        "exit_code": result.exit_code,
        "outcomes": [
            {
                "path": outcome.path,
                "done": outcome.done or None,
                "url": outcome.url or None,
                "error": None if outcome.error is None else str(outcome.error),
                "note": outcome.note or None,
            }
            for outcome in result.outcomes
        ],
        "refused": [{"path": refusal.path, "error": str(refusal.error)} for refusal in result.plan.refusals],
        "stopped": None if result.stopped is None else str(result.stopped),
    }
