"""What is said once for many files, where each of them needs the same from a person. Pure."""

import posixpath
from collections.abc import Iterable, Sequence

from koweb_sync.errors import PostFileError
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.front import NoFrontMatter, way_in
from koweb_sync.posts.problem import Problem

WITHOUT = "no-front-matter"


class WithoutFrontMatter(PostFileError):
    """The files without front matter of one folder. `count`: how many."""

    def __init__(self, errors: Sequence[NoFrontMatter]) -> None:
        folder, text, remedy = without_front(errors)
        super().__init__(folder, 0, text, remedy)
        self.count = len(errors)


def gathered(errors: Iterable[PostFileError]) -> list[PostFileError]:
    """The errors about files, those of all files without front matter as one about their folder."""
    errors = list(errors)
    bare = [one for one in errors if isinstance(one, NoFrontMatter)]
    if len(bare) < 2:
        return errors
    return [*(one for one in errors if one not in bare), WithoutFrontMatter(bare)]


def bare_files(errors: Iterable[object]) -> int:
    """How many files without front matter there are among what went wrong."""
    counts = (one.count if isinstance(one, WithoutFrontMatter) else isinstance(one, NoFrontMatter) for one in errors)
    return sum(counts)


def bare_words(count: int) -> str:
    """So many files, in words."""
    return ngettext("{n} file without front matter", "{n} files without front matter", count).format(n=number(count))


def in_one(problems: Iterable[Problem], posts: Iterable[PostFile | PostFileError]) -> list[Problem]:
    """The problems of files, those of all files without front matter as one of their folder."""
    problems = list(problems)
    paths = {one.path for one in problems if one.code == WITHOUT}
    bare = [one for one in posts if isinstance(one, NoFrontMatter) and one.path in paths]
    if len(bare) < 2:
        return problems
    folder, text, remedy = without_front(bare)
    others = [one for one in problems if one.code != WITHOUT]
    return [*others, Problem(folder, 0, WITHOUT, f"{text} {remedy}")]


def without_front(errors: Sequence[NoFrontMatter]) -> tuple[str, str, str]:
    """The folder of such files, what is wrong with them, and what to do."""
    paths = [one.path for one in errors]
    forms = sorted({one.form for one in errors} - {""})
    folder = posixpath.commonpath([posixpath.dirname(path) or "." for path in paths])
    text = ngettext(
        "{n} file has no front matter in YAML: {path}.",
        "{n} files have no front matter in YAML, such as {path}.",
        len(paths),
    )
    text = text.format(n=len(paths), path=min(paths))
    if forms:
        text += " " + _("Some have one in {forms}.").format(forms=", ".join(forms))
    return folder, text, way_in(folder)


def passed_over(paths: Sequence[str]) -> str:
    """What to say about Markdown that is no post file for its name's ending."""
    text = ngettext(
        "{n} file is left out for the ending of its name: {path}. Rename it to end with “.md” (git mv), and it is a "
        "post file.",
        "{n} files are left out for the endings of their names, such as {path}. Rename them to end with “.md” "
        "(git mv), and they are post files.",
        len(paths),
    )
    return text.format(n=len(paths), path=min(paths))


def in_hidden(paths: Sequence[str]) -> list[Problem]:
    """A warning about post files in folders with a dot before their names, with the first of them."""
    text = ngettext(
        "{n} post file is in a folder with a dot before its name, which belongs to a program: it is never published. "
        "Move it out (git mv) if it is to be.",
        "{n} post files are in folders with a dot before their names, which belong to programs: they are never "
        "published. Move them out (git mv) if they are to be.",
        len(paths),
    )
    return [Problem(min(paths), 0, "hidden-folder", text.format(n=len(paths)), error=False)] if paths else []


def left_out(paths: Sequence[str]) -> list[Problem]:
    """The same as a warning, with the first of them."""
    return [Problem(min(paths), 0, "other-ending", passed_over(paths), error=False)] if paths else []
