"""One commit brought onto the branch that is checked out: koweb merges its files, git shows and keeps a conflict.

The merge is our own, in this process: what a repository's attributes say about merging decides nothing, and nothing
of the repository runs. A conflict is left as git's own cherry-pick leaves it, so that every tool knows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from koweb_sync import safe_files
from koweb_sync.config import Settings
from koweb_sync.errors import PostFileError
from koweb_sync.git.process import literal
from koweb_sync.git.repo import Repo, Sha, TreeEntry
from koweb_sync.git.stream import Program
from koweb_sync.git.words import words
from koweb_sync.posts.document import parse
from koweb_sync.posts.merge_files import Combined, Marks, combine
from koweb_sync.sync.pull.commits import committer
from koweb_sync.sync.world import cherry_picks
from koweb_sync.sync.world.seen import DECIDED_TRAILER
from koweb_sync.sync.world.trailers import in_trailer

PICKED = "CHERRY_PICK_HEAD"
Tree = Mapping[str, TreeEntry]


@dataclass(frozen=True, slots=True)
class Brought:
    """What becomes of one file of a commit: where it is at HEAD, what base, HEAD and the commit have there (None:
    nothing), and the merged file, with marks where both changed the same.
    """

    path: str
    sides: tuple[TreeEntry | None, TreeEntry | None, TreeEntry | None]
    merged: Combined

    @property
    def content(self) -> bytes:
        """The merged file; one that is executable stays so."""
        kept = self.sides[1] or self.sides[2]
        return Program(self.merged.data) if kept and kept.mode == "100755" else self.merged.data


def combined(repo: Repo, path: str, sides: tuple[bytes, bytes, bytes], favour: str = "") -> Combined:
    """The three-way merge of base, ours and theirs, with the side that is preferred where both changed the same."""
    marks = Marks(favour=favour)
    options = (f"--{favour}",) if favour else ("-L", marks.ours, "-L", "base", "-L", marks.theirs)
    return combine(path, sides, lambda base, ours, theirs: repo.merge(base, ours, theirs, *options), marks)


def brought(repo: Repo, settings: Settings, commit: Sha) -> list[Brought]:
    """What becomes of the files that a commit of ours changed."""
    parent, head = repo.resolve(f"{commit}^"), repo.head()
    base, ours, theirs = ({e.path: e for e in repo.tree(one)} if one else {} for one in (parent, head, commit))
    found = []
    for path, entry in theirs.items():
        if base.get(path) == entry:
            continue
        place = path if path in ours or path not in base else moved(repo, settings, ours, base[path])
        sides = (base.get(path), ours.get(place or path), entry)
        found.append(Brought(place or path, sides, merged(repo, place or path, sides)))
    return found


def merged(repo: Repo, path: str, sides: tuple[TreeEntry | None, TreeEntry | None, TreeEntry | None]) -> Combined:
    """The merge of one file; a file that HEAD lost meanwhile is a conflict, which shows theirs."""
    base, ours, theirs = (repo.blob(one.sha) if one else None for one in sides)
    if ours is None:
        return Combined(theirs or b"", conflicts=base is not None)
    return combined(repo, path, (base or b"", ours, theirs or b""))


def moved(repo: Repo, settings: Settings, ours: Tree, base: TreeEntry) -> str | None:
    """Where HEAD has the post that was at another path; None if it has it no more."""
    wanted = identities(base.path, repo.blob(base.sha))
    posts = {e.sha: path for path, e in ours.items() if settings.is_post(path) and e.mode.startswith("100")}
    contents = repo.blobs(posts) if wanted else ()
    return next((posts[sha] for sha, data in contents if identities(posts[sha], data) & wanted), None)


def identities(path: str, data: bytes) -> set[str | int]:
    """What a post file is known by: its id, in lower case, and its topic if it names one; nothing if it is broken."""
    try:
        front = parse(path, data).front
    except PostFileError:
        return set()
    return {front.id.lower(), *([int(front.topic)] if front.topic else [])}


def take(repo: Repo, commit: Sha, files: Sequence[Brought], at: float) -> None:
    """Commit what merged, in the name of the commit's author, and move the branch, index and work tree there."""
    author, text = signed(repo, commit)
    changes: dict[str, bytes | Sha | None] = {one.path: one.content for one in files}
    cherry_picks.forward(repo, repo.write_commit(repo.head(), changes, text, at, author, committer(repo)))


