"""A small community that talks, for letters: whom each of its posts is by, and what it says."""

from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from koweb_sync.archive.store.store import Store
from koweb_sync.config import Quotes
from koweb_sync.letter.gather import gathering, letter_of
from koweb_sync.letter.model import Letter
from koweb_sync.report.engine.source import Engine, opened
from koweb_sync.report.engine.window import ReportSettings, Window
from tests.archive.empty import empty_archive
from tests.report.forums import DAY, GENERAL, Forum, october

SHUT, STAFF = 7, 8  # categories
SENTENCE = "Nous avons essayé cela pendant tout un hiver, et la salle s’en souvient encore."


class TalkingForum(Forum):
    """A forum whose people talk."""

    def __init__(self) -> None:
        super().__init__()
        self.category(SHUT, "shut", restricted=1)
        self.category(STAFF, "staff", staff=1)
        for name in ("lead", "asker", "helper", "guest", "quiet"):
            self.person(name, moderator=int(name == "lead"))
            self.named(name, f"{name.capitalize()} Zimmerli")

    def named(self, who: str, name: str) -> None:
        """Somebody has a display name."""
        next(row for row in self.rows["people"] if row["username"] == who)["name"] = name

    def said(self, topic: int, name: str, hours: float, text: str = SENTENCE, **facts: Any) -> int:
        """Somebody writes a paragraph."""
        return self.says(self.post(topic, name, hours, **facts), f"<p>{escape(text)}</p>")

    def asked(self, name: str, hours: float, text: str = SENTENCE, category: int = GENERAL, **facts: Any) -> int:
        """Somebody opens a topic with a paragraph."""
        topic = self.topic(name, hours, category=category, **facts)
        self.says(self.first(topic), f"<p>{escape(text)}</p>")
        return topic

    def wishes(self, name: str, wish: str) -> None:
        """Somebody said whether they want to be quoted."""
        self.add("consents", person=self.people[name], wish=wish, since=1, until=None)


def conversation(forum: TalkingForum, hours: float = DAY, **facts: Any) -> int:
    """Three people talk with each other."""
    topic = forum.asked("asker", hours, "Comment faites-vous pour que tout le monde ait la parole chez vous ?", **facts)
    forum.said(topic, "helper", hours + 1, "Chez nous on fait un tour de table, et personne n’est obligé de parler.")
    forum.said(topic, "guest", hours + 2, "J’ai vu un sablier passer de main en main, et cela suffisait largement.")
    return topic


def written(
    forum: Forum, folder: Path, window: Window | None = None, policy: Quotes = "unnamed", bound: tuple[int, ...] = ()
) -> Letter:
    """The letter about a forum; the archive was brought up to date at the end of October."""
    ready(forum)
    folder.mkdir(parents=True, exist_ok=True)
    with Store.open(empty_archive(folder / "archive.sqlite")) as store:
        return letter_in(store, forum.save(store), "sqlite", window, policy, bound)


def ready(forum: Forum) -> Forum:
    """A forum that was archived, and shows all that is there."""
    if not forum.rows["runs"]:
        forum.run(30 * DAY)
    for row in (*forum.rows["topics"], *forum.rows["posts"]):
        row.setdefault("shown", 1)
    return forum


def letter_in(
    store: Store,
    number: int,
    engine: Engine,
    window: Window | None = None,
    policy: Quotes = "unnamed",
    bound: tuple[int, ...] = (),
) -> Letter:
    """The letter about a forum in a store."""
    with opened(store, number, engine) as source, store.read() as connection:
        here = gathering(connection, number, source, ReportSettings(), policy)
        return letter_of(here, window or october(), bound)


class _Text(HTMLParser):
    """All words of an HTML text, read by another parser than the letter's."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def text_of(cooked: str) -> str:
    """The words of a post, with one space where HTML shows one."""
    reader = _Text()
    reader.feed(cooked)
    reader.close()
    return " ".join("".join(reader.words).replace("\u00a0", "\ue000").split()).replace("\ue000", "\u00a0")
