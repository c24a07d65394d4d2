"""A report in which people have other names, or none: in lists, and in titles that say their names."""

from dataclasses import replace

from sqlalchemy import Connection

from koweb_sync.archive.names.aliases import Alias
from koweb_sync.archive.privacy.pseudonyms import Pseudonyms, called, names_to_find
from koweb_sync.report.audience.community import shareable
from koweb_sync.report.compute import Report
from koweb_sync.report.engine.posts_behind import PostsBehind
from koweb_sync.report.lists.left_aside import LeftAside, WaitingPerson, WaitingTopic
from koweb_sync.report.lists.published import Published
from koweb_sync.report.lists.silent_people import SilentPerson


def pseudonymous(report: Report, people: Pseudonyms) -> Report:
    """The report with pseudonyms. A link to a post would say who wrote it, so these links and all numbers go."""
    return replace(
        report,
        aside=pseudonymous_list(report.aside, people),
        silent=tuple(replace(one, person=0, username=pseudonym_of(people, one)) for one in report.silent),
        published=titles(report.published, people),
        names={},
        behind=tuple(unlinked(one) for one in report.behind),
    )


def unlinked(found: PostsBehind) -> PostsBehind:
    """How many posts are behind a figure, and no way to them."""
    return replace(found, topics=(), posts=(), search="", reason=found.reason or "pseudonyms")


def pseudonymous_list(found: LeftAside, people: Pseudonyms) -> LeftAside:
    """Who is left aside, with pseudonyms."""
    return replace(
        found,
        topics=tuple(
            replace(one, person=0, username=pseudonym_of(people, one), topic=0, url="", title=people.text(one.title))
            for one in found.topics
        ),
        people=tuple(replace(one, person=0, username=pseudonym_of(people, one), url="") for one in found.people),
    )


def pseudonym_of(people: Pseudonyms, one: WaitingTopic | WaitingPerson | SilentPerson) -> str:
    """Somebody's pseudonym."""
    return people.alias(one.person).username


def for_community(report: Report, connection: Connection, forum: int, word: str) -> Report:
    """The report for everybody: `shareable`, and no title of a published post says anybody's name."""
    shared = shareable(report)
    people = nobody(connection, forum, word)
    return replace(
        shared,
        published=titles(shared.published, people),
        behind=tuple(
            replace(one, topics=tuple(replace(topic, title=people.text(topic.title)) for topic in one.topics))
            for one in shared.behind
        ),
    )


def nobody(connection: Connection, forum: int, word: str) -> Pseudonyms:
    """Everybody under one and the same name, such as “member”."""
    anybody = Alias(word.casefold(), word)
    people = called(connection, forum)
    aliases = {one.id: anybody for one in people}
    return Pseudonyms(aliases, names_to_find(people, aliases, anybody), anybody)


def titles(found: Published, people: Pseudonyms) -> Published:
    """The published posts, with nobody's name in a title or a path."""
    posts = (replace(one, title=people.text(one.title), path=people.text(one.path)) for one in found.posts)
    missing = (replace(one, path=people.text(one.path), title=people.text(one.title)) for one in found.missing)
    return replace(found, posts=tuple(posts), missing=tuple(missing))
