"""Data Explorer: who may run what, with which limits, and that a query reads the forum and nothing else."""

import json
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from string import ascii_letters

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.explorer.query_text import bound, placed
from koweb_sync.sandbox.model.records import KeyRecord
from tests.gate import fewer
from tests.sandbox.asking import new, on_all
from tests.sandbox.explorer import ask, refusal, rows, run, save
from tests.workspace import PNG, TEXT

pytestmark = pytest.mark.server("2022")

LATER = "/admin/plugins/discourse-data-explorer"
FIRST = "/admin/plugins/explorer"


def later(box: Sandbox) -> bool:
    """Whether this server has the plugin at its later place."""
    return box.state.flavour.explorer_path == LATER


# ---- what a query sees


def test_a_query_sees_what_the_forum_holds_now(box: Sandbox) -> None:
    count = "SELECT COUNT(*) FROM topics WHERE deleted_at IS NULL"
    before = rows(box, count)[0][0]
    topic = box.new_topic("Un sujet tout frais du matin", TEXT, category=2, username="amina")
    assert rows(box, count) == [[before + 1]]
    box.edit(topic.id, TEXT + " Et une suite.", username="claire", reason="Pour finir", tags=["accueil"])
    found = rows(
        box,
        "SELECT p.raw, p.version, p.edit_reason, e.username, r.user_id, r.number FROM posts p "
        "JOIN users e ON e.id = p.last_editor_id JOIN post_revisions r ON r.post_id = p.id "
        f"WHERE p.topic_id = {topic.id} ORDER BY r.number",
    )
    assert found == [[TEXT + " Et une suite.", 2, "Pour finir", "claire", 3, 2]]
    tags = f"SELECT g.name FROM topic_tags t JOIN tags g ON g.id = t.tag_id WHERE t.topic_id = {topic.id}"
    assert rows(box, tags) == [["accueil"]]
    box.delete(topic.id, username="claire")
    gone = f"SELECT deleted_by_id, deleted_at IS NOT NULL FROM topics WHERE id = {topic.id}"
    assert rows(box, gone) == [[3, True]]
    assert rows(box, count) == [[before]]


def test_rows_keep_their_ids_when_earlier_ones_go(box: Sandbox) -> None:
    text = "SELECT id, post_id, user_id FROM post_actions ORDER BY id"
    before = rows(box, text)
    assert len(before) == 3
    box.post(2).likes.pop(0)
    left = rows(box, text)
    assert left == [row for row in before if row[1:] != [2, 3]]
    ask(box, "POST", "/post_actions.json", "frederic", json={"id": 1, "post_action_type_id": 2})
    assert rows(box, text) == [*left, [4, 1, 2]]


def test_all_columns_come_where_a_star_or_a_whole_row_asks_for_them(box: Sandbox) -> None:
    rows(box, "SELECT id FROM posts")  # only ids are loaded
    for text in (
        "SELECT * FROM posts WHERE id = 1",
        "SELECT p.* FROM posts p WHERE p.id = 1",
        "WITH a AS (SELECT * FROM posts) SELECT cooked FROM a WHERE id = 1",
        "SELECT CAST(p AS text) FROM posts p WHERE p.id = 1",
        "TABLE posts",
    ):
        with Sandbox.start(flavour=box.state.flavour.name) as other:
            rows(other, "SELECT id FROM posts")
            assert "<strong>une phrase suffit</strong>" in str(rows(other, text)[0]), text


def test_texts_are_read_as_they_are_whatever_stands_in_them(box: Sandbox) -> None:
    odd = ["", "\x1e0\x1e", "\x1d0\x1d", "NULL", "{a,'b'}\\", "\x1e1\x1e\x1d1\x1d été 🌻"]
    for number, text in enumerate(odd, 1):
        box.post(number).raw = text
        box.post(number).edit_reason = text or None
    found = rows(box, "SELECT raw, edit_reason FROM posts ORDER BY id")
    assert found == [[text, text or None] for text in odd]


