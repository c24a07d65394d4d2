"""The commands around a push: beginning, checking, showing, trying out."""

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import click
import pytest
import requests
from click.testing import CliRunner

from koweb_sync.archive.store.checksums import teach
from koweb_sync.cli.root import koweb
from koweb_sync.config import load
from koweb_sync.demo import stage, story
from koweb_sync.sandbox import Fault, Sandbox
from tests.gate import in_every
from tests.workspace import TEXT, Clone

pytestmark = pytest.mark.server("2022")


class Links(HTMLParser):
    """Every address that a page points to, and every anchor that it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.to: set[str] = set()
        self.names: set[str] = set()
        self.feed(html)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.to.add(value)
            if name in ("id", "name") and value:
                self.names.add(value)


def page(url: str) -> str:
    """A page of the forum."""
    answer = requests.get(url, headers={"Accept": "text/html"}, timeout=30)
    answer.raise_for_status()
    return answer.content.decode("utf-8", "replace")


@pytest.mark.parametrize("language", [in_every("en"), "fr"])
def test_the_demonstration_publishes_the_guide_and_every_link_on_its_forum_leads_somewhere(
    monkeypatch: pytest.MonkeyPatch, language: str, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    said: list[str] = []
    with stage.stage(said.append, 0) as play:
        story.publish(play)
        posts = list(stage.guide().rglob("*.md"))
        assert play.published() == len(posts) >= 6
        box = play.box
        for topic in box.topics():
            if not topic.external_id:
                continue
            address = f"{box.url}/t/-/{topic.id}"
            cooked = Links(page(address))
            for to in cooked.to:
                assert not to.endswith(".md"), (topic.title, to)
                assert not to.startswith("upload:"), (topic.title, to)
                whole = urljoin(address, to)
                if whole.startswith(box.url):
                    target, _, fragment = whole.partition("#")
                    text = page(target)
                    if fragment and "/t/" in target:
                        assert fragment in Links(text).names, (topic.title, to)
    assert [line for line in said if line.startswith("$ koweb push")]
    capfd.readouterr()


@pytest.mark.soak
def test_demo_once_in_a_process_of_its_own_leaves_nothing_behind(here: Clone, tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    run = here.alone("--lang", "en", "demo", "--once", env={"TMPDIR": str(temporary)}, seconds=280)
    assert "$ koweb push" in run.text
    assert list(temporary.iterdir()) == []
    assert "$ koweb archive verify" in run.text
    assert "$ koweb report --into posts/rapports" in run.text
    assert "The forum shows what git says" in run.text
    assert "Le forum montre" not in run.text
    assert "warning" not in run.text


def test_demo_opens_no_report_that_is_gone_a_moment_later(here: Clone) -> None:
    run = here.run("demo", "--once", "--open", code=2)
    assert "--open" in run.text
    assert "$ koweb" not in run.text


def test_init_asks_the_forum_and_writes_what_load_reads(box: Sandbox, here: Clone) -> None:
    (here.folder / "koweb.toml").unlink()
    (here.folder / "posts" / "salon").mkdir(parents=True)
    (here.folder / "posts" / "salon" / "garde").write_text("x")
    words = ["--url", box.url, "--username", "admin", "--name", "kafe", "--yes", "--locale", "fr"]
    here.run("init", *words)
    data = tomllib.loads(here.read("koweb.toml"))["forum"]["kafe"]
    assert (data["url"], data["username"], data["categories"]) == (box.url, "admin", {"salon": "salon"})
    assert "time_zone" not in data  # this machine names none
    assert box.keys["all_users"] not in here.read("koweb.toml")
    here.run("init", *words, code=2)
    here.run("doctor")


def test_init_writes_the_zone_of_this_machine(box: Sandbox, here: Clone) -> None:
    (here.folder / "koweb.toml").unlink()
    words = ("init", "--url", box.url, "--username", "admin", "--name", "kafe", "--yes", "--offline")
    here.alone(*words, env={"TZ": "Europe/Paris"})
    assert load(here.folder).time_zone == "Europe/Paris"


def test_init_with_a_key_that_does_not_fit_writes_nothing(
    box: Sandbox, here: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here.folder / "koweb.toml").unlink()
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["revoked"])
    here.run("init", "--url", box.url, "--username", "admin", "--name", "kafe", "--yes", code=2)
    assert not (here.folder / "koweb.toml").exists()
    here.run("init", "--url", box.url, "--username", "admin", "--name", "kafe", "--yes", "--offline")
    assert (here.folder / "koweb.toml").exists()


def test_new_writes_a_file_that_check_accepts_once_it_has_a_text(here: Clone) -> None:
    run = here.run("new", "Accueillir « Zoé » : qu’en dire ?", "--folder", "posts/bases", "--tag", "accueil")
    path = run.out.strip()
    assert re.fullmatch(r"posts/bases/[a-z0-9-]+\.md", path)
    second = here.run("new", "Accueillir « Zoé » : qu’en dire ?", "--folder", "posts/bases")
    again = second.out.strip()
    assert again != path
    assert (run.err, second.err) == ("", f"{path} has this name already, so the new file is called {again}.\n")
    (here.folder / again).unlink()
    here.write(path, here.read(path) + TEXT + "\n")
    here.run("check")
    here.run("new", "Oups", code=2)
    here.run("new", "Un titre assez long", "--folder", "ailleurs", code=2)
    here.run("new", "Un titre assez long", "--folder", "../dehors", code=2)


@pytest.mark.parametrize("style", ["table", "json", "github"])
def test_check_names_every_fault_with_its_line(here: Clone, style: str) -> None:
    here.post("un", f"{TEXT}\n\n[absent](rien.md) ![absente](rien.png)\n\n[ici](#nulle-part)", couleur="bleu")
    here.commit()
    out = here.run("check", "--format", style, code=2).out
    if style == "json":
        found = {(one["line"], one["error"]) for one in json.loads(out)}
        assert {(4, False), (8, True)} <= found
    for word in ("couleur", "rien.md", "rien.png", "nulle-part"):
        assert word in out
    if style == "github":
        assert all(line.startswith(("::error file=posts/un.md,line=", "::warning ")) for line in out.splitlines())


def test_doctor_says_what_is_wrong(here: Clone, box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    good = here.run("doctor", "--format", "json")
    assert {one["verdict"] for one in good.data} <= {"good", "note"}
    told = {one["what"]: one["detail"] for one in good.data}
    assert {"forum", "key", "scopes", "limits", "plugins", "clock", "git remote"} <= told.keys()
    assert "poll" in told["plugins"]
    monkeypatch.setenv("KOWEB_KAFE_API_KEY", box.keys["read_only_topics"])
    bad = here.run("doctor", "--format", "json", code=None)
    assert bad.code in (2, 3)
    assert "bad" in {one["verdict"] for one in bad.data}


def test_status_and_diff_use_no_network(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.reword("un", "Un texte", "Mon texte")
    here.post("deux")
    here.write("posts/brouillon.md", "---\ntitle: Un brouillon en cours\nid: brouillon\ndraft: true\n---\nRien.\n")
    here.git("add", "posts/deux.md")
    here.git("commit", "--quiet", "-m", "More")
    box.forget()
    status = here.run("status")
    assert "posts/un.md" in status.out
    assert "posts/deux.md" in status.out
    assert "posts/brouillon.md" in status.err
    diff = here.run("diff").out
    assert "+Mon texte assez long" in diff
    assert "-Un texte assez long" in diff
    assert box.log == []


def test_only_some_paths(here: Clone) -> None:
    here.post("un", path="posts/bases/un.md")
    here.post("deux", path="posts/outils/deux.md")
    here.commit()
    here.push("--only", "posts/bases")
    assert here.published() == ["un"]


def test_the_sandbox_command_says_where_it_is_and_stops_on_ctrl_c(here: Clone) -> None:
    process = here.start("sandbox", "--port", "0", "--format", "json")
    assert process.stdout
    text = b""
    while b"}\n}" not in text:
        text += process.stdout.readline()
    told = json.loads(text)
    assert "keys" in told
    assert "Koweb" in page(told["url"])
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.mark.parametrize("command", ["preview", "desk"])
def test_p361_pages_end_quietly_on_ctrl_c(here: Clone, command: str) -> None:
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a background shell ignores it, and children do as it does
    process = here.start("--lang", "fr", command, "--no-browser")
    assert process.stderr
    while line := process.stderr.readline().decode():
        if "Ctrl-C" in line:
            break
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=30)
    assert (process.returncode, err.decode()) == (0, "Arrêté.\n")


def test_the_sandbox_says_that_a_port_is_taken_or_a_seed_is_none(here: Clone, box: Sandbox) -> None:
    port = box.url.rpartition(":")[2]
    assert port in here.alone("sandbox", "--port", port, code=2).err
    here.write("seed.json", "[]")
    assert "seed.json" in here.alone("sandbox", "--port", "0", "--seed", "seed.json", code=2).err
    assert "rien.json" in here.alone("sandbox", "--port", "0", "--seed", "rien.json", code=2).err


def test_help_costs_hardly_more_than_click(here: Clone) -> None:
    code = "import sys; from koweb_sync.__main__ import main\ntry:\n main()\nfinally:\n print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, check=True, cwd=here.folder.parent, text=True
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"requests", "ruamel.yaml", "koweb_sync.git", "markdown_it", "flask", "pydiscourse", "rich"}
    assert not any(one.startswith("koweb_sync.desk") for one in loaded)


def test_completion_is_there_for_every_shell(here: Clone) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_KOWEB_COMPLETE" in here.alone(env={"_KOWEB_COMPLETE": f"{shell}_source"}).out
    words = here.alone(env={"_KOWEB_COMPLETE": "bash_complete", "COMP_WORDS": "koweb pu", "COMP_CWORD": "1"}, code=None)
    assert "push" in words.out


def test_a_folder_that_is_none_of_the_posts_is_answered_with_the_one_that_may_be_meant(here: Clone) -> None:
    here.post("accueil/un")
    (here.folder / "notes").mkdir()
    here.write("notes/a.md", "Une note.")
    for words in (
        ("new", "Un titre assez long", "--folder", "acueil"),
        ("adopt", "1", "--into", "acueil"),
        ("import", "notes", "--into", "acueil"),
    ):
        said = here.run(*words, code=2).err
        assert f"Did you mean “{words[-2]} posts/accueil”?" in said, words
        assert f"Choose a folder in it with {words[-2]}" in here.run(*words[:-1], "zzzzz", code=2).err


# Parts of an address, and a file on a forge: nothing of this computer.
ELSEWHERE = {("sandbox", "--base-path"), ("listen", "--workflow")}


def values_of(group: click.Group, ctx: click.Context) -> Iterator[tuple[str, click.Parameter, click.Context]]:
    """Each option and argument of all commands, with the name of its command."""
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        inside = click.Context(command, ctx, name)
        if isinstance(command, click.Group):
            yield from values_of(command, inside)
        for one in command.params:
            yield name, one, inside


def test_every_shell_completes_the_paths_of_files_and_folders() -> None:
    found = 0
    for name, one, ctx in values_of(koweb, click.Context(koweb)):
        if (name, one.opts[0]) in ELSEWHERE or not re.search(r"\b(PATH|DIR|FILE|FOLDER|PLACE)\b", one.metavar or ""):
            continue
        kinds = {item.type for item in one.shell_complete(ctx, "posts/")}
        assert kinds & {"file", "dir"}, (name, one.opts)
        assert ("dir" in kinds) == (one.metavar in ("DIR", "FOLDER")) or one.opts[0] == "--folder", (name, one.opts)
        found += 1
    assert found > 20


def suggested(here: Clone, words: str) -> list[str]:
    """What a shell suggests for the last word."""
    count = str(len(words.split()) - (not words.endswith(" ")))
    done = here.alone(env={"_KOWEB_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": count}, code=None)
    assert done.err == ""
    return [line.partition(",")[2] for line in done.out.splitlines() if line]


def test_every_shell_completes_categories_and_tags() -> None:
    found = 0
    for name, one, _ctx in values_of(koweb, click.Context(koweb)):
        if set(one.opts) & {"--category", "--tag", "--into-category", "--into-tag"}:
            assert one._custom_shell_complete is not None, (name, one.opts)
            found += 1
    assert found > 10


def test_categories_and_tags_come_from_the_archive_here_and_from_what_the_forum_told_last(
    here: Clone, box: Sandbox
) -> None:
    here.run("archive")
    box.forget()
    assert suggested(here, "koweb archive list --category facilitation-numerique/o") == [
        "facilitation-numerique/outils-libres"
    ]
    assert "koweb-kafe" in suggested(here, "koweb archive search x --category ")
    assert suggested(here, "koweb report --tag ac") == ["accueil"]
    assert suggested(here, "koweb archive list --category zzz") == []
    (here.folder / "koweb-archive.sqlite").write_bytes(b"SQLite format 3\0 and nothing else")
    assert suggested(here, "koweb archive list --category ko") == []
    (here.folder / "koweb-archive.sqlite").unlink()
    here.run("doctor", code=None)
    box.forget()
    assert "koweb-kafe" in suggested(here, "koweb new --category ko")
    here.write("koweb.toml", "nothing = [")
    assert suggested(here, "koweb new --category ko") == []
    assert box.log == []


def test_no_suggestion_means_anything_to_a_shell(here: Clone, box: Sandbox) -> None:
    """It stands in the line that somebody is about to run, and an archive may come from anybody."""
    here.run("archive")
    with closing(sqlite3.connect(here.folder / "koweb-archive.sqlite")) as archive, archive:
        teach(archive)
        for n, name in enumerate(("accueil$(touch${IFS}x)", "accueil;ls", "accueil\nplain,accueil", "accueil`ls`")):
            archive.execute("INSERT INTO tags (forum, name, description) VALUES (1, ?, ?)", (name, str(n)))
    assert suggested(here, "koweb archive list --tag ac") == ["accueil"]


def test_a_terminated_push_releases_its_lock(here: Clone, box: Sandbox) -> None:
    for number in range(30):
        here.post(f"sujet-{number}")
    here.commit()
    running: list[subprocess.Popen[bytes]] = []
    box.fail(Fault("call", "POST", r"^/posts", nth=3, before=lambda: running[0].send_signal(signal.SIGTERM)))
    running.append(here.start("push"))
    running[0].communicate(timeout=60)
    assert running[0].returncode == 143
    assert len(here.published()) == 3
    assert "lock" not in here.agreed()
    here.push()
    assert len(here.published()) == 30
    assert len(box.requests("POST", r"^/posts")) <= 31


def test_the_query_for_data_explorer_is_saved_once_and_then_used(here: Clone, box: Sandbox) -> None:
    assert "Saved 12 queries" in here.run("doctor", "--save-query").err
    assert "All queries are saved" in here.run("doctor", "--save-query").err
    for number in range(12):
        here.post(f"sujet-{number}")
    here.commit()
    here.push()
    box.edit(box.by_id("sujet-3").id, f"{TEXT} Une suite.")
    box.forget()
    here.run("pull")
    assert len(box.requests(path="/queries/")) == 1
    assert not box.requests(path=r"^/t/")
    assert "Une suite." in here.read("posts/sujet-3.md")


def test_who_only_archives_needs_no_repository_to_save_the_queries(here: Clone, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.copy(here.folder / "koweb.toml", folder)
    here = replace(here, folder=folder)
    assert "Saved 12 queries" in here.run("doctor", "--save-query").err
    run = here.run("archive", "--via", "data-explorer", "--format", "json")
    assert json.loads(run.out)["found"]["posts"] > 0
    (folder / "koweb.toml").unlink()
    assert "not in a git repository" in here.run("doctor", code=None).err


def test_a_key_that_may_not_save_queries_gets_the_text_for_an_administrator(here: Clone, box: Sandbox) -> None:
    here.configure(username="amina")
    run = here.run("doctor", "--save-query", code=None)
    assert "SELECT" not in run.text
    assert here.read("koweb-queries.sql").count("SELECT") > 10
    here.run("doctor", "--save-query", code=None)
    here.write("koweb-queries.sql", "À moi.")
    here.run("doctor", "--save-query", code=2)
    assert here.read("koweb-queries.sql") == "À moi."
    box.set(data_explorer_enabled=False)
    assert "off on this forum" in here.run("doctor", "--save-query", code=None).err


@pytest.mark.parametrize(
    ("command", "library"),
    [
        ("archive", "sqlalchemy"),
        ("report", "sqlalchemy"),
        ("sandbox", "flask"),
        ("demo", "flask"),
        ("desk", "watchfiles"),
        ("preview", "flask"),
    ],
)
def test_a_command_without_its_libraries_says_which_extra_to_install(command: str, library: str) -> None:
    code = f"import sys; sys.modules[{library!r}] = None; from koweb_sync.__main__ import main; main()"
    argv = [sys.executable, "-c", code, command, *(["--once"] if command == "demo" else [])]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert f"pip install 'koweb-sync[{command}] @ file:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("typed", "near"), [("pusch", "koweb push"), ("archive serach", "koweb archive search"), ("PULL", "koweb pull")]
)
def test_a_command_that_is_mistyped_is_told_its_nearest(typed: str, near: str) -> None:
    done = CliRunner().invoke(koweb, typed.split(), prog_name="koweb")
    assert done.exit_code == 2
    assert f"Did you mean “{near}”?" in done.stderr
    assert "mean" not in CliRunner().invoke(koweb, ["xyzzy"], prog_name="koweb").stderr
