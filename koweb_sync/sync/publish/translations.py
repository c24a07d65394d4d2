"""What a push does about translations: decided from values, beside the posts' own actions. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from koweb_sync.agreements import AgreedTranslation, Agreement
from koweb_sync.config import Settings
from koweb_sync.errors import KowebError, PostFileError
from koweb_sync.forum.site import Site
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts.dialect import Agreed, Context, LinkTarget, to_raw
from koweb_sync.posts.document import MissingId
from koweb_sync.posts.titles import same_title
from koweb_sync.posts.translation import same_language
from koweb_sync.sync.links.destinations import Atlas, targets, uses
from koweb_sync.sync.publish.newer_head import behind
from koweb_sync.sync.world.compose import Composed, compose
from koweb_sync.sync.world.translations import TranslationAtHead, agreed_on, standing_for
from koweb_sync.sync.world.world import PostAtHead, World


@dataclass(frozen=True, slots=True)
class Translate:
    """Bring a translation to the forum. `topic`: what is agreed about its topic, None where this push creates it;
    `was`: what is agreed about the translation, None for a new one.

    `text`, `title`: what is written; an empty title is taken away. `speak`: the original has no language yet, and no
    edit of this push says one. `reads`: what the forum has is read first. `language`: the original's.
    """

    source: TranslationAtHead
    topic: Agreement | None
    was: AgreedTranslation | None
    language: str
    text: bool
    title: bool
    uploads: tuple[str, ...] = ()
    speak: bool = False
    reads: bool = False

    @property
    def sends(self) -> bool:
        """Whether the forum is to change."""
        return self.text or self.title

    @property
    def path(self) -> str:
        """The file."""
        return self.source.path

    @property
    def requests(self) -> int:
        """Uploads + 1 to read + 1 to say the original's language + 1 for the text + 1 for the title."""
        return len(self.uploads) + self.reads + self.speak + self.text + self.title

    @property
    def in_doubt(self) -> int:
        """Where the forum does not tell its translations: if there are any, what readers see before and after."""
        return 3 if self.text else self.sends


@dataclass(frozen=True, slots=True)
class Untranslate:
    """The file of a translation is gone: take it from the forum, or let it go where koweb.toml says “keep”."""

    topic: Agreement
    locale: str
    was: AgreedTranslation
    keep: bool
    reads: bool = False

    @property
    def path(self) -> str:
        """The file that is gone."""
        return self.was.path

    @property
    def requests(self) -> int:
        """1 to read + 1 for the text + 1 for the title; none to let it go."""
        return 0 if self.keep else self.reads + 1 + bool(self.was.title)

    @property
    def in_doubt(self) -> int:
        """As for a translation that is written, but nothing is read afterwards."""
        return 0 if self.keep else 2


TranslationAction = Translate | Untranslate


@dataclass(frozen=True, slots=True)
class Translations:
    """What is done, why some files are left alone (path -> error), and what is said once about all."""

    actions: tuple[TranslationAction, ...] = ()
    errors: Mapping[str, KowebError] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def planned(
    world: World,
    settings: Settings,
    site: Site | None,
    covers: Callable[[str], bool],
    around: "PushedTopics",
) -> Translations:
    """All about translations. Where the forum keeps none, that is said, and nothing is done."""
    errors: dict[str, KowebError] = {}
    mine = [one for one in world.translations if covers(one.path)]
    found: list[TranslationAction] = [a for one in mine if (a := due(world, settings, site, one, around, errors))]
    found += gone(world, settings, lambda path: covers(path) and path not in around.refused, errors)
    waiting = sum(one.requests > 0 for one in found)
    notes = unfinished(mine, site, settings)
    if site is not None and site.translates is False and (waiting or errors):
        lone = [one for one in found if one.requests and isinstance(one, Translate)]
        found = [one for one in found if not one.requests]
        if settings.translations == "topic" and lone:
            return Translations(tuple(found), {one.path: needs_id(one.path) for one in lone}, (), notes)
        kept_here = (not_kept(waiting),) if waiting else ()
        return Translations(tuple(found), {}, kept_here, () if waiting else notes)
    return Translations(tuple(sharing(found, world)), errors, (), notes)


