"""What a forum says about tags and words besides the topics that have them: groups, synonyms, what is watched."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class TagRules:
    """Which tags a category takes. `allowed` names and `groups` of them: only these, or with `open_to_all` these and
    every tag that belongs to no other category. `least`: so many a topic; `required`: so many of a group.
    """

    allowed: set[str] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)
    open_to_all: bool = False
    least: int = 0
    required: list[tuple[int, int]] = field(default_factory=list)

    @property
    def closed(self) -> bool:
        """Whether it names tags of its own."""
        return bool(self.allowed or self.groups)


@dataclass(slots=True)
class TagGroup:
    """A group of tags. `one`: a topic has at most one of it; `parent`: a tag that comes with each of them."""

    id: int
    name: str
    tags: list[str] = field(default_factory=list)
    one: bool = False
    parent: str | None = None


@dataclass(slots=True)
class WatchedWord:
    """A word that the forum watches: what it does (`action`) where the word is written, and what stands or is added
    instead. `group`: the words that were entered together.
    """

    id: int
    word: str
    action: str
    replacement: str | None = None
    case_sensitive: bool = False
    group: int = 0


@dataclass(slots=True)
class Labels:
    """All of it. `synonyms`: a tag -> the tag that topics get instead; `about`: what a tag is for."""

    synonyms: dict[str, str] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    groups: dict[int, TagGroup] = field(default_factory=dict)
    watched: dict[int, WatchedWord] = field(default_factory=dict)
