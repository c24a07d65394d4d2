"""What the theme component is told: which topics are versioned, where their files are, and what was agreed on. Pure.

Everybody who opens the forum can read it. So it names no person, and no topic that not everybody may read: a path would
tell of it. Where a topic is, git says, and whoever looked on the forum since: both have to say that everybody reads it.
"""

import hashlib
import json
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from koweb_sync.agreements import Agreement
from koweb_sync.forum.site import Site

FORMAT = 1  # of the text, as `koweb-published.js` reads it


@dataclass(frozen=True, slots=True)
class Repository:
    """Where the files are: the repository's page ("" for none), what answers there, and the branch that publishes."""

    page: str
    forge: str
    branch: str


@dataclass(frozen=True, slots=True)
class PublishedTopics:
    """The text for the component, how many topics it names, and how many it leaves out."""

    text: str
    named: int
    left_out: int

    @property
    def digest(self) -> str:
        """What tells whether two are the same."""
        return digest(self.text)


def digest(text: str) -> str:
    """A text, in short."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def published(
    agreed: Iterable[Agreement], site: Site, repository: Repository, hidden: Container[int] = ()
) -> PublishedTopics:
    """What the component is told of all that was published. `hidden`: topics that not everybody found on the forum."""
    alive = [one for one in agreed if not one.withdrawn]
    shown = (one for one in alive if one.topic not in hidden and everybody_reads(one, site))
    named = sorted(shown, key=lambda one: one.topic)
    told = {
        "version": FORMAT,
        "repository": repository.page,
        "forge": repository.forge,
        "branch": repository.branch,
        "topics": {str(one.topic): [one.path, one.revision, day(one)] for one in named},
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return PublishedTopics(text, len(named), len(alive) - len(named))


def topics_in(text: object) -> set[int]:
    """The numbers of the topics that such a text names; none for what is none."""
    try:
        told = json.loads(str(text))["topics"]
        return {int(number) for number in told}
    except (ValueError, KeyError, TypeError, RecursionError):
        return set()


def page_in(text: object) -> str | None:
    """The repository's page that such a text tells; None for what is none."""
    try:
        return str(json.loads(str(text))["repository"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def everybody_reads(agreed: Agreement, site: Site) -> bool:
    """Whether a topic is in a list that everybody reads, as far as git says where it is; else it is not named."""
    said = agreed.sent.category
    category = site.named(said) if said is not None else None
    return category is not None and not category.restricted and agreed.sent.listed is not False


def day(agreed: Agreement) -> str:
    """The day (ISO, UTC) on which the text that was agreed on was written to the forum; "" where nobody was told."""
    return datetime.fromtimestamp(agreed.updated / 1000, UTC).date().isoformat() if agreed.updated else ""
