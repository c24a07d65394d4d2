"""The files of the automation: what GitHub and GitLab accept, and how `koweb init --ci` writes them."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from koweb_sync.automation.files import HOSTS, AutomationSettings, Host, make
from koweb_sync.automation.package import pinned
from koweb_sync.config import Settings
from koweb_sync.errors import InputError
from koweb_sync.listen.dispatch import EVENT, VARIABLE
from koweb_sync.sandbox import Sandbox
from tests.hosts import lines, load
from tests.workspace import Clone

SCHEMAS = {
    ".github/workflows": "vendor.github-workflows",
    ".github/actions": "vendor.github-actions",
    ".gitlab": "vendor.gitlab-ci",
}
PINNED = f"git+https://git.example.org/k.git@{'a' * 40}"
PLAIN = Settings("kafe", "https://kafe.example.org", "admin", bookmark="refs/koweb/kafe")
ODD = Settings(
    "le-2e",
    "https://forum.example.org/été",
    "admin",
    posts="site/mes textes",
    branch="publié/2026.1",
    bookmark="refs/heads/koweb",
    locale="en",
    alone=False,
)
WANTED = [
    AutomationSettings(PLAIN, "koweb-sync==0.1.0"),
    AutomationSettings(ODD, "git+https://git.example.org/k.git@0123abc", "site"),
]


def tool(name: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a program of the development environment."""
    path = Path(sys.executable).parent / name
    return subprocess.run([str(path), *words], capture_output=True, text=True, check=False)


def written(top: Path, host: Host, wanted: AutomationSettings) -> list[Path]:
    """The files for a host, on disk."""
    found = []
    for file in make(host, wanted):
        path = top / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
        found.append(path)
    return found


def scripts(top: Path, host: Host, wanted: AutomationSettings) -> list[str]:
    """Every script of the files of a host."""
    written(top, host, wanted)
    if host == "gitlab":
        jobs = load(top / f".gitlab/koweb{wanted.suffix}.yml")
        parts = [job for job in jobs.values() if isinstance(job, dict)]
        return ["\n".join(lines(job[what])) for job in parts for what in ("before_script", "script") if what in job]
    jobs = load(top / f".github/workflows/koweb{wanted.suffix}.yml")["jobs"].values()
    action = load(top / ".github/actions/koweb/action.yml")["runs"]
    return [step["run"] for part in (*jobs, action) for step in part["steps"] if "run" in step]


@pytest.mark.parametrize("wanted", WANTED, ids=["plain", "odd"])
@pytest.mark.parametrize("host", HOSTS)
def test_the_files_follow_the_published_schemas(tmp_path: Path, host: Host, wanted: AutomationSettings) -> None:
    checked = 0
    for path in written(tmp_path, host, wanted):
        name = path.relative_to(tmp_path).as_posix()
        schema = next((one for start, one in SCHEMAS.items() if name.startswith(start)), None)
        assert "@@" not in path.read_text()
        load(path)
        if schema:
            done = tool("check-jsonschema", "--builtin-schema", schema, str(path))
            assert done.returncode == 0, done.stdout
            checked += 1
    assert checked == 2


@pytest.mark.parametrize("host", HOSTS)
def test_the_scripts_are_the_same_for_every_forum_and_no_shell_doubts_them(tmp_path: Path, host: Host) -> None:
    plain, odd = (scripts(tmp_path / str(n), host, wanted) for n, wanted in enumerate(WANTED))
    said = r"(?m)^ *# .*\n"  # in the forum's language
    assert [re.sub(said, "", one) for one in plain] == [re.sub(said, "", one) for one in odd]  # no value stands there
    for number, text in enumerate(plain):
        assert "${{" not in text
        path = tmp_path / f"{number}.sh"
        path.write_text(f"set -e\n{text}")  # both hosts stop a step at its first error
        done = tool("shellcheck", "--shell", "sh" if host == "gitlab" else "bash", str(path))
        assert done.returncode == 0, done.stdout
        assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0


