"""Carrying out what a plan does about translations: each is read before it is written over, journalled, agreed on."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace

from koweb_sync.agreements import AgreedTranslation, Agreement, encode
from koweb_sync.errors import (
    AnswerMalformed,
    EditConflict,
    ForumForbidden,
    ForumKeyRefused,
    ForumNotFound,
    ForumRefused,
    HumanNeeded,
    KowebError,
)
from koweb_sync.forum import translations as forum_side
from koweb_sync.forum.translations import PostTranslation, TopicInLanguage
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import normalise
from koweb_sync.posts.ids import PostId
from koweb_sync.posts.titles import same_title
from koweb_sync.sync.links.destinations import uses
from koweb_sync.sync.publish.carry_out_action import PublishRun, agreeing, checked, upload
from koweb_sync.sync.publish.outcome import Outcome
from koweb_sync.sync.publish.translation_guards import (
    brought,
    conflict,
    guard,
    may_go,
    unlisted,
    unlisted_title,
    unlisted_title_may_go,
)
from koweb_sync.sync.publish.translations import Translate, TranslationAction, Untranslate, composed, with_headings
from koweb_sync.sync.publish.withdrawals import opened_by
from koweb_sync.sync.world.compose import Composed, in_raw, language
from koweb_sync.sync.world.translations import standing_for

NOBODY_MAY = (ForumForbidden, ForumKeyRefused)  # what holds for all translations alike


@dataclass(slots=True)
class There:
    """What the forum has of translations, as far as this push read it, by post. `told`: whether it tells them at all;
    None before it was asked.
    """

    run: PublishRun
    told: bool | None = None
    found: dict[int, dict[str, PostTranslation]] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)

    def read(self, post: PostId) -> None:
        """Ask, unless it is known that nobody tells. One request."""
        if post in self.found or self.told is False:
            return
        known = forum_side.translations(self.run.forum, post)
        self.told = known is not None
        if known is not None:
            self.found[post] = known


def translate(
    run: PublishRun, actions: Sequence[TranslationAction], failed: Set[str] = frozenset()
) -> Iterator[Outcome]:
    """What came of each. Where the forum lets this user translate nothing, the first of them tells, and the others are
    not tried; where it lets them translate what they wrote alone, the first that is somebody else's tells for those.
    `failed`: the paths of posts that were refused: a file that was to become one keeps its translation.
    """
    there = There(run, fresh=set(run.created))
    only_ours = False
    for action in actions:
        others = opened_by_others(run, action)
        if (isinstance(action, Untranslate) and action.path in failed) or (only_ours and others):
            continue
        try:
            outcome = carried(run, action, there)
        except NOBODY_MAY as error:
            yield outcome_of(run, action, "", not_allowed(action, error, others=others))
            if not others:
                return
            only_ours, there.told = True, None
            continue
        except (ForumRefused, ForumNotFound, EditConflict, HumanNeeded, AnswerMalformed) as error:
            outcome = outcome_of(run, action, "", error)
        if outcome is not None:
            yield outcome


def carried(run: PublishRun, action: TranslationAction, there: There) -> Outcome | None:
    """Carry out one; None for what waits for its original, about which its own outcome says why."""
    if isinstance(action, Untranslate):
        return untranslated(run, action, there)
    topic = run.agreed(action.source.ident)
    if topic is None or topic.withdrawn:
        return None
    return translated(run, action, topic, there)


def topic_of(run: PublishRun, action: TranslationAction) -> Agreement | None:
    """What is agreed about the topic; None where it is not there."""
    return run.agreed(action.source.ident) if isinstance(action, Translate) else action.topic


def outcome_of(run: PublishRun, action: TranslationAction, done: str, error: KowebError | None = None) -> Outcome:
    """An outcome with the topic's address."""
    topic = topic_of(run, action)
    return Outcome(action.path, done, run.forum.topic_url(topic.topic) if topic else "", error)


def opened_by_others(run: PublishRun, action: TranslationAction) -> bool:
    """Whether it is about a topic that somebody else is known to have opened."""
    topic = topic_of(run, action)
    return topic is not None and bool(opened_by(topic, run.settings))


