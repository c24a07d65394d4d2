"""A letter out of an archive: what may be shown of each topic, whose sentences may be quoted, and what is chosen of it.

Only topics that everybody may read, in a category that the archive knows, opened by somebody who may be counted, or by
the forum itself. A title is a sentence, too: that of somebody who is never to be quoted is not said.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from koweb_sync.archive.read.model import ArchivedPost
from koweb_sync.archive.read.reader import Reader, categories
from koweb_sync.archive.store.rows import rows, sql
from koweb_sync.letter.choose import Candidate, fairly, most_shared
from koweb_sync.letter.coming import coming
from koweb_sync.letter.model import Arrivals, Conversation, Letter, OpenQuestion, PublishedText, Quotation
from koweb_sync.letter.names import single
from koweb_sync.letter.people import LetterPeople, people_of
from koweb_sync.letter.sentences import best, quotable
from koweb_sync.letter.talk import FACILITATES, Talk, talk_of
from koweb_sync.report.engine.archive_state import title
from koweb_sync.report.engine.population import REGULAR, Population, population_of
from koweb_sync.report.engine.responses import FIRST
from koweb_sync.report.engine.source import Source
from koweb_sync.report.engine.window import ReportSettings, Window
from koweb_sync.report.figures.newcomers import arrivals
from koweb_sync.report.lists.left_aside import waiting_topics
from koweb_sync.times import DAY

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from koweb_sync.config import Quotes

Thing = TypeVar("Thing")

READ = 60  # posts of a topic that are looked through for a sentence
LISTED = 5  # open questions
TEXTS = 8
WAITING = 30 * DAY  # as far back as the watch list looks


@dataclass(frozen=True)
class LetterTopic:
    """A topic that a letter may show; its title is empty where that says somebody's name, or is not to be quoted.
    `solved`: when an answer was found.
    """

    topic: int
    title: str
    url: str
    category: str
    created: int
    solved: int | None


@dataclass(frozen=True)
class Gathering:
    """What a letter is gathered from."""

    connection: "Connection"
    forum: int
    population: Population
    people: LetterPeople
    topics: dict[int, LetterTopic]


def gathering(
    connection: "Connection", forum: int, source: Source, settings: ReportSettings, policy: "Quotes"
) -> Gathering:
    """A forum, as letters see it. `policy`: about quoting those who said nothing."""
    population = population_of(source, settings)
    people = people_of(connection, forum, policy)
    return Gathering(connection, forum, population, people, shown_topics(connection, forum, population, people))


def letter_of(here: Gathering, window: Window, bound: Collection[int] = ()) -> Letter:
    """The letter of a period. `bound`: the topics of post files that are no letters."""
    questions = open_questions(here, window)
    texts = published_texts(here, window, bound)
    return Letter(
        forum=here.population.source.url,
        title=title(here.connection, here.forum),
        window=window,
        conversations=conversations(here, window),
        questions=(asked := some(questions, LISTED)),
        more_questions=len(questions) - len(asked),
        arrivals=arrived(here, window),
        texts=(kept := some(texts, TEXTS)),
        more_texts=len(texts) - len(kept),
        events=coming(here.connection, here.forum, here.topics, window.until),
    )


def some(found: tuple[Thing, ...], most: int) -> tuple[Thing, ...]:
    """The first of several; all of them where only one would be left out."""
    return found if len(found) == most + 1 else found[:most]


def shown_topics(
    connection: "Connection", forum: int, population: Population, people: LetterPeople
) -> dict[int, LetterTopic]:
    """The topics that a letter may show."""
    places = {ident: one.name for ident, one in categories(connection, forum).items() if not one.restricted}
    facts = {
        int(row["id"]): row
        for row in rows(
            connection,
            sql(
                "SELECT id, accepted, accepted_at FROM topics WHERE forum = ? AND shown = 1 AND deleted IS NULL", forum
            ),
        )
    }
    found: dict[int, LetterTopic] = {}
    for ident, person, created, category, words, counted in population.source.rows(
        f"SELECT id, person, created, category, title, counted FROM {population.topics} AS t WHERE chosen"
    ):
        ours = person is not None and person <= 0
        if ident not in facts or category not in places or not (ours or (counted and person not in people.away)):
            continue
        said = single(words)
        solved = facts[ident]["accepted_at"] or created if facts[ident]["accepted"] else None
        found[ident] = LetterTopic(
            ident,
            "" if person in people.never or people.spoken.said_in(said) else said,
            f"{population.source.url}/t/-/{ident}",
            single(places[category]),
            created,
            solved,
        )
    return found


# ---- what was talked about


def conversations(here: Gathering, window: Window) -> tuple[Conversation, ...]:
    """The topics that most parts of the community talked in, each with sentences from it."""
    talk = talk_of(here.population, window, here.topics)
    chosen = most_shared(talk.topics)
    quoted = fairly([one.topic for one in chosen], candidates(here, talk, [one.topic for one in chosen]))
    found = []
    for one in chosen:
        shown = here.topics[one.topic]
        places = {post.post: post.number for post in talk.posts[one.topic]}
        found.append(
            Conversation(
                topic=one.topic,
                title=shown.title,
                url=shown.url,
                category=shown.category,
                posts=one.posts,
                people=len(one.people),
                parts=one.parts,
                fresh=shown.created >= window.since,
                solved=shown.solved is not None and window.since <= shown.solved < window.until,
                quotations=tuple(
                    Quotation(each.post, f"{shown.url}/{places[each.post]}", each.text, here.people.named(each.person))
                    for each in quoted.get(one.topic, ())
                ),
            )
        )
    return tuple(found)


def candidates(here: Gathering, talk: Talk, topics: Sequence[int]) -> Iterator[Candidate]:
    """Of everybody who may be quoted, a sentence in each topic."""
    reader = Reader(here.connection, here.forum)
    for topic in topics:
        written = [one.post for one in talk.posts[topic] if here.people.may_quote(one.person)][:READ]
        found: dict[int, list[tuple[str, ArchivedPost]]] = {}
        for post in reader.by_ids(written, public=True):
            if is_there(post) and post.author is not None and here.people.may_quote(post.author.id):
                said = (one for one in quotable(post.cooked) if not here.people.spoken.said_in(one))
                found.setdefault(post.author.id, []).extend((one, post) for one in said)
        for person, some in found.items():
            text = best(one for one, _post in some)
            where = next((each for one, each in some if one == text), None)
            if where is not None and person in talk.parts:
                parts = talk.parts[person]
                lead = FACILITATES in parts
                yield Candidate(topic, where.id, person, parts, where.created, text, where.number == FIRST, lead)


def is_there(post: ArchivedPost) -> bool:
    """Whether a reader of the forum sees this text now."""
    replaced = bool(post.versions) and post.versions[-1].placeholder
    return not post.gone and post.deleted is None and post.type == REGULAR and not replaced


# ---- the rest


def open_questions(here: Gathering, window: Window) -> tuple[OpenQuestion, ...]:
    """The topics that wait for an answer, as on the watch list of the last thirty days."""
    wide = Window(max(0, min(window.since, window.until - WAITING)), window.until)
    return tuple(
        OpenQuestion(one.topic, shown.title, shown.url, shown.category, one.hours)
        for one in waiting_topics(here.population, wide)
        if not one.closed and (shown := here.topics.get(one.topic)) is not None
    )


def arrived(here: Gathering, window: Window) -> Arrivals:
    """Who wrote for the first time."""
    rows_of = here.population.source.rows
    new = [
        person
        for (person,) in rows_of(f"SELECT person FROM {arrivals(here.population, window)} AS a ORDER BY moment, person")
        if person not in here.people.away
    ]
    return Arrivals(len(new), tuple(name for one in new if (name := here.people.named(one))))


def published_texts(here: Gathering, window: Window, bound: Collection[int]) -> tuple[PublishedText, ...]:
    """The texts of post files that became topics, or were changed, in the period: new ones first."""
    changed = """
        SELECT DISTINCT posts.topic AS id FROM posts
        JOIN post_versions ON post_versions.forum = posts.forum AND post_versions.post = posts.id
        WHERE posts.number = 1 AND post_versions.n > 1 AND post_versions.placeholder = 0
            AND coalesce(post_versions.edited, post_versions.observed) >= ?
            AND coalesce(post_versions.edited, post_versions.observed) < ? AND posts.forum = ?"""
    edited = {int(row["id"]) for row in rows(here.connection, sql(changed, window.since, window.until, here.forum))}
    ours = [one for topic in bound if (one := here.topics.get(topic)) is not None]
    fresh = {one.topic for one in ours if window.since <= one.created < window.until}
    listed = [one for one in ours if one.topic in fresh or (one.topic in edited and one.created < window.until)]
    listed.sort(key=lambda one: (one.topic not in fresh, one.created, one.topic))
    return tuple(PublishedText(one.topic, one.title, one.url, one.category, one.topic in fresh) for one in listed)
