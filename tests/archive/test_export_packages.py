"""Another package's export is offered, written and cleaned like our own; where it is missing, that is told."""

import json
from pathlib import Path

import pytest

from koweb_sync.archive.exports import history
from koweb_sync.sandbox import Sandbox
from tests.installed import install
from tests.workspace import Clone

AUTHORS = '''
from koweb_sync.archive.exports.export import Export, FileKind
from koweb_sync.archive.exports.folder import write

def lines(reader, target, wanted, pictures):
    """Who wrote what, a line for each post."""
    posts = [one for _topic, posts in reader.walk(wanted) for one in posts]
    write(target, "authors.txt", "".join(f"{one.author.shown} {one.id}\\n" for one in posts if one.author))

def renamed(content, names):
    """A line begins with a name."""
    out = []
    for line in content.decode().splitlines():
        name, _space, post = line.rpartition(" ")
        alias = names.shown(name.casefold())
        out.append(f"{alias.name if alias else name} {post}\\n")
    return "".join(out).encode()

EXPORT = Export("authors", lambda: "who wrote what", lines, (FileKind(".txt", renamed=renamed),))
'''


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment with the package, and with one that does not work."""
    folder = tmp_path / "installed"
    install(folder, "koweb-authors", {"koweb.exports/authors": "koweb_authors:EXPORT"}, {"koweb_authors": AUTHORS})
    install(folder, "koweb-broken", {"koweb.exports/broken": "koweb_broken:EXPORT"}, {"koweb_broken": "1 / 0"})
    return {"PYTHONPATH": str(folder)}


def test_a107_another_packages_export_is_written_and_a_person_forgotten_in_it(
    here: Clone, box: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    box.reply(2, "Bonjour.", username="claire")
    here.run("archive")
    said = here.alone("--lang", "en", "archive", "export", "--help", env=env).out
    assert "web pages that need no network" in said
    assert "who wrote what" in said
    assert "“koweb-broken” adds “broken”" in " ".join(said.split())
    here.alone("archive", "export", "--format", "authors", "--to", "authors", env=env)
    copy = tmp_path / "copy"
    (here.folder / "authors").rename(copy)
    assert "Claire Moreau" in (copy / "authors.txt").read_text(encoding="utf-8")
    here.alone("archive", "forget", "claire", "--names", "Claire", "--yes", "--prove", "--exports", str(copy), env=env)
    assert "Claire Moreau" not in (copy / "authors.txt").read_text(encoding="utf-8")


def test_a108_an_export_whose_format_is_not_known_any_more_is_told(here: Clone, box: Sandbox) -> None:
    box.reply(2, "Bonjour.", username="claire")
    here.run("archive")
    here.run("archive", "export", "--format", "md", "--to", "export")
    (note,) = history.folder().glob("*.json")
    for file in (note, here.folder / "export" / "koweb-export.json"):
        file.write_text(file.read_text(encoding="utf-8").replace('"md"', '"opml"'), encoding="utf-8")
    done = here.run("archive", "forget", "claire", "--yes", "--format", "json", code=3)
    assert "There is no “opml” here" in done.err
    assert json.loads(done.out)["made_again"] == [{"place": str(here.folder / "export"), "done": False}]
