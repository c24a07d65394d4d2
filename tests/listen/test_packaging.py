"""The container and the service of systemd: what they are said to be, they say."""

import configparser
import json
import re
from pathlib import Path

import click
import pytest

from koweb_sync.cli.listen import PORT, listen
from koweb_sync.keys import CREDENTIAL

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs/guide/listen.md").read_text(encoding="utf-8")
LINES = re.sub(r"\\\n\s*", " ", (TOP / "Containerfile").read_text(encoding="utf-8")).splitlines()
PARTS = (line.partition(" ") for line in LINES if line and not line.startswith("#"))
STEPS = [(word, rest) for word, _space, rest in PARTS]
LAST = STEPS[[word for word, _rest in STEPS].index("FROM", 1) :]  # the stage that becomes the image


def said(word: str) -> list[str]:
    """What the image says by a word."""
    return [rest for one, rest in LAST if one == word]


def unit() -> configparser.SectionProxy:
    """The part [Service] of the unit on the page."""
    (text,) = re.findall(r"```ini\n(\[Unit\].*?)```", PAGE, re.DOTALL)
    found = configparser.RawConfigParser(strict=False, interpolation=None)
    found.optionxform = str  # type: ignore[assignment, method-assign]
    found.read_string(text)
    return found["Service"]


def options(words: list[str]) -> click.Context:
    """The options of the command, as they are typed. Raises click's errors for what there is none of."""
    return listen.make_context("listen", words, resilient_parsing=False)


def test_the_image_is_built_of_the_wheel_and_of_what_is_pinned() -> None:
    first = dict(STEPS[: len(STEPS) - len(LAST)])
    assert "dist/koweb_sync-*.whl" in first["COPY"]
    assert "--require-hashes" in first["RUN"]
    assert "--no-deps /wheels/koweb_sync-*.whl" in first["RUN"]
    assert all("python:3.11-slim" in rest for word, rest in STEPS if word == "FROM")
    copied = [rest for word, rest in LAST if word in ("COPY", "ADD")]
    assert copied == ["--from=build /opt/koweb /opt/koweb"]


def test_the_image_runs_without_rights_and_keeps_everything_in_one_place() -> None:
    (user,) = said("USER")
    assert all(int(one) > 0 for one in user.split(":"))
    assert said("VOLUME") == said("WORKDIR") == ["/data"]
    (environ,) = said("ENV")
    assert "HOME=/data" in environ.split()
    assert not re.search(r"(?:KEY|SECRET|TOKEN|PASSWORD)=", environ)
    after = [word for word, _rest in LAST[[word for word, _rest in LAST].index("USER") :]]
    assert not {"RUN", "COPY", "ADD", "VOLUME"} & set(after)


def test_the_commands_of_the_image_are_there() -> None:
    entry, usual = json.loads(said("ENTRYPOINT")[0]), json.loads(said("CMD")[0])
    assert entry == ["koweb", "listen"]
    with options(usual) as context:
        assert (context.params["host"], context.params["port"]) == ("0.0.0.0", PORT)  # noqa: S104 - in a container
    (check,) = said("HEALTHCHECK")
    command = json.loads(check[check.index("[") :])
    compile(command[2], "HEALTHCHECK", "exec")
    assert f"http://127.0.0.1:{PORT}/health" in command[2]
    assert said("EXPOSE") == [str(PORT)]


def test_nothing_but_the_wheel_gets_into_the_build() -> None:
    assert (TOP / ".containerignore").read_text(encoding="utf-8").split() == [
        "*",
        "!dist/requirements.txt",
        "!dist/*.whl",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DynamicUser", "yes"), ("ProtectSystem", "strict"), ("ProtectHome", "yes"), ("NoNewPrivileges", "yes"),
        ("StateDirectory", "koweb"), ("PrivateTmp", "yes"), ("PrivateDevices", "yes"), ("CapabilityBoundingSet", ""),
        ("WorkingDirectory", "%S/koweb"), ("Environment", "HOME=%S/koweb"), ("Restart", "on-failure"),
    ],
)  # fmt: skip
def test_the_service_may_do_little(name: str, value: str) -> None:
    assert unit()[name] == value


def test_the_service_holds_its_secrets_as_credentials() -> None:
    names = re.findall(r"^LoadCredential=(\w+):", PAGE, re.MULTILINE)
    assert len(names) == 3
    assert all(CREDENTIAL.fullmatch(name) for name in names)
    assert not re.search(r"^Environment=.*(?:KEY|SECRET)", PAGE, re.MULTILINE)


def test_the_service_starts_the_command_and_gives_it_time_to_end() -> None:
    service = unit()
    program, command, *words = service["ExecStart"].split()
    assert (Path(program).name, command) == ("koweb", "listen")
    with options(words):
        assert int(service["TimeoutStopSec"]) >= 60
