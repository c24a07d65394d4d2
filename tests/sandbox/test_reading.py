"""What a Discourse shows to whom, page by page, and how often it lets one ask."""

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from tests.clocks import Clock
from tests.sandbox.asking import Ask, new, on_all
from tests.workspace import TEXT

# ---- reading


def test_posts_come_in_windows_or_below_a_number(ask: Ask, box: Sandbox) -> None:
    ids = [box.reply(1, f"{TEXT} {n}", username="claire" if n % 2 else "amina").id for n in range(7)]
    last = ids[-1]
    found = [one["id"] for one in ask("GET", f"/posts.json?before={last}").json()["latest_posts"]]
    assert (last in found) == (not new(box)), "a window holds its own end, a list below a number does not"
    assert ids[0] in found
    ask("DELETE", f"/posts/{ids[3]}.json")
    assert ids[3] not in [one["id"] for one in ask("GET", "/posts.json").json()["latest_posts"]]


@on_all
def test_a_page_past_the_end(ask: Ask, box: Sandbox) -> None:
    for n in range(45):
        box.reply(1, f"{TEXT} {n}", username="claire" if n % 2 else "amina")
    total = len(ask("GET", "/t/1.json").json()["post_stream"]["stream"])
    pages = [ask("GET", f"/t/1.json?page={n}").json()["post_stream"]["posts"] for n in range(1, -(-total // 20) + 1)]
    assert [one["post_number"] for page in pages for one in page] == sorted(
        one["post_number"] for p in pages for one in p
    )
    assert sum(map(len, pages)) == total
    past = ask("GET", "/t/1.json?page=9", allow_redirects=False)
    assert past.status_code == box.state.flavour.page_past_end
    assert ask("GET", "/t/1/30.json").json()["current_post_number"] == 21


@pytest.mark.parametrize("slow", [False, True])
def test_a_very_large_topic_has_no_stream(ask: Ask, box: Sandbox, slow: bool) -> None:
    count = 10_000 if slow else 9_999
    with box.state.lock:
        found = box.state.topics[1]
        author = box.state.users[1]
        for n in range(count - len(found.post_ids)):
            box.services.writer.add(found, author, f"Réponse numéro {n}", 1.0)
    stream = ask("GET", "/t/1.json").json()["post_stream"]
    assert ("stream" in stream, stream.get("isMegaTopic")) == ((False, True) if slow else (True, None))
    ids = ask("GET", "/t/1/post_ids.json?post_number=9000").json()["post_ids"]
    assert len(ids) == 20
    some = ask("GET", "/t/1/posts.json", params={"post_ids[]": ids, "include_raw": "true"}).json()["post_stream"][
        "posts"
    ]
    assert [one["id"] for one in some] == ids
    assert some[0]["raw"].startswith("Réponse")


def test_lists_are_paged(ask: Ask, box: Sandbox) -> None:
    for n in range(65):
        box.new_topic(f"Sujet numéro {n} de la liste", TEXT, category=2, username="admin")
    size = 100 if new(box) else 30
    pages, page = [], 0
    while found := ask("GET", f"/latest.json?per_page=100&page={page}").json()["topic_list"]["topics"]:
        pages.append([one["id"] for one in found])
        page += 1
    assert len(pages[0]) == min(size, len(pages[0]))
    flat = [ident for page in pages for ident in page]
    assert len(flat) == len(set(flat)) >= 65
    assert ask("GET", "/latest.json?order=nonsense").status_code == 400
    assert ask("GET", "/latest.json?page=-1").status_code == 400
    created = ask("GET", "/latest.json?order=created&ascending=true").json()["topic_list"]["topics"]
    assert [one["created_at"] for one in created] == sorted(one["created_at"] for one in created)


def test_whispers_hidden_and_deleted_posts_are_not_for_everybody(ask: Ask, box: Sandbox) -> None:
    box.set(enable_whispers=True, whispers_allowed_groups="3")
    whisper = ask("POST", "/posts.json", json={"topic_id": 1, "raw": f"{TEXT} Entre nous.", "whisper": "true"}).json()
    assert whisper["post_type"] == 4
    assert ask("POST", "/posts.json", "amina", json={"topic_id": 1, "raw": TEXT, "whisper": "true"}).status_code == 403
    hidden = box.reply(1, f"{TEXT} Pas gentil.", username="bilal")
    hidden.hidden = True
    for who, sees in (("admin", True), ("amina", False), (None, False)):
        stream = ask("GET", "/t/1.json?include_raw=1", who).json()["post_stream"]
        assert (whisper["id"] in stream["stream"]) == sees
        raw = next(one["raw"] for one in stream["posts"] if one["id"] == hidden.id)
        assert (raw is not None) == sees
        assert (ask("GET", f"/raw/1/{hidden.number}", who).text != "") == sees


def test_private_messages_are_for_their_readers(ask: Ask) -> None:
    data = {"title": "Entre nous", "raw": "Bonjour à vous deux, voilà.", "archetype": "private_message"}
    made = ask("POST", "/posts.json", "amina", json={**data, "target_recipients": "claire,bilal"}).json()
    path = f"/t/{made['topic_id']}.json"
    assert [ask("GET", path, who).status_code for who in ("amina", "claire", "frederic", None)] == [200, 200, 404, 403]
    listed = ask("GET", "/topics/private-messages/claire.json", "claire").json()["topic_list"]["topics"]
    assert [one["id"] for one in listed] == [made["topic_id"]]
    assert ask("GET", "/topics/private-messages/claire.json", "bilal").status_code == 404
    assert made["topic_id"] not in [one["id"] for one in ask("GET", "/latest.json").json()["topic_list"]["topics"]]
    told = ask("GET", "/notifications.json", "bilal").json()["notifications"]
    assert [one["notification_type"] for one in told][:1] == [6]


# ---- keys, modes, limits


def test_a_key_does_what_its_scopes_say(box: Sandbox) -> None:
    key = next(key for key in box.state.keys.values() if key.scopes)
    head = {"Api-Key": key.key, "Api-Username": "admin"}
    found = requests.get(f"{box.url}/session/scopes.json", headers=head, timeout=30).json()["scopes"]
    assert {f"{one['resource']}:{one['key']}" for one in found} == set(key.scopes)
    assert (
        requests.put(
            f"{box.url}/admin/site_settings/title.json", headers=head, json={"title": "x"}, timeout=30
        ).status_code
        == 403
    )


def test_administrators_routes_do_not_exist_for_others(ask: Ask) -> None:
    for verb, path in (("GET", "/admin/users/list/active.json"), ("PUT", "/admin/site_settings/title.json")):
        assert [ask(verb, path, who).status_code for who in ("claire", "amina", None)] == [404, 404, 404]
    assert ask("PUT", "/admin/site_settings/title.json", json={"title": "Autre"}).status_code == 200
    assert ask("GET", "/site/basic-info.json", None).json()["title"] == "Autre"
    assert ask("PUT", "/admin/site_settings/min_post_length.json", json={"min_post_length": "x"}).status_code == 400


def test_read_only_and_members_only(ask: Ask, box: Sandbox) -> None:
    box.set(read_only=True)
    refused = ask("POST", "/posts.json", json={"topic_id": 1, "raw": TEXT})
    assert (refused.status_code, refused.json()["error_type"]) == (503, "read_only")
    assert ask("GET", "/latest.json").headers["Discourse-Readonly"] == "true"
    box.set(read_only=False, staff_writes_only=True)
    reply = {"topic_id": 1, "raw": f"{TEXT} Équipe."}
    assert [ask("POST", "/posts.json", who, json=reply).status_code for who in ("amina", "claire")] == [503, 200]
    box.set(staff_writes_only=False, login_required=True)
    assert ask("GET", "/latest.json", None).json()["error_type"] == "not_logged_in"
    assert ask("GET", "/", None, headers={"Accept": "text/html"}, allow_redirects=False).status_code == 302
    assert [ask("GET", path, None).status_code for path in ("/srv/status", "/site/basic-info.json")] == [200, 200]


def test_readers_without_a_key_are_told_old_news(ask: Ask, box: Sandbox) -> None:
    box.set(anonymous_cache_seconds=60)
    before = ask("GET", "/t/1.json?include_raw=1", None).json()["post_stream"]["posts"][0]["raw"]
    box.edit(1, f"{before} Et voilà.")
    again = ask("GET", "/t/1.json?include_raw=1", None)
    assert (again.headers["X-Discourse-Cached"], again.json()["post_stream"]["posts"][0]["raw"]) == ("true", before)
    assert ask("GET", "/t/1.json?include_raw=1&x=1", None).json()["post_stream"]["posts"][0]["raw"] != before
    assert ask("GET", "/t/1.json?include_raw=1").json()["post_stream"]["posts"][0]["raw"] != before


@pytest.mark.parametrize("flavour", ["2022", "2025"])
def test_limits_of_keys_addresses_and_people(flavour: str) -> None:
    clock = Clock()
    with Sandbox.start(clock=clock.now, rate_limits=True, user_limits=True, flavour=flavour) as box:
        head = {"Api-Key": box.keys["all_users"], "Api-Username": "amina"}

        def get(**head: str) -> requests.Response:
            return requests.get(f"{box.url}/srv/status", headers=head, timeout=30)

        codes = [get(**head).headers.get("Discourse-Rate-Limit-Error-Code") for _ in range(61)]
        first = next(n for n, code in enumerate(codes) if code)
        assert (first, codes[first]) == (
            (50, "ip_10_secs_limit") if flavour == "2022" else (60, "admin_api_key_rate_limit")
        )
        clock.sleep(60)
        refused = [answer for answer in (get() for _ in range(51)) if answer.status_code == 429]
        assert refused[0].headers["Content-Type"].startswith("text/plain")
        assert int(refused[0].headers["Retry-After"]) <= 10
        clock.sleep(60)
        made = [
            requests.post(
                f"{box.url}/posts.json", headers=head, json={"raw": f"{TEXT} {n}", "topic_id": 1}, timeout=30
            ).status_code
            for n in range(2)
        ]
        assert made == [200, 429]
