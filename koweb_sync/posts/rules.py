"""What a check of post files goes by: what there is, what the forum takes, and what it has already."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PathEntry:
    """What stands at a path of the repository: a file, symlink, folder or submodule.

    `size` in bytes; `lfs`: a pointer of Git LFS, not the file itself.
    """

    kind: str
    size: int
    lfs: bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a forum's settings allow: lengths in characters, sizes in bytes. The defaults are Discourse's."""

    title_min: int = 15
    title_max: int = 255
    body_min: int = 20
    body_max: int = 32_000
    tags_max: int = 5
    tag_length_max: int = 20
    image_bytes_max: int = 4096 * 1024
    attachment_bytes_max: int = 4096 * 1024
    extensions: frozenset[str] = frozenset({"jpg", "jpeg", "png", "gif", "heic", "heif", "webp"})


@dataclass(frozen=True, slots=True)
class Rules(Bounds):
    """What a forum takes. `title_emojis`: how many a title may have, which no forum tells; `html_pictures`: whether it
    shows uploaded pictures that stand in HTML; `base_path`: the path below which it is, such as /forum.
    """

    title_emojis: int = 1
    html_pictures: bool = True
    base_path: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the forum holds of a post: `raws` are its texts as agreed on or seen since; `used` are the destinations of
    the file that lead somewhere there.
    """

    raws: tuple[str, ...] = ()
    used: frozenset[str] = frozenset()


def _never(_path: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Around:
    """What a check knows besides the files. `root`: the folder from which `/a.md` is counted; `shown`: by path of a
    post file, what the forum holds; `held`: whether the forum has the very content of the file at a path.
    """

    root: str = ""
    shown: Mapping[str, Shown] = field(default_factory=dict)
    held: Callable[[str], bool] = _never


DISCOURSE = Rules()
NOWHERE = Around()  # nothing is on the forum yet
