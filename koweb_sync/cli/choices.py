"""Options that take one of some words."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import click

from koweb_sync.i18n import _
from koweb_sync.spelling import latin, nearest


class OneOf(click.Choice[str]):
    """One of some words. Capitals do not count, and a word that is none of them is answered with the one that may be
    meant. `called`: what else people type for each, in either language.
    """

    def __init__(self, choices: Sequence[str], called: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(choices, case_sensitive=False)
        self.called = {other: word for word, others in called.items() for other in others.split()}

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """What is wrong, with the nearest of the words."""
        text = super().get_invalid_choice_message(value, ctx)
        meant = self.called.get(latin(str(value))) or nearest(str(value), self.choices)
        return f"{text} {_('Did you mean “{command}”?').format(command=meant)}" if meant else text
