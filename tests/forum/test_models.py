"""One model of a topic, whoever tells of it: the API's JSON, a row of Data Explorer, a list."""

from collections.abc import Mapping, Set
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from koweb_sync.forum import data_explorer
from koweb_sync.forum.budget import Budgets
from koweb_sync.forum.client import Forum
from koweb_sync.forum.models import TopicView
from koweb_sync.forum.queries import FIRST_POSTS
from koweb_sync.posts.field import Field
from koweb_sync.posts.fields import FIELDS
from koweb_sync.posts.ids import TopicId
from koweb_sync.sandbox import Sandbox

# What the query of first posts does not ask for, and what both tell in a way of their own: a time of the database is
# exact to the microsecond, and the writer of a text that somebody edited is its editor there.
TOPIC = {"first", "highest", "bumped", "last_posted", "likes", "views", "author", "accepted", "posts_count", "created"}
POST = ("id", "topic", "raw", "version", "changed", "deleted", "user_deleted", "hidden", "locked", "name", "username")


def told(view: TopicView) -> dict[str, Any]:
    """What can be compared."""
    topic = {name: value for name, value in asdict(view).items() if name not in TOPIC}
    return topic | {"tags": sorted(view.tags)} | {f"first {name}": getattr(view.first, name) for name in POST}


def without(values: Mapping[str, Any], names: Set[str]) -> dict[str, Any]:
    """The values that have other names."""
    return {name: value for name, value in values.items() if name not in names}


def test_the_api_a_query_and_a_list_tell_the_same_of_a_topic(box: Sandbox, tmp_path: Path) -> None:
    box.set(data_explorer_enabled=True)
    key = box.keys["all_users"]
    with Forum(box.url, "admin", key, limits=Budgets(0, 0, 0), state=tmp_path) as forum:
        number = data_explorer.save(forum, [], FIRST_POSTS)
        assert number is not None
        topics = [TopicId(one.id) for one in box.topics() if one.archetype == "regular"][:6]
        forum.set_status(topics[0], "closed", True)
        forum.set_status(topics[1], "pinned", True)
        rows = {one.view.id: one.view for one in data_explorer.first_posts(forum, number, topics)}
        assert rows.keys() == set(topics)
        for topic in topics:
            view = forum.topic(topic)
            unread = view.fields.keys() - rows[topic].fields.keys()  # what no column holds
            assert told(rows[topic]) == told(replace(view, fields=without(view.fields, unread)))
            assert {name for name in unread if type(FIELDS[name]).read_row is Field.read_row} == set()
            listed = forum.states([topic]).get(topic)
            assert listed is None or (listed.title, listed.category, listed.closed, listed.pinned, listed.created) == (
                *(view.title, view.category, view.closed, view.pinned, view.created),
            )
