"""What a publication that was cut off had done on the forum already: what is noted of it, and gone from its plan."""

from collections.abc import Mapping
from typing import assert_never

from koweb_sync.agreements import Agreement
from koweb_sync.config import Settings
from koweb_sync.desk.texts.publication import DoneBefore, titles_of
from koweb_sync.git.repo import Repo
from koweb_sync.sync.lock.hold import fetch
from koweb_sync.sync.publish.actions import Action, Ask, Create, Drop, Edit, Plan, Record, Take
from koweb_sync.sync.publish.push import journalled, with_own_journal
from koweb_sync.sync.publish.translations import Translate, TranslationAction, Untranslate

PlannedStep = Action | TranslationAction


def arrived(repo: Repo, settings: Settings) -> tuple[DoneBefore, ...]:
    """What the forum is known to have taken before a publication was cut off that did not end since. No request."""
    before = fetch(repo, settings, network=False)
    known = with_own_journal(repo, settings, before).agreed
    fresh = (one for key, one in known.items() if key in before.intended or before.agreed.get(key) != one)
    return tuple(DoneBefore(one.path, one.title, one.withdrawn or "arrived") for one in fresh)


def perhaps_sent(repo: Repo, settings: Settings) -> list[str]:
    """The titles of what the forum may have taken, or is known to have, of a publication that was cut off: all that
    was begun. No request.
    """
    before = fetch(repo, settings, network=False)
    known = with_own_journal(repo, settings, before).agreed
    begun = [*before.intended, *(one.key for one in journalled(repo, settings) if one.do != "upload")]
    told = [known.get(key) or (before.intended[key].expected if key in before.intended else None) for key in begun]
    titles = (one.title or one.sent.title or one.path for one in told if one is not None)
    return list(dict.fromkeys(titles))


def done_before(repo: Repo, settings: Settings, agreed: Plan, left: Plan) -> tuple[DoneBefore, ...] | None:
    """What of a plan is done; None where what is left is anything but the rest of that plan. No request."""
    planned, again, titles = steps(agreed), steps(left), titles_of(agreed)
    if left.halt or not again.keys() <= planned.keys():
        return None
    known = with_own_journal(repo, settings, fetch(repo, settings, network=False)).agreed
    gone = [one for at, one in planned.items() if at not in again]
    found = [DoneBefore(path, titles.get(path, path), done(one, known)) for one in gone if (path := path_of(one))]
    return tuple(found) if all(one.done for one in found) else None


def steps(plan: Plan) -> dict[tuple[str, ...], PlannedStep]:
    """What a plan does, by what stays the same when a part of it is done; without what it only notes."""
    return {step(one): one for one in (*plan.actions, *plan.translations) if not isinstance(one, Record)}


def step(one: PlannedStep) -> tuple[str, ...]:
    """What an action is about, whatever it still takes."""
    match one:
        case Create() | Edit() | Ask() | Take() | Record():
            return "text", one.source.ident, one.source.path, one.source.blob
        case Drop():
            return "gone", one.agreed.id, one.agreed.path
        case Translate():
            return "translation", one.source.ident, one.source.path, one.source.blob
        case Untranslate():
            return "no translation", one.topic.id, one.path
        case _:
            assert_never(one)


def path_of(one: PlannedStep) -> str:
    """The file that an action is about."""
    match one:
        case Drop():
            return one.agreed.path
        case Translate() | Untranslate():
            return one.path
        case _:
            return one.source.path


def done(one: PlannedStep, known: Mapping[str, Agreement]) -> str:
    """What was done, as an outcome says it, where it is known to be; else nothing."""
    match one:
        case Drop():
            there = known.get(one.agreed.id.lower())
            return there.withdrawn if there else ""
        case Translate():
            topic = known.get(one.source.ident)
            found = topic.translations.get(one.source.locale) if topic else None
            return "translated" if found and found.blob == one.source.blob and not found.half else ""
        case Untranslate():
            topic = known.get(one.topic.id.lower())
            return "" if topic is None or one.locale in topic.translations else "keep" if one.keep else "delete"
        case _:
            there = known.get(one.source.ident)
            return "arrived" if there and there.blob == one.source.blob else ""
