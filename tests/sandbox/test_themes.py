"""Themes and components of the sandbox, as Discourse's sources and its theme command line have them."""

import io
import json
import tarfile

import pytest
import requests

from koweb_sync.sandbox import Sandbox
from koweb_sync.sync.component.bundle import bundle


@pytest.fixture
def admin(box: Sandbox) -> requests.Session:
    """An administrator's program."""
    session = requests.Session()
    session.headers.update({"Api-Key": box.keys["all_users"], "Api-Username": "admin"})
    return session


def packed(**files: str) -> bytes:
    """A bundle of the older form."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name.replace("_", "."))
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


def test_a_bundle_of_either_form_becomes_a_component_and_renews_it(box: Sandbox, admin: requests.Session) -> None:
    url = f"{box.url}/admin/themes/import.json"
    made = admin.post(url, files={"bundle": ("koweb.zip", bundle(), "application/zip")}, timeout=9)
    assert made.status_code == 201
    one = made.json()["theme"]
    assert (one["name"], one["component"]) == ("koweb", True)
    assert {said["setting"] for said in one["settings"]} == {"koweb_published", "show_author"}
    about = json.dumps({"name": "autre", "component": True, "theme_version": "9"})
    form = {"theme_id": str(one["id"])}
    again = admin.post(url, files={"bundle": ("b.tar.gz", packed(about_json=about))}, data=form, timeout=9).json()[
        "theme"
    ]
    assert (again["id"], again["remote_theme"]["theme_version"]) == (one["id"], "9")


BROKEN = {
    "nothing": b"",
    "half a zip": b"PK",
    "half a tar": b"\x1f\x8b",
    "no about.json": packed(readme="x"),
    "no JSON": packed(about_json="{"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_bundle_is_refused(box: Sandbox, admin: requests.Session, what: str) -> None:
    before = dict(box.state.themes)
    sent = admin.post(f"{box.url}/admin/themes/import.json", files={"bundle": ("b.zip", BROKEN[what])}, timeout=9)
    assert sent.status_code == 422
    assert sent.json()["errors"]
    assert box.state.themes == before


def test_a_bundle_without_a_number_comes_in_the_place_of_its_name_on_older_servers(
    box: Sandbox, admin: requests.Session
) -> None:
    def sent(**form: str) -> int:
        files = {"bundle": ("koweb.zip", bundle(), "application/zip")}
        made = admin.post(f"{box.url}/admin/themes/import.json", files=files, data=form, timeout=9)
        return int(made.json()["theme"]["id"])

    first = sent()
    second = sent(theme_id="")
    third = sent(theme_id="999")
    assert first < second < third
    assert (sent() == first) == (box.state.flavour.name == "2022")


def test_settings_are_changed_with_the_rest(box: Sandbox, admin: requests.Session) -> None:
    sent = admin.post(f"{box.url}/admin/themes/import.json", files={"bundle": ("b.zip", bundle())}, timeout=9)
    url = f"{box.url}/admin/themes/{sent.json()['theme']['id']}.json"
    what = {"enabled": False, "parent_theme_ids": [1], "settings": {"koweb_published": "x", "show_author": False}}
    done = admin.put(url, json={"theme": what}, timeout=9).json()["theme"]
    assert {said["setting"]: said["value"] for said in done["settings"]} == what["settings"]
    assert not done["enabled?"]
    assert admin.put(url, json={"theme": {"settings": {"other": "x"}}}, timeout=9).status_code == 400


def test_lists_of_parents_and_children_replace_what_was_there(box: Sandbox, admin: requests.Session) -> None:
    sent = admin.post(f"{box.url}/admin/themes/import.json", files={"bundle": ("b.zip", bundle())}, timeout=9)
    number = sent.json()["theme"]["id"]

    def put(theme: int, **said: object) -> list[int]:
        done = admin.put(f"{box.url}/admin/themes/{theme}.json", json={"theme": said}, timeout=9)
        assert done.status_code == 200
        return box.state.themes[number].parents

    assert put(number, parent_theme_ids=[1, 2]) == [1, 2]
    assert put(number, parent_theme_ids=[2]) == [2]
    assert put(2, child_theme_ids=[]) == []
    assert put(1, child_theme_ids=[number]) == [1]
    shown = admin.get(f"{box.url}/admin/themes.json", timeout=9).json()["themes"]
    default = next(one for one in shown if one.get("default"))
    assert [one["name"] for one in default["child_themes"]] == ["koweb"]


def test_nobody_but_administrators_sees_them(box: Sandbox) -> None:
    for headers in ({}, {"Api-Key": box.keys["all_users"], "Api-Username": "amina"}):
        assert requests.get(f"{box.url}/admin/themes.json", headers=headers, timeout=9).status_code == 404
