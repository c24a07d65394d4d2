"""The branch with the forum's edits on the git remote: `koweb pull --branch NAME --push`. git alone does it; GitLab
opens a merge request by itself where a push asks for one, GitHub and Forgejo show a button.
"""

from koweb_sync.config import Settings
from koweb_sync.errors import HumanNeeded
from koweb_sync.git.repo import Moved, Repo, Sha
from koweb_sync.i18n import _
from koweb_sync.sync.component.repository_page import forge_of, page_of
from koweb_sync.sync.pull.branches import tip


def begin(repo: Repo, settings: Settings, branch: str) -> Sha | None:
    """Bring the branch here as it is on the git remote, so that the pull builds on it: where it is, None where there is
    none. Raises HumanNeeded where commits are here alone and others there, InputError.
    """
    tip(repo, settings, branch)  # refuses what is no branch, and one that somebody works on
    ours, seen = f"refs/heads/{branch}", f"refs/remotes/{settings.remote}/{branch}"
    there = repo.fetch_ref(settings.remote, ours)
    before, mine = repo.resolve(seen), repo.resolve(ours)
    pushed = mine is not None and before is not None and repo.is_ancestor(mine, before)
    if there is None:
        if before:  # it was merged, and removed there
            repo.drop_ref(seen)
            if pushed:
                repo.drop_ref(ours)
        return None
    if mine is not None and mine != there and not repo.is_ancestor(there, mine):
        if not pushed and not repo.is_ancestor(mine, there):
            raise elsewhere(settings, branch)
        repo.set_ref(ours, there, mine)
    repo.set_ref(seen, there, before)
    return there


def share(repo: Repo, settings: Settings, branch: str, there: Sha | None) -> bool:
    """Push the branch, from exactly where it was; whether there was anything. Raises HumanNeeded where somebody else
    pushed to it, GitError.
    """
    ours = f"refs/heads/{branch}"
    new = repo.resolve(ours)
    if new is None or new == there or repo.is_ancestor(new, repo.head()):
        return False
    try:
        repo.push_ref(settings.remote, new, ours, there, options=asking(repo, settings))
    except Moved:
        raise elsewhere(settings, branch) from None
    seen = f"refs/remotes/{settings.remote}/{branch}"
    repo.set_ref(seen, new, repo.resolve(seen))  # git itself does so only where the clone follows all branches
    return True


def elsewhere(settings: Settings, branch: str) -> HumanNeeded:
    """The error for a branch to which somebody else pushed."""
    return HumanNeeded(
        _("“{branch}” holds other commits on the git remote than here.").format(branch=branch),
        where=settings.remote,
        remedy=_("Pull once more; or merge or remove that branch there."),
    )


def asking(repo: Repo, settings: Settings) -> tuple[str, ...]:
    """What the push asks for: a merge request, where GitLab answers."""
    if forge_of(page_of(repo.remote_address(settings.remote))) != "gitlab":
        return ()
    return (
        "merge_request.create",
        f"merge_request.target={settings.branch}",
        f"merge_request.title={_('Edits from the forum')}",
        "merge_request.remove_source_branch",
    )
