"""What a Discourse with translations tells whom, and in which language."""

from typing import Any

import pytest

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask, Topic, on_newer
from tests.workspace import GUESSED, TEXT

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,fr;q=0.5"}
only_2026 = pytest.mark.parametrize("box", [GUESSED], indirect=True)


def translating(ask: Ask) -> None:
    """Turn translations on, as an administrator does."""
    settings = {
        "allow_user_locale": "true",
        "set_locale_from_accept_language_header": "true",
        "content_localization_supported_locales": "fr|en|de",
        "content_localization_enabled": "true",
    }
    for name, value in settings.items():
        assert ask("PUT", f"/admin/site_settings/{name}.json", json={name: value}).status_code == 200


def translated(ask: Ask, topic: Topic) -> dict[str, Any]:
    """A French topic with an English translation; its first post."""
    translating(ask)
    made = topic(locale="fr")
    for kind, name in (("post", "raw"), ("topic", "title")):
        ident = made["id" if kind == "post" else "topic_id"]
        data = {f"{kind}_id": ident, "locale": "en", name: f"An English {name} of some length"}
        path = f"/{kind}_localizations/create_or_update.json"
        assert [ask("POST", path, json=data).status_code for _nth in range(2)] == [201, 200]
    return made


@on_newer
def test_html_and_shown_title_are_the_readers_and_markdown_and_title_the_authors(ask: Ask, topic: Topic) -> None:
    made = translated(ask, topic)
    read = ask("GET", f"/t/{made['topic_id']}.json?include_raw=true", None, headers=ENGLISH).json()
    post = read["post_stream"]["posts"][0]
    assert post["cooked"] == "<p>An English raw of some length</p>"
    assert (post["raw"], post["locale"], post["is_localized"]) == (TEXT, "fr", True)
    assert (read["title"], read["fancy_title"]) == ("Un sujet comme il en faut", "An English title of some length")
    listed = ask("GET", "/latest.json", None, headers=ENGLISH).json()["topic_list"]["topics"]
    assert "An English title of some length" in [one["fancy_title"] for one in listed]
    assert ask("GET", f"/raw/{made['topic_id']}/1", None, headers=ENGLISH).text == TEXT


@on_newer
@pytest.mark.parametrize(
    "headers", [{}, {"Accept-Language": "fr"}, {"Accept-Language": "xx,fr;q=0.1"}, {"Accept-Language": "de"}]
)
def test_who_reads_in_its_language_or_in_one_without_a_translation_gets_the_original(
    ask: Ask, topic: Topic, headers: dict[str, str]
) -> None:
    made = translated(ask, topic)
    read = ask("GET", f"/posts/{made['id']}.json", None, headers=headers).json()
    assert TEXT.split("'")[0] in read["cooked"]
    assert (read["is_localized"], read["has_post_localizations"], read["post_localizations_count"]) == (False, True, 1)


@on_newer
def test_a_key_reads_in_the_language_of_its_person_whatever_the_program_accepts(ask: Ask, topic: Topic) -> None:
    made = translated(ask, topic)
    read = ask("GET", f"/posts/{made['id']}.json", headers=ENGLISH).json()
    assert not read["is_localized"]
    assert ask("PUT", "/u/admin.json", json={"locale": "en"}).status_code == 200
    assert ask("GET", f"/posts/{made['id']}.json").json()["is_localized"]
    assert ask("GET", f"/posts/{made['id']}/cooked.json").json()["cooked"] == made["cooked"], "always the original"


@on_newer
def test_originals_come_to_those_who_ask_for_them(ask: Ask, topic: Topic, box: Sandbox) -> None:
    made = translated(ask, topic)
    cookie = {"Cookie": "content-localization-show-original=true; automatically_translate=false"}
    read = ask("GET", f"/posts/{made['id']}.json", None, headers={**ENGLISH, **cookie}).json()
    assert (read["cooked"], read["is_localized"]) == (made["cooked"], False)
    ask("PUT", "/u/admin.json", json={"locale": "en"})
    by_cookie = ask("GET", f"/posts/{made['id']}.json", headers=cookie).json()["is_localized"]
    assert by_cookie == (box.state.flavour.name == GUESSED), "there, people with an account have an option instead"
    ask("PUT", "/u/admin.json", json={"automatically_translate": False})
    assert not ask("GET", f"/posts/{made['id']}.json", headers=cookie).json()["is_localized"]


@on_newer
def test_an_edit_that_names_no_language_takes_it_away_and_with_it_the_translations(ask: Ask, topic: Topic) -> None:
    made = translated(ask, topic)
    kept = ask("PUT", f"/posts/{made['id']}.json", json={"post": {"raw": f"{TEXT} Et encore.", "locale": "fr"}}).json()
    assert kept["post"]["locale"] == "fr"
    assert ask("GET", f"/posts/{made['id']}.json?n=1", None, headers=ENGLISH).json()["is_localized"]
    lost = ask("PUT", f"/posts/{made['id']}.json", json={"post": {"raw": f"{TEXT} Puis corrigé."}}).json()
    assert (lost["post"]["locale"], lost["post"]["has_post_localizations"]) == (None, True)
    read = ask("GET", f"/t/{made['topic_id']}.json?n=2", None, headers=ENGLISH).json()
    assert not read["post_stream"]["posts"][0]["is_localized"]
    assert (read["fancy_title"], read["has_localized_content"]) == (read["title"], True)


