"""The merge of one post file as git asks for it. It loads little, for git starts it once for each file."""

import sys
from pathlib import Path

import click

from koweb_sync.git import Repo
from koweb_sync.i18n import _


@click.command(hidden=True, help=_("Merge a post file for git: base, ours, theirs, path."))
@click.argument("base", type=click.Path(exists=True, path_type=Path))
@click.argument("ours", type=click.Path(exists=True, path_type=Path))
@click.argument("theirs", type=click.Path(exists=True, path_type=Path))
@click.argument("path")
def merge_driver(base: Path, ours: Path, theirs: Path, path: str) -> None:
    from koweb_sync.posts.combine import Marks, combine

    repo = Repo.find(Path.cwd())
    marks = Marks()
    names = ("-L", marks.ours, "-L", "base", "-L", marks.theirs)
    sides = (base.read_bytes(), ours.read_bytes(), theirs.read_bytes())
    merged = combine(path, sides, lambda one, two, three: repo.merge(one, two, three, *names), marks)
    ours.write_bytes(merged.data)
    sys.exit(1 if merged.conflicts else 0)
