"""Translations of post files at a commit. A file that is as agreed is not opened, unless what it leads to moved."""

from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass, replace

from koweb_sync.agreements import AgreedTranslation, Agreement, Fields
from koweb_sync.bookmark import Bookmark
from koweb_sync.config import Settings
from koweb_sync.errors import PostFileError
from koweb_sync.git.repo import Repo, Sha, TreeEntry
from koweb_sync.i18n import _
from koweb_sync.posts.document import MissingId, PostFile
from koweb_sync.posts.translation import TranslationFile, doubled, named, parse, says_so, translations_among
from koweb_sync.sync.links.destinations import Atlas, moved_inputs
from koweb_sync.sync.world.trailers import TRAILER, texts_over


class OriginalGone(PostFileError):
    """A file that is named as a translation of a post file, `original`, which is not there."""

    def __init__(self, path: str, original: str) -> None:
        super().__init__(
            path,
            1,
            _("This is named as a translation of {original}, which is not there.").format(original=original),
            _(
                "Put the original back; if it was renamed, rename this file, too; if it is to go, remove this file. "
                "Another post needs an id."
            ),
        )
        self.original = original


Brought = Callable[[int, str, AgreedTranslation], bool]  # whether HEAD holds a newer text of a topic in a language


@dataclass(frozen=True, slots=True)
class TranslationAtHead:
    """A translation at HEAD, of the post file `original` with the key `ident`. `file` is None where nothing about it
    changed since agreement; `before` is the body of the agreed file, None where there is none. `over`: HEAD holds a
    text of the forum that is newer than the agreed one, and may have another since, such as the agreed one again.
    """

    path: str
    blob: Sha
    original: str
    locale: str
    ident: str
    file: TranslationFile | None
    before: str | None = None
    over: bool = False

    @property
    def post(self) -> PostFile | None:
        """The file as far as links and pictures go."""
        return self.file.post if self.file else None


def translation_files(
    repo: Repo, settings: Settings, tree: Mapping[str, TreeEntry], bookmark: Bookmark
) -> dict[str, tuple[str, str]]:
    """Paths of translations in a tree -> the original's path, and the language."""
    paths = {path for path in tree if settings.is_post(path)}
    likely = [path for path in paths if (told := named(path)) and told[0] in paths and plain(tree[path])]
    if not likely:
        return {}
    agreed = {one.blob for one in bookmark.agreed.values()}
    known = {one.blob for each in bookmark.agreed.values() for one in each.translations.values()}
    contents = dict(repo.blobs(tree[path].sha for path in likely if tree[path].sha not in agreed | known))

    def is_translation(path: str) -> bool:
        blob = tree[path].sha
        return plain(tree[path]) and (blob in known or (blob in contents and says_so(path, contents[blob])))

    return translations_among(paths, is_translation)


def siblings(paths: Collection[str], settings: Settings) -> dict[str, dict[str, str]]:
    """By path of a post file: the files that are the same text in other languages (language -> path), where koweb.toml
    wants each to be a topic of its own. The original is in the forum's language.
    """
    groups: dict[str, dict[str, str]] = {}
    known = set(paths)
    for path in sorted(paths) if settings.translations == "topic" else ():
        told = named(path)
        if told and told[0] in known:
            groups.setdefault(told[0], {settings.locale: told[0]}).setdefault(told[1], path)
    return {
        path: {code: other for code, other in group.items() if other != path}
        for group in groups.values()
        for path in group.values()
    }


def brought_since(repo: Repo, settings: Settings, bookmark: Bookmark, head: Sha) -> Brought:
    """What tells of an agreed translation whether HEAD holds a newer text of it: one look at the history, or none."""
    any_agreed = any(one.translations for one in bookmark.agreed.values())
    names = [one for one in repo.trailers(head, TRAILER) if " since " in one] if any_agreed else []
    return lambda topic, locale, was: texts_over(names, settings.name, topic, locale, was)


def plain(entry: TreeEntry) -> bool:
    """Whether a file is no link and no submodule."""
    return entry.mode.startswith("100")


def translations_at(
    repo: Repo,
    tree: Mapping[str, TreeEntry],
    beside: Mapping[str, tuple[str, str]],
    atlas: Atlas,
    bookmark: Bookmark,
    brought: Brought,
) -> tuple[tuple[TranslationAtHead, ...], list[PostFileError]]:
    """The translations of posts that are there, and why others cannot be read."""
    twice = doubled(sorted(beside.items()))
    found: list[TranslationAtHead] = []
    broken = [two_files(path, other) for path, other in twice.items()]
    for path, (original, locale) in sorted(beside.items()):
        ident = atlas.ids.get(path)
        if ident is not None and path not in twice:
            one = TranslationAtHead(path, tree[path].sha, original, locale, ident, None)
            topic, was = bookmark.agreed.get(ident), agreed_on(one, bookmark)
            found.append(replace(one, over=bool(topic and was and brought(topic.topic, locale, was))))
    stale = [one for one in found if not as_agreed(one, bookmark, atlas)]
    olds = {one.path: was.blob for one in stale if (was := agreed_on(one, bookmark))}
    contents = dict(repo.blobs([*(one.blob for one in stale), *map(Sha, olds.values())])) if stale else {}
    opened = {}
    for one in stale:
        try:
            opened[one.path] = parse(one.path, contents[one.blob], one.ident)
        except PostFileError as error:
            broken.append(error)
    befores = {path: parse(path, contents[Sha(blob)], "").post.body for path, blob in olds.items()}
    closed = {one.path for one in found} - {one.path for one in stale}
    whole = (
        replace(one, file=opened.get(one.path), before=befores.get(one.path))
        for one in found
        if one.path in opened or one.path in closed
    )
    return tuple(whole), broken


def agreed_translations(bookmark: Bookmark) -> frozenset[str]:
    """The paths that translations were published from: whatever is wrong with such a file, it is no other post's."""
    return frozenset(was.path for each in bookmark.agreed.values() for was in each.translations.values())


def agreed_on(one: TranslationAtHead, bookmark: Bookmark) -> AgreedTranslation | None:
    """What is agreed on about a translation."""
    known = bookmark.agreed.get(one.ident)
    return known.translations.get(one.locale) if known else None


def as_agreed(one: TranslationAtHead, bookmark: Bookmark, atlas: Atlas) -> bool:
    """Whether a translation is as agreed, at its place, and so is what it leads to."""
    known, was = bookmark.agreed.get(one.ident), agreed_on(one, bookmark)
    if known is None or was is None or one.over or was.half or (was.blob, was.path) != (one.blob, one.path):
        return False
    return not moved_inputs(standing_for(known, was), atlas)


def standing_for(known: Agreement, was: AgreedTranslation) -> Agreement:
    """An agreement in which a translation stands in the place of its original: what is made for those is made of it."""
    return replace(
        known,
        path=was.path,
        blob=was.blob,
        raw=was.raw,
        title=was.title,
        used=was.used,
        says=Fields({"title": was.title or None}),
        translations={},
    )


def alone(error: PostFileError, paths: Container[str]) -> PostFileError:
    """The error about a file that has no id, as it is said of a translation whose original is not there: an id would
    make a second topic of it.
    """
    told = named(error.path)
    if not isinstance(error, MissingId) or told is None or told[0] in paths:
        return error
    return OriginalGone(error.path, told[0])


def two_files(path: str, other: str) -> PostFileError:
    """The error for a second file in one language."""
    return PostFileError(
        path,
        0,
        _("{other} is a translation of the same post into the same language.").format(other=other),
        _("Keep one of them."),
    )