@pytest.mark.parametrize("host", HOSTS)
def test_what_people_read_in_the_files_is_in_the_forums_language(tmp_path: Path, host: Host) -> None:
    def comments(locale: str) -> list[str]:
        wanted = AutomationSettings(replace(PLAIN, locale=locale), "koweb-sync==0.1.0")
        found = [path.read_text() for path in written(tmp_path / locale, host, wanted)]
        return [line for text in found for line in re.findall(r"(?:^|\s)# (?!v\d|shellcheck)(.+)", text)]

    english, french = comments("en"), comments("fr")
    assert len(french) > 5
    assert set(english) & set(french) == set()


def test_an_auditor_of_workflows_finds_nothing(tmp_path: Path) -> None:
    config = tmp_path / "zizmor.yml"
    # Our own action is named by a path that every GitHub server knows; and its one new folder on the PATH is its own.
    config.write_text("rules: {self-repository: {disable: true}, github-env: {disable: true}}\n")
    for number, wanted in enumerate(WANTED):
        top = tmp_path / str(number)
        written(top, "github", wanted)
        done = tool("zizmor", "--offline", "--no-progress", "--config", str(config), str(top / ".github"))
        assert done.returncode == 0, done.stdout


def test_two_runs_of_a_publishing_job_never_overlap(tmp_path: Path) -> None:
    """The next one takes over the lock of one that died, so it must not begin while that one lives."""
    written(tmp_path, "github", WANTED[0])
    written(tmp_path, "gitlab", WANTED[0])
    github = load(tmp_path / ".github/workflows/koweb.yml")["jobs"]
    gitlab = load(tmp_path / ".gitlab/koweb.yml")
    pushing = {
        str(job["concurrency"]["group"]) for job in github.values() if re.search(r"koweb push(?! --)", json.dumps(job))
    }
    pushing |= {
        str(job["resource_group"])
        for job in gitlab.values()
        if isinstance(job, dict) and re.search(r"koweb push(?! --)", json.dumps(job))
    }
    assert pushing == {"koweb-publish-kafe", "koweb-kafe"}


def test_gitlab_pulls_where_it_is_told_to_for_this_forum(tmp_path: Path) -> None:
    written(tmp_path, "gitlab", WANTED[0])
    jobs = load(tmp_path / ".gitlab/koweb.yml")
    told = {
        name: [rule["if"] for rule in job.get("rules", []) if "trigger" in rule["if"]]
        for name, job in jobs.items()
        if name != ".koweb-newest"
    }
    assert [name for name, rules in told.items() if rules] == ["koweb-pull"]
    assert f'${VARIABLE} == "kafe"' in told["koweb-pull"][0]


def test_each_job_may_do_only_what_it_does(tmp_path: Path) -> None:
    written(tmp_path, "github", WANTED[0])
    workflow = load(tmp_path / ".github/workflows/koweb.yml")
    assert workflow["permissions"] == {}
    assert set(workflow["on"]) == {"pull_request", "push", "schedule", "workflow_dispatch", "repository_dispatch"}
    assert workflow["on"]["repository_dispatch"] == {"types": [EVENT.format(forum="kafe")]}
    jobs: dict[str, Any] = workflow["jobs"]
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "check": {"contents": "read"},
        "publish": {"contents": "write"},
        "pull": {"contents": "write", "pull-requests": "write"},
    }
    assert jobs["publish"]["concurrency"] == {"group": "koweb-publish-kafe", "cancel-in-progress": False}
    for job in jobs.values():
        assert "secrets" not in json.dumps(job.get("env", {}))
        for step in job["steps"]:
            if "secrets" in json.dumps(step):
                assert re.search(r"\bkoweb (push|pull|\"\$what\")", step["run"])
            assert re.fullmatch(r"\./.*|[\w/-]+@[0-9a-f]{40}", step.get("uses", "./"))


