"""What other tools keep from being shown is never published: it is a draft, or somebody is asked."""

from datetime import UTC, date, datetime

import pytest

from koweb_sync.importing.metadata import split
from koweb_sync.importing.proposals import propose
from koweb_sync.posts.document import parse
from koweb_sync.posts.lint import check
from koweb_sync.posts.unpublished_keys import Kind, kept_back

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NO = ["no", '"false"', "0", "off", "", "~", "False", "non", "'n'"]
YES = ["yes", '"true"', "1", "on", "True", "oui"]
DRAFTS = [
    *(f"{key}: {no}" for key in ("published", "publish", "dg-publish", "Publish", "publié") for no in NO),
    *(f"{key}: {yes}" for key in ("private", "Draft", "brouillon", "headless") for yes in YES),
    *("status: draft", "statut: Brouillon", "visibility: private", "status: [pending]", "layout: draft"),
    *("_build:\n  render: never", "build: {list: never, render: false}", "permalink: false"),
]
ASKED = [
    *("unlisted: yes", "hidden: true", "caché: oui", "visible: no", "sharing: false", "share: off", "password: azerty"),
    *("publish: peut-être", "private: Claire", "visibility: équipe", "status: hidden", "build:\n  list: never"),
    *(
        "date: 2099-01-02",
        "publishDate: 2026-11-20T13:00:00Z",
        "date: 01/02/2099",
        "embargo: oui",
        "published: 2099-1-1",
    ),
    *("expiryDate: 2020-01-02", "unpublish_date: 2020-01-02 10:00:00 +0200"),
]
SHOWN = [
    *("published: true", "publish: 2024-05-02", "private: no", "hide: [toc]", "status: en cours", "public: formateurs"),
    *("date: 2024-05-02", "expires: 2099-01-01", "cache: true", "visibility: public", "password:", "layout: post"),
    *("published: 2019", "date: bientôt", "build:\n  render: always", "unlisted: false", "visible: true", "permalink:"),
]


def found(more: str) -> tuple[bool, set[str]]:
    """Whether a file is a draft, and what keeps it from being published otherwise."""
    front = f"---\ntitle: Un titre assez long\nid: un\n{more}\n---\nUn texte assez long pour le forum.\n"
    post = parse("posts/un.md", front.encode())
    errors = [one for one in check([post], {}, now=NOW) if one.error]
    assert all(one.line == 4 for one in errors)
    assert "azerty" not in str(errors)
    return post.front.draft, {one.code for one in errors}


@pytest.mark.parametrize(
    ("lines", "draft", "asked"), [(DRAFTS, True, False), (ASKED, False, True), (SHOWN, False, False)]
)
def test_every_spelling_of_not_to_be_shown_is_a_draft_or_is_asked_about(
    lines: list[str], draft: bool, asked: bool
) -> None:
    for line in lines:
        told = found(line)
        assert (told[0], bool(told[1])) == (draft, asked), line
    for line in DRAFTS + ASKED:
        assert found(f"{line}\ndraft: true") == (True, set()), line


def test_two_keys_that_contradict_each_other_are_asked_about() -> None:
    assert found("private: true\ndraft: false") == (False, {"draft-contradicted"})
    assert found("hidden: true\nlisted: false") == (False, set())
    assert found("hidden: true\nlisted: true") == (False, {"visibility-unclear"})
    assert found("publishDate: 2099-01-01\ndraft: false") == (False, {"date-to-come"})


def test_what_toml_and_json_say_is_read_alike() -> None:
    said = {"published": False, "publishDate": date(2099, 1, 1), "draft": 1, "build": {"render": "never"}, "tags": []}
    kinds = [sign.kind for sign in kept_back(said, NOW)]
    assert kinds == [Kind.DRAFT, Kind.STARTS, Kind.DRAFT, Kind.DRAFT]


def test_a_note_that_another_tool_keeps_back_is_imported_as_a_draft() -> None:
    for line in DRAFTS + ASKED:
        assert propose("a.md", split(f"---\n{line}\n---\nUn texte.\n"), NOW).draft, line
    for line in SHOWN:
        assert not propose("a.md", split(f"---\n{line}\n---\nUn texte.\n"), NOW).draft, line


def test_tags_of_which_nobody_can_tell_where_one_ends_are_asked_about() -> None:
    assert found("tags: outils choix")[1] == {"tags-unclear"}
    assert found("tags: #outils #choix")[1] == {"tags-comment"}
    for fine in ("tags: [outils choix]", "tags:\n- outils choix", "tags: outils", "tags: # rien", "tags: []"):
        assert found(fine)[1] == set(), fine
