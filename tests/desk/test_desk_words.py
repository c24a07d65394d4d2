"""No page of the desk speaks of commands, nor of git's things, but in details for whoever looks after the folder."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import koweb_sync.desk
from koweb_sync import errors
from koweb_sync.cli.root import COMMANDS
from koweb_sync.desk.words.refusals import DONE_BY_BUTTON, in_desk_words, is_technical, kind_of, speaks_of_terminals
from koweb_sync.errors import KowebError, PostFileError
from koweb_sync.i18n import speaking

DESK = Path(inspect.getfile(koweb_sync.desk)).parent
FRENCH = DESK.parent / "locale/fr/LC_MESSAGES/koweb.po"
SAID = re.compile(r'\b_\(\s*"((?:[^"\\]|\\.)*)"|ngettext\(\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"')
EXPLAINING = ("help.html", "set_up.html", "write.html", "write_translation.html")
ELSEWHERE = (  # of `koweb preview`, where an administrator goes, and errors that the table words anew
    "“koweb doctor” asks.",
    "“koweb new” begins one.",
    "/admin/api/keys",
    "Versions of your texts were kept beside this branch",
    "Ask somebody who knows git",
    "(a sparse checkout), so it cannot",
    "which Git LFS keeps elsewhere",
    "Whoever looks after the folder brings it",
)


def texts_of_templates() -> list[str]:
    found = []
    for path in sorted((DESK / "templates").glob("*.html")):
        text = re.sub(r"<details.*?</details>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found += [part for one in SAID.findall(text) for part in one if part]
    return found


def texts_of_code() -> list[str]:
    found = []
    for path in sorted(DESK.rglob("*.py")):
        calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
        for call in calls:
            if isinstance(call.func, ast.Name) and call.func.id in ("_", "ngettext"):
                given = (one.value for one in call.args if isinstance(one, ast.Constant))
                found += [text for text in given if isinstance(text, str)]
    return found


def in_french() -> dict[str, tuple[str, ...]]:
    """Every text, with its forms in French."""
    said: dict[str, tuple[str, ...]] = {}
    with FRENCH.open("rb") as file:
        for one in read_po(file, "fr"):
            ids, strings = (part if isinstance(part, (tuple, list)) else (part,) for part in (one.id, one.string))
            said.update(dict.fromkeys(map(str, ids), tuple(map(str, strings))))
    return said


def test_p396_one_keeps_versions_and_saves_texts_and_both_words_are_explained() -> None:
    said = in_french()
    kept = [one for text in (*texts_of_templates(), *texts_of_code()) for one in said.get(text, ())]
    kept = [one for one in kept if "conserv" in one.lower()]
    assert [one for one in kept if "version" not in one.lower()] == []
    assert len(kept) > 20
    explained = ("Enregistrer, c’est écrire", "Conserver une version, c’est")
    assert [any(one in text for text in kept) for one in explained] == [True, True]
    pages = {name: (DESK / "templates" / name).read_text(encoding="utf-8") for name in EXPLAINING}
    assert all("These pages are the desk" in pages[name] for name in ("help.html", "set_up.html"))
    assert "To save is to write a text" in pages["help.html"]
    for name in ("write.html", "write_translation.html"):  # where one meets both first
        assert "“Save” writes the text on this computer" in pages[name]


def test_p396_no_text_of_the_desk_speaks_of_commands_in_english_or_french() -> None:
    texts = [*texts_of_templates(), *texts_of_code()]
    assert len(texts) > 500
    said = in_french()
    wrong = [text for text in texts if speaks_of_terminals(text) and not any(one in text for one in ELSEWHERE)]
    wrong += [
        one
        for text in texts
        for one in said.get(text, ())
        if speaks_of_terminals(one) and not any(part in text for part in ELSEWHERE)
    ]
    assert wrong == []


def test_p396_every_command_of_koweb_is_known_as_one_with_and_without_quotes() -> None:
    for name in COMMANDS:
        assert speaks_of_terminals(f"Begin again: koweb {name}"), name
        assert speaks_of_terminals(f"Recommencez : « koweb {name} »"), name
    assert not speaks_of_terminals("koweb reads, and koweb shows it.")


def test_p493_each_notice_says_of_what_kind_it_is_by_more_than_its_colour() -> None:
    kinds = ("good", "warn", "error", "news")
    for path in sorted((DESK / "templates").glob("*.html")):
        for said in re.findall(r'class="(k-told[^"]*)"', path.read_text(encoding="utf-8")):
            assert any(f"k-{one}" in said for one in kinds), (path.name, said)
    css = (DESK / "templates/desk.css").read_text(encoding="utf-8")
    signs = {one: re.findall(rf"k-{one}::before {{ content: \"(.)\";", css) for one in kinds[:3]}
    assert len({tuple(one) for one in signs.values()}) == 3, "a sign of its own each"


KINDS = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, KowebError)]


def made(kind: type[KowebError], message: str, remedy: str) -> KowebError:
    """An error of a kind."""
    if issubclass(kind, PostFileError):
        return kind("posts/un.md", 3, message, remedy)
    return kind(message, remedy=remedy)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", KINDS)
def test_p396_every_error_that_speaks_of_commands_is_told_in_words_of_the_desk(
    kind: type[KowebError], language: str
) -> None:
    said = ("git refused the push.", "Type “koweb pull”, or “git commit”.")
    error = made(kind, *said)
    with speaking(language):
        told = in_desk_words(error)
        assert not is_technical(f"{told.message} {told.remedy}")
        assert told.message
        assert told.remedy or kind_of(error).offer, "there is a way on"
    done = kind_of(error).offer in DONE_BY_BUTTON  # what else would be advised there is not said
    assert [one for one in said if one in told.details] == [*said][: 1 if done else 2]
    plain = made(kind, "Un mot du forum.", "Une chose à faire.")
    assert (in_desk_words(plain).message, in_desk_words(plain).remedy) == ("Un mot du forum.", "Une chose à faire.")