def unfinished(files: Sequence[TranslationAtHead], site: Site | None, settings: Settings) -> tuple[str, ...]:
    """What is said of files that lack paragraphs, beside what is done: they are drafts, and nobody waits for them."""
    count = sum(bool(one.file and one.file.lacking) for one in files)
    if not count:
        return ()
    if site is not None and site.translates is False and settings.translations != "topic":
        return (not_kept(count),)
    text = ngettext(
        "{n} translation stays a draft: paragraphs of it are still to be translated (“koweb check” names it).",
        "{n} translations stay drafts: paragraphs of them are still to be translated (“koweb check” names them).",
        count,
    )
    return (text.format(n=number(count)),)


def needs_id(path: str) -> MissingId:
    """The error about a translation that is to become a topic of its own."""
    return MissingId(
        path,
        1,
        _("This forum keeps no translations, so this one is to become a topic of its own: it needs an id."),
        _("“koweb check --fix” writes one, made from the title."),
    )


def not_kept(count: int) -> str:
    """What is said where the forum keeps no translations."""
    text = ngettext(
        "{n} translation is left alone: this forum keeps none, or not yet (“content_localization_enabled”).",
        "{n} translations are left alone: this forum keeps none, or not yet (“content_localization_enabled”).",
        count,
    )
    return text.format(n=count)


@dataclass(frozen=True, slots=True)
class PushedTopics:
    """What of the posts and of their own actions matters here: the post files by id; ids of topics that come, and of
    those whose edit says a language; by path, why a file cannot be published; the paths of posts that are refused.
    """

    originals: Mapping[str, PostAtHead]
    coming: frozenset[str]
    spoken: frozenset[str]
    problems: Mapping[str, KowebError] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()


def due(
    world: World,
    settings: Settings,
    site: Site | None,
    one: TranslationAtHead,
    around: PushedTopics,
    errors: dict[str, KowebError],
) -> Translate | None:
    """What to do about one file; nothing while it lacks paragraphs, or its original is a draft, refused, or waits for a
    moderator.
    """
    original = around.originals.get(one.ident)
    topic = world.bookmark.agreed.get(one.ident)
    if one.file is None or original is None or original.draft or (topic is None and one.ident not in around.coming):
        return None
    if one.file.lacking:
        return None
    was = agreed_on(one, world.bookmark)
    language = spoken_by(topic, site, settings)
    if same_language(one.locale, language):
        errors[one.path] = own_language(one, language)
        return None
    if was and topic and was.blob != one.blob and was.blob not in world.ahead:
        errors[one.path] = behind(world, topic, one.path)
        return None
    if one.path in around.problems:
        errors[one.path] = around.problems[one.path]
        return None
    atlas = with_headings(world.atlas, one)
    stand = standing_for(topic, was) if topic and was else None
    used = uses(one.file.post, atlas, stand)
    text = was is None or one.over or differs(world, one, was, atlas, around.coming, settings)
    title = one.file.title != (was.title if was else "") and not (was and same_title(was.title, one.file.title))
    paths = tuple(each.path for each in used.values() if each.blob and not each.url)
    silent = topic is not None and not topic.locale and one.ident not in around.spoken
    return Translate(one, topic, was, language, text, title, paths if text else (), silent and (text or title))


def differs(
    world: World,
    one: TranslationAtHead,
    was: AgreedTranslation,
    atlas: Atlas,
    coming: frozenset[str],
    settings: Settings,
) -> bool:
    """Whether the text will be another one, with a stand-in for what is only known once it is uploaded or created."""
    if one.file is None or one.before is None:
        return one.file is not None
    used = uses(one.file.post, atlas, None)
    known = targets(used)
    for url, each in used.items():
        if each.blob and not each.url:
            known[url] = LinkTarget("upload://to-come")
        elif each.path and not each.blob and world.atlas.id_at(each.path) in coming:
            known[url] = LinkTarget(f"{settings.base_path}/t/-/0")
    before = Agreed(one.before, was.raw, targets(was.used))
    return to_raw(one.file.post.body, before, Context(known, home=settings.url)) != was.raw