def not_allowed(action: TranslationAction, error: KowebError, *, others: bool) -> KowebError:
    """The same refusal, with what to do about it. `others`: somebody else opened the topic."""
    who = _(
        "Translations are written by the groups of the forum's setting “content_localization_allowed_groups”, and, "
        "where “content_localization_allow_author_localization” is on, by authors: ask an administrator."
    )
    rest = (
        _("Other translations of topics that somebody else opened were not tried.")
        if others
        else _("The other translations were not tried.")
    )
    return type(error)(error.message, where=action.path, remedy=f"{who} {rest}")


# ---- writing


def translated(run: PublishRun, action: Translate, topic: Agreement, there: There) -> Outcome:
    """Write text and title where the forum has others, after a look at what it has."""
    one, was = action.source, action.was
    if one.file is None or not (action.sends or was):
        return outcome_of(run, action, "recorded")
    if action.reads or (action.sends and topic.post not in there.fresh):  # one that an earlier run made, it turned out
        there.read(topic.post)
    made = ready(run, action, topic)
    if action.text and normalise(made.raw) == normalise(topic.raw):
        raise untouched(action)
    if action.sends and topic.post not in there.fresh:
        if topic.post not in there.found:
            return untold(run, action, topic, made)
        guard(run, action, topic, there.found[topic.post].get(one.locale), made)
    topic = speak(run, action, topic) if action.sends and not topic.locale else topic
    found = there.found.get(topic.post, {}).get(one.locale)
    same = found is not None and normalise(found.raw) == normalise(made.raw)
    raw = found.raw if found and same else made.raw
    used = in_raw(raw, made.used, was.used if was else {})
    turn = was.turn + action.sends if was else 0
    now = AgreedTranslation(one.path, one.blob, raw, one.file.title, used, was.shown if was else "", turn)
    whole = action.sends and topic.post in there.found  # what is agreed on is what the forum has, and it was read
    text = made.raw if (action.text or whole) and not same else ""
    mine = found is None or not (found.machine and found.title)
    writes = list(steps(run, action, topic, text, found, title=action.title or (whole and mine)))
    topic = written(run, one.ident, topic, with_one(topic, one.locale, now), writes)
    if writes and there.told is False:
        now = replace(now, shown=forum_side.shown(run.forum, topic.topic, topic.post, one.locale).text)
    run.record(with_one(topic, one.locale, now))
    return outcome_of(run, action, "translated" if writes else "recorded")


def untold(run: PublishRun, action: Translate, topic: Agreement, made: Composed) -> Outcome:
    """The same where the forum does not tell its translations: first the text, for whoever is shown that is shown the
    title, too; then the title, if that may be.
    """
    one, was = action.source, action.was
    words = one.file.title if one.file else ""
    now = AgreedTranslation(one.path, one.blob, made.raw, words, in_raw(made.raw, made.used, was.used if was else {}))
    now = replace(now, shown=was.shown if was else "", turn=was.turn + 1 if was else 0)
    seen = None
    if action.text:
        half = replace(now, title=was.title if was else "", half=True) if action.title else now
        unlisted(run, topic, one.locale, was, one.path)
        topic = topic if topic.locale else speak(run, action, topic)
        put = [lambda: forum_side.put_text(run.forum, topic.post, one.locale, made.raw)]
        topic = written(run, one.ident, topic, with_one(topic, one.locale, half), put)
        seen = forum_side.shown(run.forum, topic.topic, topic.post, one.locale)
        now = replace(now, shown=seen.text)
        topic = with_one(topic, one.locale, replace(half, shown=seen.text))
        run.record(topic)
    if action.title:
        seen = seen or forum_side.shown(run.forum, topic.topic, topic.post, one.locale)
        title = [put_or_drop(run, topic, one.locale, words)] if unlisted_title(run, action, topic, seen) else []
        topic = written(run, one.ident, topic, with_one(topic, one.locale, now), title)
        run.record(with_one(topic, one.locale, now))
    return outcome_of(run, action, "translated")


def untouched(action: Translate) -> HumanNeeded:
    """The error about a translation that nobody began."""
    return HumanNeeded(
        _("This is still the text of {original}, and no translation of it.").format(original=action.source.original),
        where=action.path,
        remedy=_("Translate it, commit, and push again."),
    )


