"""What checks, plans, publications and the forum's news say reaches a page in words of the desk, in both languages."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import koweb_sync
from koweb_sync import errors
from koweb_sync.desk.texts.publication import sending
from koweb_sync.desk.words.desk_words import COUNTED, FIELD, NUMBERS, TABLE, desk_text
from koweb_sync.desk.words.refusals import in_desk_words, speaks_of_terminals
from koweb_sync.errors import InputError, KowebError, PostRefused
from koweb_sync.i18n import _, ngettext, speaking
from tests.desk.conftest import ServedPages, opened
from tests.gate import in_every
from tests.workspace import TEXT, Clone

HERE = Path(koweb_sync.__file__).parent
ROOMS = ("posts", "sync", "forum", "archive", "report")  # where such texts come from
TOLD_BY_KIND = {one.__name__ for one in vars(errors).values() if isinstance(one, type) and issubclass(one, KowebError)}
TERMINAL_ALONE = (  # what no page shows: words of the reference, of commands, and remedies of errors
    *("posts/fields/category.py", "posts/fields/draft.py", "posts/fields/letter.py", "posts/fields/topic.py"),
    *("posts/grouped_problems.py", "sync/pull/show_pull.py", "sync/pull/unfinished.py", "sync/pull/commits.py"),
    *("sync/publish/push.py", "sync/publish/withdrawals.py", "sync/publish/show.py", "sync/pull/branches.py"),
    *("sync/recover/identity.py", "sync/setup/doctor.py", "sync/setup/init.py", "posts/fields/id.py"),
    "sync/setup/login.py",
    *("archive/crawl/saved_queries.py", "archive/place.py", "archive/privacy/compact.py"),
    *("archive/closing/unfinished.py", "sync/publish/translations.py"),
)
Said = tuple[str, ...]  # a text, or its singular and plural


def said_in(node: ast.AST, told: bool) -> Iterator[tuple[Said, bool]]:
    """The texts of some code, each with whether it is part of an error, which is told by its kind."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in ("_", "ngettext"):
            given = (one.value for one in node.args if isinstance(one, ast.Constant))
            yield tuple(one for one in given if isinstance(one, str)), told
            return
        told = told or (name in TOLD_BY_KIND and name != "PostFileError")
    for child in ast.iter_child_nodes(node):
        yield from said_in(child, told)


@cache
def texts() -> list[tuple[str, Said]]:
    """Every text that may reach a page otherwise than as an error: where it stands, and what it says."""
    found = []
    for room in ROOMS:
        for path in sorted((HERE / room).rglob("*.py")):
            where = path.relative_to(HERE).as_posix()
            every = said_in(ast.parse(path.read_text(encoding="utf-8")), told=False)
            found += [(where, said) for said, told in every if said and not told]
    return found


def forms(said: Said) -> list[str]:
    """A text in the active language, with something in its fields."""
    made = [_(said[0])] if len(said) == 1 else [ngettext(said[0], said[1], n) for n in (1, 3)]
    return [FIELD.sub(lambda field: "3" if field[1] in NUMBERS else "x", one) for one in made]


@pytest.mark.parametrize("language", [in_every("en"), "fr"])
def test_p450_no_text_that_reaches_a_page_speaks_of_commands(language: str) -> None:
    every = texts()
    assert len(every) > 900
    with speaking(language):
        told = [(where, desk_text(one)) for where, said in every if where not in TERMINAL_ALONE for one in forms(said)]
    assert [one for one in told if speaks_of_terminals(one[1])] == []


@pytest.mark.parametrize("language", [in_every("en"), "fr"])
def test_p450_each_text_of_the_table_is_one_that_somebody_says_and_is_said_otherwise(language: str) -> None:
    known = {one for _where, said in texts() for one in said} | said_elsewhere()
    with speaking(language):
        for one in [(text,) for text in TABLE] + list(COUNTED):
            assert set(one) <= known, one
            for form in forms(one):
                assert language == "fr" or desk_text(form) != form
                assert not speaks_of_terminals(desk_text(form))
                assert "{" not in desk_text(form).replace("{…}", "")


@cache
def said_elsewhere() -> set[str]:
    """The texts of commands that the desk runs, and those of errors."""
    found: set[str] = set()
    for path in (HERE / "keys.py", *(one for room in (*ROOMS, "cli") for one in (HERE / room).rglob("*.py"))):
        every = said_in(ast.parse(path.read_text(encoding="utf-8")), told=False)
        found |= {one for said, _told in every for one in said}
    return found


def test_p450_what_stands_in_a_text_stays_in_it() -> None:
    with speaking("fr"):
        said = _("“{url}” does not exist, or is not committed. Perhaps {other} is meant.").format(
            url="a b", other="c.md"
        )
        assert ("a b" in desk_text(said), "c.md" in desk_text(said)) == (True, True)
        three = ngettext(
            "{n} line changed since: “koweb diff” shows it.", "{n} lines changed since: “koweb diff” shows them.", 3
        ).format(n=3)
        assert desk_text(f"Avant. {three}").startswith("Avant. 3 lignes")
        assert desk_text("Une phrase de quelqu’un, avec git.") == "Une phrase de quelqu’un, avec git."


def test_p450_why_a_post_stays_here_is_said_line_by_line() -> None:
    error = PostRefused(
        "The text has 6 characters; the forum wants at least 20.\nposts/un.md:6: “y.md” does not exist, or is not "
        "committed.\nThe forum's setting min_first_post_length stands at 20: https://f.org/admin/site_settings?filter=x",
        where="posts/un.md:5",
        remedy="Nothing was sent for this post.",
    )
    told = in_desk_words(error)
    assert told.message.split("\n") == [
        "The text has 6 characters; the forum wants at least 20.",
        "“y.md” is not in this folder.",
        "Whoever administers the forum can change that.",
    ]
    assert told.remedy == "Nothing was sent for this post."
    assert told.only_unsent
    assert not in_desk_words(InputError("The text has 6 characters.", remedy="Write more.")).only_unsent
    assert error.message in told.details


def test_p450_pages_say_what_is_wrong_and_the_command_keeps_its_words(here: Clone, pages: ServedPages) -> None:
    here.run("doctor")
    here.post("un", f"{TEXT} [x](y.md)")
    here.post("bref", "Court.")
    for path in ("/preview/posts/un.md", "/publish/"):
        page = re.sub(r"<details.*?</details>", "", pages.get(path).text, flags=re.DOTALL)
        assert "“y.md” is not in this folder" in page
        assert "committed" not in page
    assert "characters; the forum wants at least" in page
    assert "or is not committed" in here.run("check", code=2).text
    assert sending(opened(here).another(), pages.folder.settings).plan.refusals