def gone(
    world: World, settings: Settings, covers: Callable[[str], bool], errors: dict[str, KowebError]
) -> Iterator[Untranslate]:
    """The translations that lost their files, while the originals have theirs."""
    here = {(one.ident, one.locale) for one in world.translations}
    unread = {error.path for error in world.broken}
    for source in world.sources:
        topic = world.bookmark.agreed.get(source.ident)
        for locale, was in topic.translations.items() if topic and not source.draft else ():
            if (source.ident, locale) in here or not covers(was.path) or was.path in unread or topic is None:
                continue
            if was.blob not in world.ahead:
                errors[was.path] = behind(world, topic, was.path)
            else:
                yield Untranslate(topic, locale, was, keep=settings.withdraw == "keep")


def sharing(found: Sequence[TranslationAction], world: World) -> Iterator[TranslationAction]:
    """The actions, where each content is uploaded once, each original gets its language once, and each topic is read
    once; one that is new only where nothing else tells whether the forum can be read at all.
    """
    blobs: set[str] = set()
    spoken: set[str] = set()
    read: set[str] = set()
    for one in found:
        if isinstance(one, Untranslate):
            key = one.topic.id.lower()
            yield replace(one, reads=not one.keep and key not in read)
            read |= set() if one.keep else {key}
            continue
        new = {blob: path for path in one.uploads if (blob := world.atlas.files[path]) not in blobs}
        blobs |= new.keys()
        key = one.source.ident
        reads = one.sends and key not in read and (one.topic is not None or not read)
        yield replace(one, uploads=tuple(new.values()), speak=one.speak and key not in spoken, reads=reads)
        spoken |= {key} if one.speak else set()
        read |= {key} if reads else set()


def spoken_by(topic: Agreement | None, site: Site | None, settings: Settings) -> str:
    """The language of an original: the one that its post has, else the forum's."""
    return (topic.locale if topic else "") or (site.locale if site else "") or settings.locale


def own_language(one: TranslationAtHead, language: str) -> PostFileError:
    """The error about a translation into the language of the original."""
    return PostFileError(
        one.path,
        0,
        _("{original} is in this language already ({language}), so this is no translation of it.").format(
            original=one.original, language=language
        ),
        _("Name the file by the language that it is in. If the original is in another one, set that on the forum."),
    )


def with_headings(atlas: Atlas, one: TranslationAtHead) -> Atlas:
    """The atlas for a translation: its own headings are those of its post."""
    body = one.file.post.body if one.file else ""
    return replace(atlas, bodies={**atlas.bodies, one.ident: body}, _anchors={})


def composed(
    world: World, settings: Settings, one: TranslationAtHead, topic: Agreement, was: AgreedTranslation | None
) -> Composed:
    """The raw of a translation, and what its destinations became."""
    if one.file is None:
        raise ValueError(one.path)
    stand = standing_for(topic, was) if was else None
    return compose(one.file.post, with_headings(world.atlas, one), settings, stand, one.before if was else None)


def described(action: TranslationAction) -> dict[str, Any]:
    """An action as plain data."""
    match action:
        case Translate(source, topic, _was, language, text, title):
            changed = [name for name, so in (("body", text), ("title", title)) if so]
            facts: dict[str, Any] = {"do": "translate", "id": source.ident, "path": source.path, "blob": source.blob}
            facts |= {"topic": topic.topic if topic else None, "into": source.locale, "from": language}
            facts |= {"changes": changed, **({"uploads": list(action.uploads)} if action.uploads else {})}
        case Untranslate(topic, locale, was, keep):
            facts = {"do": "keep" if keep else "untranslate", "id": topic.id, "path": was.path, "topic": topic.topic}
            facts |= {"into": locale}
    return {**facts, "requests": action.requests}