@on_newer
def test_a_translation_of_an_earlier_version_is_outdated(ask: Ask, topic: Topic) -> None:
    made = translated(ask, topic)
    one = ask("GET", f"/posts/{made['id']}.json?n=1", None, headers=ENGLISH).json()
    ask("PUT", f"/posts/{made['id']}.json", "claire", json={"post": {"raw": f"{TEXT} Puis corrigé.", "locale": "fr"}})
    two = ask("GET", f"/posts/{made['id']}.json?n=2", None, headers=ENGLISH).json()
    assert (one["localization_outdated"], two["localization_outdated"]) == (False, True)


@only_2026
def test_authors_translate_what_they_wrote_where_a_setting_says_so(ask: Ask, topic: Topic, box: Sandbox) -> None:
    mine, others = (topic(as_=name, title=f"Un sujet de {name}, assez long") for name in ("amina", "claire"))
    translating(ask)
    for may in (False, True):
        box.set(content_localization_allow_author_localization=may)
        for made, status in ((mine, 201 if may else 403), (others, 403)):
            data = {"post_id": made["id"], "topic_id": made["topic_id"], "locale": "de"}
            for kind, text in (("post", {"raw": "Hallo."}), ("topic", {"title": "Ein deutscher Titel"})):
                where = f"/{kind}_localizations/create_or_update.json"
                assert ask("POST", where, "amina", json={**data, **text}).status_code == status


@on_newer
def test_only_those_who_may_translate_do_and_where_it_is_off_nobody_hears_of_it(
    ask: Ask, topic: Topic, box: Sandbox
) -> None:
    made = translated(ask, topic)
    data = {"post_id": made["id"], "locale": "de", "raw": "Hallo."}
    assert ask("POST", "/post_localizations/create_or_update.json", "amina", json=data).status_code == 403
    assert ask("POST", "/post_localizations/create_or_update.json", json={"post_id": 1}).status_code == 400
    path = f"/post_localizations/{made['id']}.json"
    assert ask("GET", path).status_code == (400 if box.state.flavour.name == "2025" else 200)
    listed = ask("GET", f"{path}?post_id={made['id']}").json()["post_localizations"]
    assert [(one["locale"], one["post_version"]) for one in listed] == [("en", 1)]
    path = f"/post_localizations/destroy.json?post_id={made['id']}&locale=en"
    assert [ask("DELETE", path).status_code for _nth in range(2)] == [204, 404]
    ask("PUT", "/admin/site_settings/content_localization_enabled.json", json={"content_localization_enabled": "false"})
    assert not {"locale", "is_localized"} & set(ask("GET", f"/posts/{made['id']}.json").json())
    assert ask("POST", "/post_localizations/create_or_update.json", json=data).status_code == 403


def test_a_server_of_2022_knows_no_translations(ask: Ask, topic: Topic, box: Sandbox) -> None:
    made = topic(locale="fr")
    known = box.state.flavour.name != "2022"
    status = ask(
        "PUT", "/admin/site_settings/content_localization_enabled.json", json={"content_localization_enabled": "true"}
    )
    assert status.status_code == (200 if known else 404)
    assert ("locale" in ask("GET", f"/posts/{made['id']}.json").json()) == known


@only_2026
def test_names_of_tags_and_categories_are_the_readers_while_ids_and_slugs_stay(
    ask: Ask, topic: Topic, box: Sandbox
) -> None:
    made = topic(tags=["posture"])
    translating(ask)
    box.translate_names("en", tags={"posture": "stance"}, categories={2: "Coffee"})
    cookie = {"Cookie": "automatically_translate=false"}
    shown = [
        ask("GET", f"/t/{made['topic_id']}.json", None, headers={**ENGLISH, **more}).json()["tags"]
        for more in ({}, cookie)
    ]
    assert shown == [[{"id": 4, "name": "stance", "slug": "posture"}]] * 2, "whatever the cookie says"
    assert ask("GET", f"/t/{made['topic_id']}.json", None).json()["tags"][0]["name"] == "posture"
    places = ask("GET", "/site.json", None, headers=ENGLISH).json()["categories"]
    assert next((one["name"], one["slug"]) for one in places if one["id"] == 2) == ("Coffee", "koweb-kafe")
    ask("PUT", f"/t/-/{made['topic_id']}.json", json={"tags": ["stance"]})
    assert box.topic(made["topic_id"]).tags == ["stance"], "a name that was read is another tag"
