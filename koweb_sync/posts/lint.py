"""What is wrong with post files, with the line of each problem. Pure: the caller says which paths there are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from koweb_sync.errors import PostFileError
from koweb_sync.posts.check import CheckContext
from koweb_sync.posts.checks import CHECKS
from koweb_sync.posts.document import MissingId, PostFile
from koweb_sync.posts.front import NoFrontMatter
from koweb_sync.posts.problem import Problem
from koweb_sync.posts.rules import DISCOURSE, NOWHERE, Around, PathEntry, Rules, Shown
from koweb_sync.registry import broken

__all__ = ["UNSURE", "Around", "PathEntry", "Problem", "Rules", "Shown", "check"]

# What only a forum's settings decide: no error while they are not known.
UNSURE = frozenset(["extension-not-allowed", "file-too-big", "too-many-tags", "tag-too-long", "body-too-long"])

OF_TEXTS = ("conflict-marks", "length", "links")  # checks that hold for translations, too


def check(
    files: Sequence[PostFile | PostFileError],
    entries: Mapping[str, PathEntry],
    rules: Rules = DISCOURSE,
    around: Around = NOWHERE,
    now: datetime | None = None,
    translations: Sequence[PostFile] = (),
) -> tuple[Problem, ...]:
    """Every problem of some post files, by path and line.

    `files` are all post files of the repository, or why one cannot be read; `entries` is every path in it. Without
    `now`, dates are not compared. Raises BrokenUnit where somebody else's check cannot be used or fails: what it would
    have found is not published unseen. Of `translations` only the texts are looked at.
    """
    posts = {one.path: one for one in files if isinstance(one, PostFile)}
    unread = {one.path: one for one in files if isinstance(one, PostFileError)}
    context = CheckContext(posts, unread, entries, rules, around, now, {one.path: one for one in translations})
    found = [*map(unreadable, unread.values()), *problems(context, tuple(posts.values()))]
    found += [one for post in translations for name in OF_TEXTS for one in CHECKS.get(name).find(post, context)]
    found = [
        one for one in found if not (one.code in ("no-text", "body-too-short") and one.path in context.translations)
    ]
    return tuple(sorted(found, key=lambda one: (one.path, one.line, one.code)))


def unreadable(error: PostFileError) -> Problem:
    """The problem of a file that cannot be read."""
    code = "missing-id" if isinstance(error, MissingId) else "front-matter"
    code = "no-front-matter" if isinstance(error, NoFrontMatter) else code
    return Problem(error.path, error.line, code, error.told)


def problems(context: CheckContext, posts: Sequence[PostFile]) -> Iterator[Problem]:
    """What all checks find in some of the posts. Raises BrokenUnit."""
    for error in CHECKS.broken():
        raise error
    for name, place in CHECKS.places.items():
        one = CHECKS.get(name)
        try:
            for post in posts:
                yield from one.find(post, context)
        except Exception as error:
            if not place.package:
                raise
            raise broken(place, f"{type(error).__name__}: {error}", error) from error