def test_files_are_known_to_the_posts_that_show_them(box: Sandbox) -> None:
    upload = ask(box, "POST", "/uploads.json", files={"file": ("a.png", PNG)}, data={"upload_type": "composer"}).json()
    topic = box.new_topic("Un sujet avec une image", f"{TEXT} ![a]({upload['short_url']})", category=2)
    table, post = ("upload_references", "target_id") if new(box) else ("post_uploads", "post_id")
    found = rows(box, f"SELECT r.{post}, u.width FROM {table} r JOIN uploads u ON u.id = r.upload_id")
    assert found == [[box.first_post(topic.id).id, 3]]
    other = "post_uploads" if new(box) else "upload_references"
    assert refusal(box, f"SELECT * FROM {other}").startswith("PG::UndefinedTable: ERROR:")


def test_links_lead_to_topics_and_posts(box: Sandbox) -> None:
    topic = box.new_topic("Un sujet qui renvoie ailleurs", f"{TEXT} [là](/t/-/1/2) et https://exemple.fr/x", category=2)
    text = "SELECT url, internal, link_topic_id, link_post_id, domain FROM topic_links WHERE topic_id = :t ORDER BY id"
    head = "-- [params]\n-- int :t\n"
    assert rows(box, head + text, {"t": str(topic.id)}) == [
        ["/t/-/1/2", True, 1, 2, "localhost"],
        ["https://exemple.fr/x", False, None, None, "exemple.fr"],
    ]


def test_the_group_of_administrators_has_its_members(box: Sandbox) -> None:
    text = (
        "SELECT g.name, STRING_AGG(u.username, ' ' ORDER BY u.id) FROM group_users m JOIN users u ON u.id = m.user_id "
        "JOIN groups g ON g.id = m.group_id WHERE g.id IN (1, 2) GROUP BY g.name ORDER BY g.name"
    )
    assert rows(box, text) == [["admins", "system admin"], ["moderators", "system claire"]]


# ---- the answer


def test_values_come_as_discourse_sends_them(box: Sandbox) -> None:
    text = """SELECT 1 AS a, 9007199254740993 AS b, TRUE AS c, NULL AS d, 'é' AS e, 1.50 AS f, CAST(0.5 AS float8) AS g,
    CAST('2026-02-03' AS date) AS h, CAST('2026-02-03 04:05:06.789123' AS timestamp) AS i, ARRAY['a', 'b c', NULL] AS j,
    CAST('NaN' AS float8) AS k, 7 / 2 AS l"""
    assert rows(box, text) == [
        [
            *(1, 9007199254740993, True, None, "é", "1.50", 0.5, "2026-02-03", "2026-02-03T04:05:06.789Z"),
            *('{a,"b c",NULL}', None, 3),
        ]
    ]


def test_an_answer_says_what_its_columns_point_at(box: Sandbox) -> None:
    text = "SELECT id AS post_id, user_id, topic_id, 'x' AS some_url FROM posts WHERE id = 2"
    body = run(box, text, limit="5").json()
    assert body["columns"] == ["post_id", "user_id", "topic_id", "some_url"]
    assert body["colrender"] == {"0": "post", "1": "user", "2": "topic", "3": "url"}
    assert [one["username"] for one in body["relations"]["user"]] == ["amina"]
    assert [one["id"] for one in body["relations"]["topic"]] == [1]
    assert [one["post_number"] for one in body["relations"]["post"]] == [2]
    assert body["success"] is True
    assert body["errors"] == []
    assert body["default_limit"] == 1000
    assert body["duration"] >= 0
    assert "relations" not in run(box, text, download="true").json()
    assert "posts" in run(box, text, explain="true").json()["explain"]
    assert "explain" not in body


