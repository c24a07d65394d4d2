"""The git remotes of a repository, as git is configured: told all at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from koweb_sync.git.words import name_printed

QUESTION = ("config", "-z", "--get-regexp", r"^remote\..*\.")  # not remote.pushDefault, which names none
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
    for row in name_printed(out).split("\0")[:-1]:
        setting, given, value = row.partition("\n")
        name, _dot, key = setting.removeprefix("remote.").rpartition(".")
        told.setdefault(name, {})[key] = value.strip() if given or key == "url" else YES[0]
    return {
        name: GitRemote(keys.get("url", ""), keys.get("promisor", "").lower() in YES) for name, keys in told.items()
    }
