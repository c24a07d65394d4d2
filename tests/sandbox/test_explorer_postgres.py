"""Every query that this project sends gives the same on a real PostgreSQL as on the sandbox."""

from collections.abc import Iterator

import pytest

from koweb_sync.forum.archive_queries import (
    COUNTERS,
    EXTENT,
    POLLS,
    TOPICS,
    USERS,
    VIEWS,
    answers,
    likes,
    posts,
    saved_queries,
    variants,
)
from koweb_sync.forum.digest_queries import digests
from koweb_sync.forum.plugin_queries import PLUGINS, REACTED
from koweb_sync.forum.queries import FIRST_POSTS, Query
from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.records import TopicRecord
from tests.sandbox.explorer import ask
from tests.sandbox.postgres import same_on_both
from tests.workspace import PNG, TEXT


@pytest.fixture(scope="module", params=["2022", "2025"])
def lively(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A forum in which something of everything has happened."""
    with Sandbox.start(flavour=request.param) as box:
        for number in range(12):
            tags = ["posture", "accueil", "écoute", "Animation"][: number % 5]
            body = {"title": f"Un sujet publié numéro {number}", "raw": f"{TEXT} L’été n° {number} 🌻", "category": 2}
            sent = {**body, "external_id": f"koweb-{number}", "tags": tags}
            assert ask(box, "POST", "/posts.json", json=sent).status_code == 200
        published = sorted(topic.id for topic in box.topics() if topic.external_id)
        box.edit(published[0], f"{TEXT} Retouché.", username="claire", reason="Une coquille")
        box.edit(published[0], f"{TEXT} Retouché encore.", username="admin")
        box.edit(published[1], title="Un titre tout neuf pour ce sujet", tags=["posture"])
        box.reply(published[1], f"{TEXT} Réponse.", username="amina").likes.append((2, 1_790_000_000.25))
        box.close(published[2])
        box.hide(published[3])
        box.remove_text(published[4])
        box.delete(published[5])
        box.first_post(published[6]).locked = True
        upload = ask(box, "POST", "/uploads.json", files={"file": ("a.png", PNG)}, data={"upload_type": "composer"})
        box.edit(published[7], f"{TEXT} ![a]({upload.json()['short_url']}) [b](/t/-/1/2)")
        secret = TopicRecord(
            90, "Un message tout à fait privé", "prive", 4, None, 0.0, 0.0, archetype="private_message"
        )
        box.state.add_topic(secret)
        box.services.writer.reply(secret, box.state.user("amina"), f"{TEXT} Entre nous.", {}).likes.append((3, 0.0))
        polled = (
            "Qu’en dites-vous ?\n\n[poll name=avis type=multiple max=2 public=true]\n* Oui\n* Non\n* Peut-être\n[/poll]"
        )
        asked = box.reply(published[8], polled, username="claire")
        asked.polls[0].votes.update({2: list(asked.polls[0].options)[:2], 4: list(asked.polls[0].options)[1:2]})
        secret_poll = "Et en secret ?\n\n[poll results=on_close]\n* Oui\n* Non\n[/poll]"
        hidden = box.reply(published[9], secret_poll, username="claire")
        hidden.polls[0].votes.update({2: list(hidden.polls[0].options)[:1]})
        box.reply(published[10], f"{TEXT} Entre modérateurs.", username="claire").type = 4
        box.react(published_reply(box, published[1]), "clap", username="bilal")
        box.react(published_reply(box, published[1]), "heart", username="claire")
        box.accept(published_reply(box, published[1]))
        box.set(directory_ready=True, discourse_reactions_excluded_from_like="-1|thumbsup")
        yield box


def published_reply(box: Sandbox, topic: int) -> int:
    """The second post of a topic."""
    return box.state.topics[topic].post_ids[1]


OLDER = frozenset({REACTED})  # the tables of plugins that servers of 2022 have
OURS = saved_queries(OLDER)
DIGESTS, POSTS, LIKES, ANSWERS = digests(OLDER), posts(OLDER), likes(OLDER), answers(OLDER)
EVERY = [query for plugins in variants() for query in saved_queries(plugins)]
BUCKETS = {"buckets": ",".join(map(str, range(-10, 30)))}
BY_BUCKET = (TOPICS, POSTS, LIKES, ANSWERS, POLLS, USERS)
BY_PAGE = (FIRST_POSTS, VIEWS, COUNTERS)


@pytest.mark.parametrize("query", OURS, ids=lambda query: query.name)
def test_every_query_that_is_sent_gives_the_same_on_both(lively: Sandbox, postgres: str, query: Query) -> None:
    given = BUCKETS if query in BY_BUCKET else {}
    found = same_on_both(lively, postgres, query.sql, given)
    assert found or (query == ANSWERS and lively.state.flavour.solved_table), "which has them in a table of their own"
    assert "Entre nous" not in str(found)
    assert "tout à fait privé" not in str(found)
    assert "Entre modérateurs" not in str(found)


@pytest.mark.parametrize("query", BY_PAGE, ids=lambda query: query.name)
def test_queries_with_a_limit_give_the_same_page_by_page(lively: Sandbox, postgres: str, query: Query) -> None:
    found = same_on_both(lively, postgres, query.sql)
    pages, after = [], "-1000"
    while page := same_on_both(lively, postgres, query.sql, {"after": after, "limit": "5"}):
        assert len(page) <= 5
        pages += page
        after = str(page[-1][0])
    assert pages == found


@pytest.mark.parametrize("query", BY_BUCKET, ids=lambda query: query.name)
def test_buckets_and_spans_are_what_is_given(lively: Sandbox, postgres: str, query: Query) -> None:
    found = same_on_both(lively, postgres, query.sql, BUCKETS)
    below = same_on_both(lively, postgres, query.sql, {**BUCKETS, "until": "7"})
    above = same_on_both(lively, postgres, query.sql, {**BUCKETS, "after": "7"})
    assert sorted(below + above, key=str) == sorted(found, key=str)
    assert not same_on_both(lively, postgres, query.sql, {"buckets": "77"})


def test_a_poll_tells_what_the_forum_shows(lively: Sandbox, postgres: str) -> None:
    found = same_on_both(lively, postgres, POLLS.sql, BUCKETS)
    assert [row[-2:] for row in found] == [[1, "2"], [2, "2,4"], [0, None], [None, None], [None, None]]
    assert [row[9] for row in found] == [2, 2, 2, 1, 1]


def test_whispers_and_categories_are_given_to_those_who_wish(lively: Sandbox, postgres: str) -> None:
    every = same_on_both(lively, postgres, POSTS.sql, {**BUCKETS, "whispers": "true"})
    assert "Entre modérateurs" in str(every)
    without = same_on_both(lively, postgres, POSTS.sql, {**BUCKETS, "without": "2"})
    assert without
    assert {row[2] for row in every} - {row[2] for row in without} == {2}
    assert same_on_both(lively, postgres, DIGESTS.sql) != same_on_both(lively, postgres, DIGESTS.sql, {"without": "2"})


def test_digests_count_what_the_rows_are(lively: Sandbox, postgres: str) -> None:
    counts: dict[str, int] = {}
    for kind, _bucket, things, _size, _digest in same_on_both(lively, postgres, DIGESTS.sql):
        counts[kind] = counts.get(kind, 0) + things
    for kind, query in (("topics", TOPICS), ("posts", POSTS), ("likes", LIKES), ("people", USERS)):
        assert counts[kind] == len(same_on_both(lively, postgres, query.sql, BUCKETS))
    assert same_on_both(lively, postgres, EXTENT.sql)[0][0] >= max(lively.state.posts)


def test_first_posts_are_those_that_were_published_or_are_named(lively: Sandbox, postgres: str) -> None:
    found = same_on_both(lively, postgres, FIRST_POSTS.sql)
    assert [row[1] for row in found] == [f"koweb-{number}" for number in range(12)]
    assert found[4][5].split("|") == sorted(found[4][5].split("|"))
    named = same_on_both(lively, postgres, FIRST_POSTS.sql, {"topics": "1,2,99999"})
    assert [row[0] for row in named] == [1, 2]


def test_deleted_rows_are_among_them(lively: Sandbox, postgres: str) -> None:
    deleted = [row for row in same_on_both(lively, postgres, POSTS.sql, BUCKETS) if row[15] is not None]
    assert [row[16] for row in deleted] == [3]
    assert len(same_on_both(lively, postgres, LIKES.sql, BUCKETS)) == 6


def test_a_reaction_and_its_like_are_one_row_and_an_answer_tells_who_and_when(lively: Sandbox, postgres: str) -> None:
    plugins = frozenset(PLUGINS) if lively.state.flavour.solved_table else OLDER
    found = same_on_both(lively, postgres, likes(plugins).sql, BUCKETS)
    bilal = lively.state.user("bilal").id
    assert [row[-1] for row in found if row[2] == bilal and row[-1] != "like"] == ["clap"]
    reply = next(row[1] for row in found if row[-1] == "clap")
    assert sorted(row[-1] for row in found if row[1] == reply) == ["clap", "like", "like"]
    shadows = {row[0]: row[-2] for row in same_on_both(lively, postgres, posts(plugins).sql, BUCKETS)}
    assert shadows[reply] == (1 if lively.state.flavour.shadow_likes else 0)
    assert sum(shadows.values()) == shadows[reply]
    (answer,) = same_on_both(lively, postgres, answers(plugins).sql, BUCKETS)
    assert answer[1:4] == [reply, 2, 1]
    assert answer[4]
    told = {row[0]: row for row in same_on_both(lively, postgres, digests(plugins).sql)}
    assert told["tables"][4] == ",".join(sorted(plugins))
    assert told["settings"][4] == "discourse_reactions_excluded_from_like=-1|thumbsup"


@pytest.mark.parametrize("query", EVERY, ids=lambda query: query.name)
def test_queries_are_such_that_every_server_runs_them(query: Query) -> None:
    assert ";" not in query.sql
    assert query.name.startswith("koweb: ")
    assert query.description.endswith(".")
    assert query.sql.startswith("-- [params]\n-- int :after = ")
    assert query.mark in query.told


# What the common subset of the two dialects is said to hold.
COMMON = [
    "SELECT * FROM users ORDER BY id",
    "SELECT * FROM categories ORDER BY id",
    "SELECT * FROM topics ORDER BY id",
    "SELECT * FROM posts ORDER BY id",
    "SELECT * FROM post_revisions ORDER BY id",
    "SELECT * FROM post_actions ORDER BY id",
    "SELECT * FROM topic_links ORDER BY id",
    "SELECT * FROM uploads ORDER BY id",
    "SELECT * FROM user_actions ORDER BY id",
    "SELECT * FROM user_stats ORDER BY user_id",
    "SELECT * FROM groups ORDER BY id",
    "SELECT * FROM group_users ORDER BY id",
    "SELECT * FROM tags ORDER BY id",
    "SELECT * FROM topic_tags ORDER BY id",
    "SELECT * FROM topic_custom_fields",
    "SELECT 7 / 2 AS a, -7 / 2 AS b, 7 % 3 AS c, 7.0 * 2 AS d, 2 ^ 3 AS e",
    "SELECT id, deleted_at FROM topics ORDER BY deleted_at DESC, id",
    "SELECT id, deleted_at FROM topics ORDER BY deleted_at, id",
    "SELECT id, raw ~ 'été' AS a, raw ~* 'ÉTÉ' AS b, raw !~ 'x' AS c, raw !~* 'X' AS d, raw ILIKE "
    "'%ÉTÉ%' AS e FROM posts ORDER BY id",
    "SELECT MD5(raw), LENGTH(raw), UPPER(raw), SUBSTRING(raw FROM 3 FOR 4), POSITION('e' IN raw) FROM "
    "posts ORDER BY id",
    "SELECT topic_id, COUNT(*), COUNT(*) FILTER (WHERE hidden), MAX(created_at), ARRAY_AGG(id ORDER BY "
    "id DESC) FROM posts GROUP BY topic_id ORDER BY topic_id",
    "SELECT DATE_TRUNC('month', created_at), COUNT(DISTINCT user_id) FROM posts GROUP BY 1 ORDER BY 1",
    "SELECT created_at::date, CAST(EXTRACT(epoch FROM created_at) AS bigint) AS s FROM posts ORDER BY id",
    "SELECT id, created_at + INTERVAL '1 day' AS later FROM posts WHERE created_at > '2026-02-11' ORDER BY id",
    "SELECT id FROM posts WHERE created_at < NOW() AND created_at < CURRENT_TIMESTAMP ORDER BY id",
    "SELECT DISTINCT ON (topic_id) topic_id, id FROM posts ORDER BY topic_id, id DESC",
    "SELECT n FROM GENERATE_SERIES(1, 5) AS g(n)",
    "SELECT d::date FROM GENERATE_SERIES('2026-01-01'::timestamp, '2026-01-03'::timestamp, INTERVAL '1 day') AS g(d)",
    "SELECT UNNEST(ARRAY[3, 1, 2]) AS n",
    "SELECT id, ROW_NUMBER() OVER (PARTITION BY topic_id ORDER BY id), LAG(id) OVER (ORDER BY id) FROM "
    "posts ORDER BY id",
    "WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 5) SELECT SUM(n)::bigint FROM up",
    "SELECT COALESCE(name, username), NULLIF(admin, TRUE), GREATEST(id, 2), CASE WHEN admin THEN 'a' END "
    "FROM users ORDER BY id",
    "SELECT p.id, x.n FROM posts p, LATERAL (SELECT COUNT(*) AS n FROM posts q WHERE q.topic_id = "
    "p.topic_id) x ORDER BY p.id",
    "SELECT id FROM posts WHERE EXISTS (SELECT 1 FROM topics t WHERE t.id = posts.topic_id AND t.closed) ORDER BY id",
    "SELECT id FROM users WHERE id IN (1, 2) UNION SELECT id FROM users WHERE id = 3 EXCEPT SELECT 2 ORDER BY id",
    "SELECT 'a' || 1 || NULL AS a, CONCAT('a', NULL, 1) AS b, SPLIT_PART('a|b', '|', 2) AS c, "
    "REPLACE('aba', 'a', 'x') AS d",
    "SELECT ROUND(2.5) AS a, FLOOR(2.7)::bigint AS b, ABS(-3) AS c, 0.1 + 0.2 AS d, 1e3::float8 AS e",
    "SELECT AVG(like_count)::float8 AS mean, SUM(like_count)::bigint AS all_of_them FROM posts",
    "SELECT STRING_AGG(username, ', ' ORDER BY username COLLATE \"C\") FROM users",
    "SELECT 1 AS a, 2 AS a",
    "SELECT 1, 'x', COUNT(*), MAX(id), id::text FROM posts WHERE id = 1 GROUP BY id",
]


@pytest.mark.parametrize("text", COMMON)
def test_the_common_subset_gives_the_same_on_both(lively: Sandbox, postgres: str, text: str) -> None:
    same_on_both(lively, postgres, text)


def test_parameters_mean_the_same_on_both(lively: Sandbox, postgres: str) -> None:
    text = """-- [params]
-- int :after = 0
-- text :name
-- int_list :ids
-- datetime :since
-- boolean :yes
-- null text :nothing
SELECT id, :name AS name, :yes AS yes, :nothing AS nothing FROM posts
WHERE id > :after AND id IN (:ids) AND created_at > :since
  AND (:nothing IS NULL OR raw = :nothing) ORDER BY id LIMIT 3"""
    given = {"name": "d'été \\ «\u202f»", "ids": "1,2,3,4,5", "since": "2026-02-11T00:00:00Z", "yes": "true"}
    assert len(same_on_both(lively, postgres, text, given)) == 3
