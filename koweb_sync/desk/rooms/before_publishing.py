"""What will be sent, before it is: the page on which somebody publishes, with what is in the way."""

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request

from koweb_sync.bookmark import read
from koweb_sync.config import Settings
from koweb_sync.desk.actions.asked_post import AskedPost, why_not
from koweb_sync.desk.actions.cut_publication import arrived, perhaps_sent
from koweb_sync.desk.actions.rendered_texts import texts
from koweb_sync.desk.actions.set_up import has_key, nobodys
from koweb_sync.desk.previews.local_html import path_in_address
from koweb_sync.desk.previews.preview import PostState, Previewer
from koweb_sync.desk.previews.shown_translations import TranslationName, taken
from koweb_sync.desk.rooms.keeping import sentence
from koweb_sync.desk.rooms.lone_translation import original_title
from koweb_sync.desk.rooms.only_here import DRAFTS, STAYS, all_on_forum, kept_texts, stay_here, unwritten
from koweb_sync.desk.rooms.preview import changes, places, translations
from koweb_sync.desk.serving import under_way
from koweb_sync.desk.serving.app import SET_UP, page, session, shown
from koweb_sync.desk.texts import unsaved
from koweb_sync.desk.texts.publication import ActionShown, Sending, some
from koweb_sync.desk.words.refusals import kind_of
from koweb_sync.errors import (
    AnswerMalformed,
    ForumAnswerUnclear,
    ForumDown,
    ForumUnreachable,
    KeyBound,
    KowebError,
    PullWaits,
)
from koweb_sync.git.commit import configured, full_name, knows_identity
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts import fields as post_fields
from koweb_sync.sync.publish import show
from koweb_sync.sync.publish.actions import Create, Plan
from koweb_sync.sync.publish.translations import Untranslate, not_kept
from koweb_sync.sync.work_tree import need_to_commit_here
from koweb_sync.sync.world.cherry_picks import conflicted, marked
from koweb_sync.sync.world.pull_note import note
from koweb_sync.times import HOUR_IN_SECONDS

PLACE = "/publish/"
FEW = 30  # requests that nobody waits for
FIELDS = ("mark", "message", "withdraw", "name", "email")  # of the forms of this page


def as_it_was() -> str:
    """Where the page is, with the post from which somebody came."""
    return f"{PLACE}{query()}"


def query() -> str:
    """How the page, and what is done on it, say from which post somebody came."""
    return f"?{urlencode({'of': came_from()})}" if came_from() else ""


def came_from() -> str:
    """The path of the post from which somebody came to the page; "" for the menu."""
    return request.args.get("of", "")


def not_sent() -> frozenset[str]:
    """The paths of what somebody leaves out, or did not come for."""
    return session.left_out | session.beside.get(came_from(), frozenset())


def what_is_sent(repo: Repo, now: Sending, **typed: Any) -> str:
    """The page of what will be sent. `typed`: what somebody typed there, and by field what is wrong with it."""
    faults = {**dict.fromkeys(FIELDS, ""), **typed.pop("faults", {})}
    with shown.lock:
        current = shown.current()
        now = replace(now, actions=tuple(with_author(current, one) for one in now.actions))
        rendered = texts(current, places(), now.actions)
        still = as_in_originals(current, [one.path for one in now.actions])
        keeping = kept_texts(current, now.plan, now.uncommitted, [one.path for one in now.actions])
        beside = not_among_it(repo, current, now, keeping)
        waits = what_waits(current, [one.path for one in now.left])
    return page(
        "publish.html",
        now=now,
        rendered=rendered,
        inside=path_in_address,
        url=places(),
        named=named(current, now.plan),
        **in_the_way(repo),
        **by_whom(repo, now),
        **on_the_forum(repo, now),
        **kept_here(current, now),
        **beside,
        keeping=keeping,
        only_kept_here=[one for one in keeping if one.why in STAYS],
        still=still,
        waits=waits,
        query=query(),
        beside=session.beside.get(came_from()),
        **{**sentence(repo, now.uncommitted, now.message), **typed, "faults": faults},
    )


def with_author(current: Previewer, action: ActionShown) -> ActionShown:
    """What is sent, with its author called as on the other pages."""
    author = post_fields.FIELDS["author"].words().called
    fields = (replace(one, after=current.called(one.after)) if one.name == author else one for one in action.fields)
    return replace(action, fields=tuple(fields))


