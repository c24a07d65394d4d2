"""What a check finds in a post file."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from koweb_sync.posts.document import PostFile


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `line` from 1; `code` never changes its meaning; a problem that is no `error` is a warning."""

    path: str
    line: int
    code: str
    message: str
    error: bool = True


def at_key(post: "PostFile", key: str, code: str, message: str, *, error: bool = True) -> Problem:
    """A problem at the line of a key; at the first line where the file has none."""
    return Problem(post.path, post.key_lines.get(key, 1), code, message, error)
