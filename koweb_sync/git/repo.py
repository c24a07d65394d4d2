"""A repository, as the commands of git see it: plumbing, so that the user's index and work tree stay as they are.

Paths are POSIX and relative to the repository's root; names of objects ("sha") are lower-case hexadecimal.
"""

import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from subprocess import CompletedProcess

from koweb_sync.errors import GitError, InputError
from koweb_sync.git import partial_clones, plain_refs, trees
from koweb_sync.git.merge_file import merge_file
from koweb_sync.git.objects import ObjectReader
from koweb_sync.git.process import literal, run
from koweb_sync.git.remotes import QUESTION, GitRemote, person_told, remotes_told
from koweb_sync.git.stream import change, drop_report
from koweb_sync.git.subjects import SUBJECT, CommitSubject, subject
from koweb_sync.git.trailers import trailer_values
from koweb_sync.git.trees import Sha, TreeEntry
from koweb_sync.git.words import (
    ELSEWHERE,
    failure,
    missing_object,
    name_printed,
    no_repository,
    not_taken,
    refusal,
    words,
)
from koweb_sync.i18n import _

__all__ = ["IDENTITY", "NEW", "Moved", "Repo", "Sha", "TreeEntry"]

TREES = 8  # of commits that are kept in memory: HEAD, the bookmark before and after, what was seen…
NEW = "refs/koweb-new/"  # where a commit stands while it is made: the numbers of the process and of its thread
IDENTITY = "koweb-sync <koweb-sync@localhost>"
FETCH = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--recurse-submodules=no")


class Moved(GitError):
    """A ref on the git remote is no longer where we saw it: somebody else pushed it."""


