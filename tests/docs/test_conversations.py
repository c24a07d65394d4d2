"""Where a page shows what `koweb init` asks and what a person answers, it goes so: each question, and nothing else."""

import os

import pytest

from koweb_sync import i18n
from tests.docs.blocks import pages, read
from tests.docs.test_commands import shows
from tests.workspace import Clone

SANDBOX = "127.0.0.1:4200"  # where the pages let it serve
KEY = "KOWEB_ESSAI_API_KEY"
HIDDEN = ("API key", "Clé d’API")  # what is typed there is not shown: the page tells the key below


def conversations() -> list[tuple[str, tuple[str, ...]]]:
    """The pages that show one, and its lines."""
    return [
        (path, tuple(shown))
        for path in pages()
        for block in read(path).blocks
        for typed, shown in block.typed()
        if typed == "koweb init" and len(shown) > 3
    ]


def is_question(line: str) -> bool:
    """Whether a person answers behind this line."""
    return "\u00a0: " in f"{line} " and not line.startswith("http")


@pytest.mark.parametrize(("path", "shown"), conversations(), ids=lambda one: one if isinstance(one, str) else "")
def test_a_conversation_goes_as_it_is_shown(
    path: str, shown: tuple[str, ...], here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    i18n.activate("fr" if path.startswith("docs/fr/") else "en")
    here.box.set(title="Le Kafé d’essai")
    (here.folder / "koweb.toml").unlink()
    monkeypatch.delenv("KOWEB_KAFE_API_KEY")
    monkeypatch.setitem(os.environ, KEY, "")  # so that what init puts there is taken back
    monkeypatch.setattr("koweb_sync.cli.setup.init.can_ask", lambda: True)
    place = here.box.url.removeprefix("http://")
    questions = [line for line in shown if is_question(line)]
    answers = [line.partition("\u00a0:")[2].strip().replace(SANDBOX, place) for line in questions]
    answers = [
        here.box.keys["all_users"] if line.startswith(HIDDEN) else answer
        for line, answer in zip(questions, answers, strict=True)
    ]
    told = here.run("init", text="\n".join(answers) + "\n").text.replace(place, SANDBOX)
    assert shows(list(shown), told), told
