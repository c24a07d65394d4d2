"""The difference between a post file's body and the raw that Discourse stores: two pure functions, two laws."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """What one destination of a file becomes on the forum.

    `url` is `/t/-/12#posture-2` or `upload://abc.png`; `suffix` is what the label gains: `|690x388`, `|attachment`.
    """

    url: str
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What both sides last agreed on: the file's body, the exact stored raw, and the targets that were used then."""

    body: str
    raw: str
    targets: Mapping[str, Target]


@dataclass(frozen=True, slots=True)
class Context:
    """What the dialect must know of the world for one file.

    `targets`: destination as written in the file -> what it becomes; a destination that is not in it stays as it is.
    `sources`: forum destination -> destination to write into the file, for links that somebody added on the forum.
    `footer`, `comment`: Markdown put at the end of the raw, and gone in the file; "" for none.
    """

    targets: Mapping[str, Target] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    footer: str = ""
    comment: str = ""
