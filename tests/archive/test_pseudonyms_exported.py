"""An export that names nobody, in every format: no name of anybody is left in any of its files."""

import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner

from koweb_sync.archive.exports.export import EXPORTS
from koweb_sync.cli.root import koweb
from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import archive_of, forum_of

NAMES = ("Zoélie Quémeneur", "zoelie_q", "Baptistin Yvonnic", "baptistin.y")


@pytest.mark.parametrize("style", EXPORTS.names())
def test_an_export_with_pseudonyms_names_nobody(style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = forum_of(6, 40, likes=20, people=8)
    for place, name, username in ((3, NAMES[0], NAMES[1]), (4, NAMES[2], NAMES[3])):
        seed["users"][place] |= {"name": name, "username": username}
    quote = f'[quote="{NAMES[3]}, post:1, topic:1"]\nMot cité\n[/quote]'
    del seed["posts"][10]["cooked"]
    seed["posts"][10]["raw"] = f"Merci @{NAMES[1]} !\n\n{quote}\n\nVoilà ce que j’en pense."
    with Sandbox.start(seed) as box, archive_of(box, tmp_path) as kept:
        kept.run(avatars=True)
        (tmp_path / "koweb.toml").write_text(f'[forum.kafe]\nurl = "{box.url}"\nusername = "admin"\n', encoding="utf-8")
        kept.store.close()
        monkeypatch.chdir(tmp_path)
        command = ["archive", "export", "--store", "archive.sqlite", "--format", style, "--to", "out"]
        plain = CliRunner().invoke(koweb, command)
        assert plain.exit_code == 0, plain.output
        assert left(tmp_path / "out")
        done = CliRunner().invoke(koweb, [*command[:-1], "hidden", "--pseudonyms"])
        assert done.exit_code == 0, done.output
        assert left(tmp_path / "hidden") == set()


def left(folder: Path) -> set[tuple[str, str]]:
    """Names that are in files, or in what files are called."""
    found = set()
    for path in (one for one in folder.rglob("*") if one.is_file()):
        content = path.read_bytes()
        texts = [content, gzip.decompress(content) if content.startswith(b"\x1f\x8b") else b"", str(path).encode()]
        found |= {(path.name, name) for name in NAMES for text in texts if name.casefold().encode() in text.lower()}
        found |= {(path.name, name) for name in NAMES for text in texts if name.encode() in text}
    return found
