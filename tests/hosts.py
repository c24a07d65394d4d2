"""GitHub and GitLab as far as the automation meets them: what they check out, which environment a step gets, and that
a failed step ends a job. The scripts are those of the written files, run by real shells.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.workspace import Clone

GH = """\
#!{python}
import json, pathlib, subprocess, sys
log, pulls = pathlib.Path({log!r}), pathlib.Path({pulls!r})
words = sys.argv[1:]
with log.open("a") as out:
    out.write(json.dumps(words) + "\\n")
if words[:2] == ["pr", "list"]:
    sys.stdout.write(pulls.read_text() if pulls.exists() else "")
if words[:2] == ["pr", "create"]:
    head = words[words.index("--head") + 1]
    sha = subprocess.check_output(["git", "rev-parse", f"refs/heads/{{head}}"], text=True)
    pulls.write_text((pulls.read_text() if pulls.exists() else "") + f"OPEN {{sha}}")
"""
RECORD = """\
#!/bin/sh
i=0
while [ "$i" -lt "${{GIT_PUSH_OPTION_COUNT:-0}}" ]; do
  eval "printf '%s\\n' \\"\\$GIT_PUSH_OPTION_$i\\"" >> {log}
  i=$((i + 1))
done
"""


def load(path: Path) -> Any:
    """A YAML file as plain data."""
    return YAML(typ="safe").load(path)


def git(folder: Path, *words: str) -> str:
    """What git prints."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def bare(env: Mapping[str, str], home: Path) -> dict[str, str]:
    """The environment of a fresh runner: nobody's name, key or cache, and koweb on the PATH."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("KOWEB_", "GIT_AUTHOR", "GIT_COMMITTER", "LANGUAGE"))
    }
    path = f"{home.parent.parent / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**kept, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PATH": path, **env}


@dataclass(frozen=True, slots=True)
class Job:
    """What became of a job: its exit code (that of the step that failed first), its summary, and what it printed."""

    code: int
    summary: str
    out: str


@dataclass(slots=True)
class Host:
    """A place for runners beside a git remote."""

    here: Clone
    top: Path
    runs: int = 0
    remote: Path = field(init=False)
    address: str = field(init=False)  # what somebody wrote into the settings of the host

    def __post_init__(self) -> None:
        self.address = self.here.box.url
        self.remote = self.here.folder.parent / "remote.git"
        (self.top / "bin").mkdir(parents=True)

    def checkout(self, what: str, *, detached: bool = False) -> Path:
        """A fresh clone with all branches, on one of them."""
        self.runs += 1
        folder = self.top / f"run-{self.runs}"
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", self.remote.as_uri(), str(folder)], check=True)
        where = ("--detach",) if detached else ("-B", what)
        git(folder, "checkout", "--quiet", *where, f"refs/remotes/origin/{what}")
        return folder

    def refs(self) -> dict[str, str]:
        """Every ref of the git remote but the bookmark."""
        rows = git(self.remote, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        found = dict(row.split(" ") for row in rows)
        return {name: sha for name, sha in found.items() if not name.startswith("refs/koweb/")}


class GitHub(Host):
    """Runs the jobs of `.github/workflows/koweb.yml`, with a `gh` that records what it is asked."""

    def __init__(self, here: Clone, top: Path) -> None:
        super().__init__(here, top)
        self.log, self.pulls = top / "gh.log", top / "pulls.txt"
        gh = top / "bin" / "gh"
        gh.write_text(GH.format(python=sys.executable, log=str(self.log), pulls=str(self.pulls)))
        gh.chmod(0o755)

    def asked(self, what: str) -> list[list[str]]:
        """The calls of `gh pr WHAT`."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [words for words in map(json.loads, lines) if words[:2] == ["pr", what]]

    def pull_request(self, branch: str, key: str = "") -> Job:
        """The job of a pull request: on the merge that GitHub makes of it and of main."""
        folder = self.checkout("main", detached=True)
        git(folder, "merge", "--quiet", "--no-ff", "--no-edit", f"refs/remotes/origin/{branch}")
        return self.run("check", folder, key)

    def on_main(self, job: str, key: str) -> Job:
        """A job on the newest main."""
        return self.run(job, self.checkout("main"), key)

    def run(self, name: str, folder: Path, key: str) -> Job:
        """A job's steps, one after the other."""
        workflow = load(folder / ".github/workflows/koweb.yml")
        job = workflow["jobs"][name]
        files = {what: folder.parent / f"{folder.name}-{what}" for what in ("summary", "output", "temp")}
        files["temp"].mkdir()
        runner = {
            "RUNNER_TEMP": str(files["temp"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_OUTPUT": str(files["output"]),
        }
        for what in ("summary", "output"):
            files[what].touch()
        env = bare({**runner, **workflow["env"], **job.get("env", {})}, files["temp"] / "home")
        code, out = 0, ""
        for step in steps(job, folder):
            when = step.get("if", "success()")
            wanted = "failure()" in when or (code == 0 and holds(when, files["output"].read_text()))
            if not wanted:
                continue
            own = {k: value(v, key, step.get("with", {}), self.address) for k, v in step.get("env", {}).items()}
            bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            done = subprocess.run(bash, cwd=folder, env={**env, **own}, capture_output=True, text=True, check=False)
            out += done.stdout + done.stderr
            code = code or done.returncode
        return Job(code, files["summary"].read_text(), out)


def steps(job: Mapping[str, Any], folder: Path) -> list[dict[str, Any]]:
    """The steps with a script: those of our action stand where it is used; installing is left out."""
    found: list[dict[str, Any]] = []
    for step in job["steps"]:
        if step.get("uses", "").startswith("./"):
            inner = load(folder / step["uses"] / "action.yml")["runs"]["steps"]
            found += [{**one, "with": step["with"]} for one in inner if "run" in one and "pip" not in one["run"]]
        elif "run" in step:
            found.append(step)
    return found


def holds(when: str, output: str) -> bool:
    """Whether a step's condition is met, once everything before it went well."""
    match = re.fullmatch(r"steps\.pull\.outputs\.code == '(\d)'", when)
    return when == "success()" if match is None else f"code={match[1]}\n" in output


def value(text: str, key: str, given: Mapping[str, str], address: str) -> str:
    """An environment value with its expression evaluated: those that the files use, and no others."""
    inner = re.fullmatch(r"\$\{\{ (.*) \}\}", text)
    if inner is None:
        assert "${{" not in text
        return text
    if inner[1].startswith("inputs."):
        return given[inner[1].removeprefix("inputs.")]
    known = {"secrets.KOWEB_KAFE_API_KEY": key, "vars.KOWEB_KAFE_URL": address, "github.token": "a-token"}
    return known[inner[1]]


class GitLab(Host):
    """Runs the jobs of `.gitlab/koweb.yml`, on a git remote that records the options of pushes."""

    def __init__(self, here: Clone, top: Path) -> None:
        super().__init__(here, top)
        self.options = top / "options.txt"
        git(self.remote, "config", "receive.advertisePushOptions", "true")
        hook = self.remote / "hooks" / "post-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(RECORD.format(log=self.options))
        hook.chmod(0o755)

    def asked(self) -> list[str]:
        """The options of all pushes."""
        return self.options.read_text().splitlines() if self.options.exists() else []

    def run(self, name: str, branch: str = "main", key: str = "", *, fork: bool = False) -> Job:
        """A job, detached as GitLab's runner leaves it. The shell is the plainest that the image can have.

        `fork`: the project that it runs in is a copy, which has the branches and not the bookmark.
        """
        folder = self.checkout(branch, detached=True)
        jobs = load(folder / ".gitlab/koweb.yml")
        job = {**jobs[".koweb"], **jobs[name]}
        project = meant = self.remote.with_suffix("").as_uri()
        if fork:
            copy = self.top / "fork.git"
            subprocess.run(["git", "clone", "--quiet", "--bare", self.remote.as_uri(), str(copy)], check=True)
            project = copy.with_suffix("").as_uri()
        given = {
            "CI_PROJECT_URL": project,
            "CI_PROJECT_DIR": str(folder),
            "CI_PROJECT_ID": "1",
            "CI_SERVER_HOST": "git.example.org",
            "CI_MERGE_REQUEST_PROJECT_ID": "2" if fork else "1",
            "CI_MERGE_REQUEST_PROJECT_URL": meant,
            "CI_JOB_TOKEN": "a-token",
            **({"KOWEB_KAFE_API_KEY": key} if key else {}),
            **({"KOWEB_KAFE_URL": self.address} if self.address else {}),
            "CI_PIPELINE_SOURCE": "merge_request_event" if name == "koweb-check" else "push",
        }
        variables = {**jobs[".koweb"]["variables"], **jobs[name].get("variables", {})}
        env = bare({**variables, **given}, folder.parent / f"{folder.name}-temp" / "home")
        script = "\n".join(lines([*(part for part in job["before_script"] if "pip" not in part), *job["script"]]))
        done = subprocess.run(
            ["sh", "-e", "-c", script], cwd=folder, env=env, capture_output=True, text=True, check=False
        )
        plan = folder / "koweb-plan.txt"
        return Job(done.returncode, plan.read_text() if plan.exists() else "", done.stdout + done.stderr)


def lines(script: list[Any]) -> list[str]:
    """A script with the scripts that it names put in."""
    return [line for part in script for line in (lines(part) if isinstance(part, list) else [part])]
