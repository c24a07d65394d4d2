"""Translations of post files as pages show them: whether they are of the text of now, and what changed in it since."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from koweb_sync.config import Settings
from koweb_sync.desk.previews.folder_plan import blob_name
from koweb_sync.desk.texts.paragraph_fields import left_to_do, paragraph_fields, said_of
from koweb_sync.desk.texts.post_folder import FolderState
from koweb_sync.desk.texts.text_difference import ChangedParagraph, changed_paragraphs
from koweb_sync.errors import PostFileError
from koweb_sync.forum.site import Site
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts.translation import doubled, mark_of, moved_on, parse, unfinished
from koweb_sync.sync.world.stale_translations import StaleTranslation, TextsThen, stale_beside
from koweb_sync.sync.world.translations import two_files

REMEMBERED = 1_000  # translations that were compared with their originals
OnForum = Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True)
class ShownTranslation:
    """A translation of a post. `wrong`: why it is not published as it is, in words; `behind`: its original has another
    text by now, as it is `told` to whoever edits files, with what changed since (`changes`, none where no version of
    then is kept). `mark`: what stands for the text of now; `before`: the one that was translated, where it is
    known. `there`: whether the forum has it ("same"), has another text of it ("changed"), or has none ("new").
    `untouched` and `pictures`: how many paragraphs, and descriptions of pictures, are still those of the original;
    `titled`: so is its title.
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
    untouched: int = 0
    pictures: int = 0
    titled: bool = False

    @property
    def still(self) -> str:
        """What of it is still as in the original, in words; "" where nothing is."""
        return still_original(self.untouched, self.pictures, titled=self.titled)

    @property
    def told(self) -> str:
        """That the original moved on, and what to write."""
        return moved_on(self.original, self.mark)


def still_original(untouched: int, pictures: int, *, titled: bool = False) -> str:
    """What is still as in the original, in words: the title, and how many paragraphs and descriptions of pictures; ""
    for nothing.
    """
    n, told = untouched, [_("title still that of the original")] if titled else []
    if n:
        told.append(
            ngettext("{n} paragraph still as in the original", "{n} paragraphs still as in the original", n).format(
                n=number(n)
            )
        )
    if pictures:
        text = ngettext(
            "{n} picture still described as in the original",
            "{n} pictures still described as in the original",
            pictures,
        )
        told.append(text.format(n=pictures))
    *before, last = told or [""]
    return _("{one}, and {other}").format(one=", ".join(before), other=last) if before else last


@lru_cache(REMEMBERED)
def as_in_original(written: str, original: str, before: str | None, *, behind: bool) -> tuple[int, int]:
    """How many paragraphs of a translation, and descriptions of its pictures, are still those of the original."""
    rows = paragraph_fields(written, original, before, behind=behind)
    left = left_to_do(rows, said_of(rows))
    return left["untouched"], left["pictures"]


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
        wrong = one.error.told if one.error else ""
        wrong = str(two_files(path, twice[path])) if path in twice else wrong
        if one.file and one.file.lacking and not wrong:
            wrong = unfinished(one.file.lacking)
        old = behind.get(path)
        changes = changed_paragraphs(old.before.strip(), old.now.strip()) if old and old.before is not None else ()
        mark = mark_of(old.now) if old else ""
        before = old.before if old else None
        there, original = on_forum(repo, now, path), now.shown[one.original].post
        still = as_in_original(one.file.written, original.body, before, behind=old is not None) if one.file else (0, 0)
        titled = bool(one.file and one.file.title) and title.strip() == original.front.title
        shown = ShownTranslation(
            path, one.original, title, one.locale, wrong, old is not None, changes, mark, before, there, *still, titled
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
