"""koweb.toml of the folder that is open, changed by a form: its version is kept where nobody else changed it."""

from collections.abc import Callable

from koweb_sync import config_file, safe_files
from koweb_sync.desk.actions.set_up import open_again
from koweb_sync.desk.run.session import DeskSession
from koweb_sync.errors import KowebError
from koweb_sync.git.commit import commit_files, knows_identity
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo


def change(run: DeskSession, repo: Repo, changed: Callable[[str], str], message: str) -> None:
    """Write what `changed` makes of its text, and go by it from now on. Raises KowebError; then it is as it was."""
    file = config_file.find(repo.root, run.start)
    if file is None:
        return
    path = file.relative_to(repo.root).as_posix()
    before, text = safe_files.read(repo.root, path), changed(config_file.read(repo.root, path))
    clean = not repo.git("status", "--porcelain", "--", literal(path))
    safe_files.write(repo.root, path, text)
    try:
        open_again(run)
        if clean and knows_identity(repo):
            commit_files(repo, [path], message)
    except KowebError:
        safe_files.write(repo.root, path, before)
        open_again(run)
        raise
