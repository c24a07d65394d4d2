"""Questions to a person: how they are answered."""

import click
import pytest
from click.testing import CliRunner

from koweb_sync import i18n
from koweb_sync.cli.questions import ask_for, ask_yes_no
from koweb_sync.cli.setup.init import email_address


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_p281_yes_and_no_are_understood_in_both_languages_whatever_is_spoken(language: str) -> None:
    said: list[bool | None] = []

    @click.command()
    def command() -> None:
        i18n.activate(language)
        said.append(ask_yes_no("?"))

    for word, meant in (("oui", True), ("o", True), ("YES", True), (" y ", True), ("Non", False), ("no", False)):
        CliRunner().invoke(command, input=f"peut-être\n{word}\n")
        assert said.pop() is meant


def test_p531_an_e_mail_address_is_asked_for_until_it_is_one() -> None:
    said: list[str] = []

    @click.command()
    def command() -> None:
        said.append(ask_for("?", email_address))

    CliRunner().invoke(command, input="99\n@ici\nmoi@\nmoi là@ici.fr\n moi@ici.fr \n")
    assert said == ["moi@ici.fr"]