def shown(repo: Repo, files: Sequence[Brought], at: float) -> tuple[Sha, dict[str, Sha]]:
    """A commit on HEAD that nobody will see, with every file as it is to stand in the work tree; and their blobs."""
    changes: dict[str, bytes | Sha | None] = {one.path: one.content for one in files}
    commit = repo.write_commit(repo.head(), changes, "Shown", at)
    return commit, {entry.path: entry.sha for entry in repo.tree(commit) if entry.path in changes}


def stop(repo: Repo, commit: Sha, files: Sequence[Brought], work: Sha) -> None:
    """Leave a conflict to a person: the marks in the work tree, the sides in the index, git's note of a cherry-pick.

    `work` is the commit of `shown`. Raises InputError, and changes nothing, where a file is in the way.
    """
    repo.git("update-index", "--refresh", fine=(0, 1))
    done = repo.run("read-tree", "-m", "-u", "HEAD", work)
    if done.returncode != 0:
        raise cherry_picks.in_the_way(repo, words(done))
    unmerged = [one for one in files if one.merged.conflicts]
    repo.git("update-index", "-z", "--index-info", given=b"".join(map(stages, unmerged)))
    absent = [one.path for one in unmerged if not (repo.root / one.path).is_file()]
    if absent:  # outside of a sparse checkout
        repo.git("checkout", "--quiet", "--ignore-skip-worktree-bits", work, "--", *map(literal, absent))
        repo.git("update-index", "-z", "--index-info", given=b"".join(map(stages, unmerged)))
    _author, text = signed(repo, commit)
    place = repo.git("rev-parse", "--git-path", "MERGE_MSG").decode("utf-8", "surrogateescape").rstrip("\n")
    message = repo.root / place
    told = "".join(f"{DECIDED_TRAILER}: {in_trailer(one.path)}\n" for one in unmerged)
    safe_files.write(message.parent, message.name, (text.rstrip("\n") + "\n" + told).encode("utf-8", "surrogateescape"))
    repo.git("update-ref", "--no-deref", PICKED, commit)
    repo.run("-c", "rerere.autoUpdate=false", "rerere")  # shows a resolution that a person taught git; stages nothing


def stages(one: Brought) -> bytes:
    """The index entries of a file in conflict, as git update-index -z --index-info reads them."""
    path = one.path.encode("utf-8", "surrogateescape")
    sides = [(number, side) for number, side in enumerate(one.sides, 1) if side]
    nothing = b"0" * max((len(side.sha) for _number, side in sides), default=40)  # as long as this repository's names
    lines = [b"0 %s\t%s\0" % (nothing, path)]
    lines += [b"%s %s %d\t%s\0" % (side.mode.encode(), side.sha.encode(), number, path) for number, side in sides]
    return b"".join(lines)


def signed(repo: Repo, commit: Sha) -> tuple[str, str]:
    """The author of a commit with the time, as git writes it, and its message."""
    head, _gap, text = repo.git("cat-file", "commit", commit).decode("utf-8", "surrogateescape").partition("\n\n")
    author = next(line for line in head.splitlines() if line.startswith("author "))
    return author.removeprefix("author "), text


def undo(repo: Repo, commit: Sha, wrote: Mapping[str, str]) -> None:
    """Take back a `stop` that was cut off: files that still are as koweb wrote them, and git's note."""
    tree = {entry.path for entry in repo.tree(repo.head())}
    ours = [path for path, sha in wrote.items() if cherry_picks.stored(repo, path) == sha]
    back = [path for path in ours if path in tree]
    if back:
        repo.git("checkout", "--quiet", "HEAD", "--", *map(literal, back))
    new = [path for path in ours if path not in tree]
    if new:
        repo.git("rm", "--quiet", "--force", "--ignore-unmatch", "--", *map(literal, new))
    if cherry_picks.waits_for(repo) in (commit, None):
        repo.run("reset", "--soft", "--quiet", "HEAD")  # forgets the message that waits for the next commit
