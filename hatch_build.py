"""Compile the translations whenever the package is built, or installed to be worked on: git holds their sources."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Translations(BuildHookInterface):
    """The step of a build that writes each `koweb.mo` beside its `koweb.po`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # what hatchling gives
        """Write them before the files of the package are gathered; `version` is that of the build's target."""
        for source in Path(self.root).glob("koweb_sync/locale/*/LC_MESSAGES/*.po"):
            with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(text, locale=source.parts[-3]))
