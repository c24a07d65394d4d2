"""Options that take one of some words: how else people write these."""

from pathlib import Path

import click
import pytest

import koweb_sync
from koweb_sync.archive.exports.export import EXPORTS
from koweb_sync.cli.archive.export import CALLED
from koweb_sync.cli.choices import OneOf

WORDS = OneOf(["jsonl", "md", "website"], {"website": "html", "md": "texte"})


@pytest.mark.parametrize(
    ("typed", "meant"), [("html", "website"), ("Texte", "md"), ("jsno", "jsonl"), ("wesbite", "website"), ("zzz", "")]
)
def test_a_word_that_is_none_of_them_is_answered_with_the_one_that_is_meant(typed: str, meant: str) -> None:
    with pytest.raises(click.BadParameter) as refused:
        WORDS.convert(typed, None, None)
    assert refused.value.message.partition("Did you mean ")[2] == (f"“{meant}”?" if meant else "")


def test_capitals_do_not_count() -> None:
    assert WORDS.convert("Md", None, None) == "md"


def test_what_else_formats_are_called_belongs_to_formats() -> None:
    assert CALLED.keys() <= set(EXPORTS.names())
    said = [other for others in CALLED.values() for other in others.split()]
    assert len(set(said)) == len(said)
    assert not set(said) & set(EXPORTS.names())


def test_no_command_refuses_a_word_without_saying_which_may_be_meant() -> None:
    folder = Path(koweb_sync.__file__).parent / "cli"
    plain = [path.name for path in folder.rglob("*.py") if "click.Choice(" in path.read_text(encoding="utf-8")]
    assert plain == []
