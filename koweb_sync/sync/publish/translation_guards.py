"""What keeps a push from writing over a translation that somebody made on the forum.

Where the forum lists its translations, they are compared with what is agreed. Where it does not, what readers without
an account are shown decides, and nothing is written over that was not seen.
"""

from koweb_sync.agreements import AgreedTranslation, Agreement
from koweb_sync.errors import EditConflict, HumanNeeded
from koweb_sync.forum import translations as forum_side
from koweb_sync.forum.translations import PostTranslation, TopicInLanguage
from koweb_sync.i18n import _
from koweb_sync.posts.dialect import Agreed, Context, from_raw, normalise
from koweb_sync.posts.titles import same_title
from koweb_sync.sync.links.destinations import targets
from koweb_sync.sync.publish.carry_out_action import PublishRun
from koweb_sync.sync.publish.translations import Translate, Untranslate
from koweb_sync.sync.world.compose import Composed
from koweb_sync.sync.world.trailers import TRAILER, since_translation, translation_name


def guard(run: PublishRun, action: Translate, topic: Agreement, found: PostTranslation | None, made: Composed) -> None:
    """Raises EditConflict where the forum has a translation that is neither the agreed one nor ours, and that this
    branch does not hold.
    """
    one = action.source
    if found is None or found.machine:  # a person's translation may take the place of a machine's
        return
    was = action.was
    title = one.file.title if one.file else ""
    known_title = same_title(found.title, title) or (was is not None and same_title(found.title, was.title))
    known = normalise(found.raw) in (normalise(made.raw), normalise(was.raw) if was else None)
    if not (known and (known_title or not found.title)) and not held(run, action, topic, found):
        raise conflict(run, topic, one.locale, one.path)


def held(run: PublishRun, action: Translate, topic: Agreement, found: PostTranslation) -> bool:
    """Whether HEAD holds what the forum has: a commit says so, or merging it into the file changes nothing."""
    one, was = action.source, action.was
    if brought(run, topic, found, was):
        return True
    if was is None or one.before is None or one.file is None:
        return False
    context = Context(home=run.settings.url)
    theirs = from_raw(found.raw, Agreed(one.before, was.raw, targets(was.used)), context)
    body = one.file.post.body.encode()
    same = same_title(found.title, was.title) or same_title(found.title, one.file.title)
    return same and run.repo.merge_clean(one.before.encode(), body, theirs.encode()) == body


def brought(run: PublishRun, topic: Agreement, found: PostTranslation, was: AgreedTranslation | None) -> bool:
    """Whether a commit says that it brought what the forum has."""
    language = (found.locale, found.title)
    name = translation_name(run.settings.name, topic.topic, language, found.raw, since_translation(was))
    return name in run.repo.trailers(run.world.head, TRAILER)


def may_go(run: PublishRun, action: Untranslate, topic: Agreement, found: PostTranslation) -> bool:
    """Whether a translation may be taken away, as it may be written over: it is as we left it, title and all, or a
    machine's, or HEAD's history holds it.
    """
    was = action.was
    left = normalise(found.raw) == normalise(was.raw) and (not found.title or same_title(found.title, was.title))
    return left or bool(found.machine) or brought(run, topic, found, was)


# ---- forums that do not tell their translations


def unlisted(
    run: PublishRun, topic: Agreement, locale: str, was: AgreedTranslation | None, path: str
) -> TopicInLanguage | None:
    """The guard of a text: there is no translation at all, or readers are shown what they were shown right after we
    wrote. What they are shown, None where that was not looked at. Raises HumanNeeded where nobody knows.
    """
    view = run.forum.post(topic.post)
    if not view.translated:
        return None
    if was and was.shown:
        seen = forum_side.shown(run.forum, topic.topic, topic.post, locale)
        if seen.text == was.shown:
            return seen
    raise HumanNeeded(
        _("The forum does not tell whether somebody changed the translation into “{locale}” there: {url}").format(
            locale=locale, url=run.forum.topic_url(topic.topic)
        ),
        where=path,
        remedy=_("Nothing was overwritten. If yours is the newer one, remove that translation there, and push again."),
    )


def unlisted_title(run: PublishRun, action: Translate, topic: Agreement, seen: TopicInLanguage) -> bool:
    """The guard of a title: whether it is to be written, or taken away, and may be. Raises HumanNeeded where somebody
    gave another one, or where nobody knows: who is not shown the translated text is not shown its title either.
    """
    one, was = action.source, action.was
    url = run.forum.topic_url(topic.topic)
    if not seen.text:
        raise HumanNeeded(
            _("The forum does not tell whether this topic has a title in “{locale}”: {url}").format(
                locale=one.locale, url=url
            ),
            where=one.path,
            remedy=_("Its title was not overwritten. Without the line “title:” in this file, it is left as it is."),
        )
    original = topic.title or topic.sent.title or ""
    words = one.file.title if one.file else ""
    if same_title(seen.title, words or original):
        return False
    ours = [was.title] if was and was.title else []
    if not any(same_title(seen.title, title) for title in (original, *ours)):
        raise HumanNeeded(
            _("Somebody gave this topic a title in “{locale}” on the forum, “{title}”: {url}").format(
                locale=one.locale, title=seen.title, url=url
            ),
            where=one.path,
            remedy=_(
                "It was not overwritten. To keep it, write it into this file; to keep yours, remove it there. Then "
                "push again."
            ),
        )
    return True


def unlisted_title_may_go(run: PublishRun, action: Untranslate, topic: Agreement, seen: TopicInLanguage | None) -> bool:
    """Whether the title that readers are shown is ours, and not the original's."""
    was = action.was
    if not was.title:
        return False
    seen = seen or forum_side.shown(run.forum, topic.topic, topic.post, action.locale)
    original = topic.title or topic.sent.title or ""
    return same_title(seen.title, was.title) and not same_title(seen.title, original)


# ---- what is said


def conflict(run: PublishRun, topic: Agreement, locale: str, path: str) -> EditConflict:
    """The error about a translation that somebody wrote or changed on the forum."""
    return EditConflict(
        _("Somebody wrote a translation into “{locale}” on the forum that this folder does not hold: {url}").format(
            locale=locale, url=run.forum.topic_url(topic.topic)
        ),
        where=path,
        remedy=_("Nothing was overwritten. Bring it here first with “koweb pull”, then push again."),
    )