def test_rows_come_as_csv(box: Sandbox) -> None:
    number = save(box, "SELECT 'a,b' AS x, TRUE AS y, NULL AS z UNION ALL SELECT 'c', FALSE, NULL ORDER BY 1")
    answer = ask(box, "POST", f"queries/{number}/run.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.text == 'x,y,z\n"a,b",true,\nc,false,\n'


# ---- limits


@on_all
def test_an_answer_has_a_thousand_rows_unless_more_are_asked_for(box: Sandbox) -> None:
    text = "SELECT n FROM generate_series(1, 12000) AS g(n) ORDER BY n DESC"
    assert [row[0] for row in rows(box, text)] == list(range(12000, 11000, -1))
    assert len(rows(box, text, limit="10000")) == 10000
    assert rows(box, text, limit="0") == []
    box.set(data_explorer_query_result_limit=7)
    assert len(rows(box, text)) == 7
    if later(box):
        for nonsense in ("ALL", "10001", "-1", "x", "1.5"):
            assert run(box, text, limit=nonsense).status_code == 400
    else:
        assert len(rows(box, text, limit="ALL")) == 12000
        assert len(rows(box, text, limit="20000")) == (12000 if new(box) else 10000)
        assert rows(box, text, limit="x") == []


def test_a_query_that_takes_too_long_is_stopped(box: Sandbox) -> None:
    box.front.app.extensions["explorer"].database.seconds = 0.3
    begun = time.perf_counter()
    text = "SELECT COUNT(*) FROM generate_series(1, 100000000) AS a(x), generate_series(1, 100000000) AS b(y)"
    assert refusal(box, text) == "PG::QueryCanceled: ERROR:  canceling statement due to statement timeout"
    assert time.perf_counter() - begun < 30
    assert rows(box, "SELECT 1") == [[1]]


def test_the_forum_answers_while_a_query_runs(box: Sandbox) -> None:
    box.front.app.extensions["explorer"].database.seconds = 3.0
    text = "SELECT COUNT(*) FROM generate_series(1, 100000000) AS a(x), generate_series(1, 100000000) AS b(y)"
    answers: list[int] = []
    long = threading.Thread(target=lambda: answers.append(run(box, text).status_code))
    long.start()
    time.sleep(0.3)
    assert ask(box, "GET", "/t/1.json").status_code == 200
    assert rows(box, "SELECT COUNT(*) FROM topics") == [[3]]
    assert not answers
    long.join()
    assert answers == [422]


def test_many_runs_are_refused_only_where_the_owner_wants_it(box: Sandbox) -> None:
    number = save(box, "SELECT 1")
    path = f"queries/{number}/run.json"
    assert [ask(box, "POST", path).status_code for _ in range(4)] == [200] * 4
    box.set(max_data_explorer_api_req_mode="warn+block", max_data_explorer_api_reqs_per_10_seconds=5)
    answers = [ask(box, "POST", path) for _ in range(7)]
    assert {one.status_code for one in answers} == {200, 429}
    assert answers[-1].json()["error_type"] == "rate_limit"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 10


def test_a_forum_that_does_not_fit_into_the_memory_is_a_refusal_and_harms_nothing_else(box: Sandbox) -> None:
    box.front.app.extensions["explorer"].database.memory = "12MB"
    noise, first = random.Random(1), box.first_post(1)
    with box.state.lock:
        for post in box.state.posts.values():
            post.raw = first.raw + "".join(noise.choices(ascii_letters, k=100_000)) * 40
    said = refusal(box, "SELECT COUNT(*), MAX(LENGTH(raw)) FROM posts")
    assert said.startswith("PG::OutOfMemory: ERROR:")
    assert rows(box, "SELECT COUNT(*) > 0 FROM users") == [[True]]


def test_memory_is_limited(box: Sandbox) -> None:
    text = "SELECT LENGTH(STRING_AGG(REPEAT('x', 1000000), '')) FROM generate_series(1, 5000) AS g(n)"
    assert refusal(box, text).startswith("PG::OutOfMemory: ERROR:")


# ---- shut to everything else


@pytest.fixture(scope="module")
def shut() -> Iterator[Sandbox]:
    """One forum for many attacks: none of them may change it."""
    with Sandbox.start() as forum:
        yield forum


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM read_blob('{file}')",
        "SELECT * FROM read_json('{file}')",
        "SELECT * FROM read_parquet('{file}')",
        "SELECT * FROM read_csv_auto('{file}')",
        "SELECT * FROM parquet_metadata('{file}')",
        "SELECT * FROM sniff_csv('{file}')",
        "SELECT * FROM '{file}'",
        'SELECT * FROM "{file}"',
        "FROM '{file}'",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')",
        "SELECT * FROM query_table('{file}')",
        "SELECT getenv('HOME')",
        "SELECT * FROM pg_read_file('{file}')",
        "SELECT pg_read_file('{file}')",
        "SELECT lo_import('{file}')",
        "SELECT * FROM read_text('http://127.0.0.1:1/x')",
        "COPY posts TO '{folder}/out.csv'",
        "COPY posts FROM '{file}'",
        "EXPORT DATABASE '{folder}/out'",
        "IMPORT DATABASE '{folder}'",
        "ATTACH '{folder}/out.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "LOAD '{file}'",
        "PRAGMA database_list",
        "PRAGMA enable_external_access",
        "SET enable_external_access = true",
        "SET VARIABLE x = 1",
        "RESET memory_limit",
        "CALL pragma_version()",
        "DESCRIBE posts",
        "SHOW TABLES",
        "SUMMARIZE posts",
        "EXPLAIN ANALYZE SELECT 1",
        "CREATE TABLE x (a int)",
        "CREATE TEMP TABLE x (a int)",
        "CREATE OR REPLACE MACRO now() AS 1",
        "CREATE SECRET x (TYPE s3)",
        "DROP TABLE posts",
        "ALTER TABLE posts DROP COLUMN raw",
        "INSERT INTO posts (id) VALUES (99)",
        "UPDATE posts SET raw = 'x'",
        "UPDATE posts SET raw = 'x' RETURNING id",
        "DELETE FROM posts",
        "WITH gone AS (DELETE FROM posts RETURNING id) SELECT * FROM gone",
        "SELECT id FROM posts FOR UPDATE",
        "SELECT 1 INTO x",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "CHECKPOINT",
        "VACUUM",
        "PREPARE x AS SELECT 1",
        "EXECUTE x",
        "SELECT 1) SELECT * FROM query --",
        "SELECT 1) SELECT * FROM (SELECT 2",
        "SELECT 1 /*",
        "SELECT 'x",
        ")",
        "",
        "-- nothing",
        "\0",
    ],
)
def test_no_query_reads_files_writes_or_changes_anything(shut: Sandbox, tmp_path: Path, text: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("mot,passe\nsésame,ouvre-toi\n", encoding="utf-8")
    before = rows(shut, "SELECT COUNT(*), MAX(id), MAX(raw) FROM posts")
    answer = run(shut, text.format(file=secret, folder=tmp_path))
    assert answer.status_code == 422, answer.text
    assert "ouvre-toi" not in answer.text
    assert "/root" not in answer.text
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home", "secret.csv"]
    assert rows(shut, "SELECT COUNT(*), MAX(id), MAX(raw) FROM posts") == before
    assert rows(shut, "SELECT COUNT(*) FROM duckdb_tables() WHERE table_name = 'x'") == [[0]]


@pytest.mark.parametrize(
    "text",
    ["SELECT 1; SELECT 2", "SELECT 1;", "SELECT ';'", "SELECT 1 -- fin; vraiment", "DELETE FROM posts; SELECT 1"],
)
def test_a_semicolon_is_refused_wherever_it_stands(shut: Sandbox, text: str) -> None:
    assert "ValidationError" in refusal(shut, text)


def test_variables_of_the_program_are_no_tables(shut: Sandbox) -> None:
    assert rows(shut, "SELECT current_setting('python_enable_replacements')") == [[False]]
    for name in ("cursor", "rows", "values"):
        assert refusal(shut, f"SELECT * FROM {name}").startswith("PG::")


def test_settings_tell_nothing_about_the_machine(shut: Sandbox) -> None:
    text = "SELECT name, value FROM duckdb_settings() WHERE value LIKE '%/%'"
    assert {row[0] for row in rows(shut, text)} <= {"TimeZone", "duckdb_api"}
    assert rows(shut, "SELECT current_setting('enable_external_access'), current_setting('lock_configuration')") == [
        [False, True]
    ]


# ---- parameters


def test_parameters_are_what_their_types_say(box: Sandbox) -> None:
    def one(kind: str, value: str) -> object:
        return rows(box, f"-- [params]\n-- {kind} :x\nSELECT :x AS x", {"x": value})[0][0]

    assert one("int", "-5") == -5
    assert one("integer", "5") == 5
    assert one("bigint", "9007199254740993") == 9007199254740993
    assert one("boolean", "true") is True
    assert one("boolean", "no") is False
    assert one("double", "0.5") == 0.5
    assert one("date", "2026-02-03") == "2026-02-03"
    assert one("datetime", "2026-02-03T04:05:06+02:00") == "2026-02-03 02:05:06.000000"
    assert str(one("time", "04:05")).endswith(" 04:05:00.000000")
    assert one("string", "#null") is None
    assert one("user_id", "Amina") == 4
    assert one("user_id", "4") == 4
    assert one("post_id", "1/2") == 2
    assert one("post_id", f"{box.url}/t/bienvenue/2") == 4
    assert one("topic_id", f"{box.url}/t/bienvenue/2/2") == 2
    assert one("category_id", "facilitation-numerique/outils-libres") == 4
    assert one("category_id", "Annonces") == 5
    assert one("group_id", "moderators") == 2


def test_a_list_stands_for_its_members(box: Sandbox) -> None:
    text = "-- [params]\n-- int_list :ids\nSELECT id FROM posts WHERE id IN (:ids) ORDER BY id"
    assert rows(box, text, {"ids": "2,1,#null,99"}) == [[1], [2]]
    names = "-- [params]\n-- string_list :names\nSELECT username FROM users WHERE username IN (:names) ORDER BY id"
    assert rows(box, names, {"names": "amina,bilal,d'ailleurs"}) == [["amina"], ["bilal"]]
    people = "-- [params]\n-- user_list :people\nSELECT username FROM users WHERE id IN (:people) ORDER BY id"
    assert rows(box, people, {"people": "amina,admin"}) == [["admin"], ["amina"]]
    groups = "-- [params]\n-- group_list :groups\nSELECT id FROM groups WHERE name IN (:groups) ORDER BY id"
    assert rows(box, groups, {"groups": "staff,admins"}) == [[1], [3]]


def test_a_missing_value_is_the_default_or_null_or_refused(box: Sandbox) -> None:
    assert rows(box, "-- [params]\n-- int :x = 34\nSELECT :x") == [[34]]
    assert rows(box, "-- [params]\n-- int :x = 34\nSELECT :x", {"x": "23"}) == [[23]]
    assert rows(box, "-- [params]\n-- null int :x\nSELECT :x") == [[None]]
    assert rows(box, "-- [params]\n-- text null :x\nSELECT :x", {"x": "  "}) == [[None]]
    for text, given_value in (
        ("-- [params]\n-- int :x\nSELECT :x", None),
        ("-- [params]\n-- string :x\nSELECT :x", ""),
        ("-- [params]\n-- int :x\nSELECT :x", "2.3"),
        ("-- [params]\n-- int :x\nSELECT :x", "1 OR 1=1"),
        ("-- [params]\n-- date :x\nSELECT :x", "demain"),
        ("-- [params]\n-- user_id :x\nSELECT :x", "personne"),
        ("-- [params]\n-- post_id :x\nSELECT :x", "1/99"),
        ("-- [params]\n-- category_id :x\nSELECT :x", "nulle-part/outils-libres"),
        ("-- [params]\n-- group_list :x\nSELECT :x", "inconnu"),
    ):
        assert "ValidationError" in refusal(box, text, None if given_value is None else {"x": given_value})


def test_what_is_not_declared_is_not_filled_in(box: Sandbox) -> None:
    assert refusal(box, "SELECT :x", {"x": "1"}).startswith("PG::SyntaxError")
    assert refusal(box, "-- [params]\n-- nonsense :x\nSELECT :x", {"x": "1"}).startswith("PG::SyntaxError")
    assert refusal(box, "-- [params]\n-- int :x1\nSELECT :x1", {"x1": "1"}).startswith("PG::SyntaxError")


@on_all
def test_parameters_are_json_in_a_string(box: Sandbox) -> None:
    number = save(box, "-- [params]\n-- int :x = 1\nSELECT :x")
    for nonsense in ("{", "[1]", "1"):
        answer = ask(box, "POST", f"queries/{number}/run.json", data={"params": nonsense})
        assert answer.status_code == (422 if later(box) else 400)
    as_json = ask(box, "POST", f"queries/{number}/run.json", json={"params": '{"x": "5"}'})
    assert as_json.json()["rows"] == [[5]]
    assert as_json.json()["params"] == {"x": "5"}
    number_sent = ask(box, "POST", f"queries/{number}/run.json", data={"params": '{"x": 5}'})
    assert number_sent.status_code == (500 if new(box) else 422), "values are texts"


def test_names_in_texts_comments_and_casts_are_no_parameters() -> None:
    text = """SELECT ':x', "a:x", E'\\':x', $$:x$$, $a$ :x $a$, b::x, a[1:x], '1:x''', :x -- :x
    /* :x /* :x */ :x */ + :x"""
    query, used = bound(text, {"x": 5})
    assert query == text.replace(", :x --", ", $x --").replace("*/ + :x", "*/ + $x")
    assert used == {"x": 5}
    assert placed("SELECT :y", lambda _name: None) == "SELECT :y"


@pytest.fixture(scope="module")
def echo() -> Iterator[tuple[Sandbox, int]]:
    """A forum with a query that says what it is told."""
    with Sandbox.start() as forum:
        yield forum, save(forum, "-- [params]\n-- text :x\n-- text :y = a\nSELECT :x AS x, ':x' AS y, :y AS z")


@settings(max_examples=fewer(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1).filter(lambda text: text.strip() and text.lower() != "#null"))
@example("'; DROP TABLE posts; --")
@example("\\'")
@example("' OR 1=1 --")
@example("$x")
@example(":y")
@example("$$")
@example("*/ SELECT 1 /*")
@example("a\nb\r\n\tc")
@example("« L’été », ça va\u202f?")
@example("a\0b")
def test_any_text_comes_back_as_it_was_sent(echo: tuple[Sandbox, int], text: str) -> None:
    box, number = echo
    answer = ask(box, "POST", f"queries/{number}/run.json", data={"params": json.dumps({"x": text})})
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        assert answer.status_code == 422
        assert "CharacterNotInRepertoire" in answer.text
    else:
        assert answer.json()["rows"] == [[text, ":x", "a"]]


# ---- who may


def test_saved_queries_are_listed_shown_changed_and_deleted(box: Sandbox) -> None:
    first = save(box, "-- [params]\n-- int :x = 3\nSELECT :x", "Une", group_ids=[2], description="Pour voir")
    body = ask(box, "GET", f"queries/{first}.json").json()["query"]
    assert body["name"] == "Une"
    assert body["description"] == "Pour voir"
    assert body["group_ids"] == [2]
    assert body["username"] == "admin"
    assert body["param_info"] == [{"identifier": "x", "type": "int", "default": "3", "nullable": False}]
    changed = ask(box, "PUT", f"queries/{first}.json", json={"query": {"name": "Autre", "sql": "SELECT 2"}})
    assert changed.json()["query"]["sql"] == "SELECT 2"
    assert changed.json()["query"]["group_ids"] == []
    assert [one["id"] for one in ask(box, "GET", "queries.json").json()["queries"]] == [first]
    assert ask(box, "DELETE", f"queries/{first}.json").json() == {"success": True, "errors": []}
    assert ask(box, "GET", "queries.json").json()["queries"] == []
    assert ask(box, "GET", f"queries/{first}.json").status_code == 404
    assert ask(box, "GET", "queries/99.json").status_code == 404
    assert ask(box, "POST", "queries/99/run.json").status_code == 404
    assert ask(box, "POST", "queries.json", json={"query": {"name": " ", "sql": "SELECT 1"}}).status_code == 422
    assert ask(box, "PUT", f"queries/{first}.json", json={"query": {"name": ""}}).status_code == 422
    assert ask(box, "POST", "queries.json", json={"name": "x"}).status_code == 400
    form = {"query[name]": "Par formulaire", "query[sql]": "SELECT 1", "query[group_ids][]": ["1", "3"]}
    assert ask(box, "POST", "queries.json", data=form).json()["query"]["group_ids"] == [1, 3]


@on_all
def test_later_servers_list_queries_by_pages_and_without_their_text(box: Sandbox) -> None:
    for number in range(55):
        save(box, "SELECT 1", f"Requête {number}")
    body = ask(box, "GET", "queries.json").json()
    assert ("sql" in body["queries"][0]) != later(box)
    assert len(body["queries"]) == (50 if later(box) else 55)
    if later(box):
        assert body["total_rows_queries"] == 55
        rest = ask(box, "GET", body["load_more_queries"]).json()
        assert len(rest["queries"]) == 5
        assert "load_more_queries" not in rest
        assert len(ask(box, "GET", "queries.json?filter=requête 5").json()["queries"]) == 6


def test_for_others_than_administrators_the_plugin_is_not_there_or_closed(box: Sandbox) -> None:
    number = save(box, "SELECT 1")
    for verb, path in (
        ("GET", "queries.json"),
        ("POST", "queries.json"),
        ("GET", f"queries/{number}.json"),
        ("PUT", f"queries/{number}.json"),
        ("DELETE", f"queries/{number}.json"),
        ("POST", f"queries/{number}/run.json"),
        ("POST", f"queries/{number}/run.csv"),
    ):
        for username in ("claire", "amina"):
            assert ask(box, verb, path, username).status_code == (403 if new(box) else 404)
    box.set(data_explorer_enabled=False)
    assert ask(box, "POST", f"queries/{number}/run.json").status_code == 404
    assert ask(box, "GET", "queries.json").status_code == 404


@on_all
def test_members_of_its_groups_may_run_a_query(box: Sandbox) -> None:
    number = save(box, "SELECT 1828 AS value", group_ids=[2])
    closed = save(box, "SELECT 1")
    public = f"/data-explorer/queries/{number}/run.json"
    assert ask(box, "GET", public, "claire").status_code == (200 if later(box) else 404)
    assert ask(box, "GET", public, "amina").status_code == 404
    report = f"/g/moderators/reports/{number}"
    assert ask(box, "POST", f"{report}/run.json", "claire").json()["rows"] == [[1828]]
    assert ask(box, "POST", f"{report}/run.json", "amina").status_code == 404
    assert ask(box, "POST", f"/g/moderators/reports/{closed}/run.json", "claire").status_code == 404
    assert ask(box, "POST", f"/g/trust_level_0/reports/{number}/run.json", "claire").status_code == 404
    assert ask(box, "GET", f"{report}.json", "claire").json()["query"]["id"] == number
    assert [one["id"] for one in ask(box, "GET", "/g/moderators/reports.json", "claire").json()["queries"]] == [number]
    assert ask(box, "GET", "/g/moderators/reports.json", "amina").status_code == 404
    assert ask(box, "GET", "/g/personne/reports.json").status_code == 404
    ask(box, "DELETE", f"queries/{number}.json")
    assert ask(box, "POST", f"{report}/run.json", "claire").status_code == 404


def test_the_older_place_is_kept_for_writing(box: Sandbox) -> None:
    made = ask(box, "POST", f"{FIRST}/queries.json", json={"query": {"name": "Une", "sql": "SELECT 1"}})
    number = made.json()["query"]["id"]
    assert ask(box, "POST", f"{FIRST}/queries/{number}/run.json").json()["rows"] == [[1]]
    listed = ask(box, "GET", f"{FIRST}/queries.json", allow_redirects=False)
    assert listed.status_code == (301 if later(box) else 200)
    assert ask(box, "GET", f"{LATER}/queries.json").status_code == (200 if later(box) else 404)
    assert ask(box, "POST", f"{LATER}/queries/{number}/run.json").status_code == (200 if later(box) else 404)


def test_a_key_for_running_queries_does_nothing_else(box: Sandbox) -> None:
    number = save(box, "SELECT 1")
    box.state.keys["runner"] = KeyRecord("runner", "runner", None, ("data_explorer:run_queries",))
    box.keys["runner"] = "runner"
    assert ask(box, "POST", f"queries/{number}/run.json", key="runner").status_code == 200
    assert ask(box, "POST", f"queries/{number}/run.csv", key="runner").status_code == 200
    refused = ask(box, "POST", f"queries/{number}/run.json", "amina", key="runner").status_code
    assert refused == (403 if new(box) else 404)
    assert ask(box, "GET", "queries.json", key="runner").status_code == 403
    assert ask(box, "DELETE", f"queries/{number}.json", key="runner").status_code == 403
    assert ask(box, "POST", f"queries/{number}/run.json", key="read_only_topics").status_code == 403
