"""What the first guide quotes for somebody who is stuck is what koweb says there, in French."""

import re
from collections.abc import Callable

import pytest

from koweb_sync import i18n
from tests.docs.blocks import ROOT
from tests.workspace import Clone

ROW = re.compile(r"^\| «\s([^»]+)\s» \|", re.MULTILINE)


def nowhere(clone: Clone) -> str:
    (clone.folder / "koweb.toml").unlink()
    return clone.run("plan", code=None).text


def without_a_key(clone: Clone) -> str:
    clone.post("essai")
    return clone.run("push", "-m", "Commence", code=None).text


def without_a_commit(clone: Clone) -> str:
    clone.git("update-ref", "-d", "HEAD")
    return clone.run("plan", code=None).text


def without_a_text(clone: Clone) -> str:
    clone.run("new", "Un essai pour commencer")
    return clone.run("check", code=None).text


def changed_on_both_sides(clone: Clone) -> str:
    clone.post("essai")
    clone.commit()
    clone.push()
    clone.box.edit(clone.box.by_id("essai").id, "Un texte que Claire a écrit sur le forum.", username="claire")
    clone.reword("essai", "assez long", "bien assez long")
    clone.commit()
    return clone.push(code=None).text


STUCK = {
    "Il n’y a pas de fichier koweb.toml": nowhere,
    "Il n’y a pas de clé": without_a_key,
    "Ce dépôt": without_a_commit,
    "Le texte": without_a_text,
    "…": changed_on_both_sides,
}


@pytest.mark.parametrize("quoted", ROW.findall((ROOT / "docs/fr/premier-message.md").read_text(encoding="utf-8")))
def test_what_the_first_guide_quotes_is_what_koweb_says(
    quoted: str, here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    i18n.activate("fr")
    stuck: Callable[[Clone], str] = next(way for start, way in STUCK.items() if quoted.startswith(start))
    if stuck is without_a_key:
        monkeypatch.delenv("KOWEB_KAFE_API_KEY")
    told = stuck(here)
    assert re.search(re.escape(quoted).replace("…", ".*"), told), told
