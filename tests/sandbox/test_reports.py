"""Reports for the team: who edited whose posts, and how much is written on each day."""

from datetime import UTC, datetime
from typing import Any

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask, Topic
from tests.workspace import TEXT


def edits(ask: Ask, **wishes: Any) -> list[tuple[str, str, Any]]:
    """Editor, author and reason of every edit in the report."""
    found = ask("GET", "/admin/reports/post_edits.json", params=wishes).json()["report"]
    return [(one["editor_username"], one["author_username"], one["edit_reason"]) for one in found["data"]]


def test_edits_by_others_are_reported_and_of_an_editor_also_those_of_their_own(
    topic: Topic, ask: Ask, box: Sandbox
) -> None:
    post = topic(as_="amina")["id"]
    change = {"raw": f"{TEXT} Corrigé.", "edit_reason": "une faute"}
    ask("PUT", f"/posts/{post}.json", "claire", json={"post": change})
    assert edits(ask) == [("claire", "amina", "une faute")]
    ask("PUT", f"/posts/{post}.json", "amina", json={"post": {"raw": f"{TEXT} Non.", "edit_reason": "si"}})
    assert edits(ask) == [("claire", "amina", None)], "the reason is known of the last version alone"
    assert edits(ask, **{"filters[editor]": "amina"}) == [("amina", "amina", "si")]
    assert edits(ask, **{"filters[category]": 3}) == []
    assert edits(ask, start_date="2020-01-01", end_date="2020-12-31") == []
    box.state.posts[post].raw = "é" * 50
    (row,) = ask("GET", "/admin/reports/post_edits.json").json()["report"]["data"]
    assert (row["post_raw"], row["post_number"]) == ("é" * 40, 1)


def test_what_is_written_is_counted_by_its_day(topic: Topic, ask: Ask, box: Sandbox) -> None:
    topic()
    topic(title="Un sujet d’il y a longtemps", created_at="2020-05-05T10:00:00Z")
    today = datetime.now(UTC).date().isoformat()
    found = ask("GET", "/admin/reports/topics.json").json()["report"]
    assert found["data"][-1]["x"] == today
    assert found["total"] > sum(one["y"] for one in found["data"]), "all, whatever their date"
    assert [one["title"] for one in found["labels"]] == ["Jour", "Nombre"]
    old = ask("GET", "/admin/reports/topics.json", params={"start_date": "2020-05-01", "end_date": "2020-05-31"}).json()
    assert old["report"]["data"] == [{"x": "2020-05-05", "y": 1}]
    assert (old["report"]["start_date"], old["report"]["end_date"]) == ("2020-05-01T00:00:00Z", "2020-05-31T23:59:59Z")
    for kind in ("posts", "likes", "signups"):
        assert "total" in ask("GET", f"/admin/reports/{kind}.json").json()["report"]
    assert len(ask("GET", "/admin/reports.json").json()["reports"]) == 5


def test_reports_are_for_the_team_and_an_unknown_one_is_a_fault_of_the_server(ask: Ask) -> None:
    path = "/admin/reports/topics.json"
    assert [ask("GET", path, who).status_code for who in ("admin", "claire", "amina", None)] == [200, 200, 404, 404]
    unknown = ask("GET", "/admin/reports/inconnu.json")
    assert (unknown.status_code, unknown.text, unknown.headers["Content-Type"][:9]) == (500, "", "text/html")
    assert ask("GET", path, params={"start_date": "demain"}).status_code == 400
