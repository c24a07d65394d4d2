"""What a destination of a file becomes on the forum."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """What one destination of a file becomes on the forum.

    `url` is `/t/-/12#posture-2` or `upload://abc.png`; `suffix` is what the label gains: `|690x388` for an image,
    `|attachment` for a link to a file that is none.
    """

    url: str
    suffix: str = ""
