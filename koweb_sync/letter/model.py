"""What a letter says, before it is put into words: frozen values, in whole microseconds (UTC)."""

from dataclasses import dataclass

from koweb_sync.report.engine.window import Window


@dataclass(frozen=True)
class Quotation:
    """A sentence as it stands in a post. `name`: of whoever wrote it, if they agreed to that; empty for others."""

    post: int
    url: str
    text: str
    name: str = ""


@dataclass(frozen=True)
class Conversation:
    """A topic that people talked in. `title` is empty where it may not be said (`gather`); `posts` and `people`
    are those of the period, and `parts` of how many parts of the community they are; `fresh`: it was opened then;
    `solved`: an answer was found.
    """

    topic: int
    title: str
    url: str
    category: str
    posts: int
    people: int
    parts: int
    fresh: bool = False
    solved: bool = False
    quotations: tuple[Quotation, ...] = ()


@dataclass(frozen=True)
class OpenQuestion:
    """A topic that nobody answered yet, and for how many hours."""

    topic: int
    title: str
    url: str
    category: str
    hours: float


@dataclass(frozen=True)
class Arrivals:
    """How many people wrote for the first time, and the names of those among them who agreed to be named."""

    people: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublishedText:
    """A text that is kept in git: a topic of its own in this period (`fresh`), or changed in it."""

    topic: int
    title: str
    url: str
    category: str
    fresh: bool


@dataclass(frozen=True)
class ComingEvent:
    """What will happen, as a post of the forum says. `whole_day`: it names no hour."""

    topic: int
    title: str
    url: str
    category: str
    begins: int
    whole_day: bool = False


@dataclass(frozen=True)
class Letter:
    """What there is to say about a period. `more`: how many open questions and texts are not listed."""

    forum: str
    title: str
    window: Window
    conversations: tuple[Conversation, ...] = ()
    questions: tuple[OpenQuestion, ...] = ()
    more_questions: int = 0
    arrivals: Arrivals = Arrivals()
    texts: tuple[PublishedText, ...] = ()
    more_texts: int = 0
    events: tuple[ComingEvent, ...] = ()

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.conversations or self.questions or self.arrivals.people or self.texts or self.events)
