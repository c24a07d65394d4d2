"""Translations of post files as pages show them: whether they are of the text of now, and what changed in it since."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from koweb_sync.config import Settings
from koweb_sync.desk.previews.preview import blob_name
from koweb_sync.desk.texts.post_folder import FolderState
from koweb_sync.desk.texts.text_difference import ChangedParagraph, changed_paragraphs
from koweb_sync.errors import PostFileError
from koweb_sync.forum.site import Site
from koweb_sync.git.repo import Repo
from koweb_sync.posts.translation import doubled, mark_of, moved_on, parse, unfinished
from koweb_sync.sync.world.stale_translations import StaleTranslation, TextsThen, stale_beside
from koweb_sync.sync.world.translations import two_files

OnForum = Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True)
class ShownTranslation:
    """A translation of a post. `wrong`: why it is not published as it is, in words; `behind`: its original has another
    text by now, as it is `told` to whoever edits files, with what changed since (`changes`, none where no version of
    then is kept). `mark`: what stands for the text of now; `before`: the one that was translated, where it is
    known. `there`: whether the forum has it ("same"), has another text of it ("changed"), or has none ("new").
    """

    path: str
    original: str
    title: str
    locale: str
    wrong: str = ""
    behind: bool = False
    changes: tuple[ChangedParagraph, ...] = ()
    mark: str = ""
    before: str | None = None
    there: OnForum = "new"

    @property
    def told(self) -> str:
        """That the original moved on, and what to write."""
        return moved_on(self.original, self.mark)


@dataclass(frozen=True, slots=True)
class TranslationName:
    """How people know a translation: its language, and the title of its original."""

    locale: str
    title: str


def taken(site: Site | None, settings: Settings) -> bool:
    """Whether the forum takes translations, as far as that is known: with their posts, or as topics of their own."""
    return site is None or site.translates is not False or settings.translations == "topic"


@dataclass(slots=True)
class TranslationMemory:
    """What was looked up in git's history, for as long as HEAD stays."""

    head: str | None = None
    texts: TextsThen = field(default_factory=dict)

    def of(self, head: str | None) -> TextsThen:
        """What is known at this HEAD."""
        if self.head != head:
            self.head, self.texts = head, {}
        return self.texts


def translations_of(
    repo: Repo, now: FolderState, memory: TranslationMemory, originals: Collection[str]
) -> dict[str, list[ShownTranslation]]:
    """The translations of some post files, by path of the original."""
    mine = {path: one for path, one in now.translations.items() if one.original in originals}
    twice = doubled((path, (one.original, one.locale)) for path, one in sorted(mine.items()))
    behind = {one.path: one for one in stale_among(repo, now, memory, mine.keys() - twice.keys())}
    found: dict[str, list[ShownTranslation]] = {}
    for path, one in sorted(mine.items()):
        title = (one.file.title if one.file else "") or path.rpartition("/")[2]
        wrong = f"{one.error.message} {one.error.remedy}" if one.error else ""
        wrong = str(two_files(path, twice[path])) if path in twice else wrong
        if one.file and one.file.lacking and not wrong:
            wrong = unfinished(one.file.lacking)
        old = behind.get(path)
        changes = changed_paragraphs(old.before.strip(), old.now.strip()) if old and old.before is not None else ()
        mark = mark_of(old.now) if old else ""
        before = old.before if old else None
        there = on_forum(repo, now, path)
        shown = ShownTranslation(
            path, one.original, title, one.locale, wrong, old is not None, changes, mark, before, there
        )
        found.setdefault(one.original, []).append(shown)
    return found


def on_forum(repo: Repo, now: FolderState, path: str) -> OnForum:
    """Whether the forum has a translation, as far as anybody looked. Comments, and the mark of the text that it is of,
    go nowhere.
    """
    one = now.translations[path]
    agreed = now.known.agreed(now.shown[one.original].post)
    was = agreed.translations.get(one.locale) if agreed else None
    if was is None:
        return "new"
    if one.file is None or was.blob == blob_name(one.file.post.data):
        return "same"
    with suppress(PostFileError):
        before = parse(was.path, repo.blob(was.blob), "")
        same = (before.title, before.post.body.strip()) == (one.file.title, one.file.post.body.strip())
        return "same" if same else "changed"
    return "changed"


def stale_among(
    repo: Repo, now: FolderState, memory: TranslationMemory, paths: Collection[str]
) -> list[StaleTranslation]:
    """Those of some translations whose originals moved on."""
    posts = now.posts
    files = [one.file.post for path in paths if (one := now.translations[path]).file and one.original in posts]
    beside = {path: (one.original, one.locale) for path, one in now.translations.items()}
    return list(stale_beside(repo, files, beside, posts, memory.of(now.head)))


def behind_anywhere(repo: Repo, now: FolderState, memory: TranslationMemory) -> dict[str, list[str]]:
    """For each post file, the languages of its translations whose original moved on."""
    found: dict[str, list[str]] = {}
    for one in stale_among(repo, now, memory, now.translations):
        found.setdefault(one.original, []).append(now.translations[one.path].locale)
    return {path: sorted(locales) for path, locales in found.items()}
