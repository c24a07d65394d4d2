"""The git remotes of a repository, and whose it is, as git is configured: told all at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from koweb_sync.git.words import name_printed

PERSON = "user.name"
QUESTION = ("config", "-z", "--get-regexp", r"^(remote\..*\.|user\.name$)")  # remote.pushDefault names none
YES = ("true", "yes", "on", "1")  # as git reads them, in capitals too; so does a setting without a value


@dataclass(frozen=True, slots=True)
class GitRemote:
    """One git remote. `address`: where it is, "" for nowhere; it may hold a key: show it to nobody. `promises`: whether
    it gives the objects that a partial clone left out.
    """

    address: str = ""
    promises: bool = False


def remotes_told(out: bytes) -> Mapping[str, GitRemote]:
    """The git remotes by name, of what git prints of their settings."""
    told: dict[str, dict[str, str]] = {}
    for setting, value in settings_told(out):
        if setting != PERSON:
            name, _dot, key = setting.removeprefix("remote.").rpartition(".")
            told.setdefault(name, {})[key] = value if value is not None else "" if key == "url" else YES[0]
    return {
        name: GitRemote(keys.get("url", ""), keys.get("promisor", "").lower() in YES) for name, keys in told.items()
    }


def person_told(out: bytes) -> str:
    """The same of the person's name; "" where none is set."""
    said = [value or "" for setting, value in settings_told(out) if setting == PERSON]
    return said[-1].encode("utf-8", "surrogateescape").decode("utf-8", "replace") if said else ""


def settings_told(out: bytes) -> Iterator[tuple[str, str | None]]:
    """Settings and their values; None for one that stands without a value."""
    for row in name_printed(out).split("\0")[:-1]:
        setting, given, value = row.partition("\n")
        yield setting, value.strip() if given else None
