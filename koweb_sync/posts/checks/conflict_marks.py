"""git's marks of a conflict in a text: what somebody forgot to resolve must not be published."""

from collections.abc import Iterator

from koweb_sync.i18n import _
from koweb_sync.posts.check import Check, CheckContext
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.markdown import with_lf
from koweb_sync.posts.problem import Problem
from koweb_sync.posts.reader import read

_CODE = frozenset({"fence", "code_block"})


def find(post: PostFile, context: CheckContext) -> Iterator[Problem]:
    """A conflict that somebody committed without resolving it."""
    line = conflict(post.body)
    if line:
        text = _("A conflict of git stands here. Keep what is right, and delete the marks (<<<<<<<, =======, >>>>>>>).")
        yield Problem(post.path, post.body_line + line - 1, "conflict-marks", text)


def conflict(body: str) -> int:
    """The line, from 1, of the first conflict in a text; 0 if there is none. Code may show one, in a lesson on git."""
    text = with_lf(body)
    found = list(_conflicts(text))
    code = set(_code(text)) if found else set[int]()
    return next((line for line in found if line not in code), 0)


def _conflicts(text: str) -> Iterator[int]:
    """Where all three marks follow each other: the lines of the first ones."""
    start = middle = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("<<<<<<< "):
            start, middle = number, 0
        elif start and line.rstrip() == "=======":
            middle = number
        elif middle and line.startswith(">>>>>>> "):
            yield start
            start = middle = 0


def _code(text: str) -> Iterator[int]:
    """The lines of blocks of code."""
    for token in read(text)[0]:
        if token.type in _CODE and token.map:
            yield from range(token.map[0] + 1, token.map[1] + 1)


CHECK = Check(find)
