"""A keyring in memory, in the place of the system's."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend


class Held(KeyringBackend):
    """A keyring in memory."""

    priority = 5
    held: dict[tuple[str, str], str] = {}  # noqa: RUF012 - a stand-in for the system's one keyring

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def ring() -> Iterator[Held]:
    """A keyring in memory."""
    before, found = keyring.get_keyring(), Held()  # type: ignore[no-untyped-call]
    found.held.clear()
    keyring.set_keyring(found)
    yield found
    keyring.set_keyring(before)
