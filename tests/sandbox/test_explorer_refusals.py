"""Data Explorer says no, in other words on newer servers than on older ones; and what it takes for a limit."""

import pytest

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask, new

PLACE = "/admin/plugins/explorer/queries"


@pytest.fixture
def number(ask: Ask, box: Sandbox) -> int:
    """A saved query."""
    box.set(data_explorer_enabled=True)
    query = {
        "name": "Les sujets d’ici",
        "sql": "-- [params]\n-- int :depuis = 0\nSELECT id FROM topics WHERE id > :depuis",
    }
    found: int = ask("POST", f"{PLACE}.json", json={"query": query}).json()["query"]["id"]
    return found


def test_who_is_no_administrator_is_refused_where_older_servers_have_nothing(
    number: int, ask: Ask, box: Sandbox
) -> None:
    for who in ("amina", "claire", None):
        for verb, path in (("GET", f"{PLACE}.json"), ("POST", f"{PLACE}/{number}/run.json")):
            assert ask(verb, path, who).status_code == (403 if new(box) else 404)
    box.set(data_explorer_enabled=False)
    assert ask("GET", f"{PLACE}.json").status_code == 404


def test_the_later_place_is_not_there_yet(number: int, ask: Ask) -> None:
    assert ask("GET", "/admin/plugins/discourse-data-explorer/queries.json").status_code == 404


def test_an_unknown_query_is_answered_in_the_words_of_rails(number: int, ask: Ask, box: Sandbox) -> None:
    answer = ask("POST", f"{PLACE}/999999/run.json", json={})
    assert answer.status_code == 404
    assert (answer.json() == {"status": 404, "error": "Not Found"}) == new(box)
    assert ask("GET", f"{PLACE}/999999.json").json()["error_type"] == "not_found"


@pytest.mark.parametrize(("limit", "rows"), [("ALL", 3), ("20000", 3), ("2", 2), ("0", 0), ("x", 0)])
def test_a_limit_is_read_as_ruby_reads_it(limit: str, rows: int, number: int, ask: Ask) -> None:
    answer = ask("POST", f"{PLACE}/{number}/run.json", json={"limit": limit}).json()
    assert (answer["success"], answer["result_count"]) == (True, rows)


def test_parameters_are_a_text_of_texts(number: int, ask: Ask, box: Sandbox) -> None:
    path = f"{PLACE}/{number}/run.json"
    assert ask("POST", path, json={"params": '{"depuis": "2"}'}).json()["rows"] == [[3]]
    refused = ask("POST", path, json={"params": '{"depuis": "abc"}'})
    assert (refused.status_code, refused.json()["success"]) == (422, False)
    assert ask("POST", path, json={"params": '{"depuis": 2}'}).status_code == (500 if new(box) else 422)


def test_a_table_is_a_file_with_the_querys_name_and_the_day(number: int, ask: Ask) -> None:
    answer = ask("POST", f"{PLACE}/{number}/run.csv", json={})
    assert answer.text == "id\n1\n2\n3\n"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=les-sujets-dici@127-0-0-1-20")