class Repo:
    """A git repository with a work tree. `root` is its top folder; `shared` the `.git` that all its worktrees share,
    `own` this work tree's own one, the same where there is one work tree; `packs` the folder of packed objects.
    `nothing` is the name that no object has: zeros, as many as names have signs.

    Asked once are the trees of commits, which never change, and the git remotes, which no command changes.
    """

    def __init__(self, root: Path, shared: Path, own: Path, packs: Path, nothing: str = "0" * 40) -> None:
        self.root = root
        self.shared = shared
        self.own = own
        self.packs = packs
        self.nothing = nothing
        self.posts = ""  # the folder of the post files, where it is known
        self.patience: float | None = None  # seconds that a git remote may take; None as the environment says
        self.gathered = False
        self.cleared = False  # whether what a kill left was looked for
        self.trees: dict[str, tuple[TreeEntry, ...]] = {}

    @classmethod
    def find(cls, start: Path) -> "Repo":
        """The repository around a folder. Raises InputError where there is none, or where git is not installed."""
        places = ("--show-toplevel", "--git-common-dir", "--git-dir", "--git-path", "objects/pack")
        where = ("rev-parse", "--path-format=absolute", *places, "--show-object-format")
        try:
            done = run(start, where)
        except OSError as error:
            if error.filename != "git":
                raise
            raise InputError(
                _("git is not installed on this computer."),
                remedy=_("Install it from https://git-scm.com, then try again."),
            ) from error
        if done.returncode != 0:
            raise no_repository(str(start), words(done))
        root, shared, own, packs, form = name_printed(done.stdout).split("\n")[:5]
        return cls(Path(root), Path(shared), Path(own), Path(packs), "0" * (64 if form == "sha256" else 40))

    def another(self) -> "Repo":
        """The same repository for somebody else, who learns from it only what never changes."""
        other = type(self)(self.root, self.shared, self.own, self.packs, self.nothing)
        other.trees, other.objects = dict(self.trees), self.objects
        return other

    # ---- what is there

    def head(self) -> Sha:
        """The commit of HEAD. Raises InputError in a repository without commits."""
        found = self.resolve("HEAD")
        if found is None:
            raise InputError(
                _("This repository has no commit yet."),
                where=str(self.root),
                remedy=_("Commit your post files first: “koweb push -m TEXT” does that, and publishes them."),
            )
        return found

    def resolve(self, name: str) -> Sha | None:
        """The commit that a ref or revision names, or None."""
        found = next(self.objects.read((f"{name}^{{commit}}",)))
        return Sha(found.sha) if found else None

    def names_of(self, revisions: Sequence[str]) -> list[str]:
        """The objects that revisions name, "" where there is none."""
        return [one.sha if one else "" for one in self.objects.read(revisions)]

    def branch(self) -> str | None:
        """The branch that HEAD is on; None when it is detached."""
        if name := plain_refs.branch(self.shared, self.own):
            return name
        name = name_printed(self.git("symbolic-ref", "--quiet", "HEAD", fine=(0, 1))).strip()
        return name.removeprefix("refs/heads/") or None

    def branches_at_head(self) -> tuple[str, ...]:
        """Local and remote-tracking branches that point at HEAD: what a detached checkout in CI stands for."""
        out = self.git("for-each-ref", "--points-at=HEAD", "--format=%(refname)", "refs/heads", "refs/remotes")
        names = (line.removeprefix("refs/heads/") for line in name_printed(out).split())
        return tuple(re.sub(r"^refs/remotes/[^/]+/", "", name) for name in names)

    def tree(self, commit: Sha) -> tuple[TreeEntry, ...]:
        """Every file of a commit, in git's order."""
        if commit not in self.trees:
            while len(self.trees) >= TREES:
                del self.trees[next(iter(self.trees))]
            self.trees[commit] = tuple(trees.files(self.objects, commit, self.root))
        return self.trees[commit]

    def blobs(self, shas: Iterable[str]) -> Iterator[tuple[Sha, bytes]]:
        """The contents of blobs, each once, in the order asked for. Raises GitError for one that is not there."""
        wanted = list(dict.fromkeys(shas))
        if not wanted:
            return
        self.need(wanted)
        for sha, found in zip(wanted, self.objects.read(wanted), strict=True):
            if found is None:
                raise missing_object(sha, self.root)
            yield Sha(sha), found.content

    def blob(self, sha: str) -> bytes:
        """The content of one blob. Raises GitError for one that is not there."""
        return next(data for _sha, data in self.blobs((sha,)))

    def sizes(self, shas: Iterable[str]) -> dict[Sha, int]:
        """Bytes of each blob; those that are not there are left out."""
        wanted = sorted(set(shas))
        if not wanted:
            return {}
        self.need(wanted)
        out = self.git("cat-file", "--batch-check", given="\n".join(wanted).encode() + b"\n").decode()
        rows = (line.split(" ") for line in out.splitlines())
        return {Sha(row[0]): int(row[2]) for row in rows if row[-1] != "missing"}

    @cached_property
    def objects(self) -> ObjectReader:
        """What reads objects."""
        return ObjectReader(self.root)

    @cached_property
    def promisors(self) -> tuple[str, ...]:
        """The git remotes that give the objects which a partial clone left out; () for a clone that is whole."""
        return tuple(name for name, one in self.remotes.items() if one.promises)

    def need(self, shas: Iterable[str]) -> None:
        """Have these objects here, in one fetch for all that a partial clone lacks. Raises GitError."""
        if self.promisors:
            partial_clones.bring(self, shas)

    def gather(self) -> None:
        """Have every version of the post files here, for a walk of git's that reads contents. Raises GitError."""
        if self.promisors and not self.gathered:
            partial_clones.bring(self, partial_clones.texts(self))

    def has(self, sha: str) -> bool:
        """Whether an object is here; a partial clone fetches nothing for the question."""
        if self.promisors:
            return not partial_clones.missing(self, (sha,))
        return self.run("cat-file", "-e", sha).returncode == 0

    def last_change(self, path: str, head: str, *, without: str = "") -> CommitSubject | None:
        """The last commit that touched a path, and has no trailer `without`."""
        others = ["--invert-grep", f"--grep=^{without}: "] if without else []
        return subject(self.git("log", "-1", SUBJECT, *others, head, "--", literal(path)))

    def last_commit(self) -> CommitSubject | None:
        """The commit of HEAD in a few words; None in a repository without commits."""
        return subject(self.run("log", "-1", SUBJECT).stdout)

    def uncommitted(self, folder: str) -> tuple[str, ...]:
        """Paths below a folder whose content is not the one in HEAD; the index is only read."""
        if not (self.root / folder).exists():
            return ()
        words = ("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
        out = self.git("--no-optional-locks", *words, "--", literal(folder))
        return tuple(row[3:] for row in name_printed(out).split("\0") if row)

    def work_files(self) -> dict[str, str]:
        """Every file of the work tree that is tracked or could be, with git's sign: H tracked, S left out by a sparse
        checkout, M in conflict, ? untracked (git-ls-files, -t). What .gitignore names is left out.
        """
        out = name_printed(self.git("ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard"))
        return dict(sorted((row[2:], row[0]) for row in out.split("\0") if row))

    # ---- history

    def is_shallow(self) -> bool:
        """Whether this clone lacks older commits."""
        return self.git("rev-parse", "--is-shallow-repository").strip() == b"true"

    def in_history(self, blobs: Iterable[str], head: str, folder: str) -> set[str]:
        """Those blobs that occur in some commit that `head` reaches."""
        missing = set(blobs)
        found: set[str] = set()
        # Nearly always the folder alone answers; what moved in from elsewhere needs all.
        for where in ((literal(folder),), ()):
            if missing:
                words = ("--objects", "--missing=print", "--full-history")  # what is left out of a partial clone counts
                out = self.git("rev-list", *words, head, "--", *where).decode("utf-8", "replace")
                seen = missing.intersection(line.removeprefix("?").split(" ", 1)[0] for line in out.splitlines())
                found |= seen
                missing -= seen
        return found

    def deepen(self, remote: str) -> None:
        """Fetch the older commits of a shallow clone. Raises GitError where the git remote does not give them."""
        self.git("fetch", *FETCH, "--unshallow", remote)

    def merge(self, base: bytes, ours: bytes, theirs: bytes, *options: str) -> tuple[bytes, bool]:
        """git's own three-way merge of one text, and whether it conflicts. `options` are those of git merge-file.

        Texts that git takes for binary conflict, and ours stays.
        """
        return merge_file(self.root, self.shared / "koweb", (ours, base, theirs), options)

    def merge_clean(self, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
        """git's own three-way merge of one file, or None where it conflicts."""
        merged, conflicts = self.merge(base, ours, theirs)
        return None if conflicts else merged

    def trailers(self, head: str, name: str, not_in: str = "") -> dict[str, Sha]:
        """The values of one trailer in all commits that `head` reaches and `not_in` does not -> the newest commit."""
        return self.all_trailers(head, (name,), not_in)[name]

    def all_trailers(self, head: str, names: Sequence[str], not_in: str = "") -> dict[str, dict[str, Sha]]:
        """The same of several trailers, by name, in one walk."""
        where = (head, f"^{not_in}") if not_in else (head,)
        grep = (f"--grep=^ *{name}:" for name in names)
        out = self.git("log", *grep, "--format=%H%n%B%x00", *where).decode("utf-8", "replace")
        found: dict[str, dict[str, Sha]] = {name: {} for name in names}
        for commit in out.split("\0"):
            sha, _line, message = commit.strip().partition("\n")
            for name in names:
                for value in trailer_values(message, name):
                    found[name].setdefault(value, Sha(sha))
        return found

    # ---- commits and refs

    def write_commit(
        self,
        parent: str | None,
        changes: Mapping[str, bytes | Sha | None],
        message: str,
        at: float,
        author: str = "",
        committer: str = IDENTITY,
    ) -> Sha:
        """A commit with files changed on top of `parent`: bytes or an existing blob to put there, None to remove.

        Nothing points at the commit. `at` is its time in Unix seconds; `author` is `Name <address> seconds zone`,
        the committer without one. All of it is one git process, which drops its ref at the end.
        """
        self.need(what for what in changes.values() if isinstance(what, str))
        ref = f"{NEW}{os.getpid()}-{threading.get_ident()}"
        text = message.encode()
        lines = [b"commit %s\nmark :1\n" % ref.encode()]
        if author:
            lines.append(b"author %s\n" % author.encode())
        lines.append(b"committer %s %d +0000\ndata %d\n%s\n" % (committer.encode(), int(at), len(text), text))
        if parent:
            lines.append(b"from %s\n" % parent.encode())
        for path, what in changes.items():
            lines.append(change(path, what))
        lines.append(b"\nget-mark :1\nreset %s\nfrom %s\n\ndone\n" % (ref.encode(), self.nothing.encode()))
        done = self.run("fast-import", "--quiet", "--force", "--done", given=b"".join(lines))
        if done.returncode != 0:
            drop_report(self.root, done.stderr)
            raise failure(("fast-import",), done)
        return Sha(done.stdout.decode().strip())

    def write_blob(self, data: bytes, path: str = "") -> Sha:
        """Keep a content; nothing points at it yet. With a `path`, as `git add` would keep it there."""
        place = ("--path", path) if path else ()
        return Sha(self.git("hash-object", "-w", *place, "--stdin", given=data).decode().strip())

    def name_of(self, data: bytes) -> Sha:
        """The name that git would give a content; nothing is kept."""
        form = "sha1" if len(self.nothing) == 40 else "sha256"
        return Sha(hashlib.new(form, b"blob %d\0%s" % (len(data), data), usedforsecurity=False).hexdigest())

    def set_ref(self, ref: str, new: str, old: str | None) -> None:
        """Move a local ref from `old` (None: it must not exist) to `new`. Raises GitError if it is elsewhere."""
        self.git("update-ref", ref, new, old or self.nothing)

    def drop_ref(self, ref: str) -> None:
        """Remove a local ref."""
        self.git("update-ref", "-d", ref)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether `newer` contains `older`."""
        return run(self.root, ("merge-base", "--is-ancestor", older, newer)).returncode == 0

    @cached_property
    def configured(self) -> bytes:
        """What git prints of the settings that nearly every command needs."""
        return self.git(*QUESTION, fine=(0, 1))

    @cached_property
    def remotes(self) -> Mapping[str, GitRemote]:
        """The git remotes, by name."""
        return remotes_told(self.configured)

    @cached_property
    def person(self) -> str:
        """In whose name git commits here; "" where it does not know."""
        return person_told(self.configured)

    def remote_address(self, name: str) -> str:
        """Where a git remote is, as it is configured; "" where there is none. It may hold a key: show it to nobody."""
        return self.remotes[name].address if name in self.remotes else ""

    def has_remote(self, name: str) -> bool:
        """Whether a git remote of that name is configured."""
        return name in self.remotes

    def remote_ref(self, remote: str, ref: str) -> Sha | None:
        """Where a ref of the git remote is; None if it does not exist there."""
        rows = (line.split("\t") for line in name_printed(self.git("ls-remote", remote, ref)).splitlines())
        return next((Sha(row[0]) for row in rows if row[1] == ref), None)

    def fetch_ref(self, remote: str, ref: str, have: str | None = None) -> Sha | None:
        """Bring one ref of the git remote here without touching any ref of ours; None if it does not exist there.

        `have` is a commit that is here for certain: where the ref has not moved, that is all there is to do.
        """
        sha = self.remote_ref(remote, ref)
        if sha is None or sha == have:
            return sha
        if not self.has(sha):
            whole = ("--no-filter",) if self.promisors else ()  # all of it is read at once
            self.git("fetch", *FETCH, *whole, remote, ref)
        return sha

    def push_ref(self, remote: str, new: str, ref: str, old: str | None, options: Sequence[str] = ()) -> None:
        """Move a ref of the git remote forward from exactly `old` to `new`, atomically. `options` are for its host.

        Raises Moved if it is elsewhere by now, GitError if the git remote refuses or cannot be reached.
        """
        lease = f"--force-with-lease={ref}:{old or ''}"
        asked = [f"--push-option={one}" for one in options]
        done = self.run("push", "--quiet", "--porcelain", "--no-verify", *asked, lease, remote, f"{new}:{ref}")
        if done.returncode != 0:
            reason, theirs = refusal(done)
            if any(sign in reason for sign in ELSEWHERE):
                raise Moved(_("{ref} moved on the git remote meanwhile.").format(ref=ref), where=remote)
            raise not_taken(ref, remote, done) if theirs else failure(("push", remote, ref), done)

    # ---- how git is run

    def git(self, *args: str, given: bytes = b"", fine: Sequence[int] = (0,)) -> bytes:
        """What a git command prints. Raises GitError if its exit code is not fine."""
        done = self.run(*args, given=given)
        if done.returncode not in fine:
            raise failure(args, done)
        return done.stdout

    def run(self, *args: str, given: bytes = b"") -> CompletedProcess[bytes]:
        """One git process in the root of the repository."""
        return run(self.root, args, given, self.patience)