@pytest.mark.parametrize("host", HOSTS)
def test_init_writes_what_is_missing_and_never_over_what_is_there(here: Clone, host: Host) -> None:
    dry = here.run("init", "--ci", host, "--dry-run", "--package", PINNED)
    assert here.git("status", "--porcelain") == ""
    subprocess.run(["git", "apply"], cwd=here.folder, input=dry.out.encode(), check=True)
    names = [file.path for file in make(host, WANTED[0])]
    before = {name: here.read(name) for name in names}
    again = here.run("init", "--ci", host, "--package", PINNED)  # a dry run shows exactly what is written
    assert {name: here.read(name) for name in names} == before
    assert "KOWEB_KAFE_API_KEY" not in again.text
    here.write(names[0], "mine: true\n")
    here.write(names[-1], "repos: []\n")
    refused = here.run("init", "--ci", host, "--package", PINNED[:-1] + "b", code=2)
    assert names[0] in refused.err
    assert here.read(names[0]) == "mine: true\n"
    forced = here.run("init", "--ci", host, "--force", "--package", PINNED)
    assert here.read(names[0]) == before[names[0]]
    assert here.read(names[-1]) == "repos: []\n"  # what the team shares is only ever told about
    assert "id: koweb-check" in forced.err
    assert "KOWEB_KAFE_API_KEY" in forced.err


def test_init_begins_a_repository_and_its_automation_at_once(here: Clone, box: Sandbox) -> None:
    (here.folder / "koweb.toml").unlink()
    words: tuple[str, ...] = (
        "init",
        "--yes",
        "--offline",
        "--url",
        box.url,
        "--username",
        "admin",
        "--name",
        "kafe",
        "--ci",
        "github",
    )
    words = (*words, "--package", PINNED)
    here.run(*words, "--dry-run")
    assert not (here.folder / "koweb.toml").exists()
    here.run(*words)
    assert (here.folder / "koweb.toml").exists()
    assert (here.folder / ".github/workflows/koweb.yml").exists()
    assert here.run("init", "--force", code=2).err


def test_a_link_that_leads_out_of_the_repository_is_not_followed(here: Clone, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (here.folder / ".github").symlink_to(tmp_path / "outside")
    here.run("init", "--ci", "github", "--package", PINNED, code=2)
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.parametrize("branch", ["$HOME", "${{ secrets.X }}", "a*", "-x", 'a"b', "a\nb", "!main"])
def test_names_that_a_host_would_misread_are_refused(branch: str) -> None:
    for host in HOSTS:
        with pytest.raises(InputError):
            make(
                host,
                AutomationSettings(
                    Settings("kafe", PLAIN.url, "admin", branch=branch, bookmark="refs/koweb/kafe"), "x"
                ),
            )
        with pytest.raises(InputError):
            make(host, AutomationSettings(PLAIN, f"--index-url={branch}"))


@pytest.mark.parametrize(
    ("remote", "spec"),
    [
        ("https://somebody:secret@git.example.org/a/b.git", "git+https://git.example.org/a/b.git@c0ffee"),
        ("git@git.example.org:a/b.git", "git+https://git.example.org/a/b.git@c0ffee"),
        ("ssh://git@git.example.org/a/b.git", "git+https://git.example.org/a/b.git@c0ffee"),
        ("file:///home/a/b.git", ""),
        ("../b.git", ""),
        ("http://git.example.org/b.git", ""),
        ("", ""),
    ],
)
def test_a_commit_is_installed_from_where_everybody_reaches_it(remote: str, spec: str) -> None:
    assert pinned(remote, "c0ffee") == spec


def test_the_hooks_check_the_post_that_is_committed_and_no_other(here: Clone) -> None:
    here.run("init", "--ci", "github", "--package", PINNED)
    here.post("un")
    here.write("posts/deux.md", "Sans titre.\n")
    [offered] = load(Path(__file__).parent.parent / ".pre-commit-hooks.yaml")
    [mine] = load(here.folder / ".pre-commit-config.yaml")["repos"][0]["hooks"]
    assert [bool(re.search(mine["files"], path)) for path in ("posts/un.md", "README.md", "posts/a.png")] == [1, 0, 0]
    for hook in (offered, mine):
        command, *words = hook["entry"].split()
        assert command == "koweb"
        here.run(*words, "posts/un.md")
        assert "posts/deux.md" in here.run(*words, "posts/deux.md", code=2).out