def as_in_originals(current: Previewer, sent: Collection[str]) -> dict[str, str]:
    """By path of a translation that is sent: what of it is still as in the original. Whoever asks holds the lock."""
    originals = {one.original for path, one in current.now.translations.items() if path in sent}
    return {one.path: one.still for path in originals for one in translations(current.now, path)}


def what_waits(current: Previewer, paths: Collection[str]) -> dict[str, str]:
    """By path of a post that is not among what is sent: what would change on the forum, in a few words. Whoever asks
    holds the lock.
    """
    rows = {one.path: one for one in current.summaries()} if paths else {}

    def told(path: str) -> str:
        if path in current.now.gone:
            return _("Deleted here")
        if rows[path].changed:
            return _("Publishing changes: {what}").format(what=", ".join(changes(rows[path].changed)))
        return _("New topic") if rows[path].state is PostState.NEW else ""

    return {path: told(path) for path in paths if path in rows or path in current.now.gone}


def in_the_way(repo: Repo) -> dict[str, Any]:
    """What has to be done first, and what the page offers about it; who else publishes."""
    error = None
    try:
        need_to_commit_here(repo, shown.settings)
    except KowebError as found:
        error = found
    return {
        "error": error,
        "first": decided_first(repo) if isinstance(error, PullWaits) else None,
        "help": help_for(error) if error else "",
        "offer": help_for,
        "again": as_it_was(),
        "form": None,
        "down": "",
        **elsewhere(repo),
    }


def by_whom(repo: Repo, now: Sending) -> dict[str, Any]:
    """In whose name versions are kept, and whose new topics are: nobody's in particular where their files say it."""
    current, user = shown.current(), shown.settings.username
    person = configured(repo, "user.name") or full_name(), configured(repo, "user.email") or nobodys(user)
    said = any(isinstance(one, Create) and one.wants.author for one in now.plan.actions)
    return {"known": knows_identity(repo), "person": person, "user": "" if said else current.called(user)}


def on_the_forum(repo: Repo, now: Sending) -> dict[str, Any]:
    """Whether the forum can be asked, how long it takes, and what it may have of a publication that was cut off."""
    site, settings = shown.current().now.site, shown.settings
    return {
        "keyless": not has_key(settings),
        "forum": site.title if site else settings.name,
        "cost": cost(now),
        "rate": settings.rates.key_per_minute,
        "arrived": some([one.title for one in arrived(repo, settings)]) if now.ends else "",
        "perhaps": perhaps_sent(repo, settings) if now.cut and not now.ends else [],
    }


def kept_here(current: Previewer, now: Sending) -> dict[str, Any]:
    """What the button does, and what is kept on this computer by it."""
    posts, translations, lone = current.now.shown, current.now.translations, current.now.lone
    deleted = set(now.uncommitted) & set(current.now.gone)
    return {
        "posts": posts,
        "on_forum": current.title_on_forum,
        "translations": translations,
        "keeps": not (now.plan.requests or now.cut),
        "only_gone": len(deleted) == len(now.uncommitted) > 0,  # nothing to ask: each can be put back
        "button": button(now),
        "kept": kept(now.uncommitted, deleted | posts.keys() | translations.keys() | lone.keys()),
        "lone": lone,
        "only_deletes": now.only_deletes or (bool(deleted) and not (now.actions or now.noted)),
    }


def not_among_it(repo: Repo, current: Previewer, now: Sending, keeping: Sequence[AskedPost]) -> dict[str, Any]:
    """What is not sent, and why: the text from which somebody comes, what is not saved, not finished, or left out.
    `keeping`: the texts of the version that is kept by it, or is offered to be. Whoever asks holds the folder's lock.
    """
    of = came_from() if came_from() not in session.left_out else ""
    takes, told = taken(current.now.site, shown.settings), {one.path for one in (*now.actions, *now.noted)}
    empty, without = unwritten(current), not_sent()
    asked = why_not(of, current.now, now.plan.refusals, told, taken=takes, unwritten=empty)
    refusals = [one for one in now.plan.refusals if one.path not in (now.apart & without) | empty]
    staying = stay_here(current, keeping, came_from(), {*told, *without, came_from(), *(one.path for one in refusals)})
    stays = current.as_draft(of) if asked and asked.why in DRAFTS else ""  # said there, and not twice
    return {
        "asked": asked,
        "stays": stays,
        "noted": [one for one in now.noted if not (stays and one.path == of)],
        "taken": takes,
        "refusals": refusals,
        "staying": staying,
        "all_there": not now.actions and everything_published(current),
        "warnings": [one for one in now.plan.warnings if one not in said_of(asked, current, staying)],
        "unsaved": dict(unsaved.texts(repo, current.now)),
        "left": [one for one in now.left if one.path in session.left_out],
        "others": [one for one in now.left if one.path not in session.left_out],
    }