def ready(run: PublishRun, action: Translate, topic: Agreement) -> Composed:
    """The text to send, with its files uploaded."""
    one, was = action.source, action.was
    if action.text and one.file:
        stand = standing_for(topic, was) if was else None
        upload(run, action.path, uses(one.file.post, with_headings(run.world.atlas, one), stand))
    return composed(run.world, run.settings, one, topic, was)


def steps(
    run: PublishRun,
    action: Translate,
    topic: Agreement,
    raw: str,
    found: PostTranslation | None,
    *,
    title: bool,
) -> Iterator[Callable[[], None]]:
    """The writes: of the text, "" for none, and, if asked for, of the title, where the forum has another one."""
    one = action.source
    words = one.file.title if one.file else ""
    if raw:
        yield lambda: forum_side.put_text(run.forum, topic.post, one.locale, raw)
    if title and not same_title(found.title if found else "", words):
        yield put_or_drop(run, topic, one.locale, words)


def put_or_drop(run: PublishRun, topic: Agreement, locale: str, title: str) -> Callable[[], None]:
    """The write of a title; an empty one is taken away."""
    if title:
        return lambda: forum_side.put_title(run.forum, topic.topic, locale, title)
    return lambda: forum_side.drop_title(run.forum, topic.topic, locale)


def written(
    run: PublishRun, ident: str, topic: Agreement, made: Agreement, writes: Sequence[Callable[[], None]]
) -> Agreement:
    """Write; agreed on is what came of all, for half a translation is not what the file says."""
    for number, write in enumerate(writes, 1):
        with run.writing("translate", ident, {"was": encode(topic).decode()}) as answer:
            write()
            if number < len(writes):
                answer({"settled": True})
            else:
                return agreeing(answer, run, made)
    return made


def with_one(topic: Agreement, locale: str, one: AgreedTranslation) -> Agreement:
    """An agreement with what is agreed about a translation."""
    return replace(topic, translations={**topic.translations, locale: one})


def speak(run: PublishRun, action: Translate, topic: Agreement) -> Agreement:
    """Say the original's language, with an edit that changes nothing else: without one it shows no translation."""
    facts = {"was": encode(topic).decode(), "agreement": encode(replace(topic, locale=action.language)).decode()}
    with run.writing("edit", action.source.ident, facts) as answer:
        view = run.forum.edit(topic.post, topic.raw, base=topic.raw, no_bump=True, locale=action.language)
        view = checked(run, view, topic.topic, action.source.original)
        spoken = replace(topic, locale=language(view.locale, None) or action.language)
        return agreeing(answer, run, replace(spoken, revision=view.version, updated=view.changed))


# ---- taking away


def untranslated(run: PublishRun, action: Untranslate, there: There) -> Outcome:
    """Take a translation from the forum if it is as we left it, or let it go."""
    topic = run.agreed(action.topic.id.lower()) or action.topic
    rest = replace(topic, translations={one: was for one, was in topic.translations.items() if one != action.locale})
    if action.keep:
        run.record(rest)
        return outcome_of(run, action, "keep")
    if action.reads:
        there.read(topic.post)
    found = there.found.get(topic.post, {}).get(action.locale)
    seen = None
    if topic.post not in there.found:
        seen = unlisted(run, topic, action.locale, action.was, action.path)
    elif found and not may_go(run, action, topic, found):
        raise conflict(run, topic, action.locale, action.path)
    writes = [lambda: forum_side.drop_text(run.forum, topic.post, action.locale)]
    if title_may_go(run, action, topic, there, seen):
        writes.insert(0, lambda: forum_side.drop_title(run.forum, topic.topic, action.locale))
    written(run, topic.id.lower(), topic, rest, writes)
    return outcome_of(run, action, "delete")


def title_may_go(
    run: PublishRun, action: Untranslate, topic: Agreement, there: There, seen: TopicInLanguage | None
) -> bool:
    """Whether the title goes, too: nobody tells who wrote one that is not ours, or one beside which no text is."""
    if topic.post not in there.found:
        return unlisted_title_may_go(run, action, topic, seen)
    found = there.found[topic.post].get(action.locale)
    if found is None or not found.title:
        return False
    return same_title(found.title, action.was.title) or brought(run, topic, found, action.was)
