"""Translations of post files: `choisir.en.md` beside `choisir.md`. Which file is one, and what it says. Pure."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _, ngettext
from koweb_sync.posts.document import FrontMatter, PostFile, check_name, need_whole_notes
from koweb_sync.posts.front import read_front
from koweb_sync.posts.front_reading import FrontReader
from koweb_sync.posts.front_writing import yaml_value
from koweb_sync.posts.side_by_side import has_notes, in_place, lacking, published, side_by_side

# The languages that Discourse knows: the names of its files config/locales/client.*.yml (main, 2025). A forum says with
# a setting of its own which of them readers are offered.
_LISTED = """
ar be bg bs_BA ca cs da de el en en_GB es et fa_IR fi fr gl he hr hu hy id it ja ko lt lv nb_NO nl pl_PL pt pt_BR
ro ru sk sl sq sr sv sw te th tr_TR ug uk ur vi zh_CN zh_TW
"""
LOCALES = tuple(_LISTED.split())
KEYS = ("title", "of")
_KNOWN = {locale.lower(): locale for locale in LOCALES}
_NAME = re.compile(r"(?P<stem>.*[^/])\.(?P<code>[a-z]{2}(?:[-_][A-Za-z]{2})?)\.md")
_OTHERS = ("id", "topic")  # keys that only a post of its own has


@dataclass(frozen=True, slots=True)
class TranslationFile:
    """A translation of a post file. `post` is the file as far as links and pictures go, with the id of its original.

    `title`: "" where the title is not translated. `of`: `mark_of` the text that it translates, "" where it is not said.
    The post's text is what is published. `written`: as it stands in the file, beside paragraphs of the original.
    `lacking`: how many of those have no translation yet; none of it is published then.
    """

    post: PostFile
    title: str
    of: str
    written: str = ""
    lacking: int = 0

    @property
    def in_place(self) -> PostFile:
        """The file for whoever names lines of it."""
        return replace(self.post, body=in_place(self.written))


def locale_named(code: str) -> str | None:
    """A language as Discourse writes it, however its code is written: `pt-BR` is `pt_BR`. None for one it lacks."""
    return _KNOWN.get(code.replace("-", "_").lower())


def named(path: str) -> tuple[str, str] | None:
    """By its name alone: the path of the original, and the language. None for the name of any other file."""
    found = _NAME.fullmatch(path)
    locale = locale_named(found["code"]) if found else None
    return (f"{found['stem']}.md", locale) if found and locale else None


def beside(original: str, locale: str) -> str:
    """The path of an original's translation."""
    return f"{original.removesuffix('.md')}.{locale.replace('_', '-')}.md"


def translations_among(paths: Collection[str], is_translation: Callable[[str], bool]) -> dict[str, tuple[str, str]]:
    """Of the paths of post files, those of translations -> the original's path, and the language.

    `is_translation` looks into a file whose name says that it may be one.
    """
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(paths, key=len):  # an original's name is shorter
        told = named(path)
        if told and told[0] in paths and told[0] not in found and is_translation(path):
            found[path] = told
    return found


def says_so(path: str, data: bytes) -> bool:
    """Whether a file that is named as one is a translation: it has front matter, which names no topic of its own."""
    try:
        front = read_front(path, data)
    except PostFileError:
        return False
    return not any(key in front.keys for key in _OTHERS)


def parse(path: str, data: bytes, ident: str) -> TranslationFile:
    """Read a translation. `ident`: the id of its original. Raises PostFileError, with the line."""
    check_name(path)
    front = read_front(path, data)
    for name, key in front.keys.items():
        if name not in KEYS:
            raise PostFileError(
                path,
                key.line,
                _("A translation has no key “{key}”: its original says that for both.").format(key=name),
                _("Remove that line. If this is a post of its own, give it an id."),
            )
    reader = FrontReader(path, front)
    title, of = (reader.get(name, reader.text) or "" for name in KEYS)
    need_whole_notes(path, front)
    body, left = published(front.body), lacking(front.body)
    if not body.strip() and not left:
        raise PostFileError(
            path, front.body_line, _("This translation has no text."), _("Write it below the front matter.")
        )
    lines = {name: key.line for name, key in front.keys.items()}
    post = PostFile(path, data, FrontMatter(ident, {"title": title}), body, front.body_line, (), lines)
    return TranslationFile(post, title, of, front.body, left)


def translated_text(path: str, data: bytes) -> str:
    """`mark_of` the text that a file says it translates, be it a topic of its own or not. Raises PostFileError."""
    reader = FrontReader(path, read_front(path, data))
    return reader.get("of", reader.text) or ""


def mark_of(body: str) -> str:
    """A short name for the text of an original, whatever its line ends."""
    return sha256(body.replace("\r\n", "\n").strip().encode()).hexdigest()[:12]


def begun(post: PostFile, title: str) -> bytes:
    """A translation to be written, paragraph by paragraph beside the original's."""
    said = f"title: {yaml_value(title or post.front.title)}\nof: {yaml_value(mark_of(post.body))}\n"
    return f"---\n{said}---\n\n{side_by_side(post.body)}".encode()


def unfinished(count: int) -> str:
    """What is said of a translation that is a draft, because paragraphs are missing."""
    text = ngettext(
        "{n} paragraph still lacks a translation, so this is a draft. Write it below the original’s, which stands "
        "between <!-- and -->. To do without it, delete that whole block, from <!-- to -->.",
        "{n} paragraphs still lack a translation, so this is a draft. Write each below the original’s, which stands "
        "between <!-- and -->. To do without one, delete its whole block, from <!-- to -->.",
        count,
    )
    return text.format(n=count)


def lacking_in(post: PostFile) -> int:
    """How many paragraphs a translation that is a post of its own lacks."""
    return lacking(post.body) if has_notes(post.body) else 0


def unfinished_post(post: PostFile) -> PostFileError:
    """The error about a published one that lacks some now: its topic keeps the text that it has."""
    return PostFileError(post.path, post.body_line, unfinished(lacking_in(post)))


def moved_on(original: str, mark: str) -> str:
    """What is said where an original has another text than the one that was translated."""
    text = _(
        "{original} has another text by now than the one that this translates. Bring this one up to date, then write "
        "“of: {mark}”."
    )
    return text.format(original=original, mark=mark)


def same_language(one: str, other: str) -> bool:
    """Whether two locales are one language, whatever the region."""
    return one.partition("_")[0] == other.replace("-", "_").partition("_")[0]


def doubled(found: Iterable[tuple[str, tuple[str, str]]]) -> dict[str, str]:
    """Of translations (path, and what `named` says), those in a language that another file has -> that file."""
    first: dict[tuple[str, str], str] = {}
    return {path: first[told] for path, told in found if first.setdefault(told, path) != path}
