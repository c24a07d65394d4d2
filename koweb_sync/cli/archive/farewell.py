"""The letter of farewell: a post file that is a draft until somebody has read it over."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from koweb_sync import safe_files
from koweb_sync.cli.archive.location import ArchivePlace
from koweb_sync.cli.workspace import spelled
from koweb_sync.errors import InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import speaking

if TYPE_CHECKING:
    from koweb_sync.archive.closing.papers import KitFacts


def write_letter(place: ArchivePlace, root: Path, facts: "KitFacts") -> str:
    """Write it among the post files, in the forum's language; into the kit where there is no repository: its name."""
    from koweb_sync.archive.closing import papers
    from koweb_sync.archive.closing.finish import LETTER
    from koweb_sync.posts.document import new_id, template
    from koweb_sync.sync.work_tree import free_name

    with speaking(facts.kit.language):
        title = " ".join(papers.letter_title(facts.source).split())
        text = papers.letter(facts)
    try:
        repo = Repo.find(place.root)
    except InputError:
        safe_files.write(root, LETTER, template(title, new_id(title), {"draft": True}) + text.encode())
        return LETTER
    settings = replace(place.settings, posts=spelled(repo.root, place.settings.posts))
    ident, path = free_name(repo, settings, title, settings.posts)
    safe_files.write(repo.root, path, template(title, ident, {"draft": True}) + text.encode(), fresh=True)
    return path
