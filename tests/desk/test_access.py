"""Somebody with a page open elsewhere on this computer gets nothing and changes nothing."""

import http.client

import pytest
import requests

from tests.desk.conftest import ServedPages
from tests.workspace import Clone


def asked(pages: ServedPages, method: str, path: str, **headers: str) -> tuple[int, bytes, str]:
    """A request as it is, with the header lines given: status, body, Location."""
    line = http.client.HTTPConnection("127.0.0.1", pages.server.port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    line.request(method, path, headers=named)
    answer = line.getresponse()
    found = answer.status, answer.read(), answer.getheader("Location") or ""
    line.close()
    return found


def known(pages: ServedPages) -> str:
    """The cookie of the browser that koweb opened."""
    return "; ".join(f"{name}={value}" for name, value in pages.browser.cookies.items())


@pytest.mark.parametrize(
    ("why", "headers"),
    [
        ("a name that leads here", {"Host": "evil.example:80"}),
        ("another port", {"Host": "127.0.0.1:1"}),
        ("a page elsewhere", {"Origin": "https://evil.example"}),
        ("a page of another port", {"Origin": "http://127.0.0.1:1"}),
        ("a page without an origin", {"Origin": "null"}),
        ("what a browser calls cross-site", {"Sec-Fetch-Site": "cross-site"}),
        ("what a browser calls same-site", {"Sec-Fetch-Site": "same-site"}),
    ],
)
def test_p301_a_page_from_elsewhere_gets_nothing(
    here: Clone, pages: ServedPages, why: str, headers: dict[str, str]
) -> None:
    here.post("secret", "Un texte que personne ne doit lire, sauf moi.")
    given = {"Cookie": known(pages), **headers}
    for path in (
        "/preview/",
        "/preview/posts/secret.md",
        "/preview-parts/posts/secret.md",
        "/file/koweb.toml",
        "/events",
    ):
        status, body, _where = asked(pages, "GET", path, **given)
        assert status == 403, (why, path)
        assert b"personne" not in body and b"kafe" not in body


def test_p301_without_the_token_nothing_is_shown(here: Clone, pages: ServedPages) -> None:
    here.post("secret", "Un texte que personne ne doit lire, sauf moi.")
    for cookie in ("", f"koweb_{pages.server.port}=", f"koweb_{pages.server.port}=wrong", "koweb_1=x"):
        for path in ("/preview/", "/preview/posts/secret.md", "/style.css", "/nowhere"):
            status, body, _where = asked(pages, "GET", path, Cookie=cookie)
            assert status == 403
            assert b"personne" not in body


def test_p301_a_wrong_token_in_the_address_is_none(pages: ServedPages) -> None:
    status, _body, where = asked(pages, "GET", "/preview/?token=wrong")
    assert (status, where) == (403, "")


def test_p301_the_token_leaves_the_address_at_once(pages: ServedPages) -> None:
    token = pages.server.access.token
    status, _body, where = asked(pages, "GET", f"/preview/?token={token}")
    assert (status, where) == (302, "/preview/")
    answer = requests.get(pages.server.access.address("/preview/"), timeout=20)
    assert token not in answer.url
    assert token not in answer.text


def test_p301_answers_tell_browsers_to_trust_nothing_else(here: Clone, pages: ServedPages) -> None:
    here.post("un", '<script>alert(1)</script> <img src="https://evil.example/x.png"> Un texte assez long.')
    answer = pages.get("/preview/posts/un.md")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    assert "https:" not in policy
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "<script>alert" not in answer.text
    assert 'src="https://evil.example' not in answer.text


@pytest.mark.parametrize(
    "path", ["/file/.git/config", "/file/../koweb.toml", "/file/%2e%2e/x", "/file//etc/passwd", "/file/out"]
)
def test_p301_only_files_of_the_work_tree_are_sent(here: Clone, pages: ServedPages, path: str) -> None:
    (here.folder / "out").symlink_to("/etc/passwd")
    assert asked(pages, "GET", path, Cookie=known(pages))[0] in (404, 308)


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"Origin": "", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": ""}, True),  # a browser that says nothing of the site
        ({"Origin": "", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "", "Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "", "Sec-Fetch-Site": "none"}, False),  # nobody types a form into the address bar
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({}, False),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
    ],
)
def test_p301_a_form_is_taken_from_our_own_pages_alone(
    here: Clone, pages: ServedPages, headers: dict[str, str], taken: bool
) -> None:
    here.post("un")
    given = {name: value or f"http://127.0.0.1:{pages.server.port}" for name, value in headers.items()}
    status, _body, _where = asked(pages, "POST", "/write-again/posts/un.md", Cookie=known(pages), **given)
    assert (status != 403) == taken, status
