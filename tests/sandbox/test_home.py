"""The sandbox answers nobody but this computer: no web page reaches its keys under a name of its own."""

import requests

from koweb_sync.sandbox import Sandbox

STRANGE = (
    "evil.example",
    "evil.example:{port}",
    "127.0.0.1.evil.example:{port}",
    "127.0.0.1:1",
    "127.0.0.1",
    "",
    "a b",
)
PAGES = ("http://evil.example", "null", "https://127.0.0.1:{port}", "http://localhost:1")
NAMES = ("127.0.0.1", "localhost", "LOCALHOST", "[::1]")
SENT = {"title": "Un titre assez long pour tout", "raw": "Un texte assez long pour le forum.", "category": 2}


def test_another_name_or_page_gets_nothing(box: Sandbox) -> None:
    key = {"Api-Key": box.keys["all_users"], "Api-Username": "admin"}
    before = len(box.topics())
    heads = [{"Host": host} for host in STRANGE] + [{"Origin": page} for page in PAGES]
    for head in heads:
        sent = {**key, **{name: value.format(port=box.server.port) for name, value in head.items()}}
        for path in ("/t/1.json", "/latest.json", "/session/current.json", "/uploads/default/x.png"):
            answer = requests.get(f"{box.url}{path}", headers=sent, timeout=30)
            assert answer.status_code == 421
            assert "title" not in answer.text
        assert requests.post(f"{box.url}/posts.json", json=SENT, headers=sent, timeout=30).status_code == 421
    assert len(box.topics()) == before


def test_its_own_names_and_pages_are_answered(box: Sandbox) -> None:
    for name in NAMES:
        head = {"Host": f"{name}:{box.server.port}", "Origin": f"http://{name}:{box.server.port}"}
        assert requests.get(f"{box.url}/t/1.json", headers=head, timeout=30).status_code == 200