def everything_published(current: Previewer) -> bool:
    """Whether the forum has all that can be there, and that is something. Whoever asks holds the folder's lock."""
    return all_on_forum(current) and any(one.state is PostState.SAME for one in current.summaries())


def said_of(asked: AskedPost | None, current: Previewer, staying: Sequence[AskedPost]) -> set[str]:
    """The warnings that tell once more what is said of the text from which somebody comes, or of each that stays; who
    comes from a text is told of its own translations alone.
    """
    if came_from() or (asked is not None and asked.why == "not taken"):
        return {not_kept(n + 1) for n in range(len(current.now.translations))}
    return {not_kept(sum(one.why == "not taken" for one in staying))}


def named(current: Previewer, plan: Plan | None) -> dict[str, TranslationName]:
    """What each translation is one of, by its path: those that are here, and those of a plan whose file is gone."""
    here = {
        path: TranslationName(one.locale, current.titles.get(one.original, one.original))
        for path, one in current.now.translations.items()
    }
    gone = (one for one in (plan.translations if plan else ()) if isinstance(one, Untranslate))
    lone = {
        path: TranslationName(one.locale, original_title(current.now, path)) for path, one in current.now.lone.items()
    }
    return {one.path: TranslationName(one.locale, one.topic.title) for one in gone} | here | lone


def elsewhere(repo: Repo) -> dict[str, Any]:
    """Who else publishes, for how many hours, and whether that is so long that it may have been cut off."""
    held = read(repo, repo.resolve(shown.settings.bookmark)).lock
    hours = abs(time.time() - held.since) / HOUR_IN_SECONDS if held else 0.0
    return {"lock": held, "old": held is not None and hours >= 1, "hours": int(hours)}


def button(now: Sending) -> str:
    """What the button does that publishes."""
    n = len(now.actions)
    if now.cut:
        return _("Check and finish") if now.ends else _("Check and go on")
    if now.plan.requests and n > 1 and now.plan.translations:
        return ngettext("Publish {n} text", "Publish {n} texts", n).format(n=number(n))
    if now.plan.requests and n > 1:
        return ngettext("Publish {n} post", "Publish {n} posts", n).format(n=number(n))
    if now.actions:
        return _("Publish")
    if now.plan.requests:  # of what others decide there
        return _("Ask the forum")
    return _("Keep this version")


def kept(paths: Collection[str], texts: Collection[str]) -> str:
    """How much a version keeps, in words. `texts`: the paths of all texts; the others are files that go with them."""
    n = sum(path in texts for path in paths)
    files = len(paths) - n
    told = ngettext("{n} text", "{n} texts", n).format(n=number(n))
    others = ngettext("{n} file", "{n} files", files).format(n=number(files))
    return _("{texts} and {files}").format(texts=told, files=others) if n and files else told if n else others


def cost(now: Sending) -> str:
    """How long it takes, where one has to wait for it; else nothing."""
    plan, rates = now.plan, shown.settings.rates
    return show.summary(plan, rates) if plan.requests > FEW or plan.minutes(rates.key_per_minute) > 1 else ""


def decided_first(repo: Repo) -> under_way.UnderWay:
    """What is left of bringing back, which waits for somebody."""
    (left,) = under_way.bringing_back(repo, shown.settings)
    choose = marked(repo, conflicted(repo))
    return replace(left, text=_("Choose between the two versions first.")) if choose else left


def down(error: KowebError | None, settings: Settings) -> str:
    """The forum's address where it did not answer, or something else did, as where it moved, so that somebody can see
    for themselves; else nothing.
    """
    away = isinstance(error, ForumUnreachable | ForumDown | ForumAnswerUnclear)
    return settings.url if away and not isinstance(error, AnswerMalformed) else ""


def help_for(error: KowebError) -> str:
    """What a page offers to do about an error, as `_help.html` knows it; "" for what it can only say."""
    offer = kind_of(error).offer
    if offer == "bring-back" and note(shown.repo, shown.settings):
        return "choose"
    if isinstance(error, KeyBound) and not error.may_agree:
        return ""
    rooms = {one.path for one in current_app.extensions["menu"]}
    return "" if offer == "set-up" and SET_UP not in rooms else offer
