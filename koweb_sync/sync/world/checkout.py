"""What the work tree is of a commit: all of it, or a part, with some files standing for others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from koweb_sync.git.repo import Repo, Sha
from koweb_sync.git.words import name_printed
from koweb_sync.sync.world.world import LFS

POINTER = 1024  # bytes; what is longer is no pointer of Git LFS (git-lfs/docs/spec.md)


@dataclass(frozen=True, slots=True)
class Checkout:
    """The files of a work tree. `absent` are those that a sparse checkout leaves out, with what git holds of them;
    `pointers` are those of which git holds only a pointer of Git LFS, whatever stands in the work tree.
    """

    files: Sequence[str]
    absent: Mapping[str, Sha] = field(default_factory=dict)
    pointers: frozenset[str] = frozenset()


def checkout(repo: Repo) -> Checkout:
    """Look at the work tree. A file that somebody removed without telling git is not there."""
    rows = listed(repo, "--others", "--exclude-standard")
    others = [row[2:] for row in rows if row.startswith("? ")]
    held = dict(of_index(row for row in rows if not row.startswith("? ")))
    absent = {path: sha for path, (sha, skipped) in held.items() if skipped and not (repo.root / path).exists()}
    here = [path for path in sorted({*held, *others}) if path in absent or path_exists(repo, path)]
    return Checkout(here, absent, pointers(repo, here, {path: sha for path, (sha, _skipped) in held.items()}))


def path_exists(repo: Repo, path: str) -> bool:
    """Whether something stands at a path, be it a link to nothing."""
    full = repo.root / path
    return full.is_symlink() or full.exists()


def index(repo: Repo) -> Iterator[tuple[str, tuple[Sha, bool]]]:
    """Every path of the index with its content, and whether a sparse checkout leaves it out."""
    return of_index(listed(repo))


def listed(repo: Repo, *more: str) -> list[str]:
    """The rows in which git lists the index, and what `more` asks for."""
    return name_printed(repo.git("ls-files", "-z", "-t", "--stage", *more)).split("\0")[:-1]


def of_index(rows: Iterable[str]) -> Iterator[tuple[str, tuple[Sha, bool]]]:
    """What such rows say of paths in the index."""
    for row in rows:
        words, _tab, path = row.partition("\t")
        tag, _mode, sha, _stage = words.split(" ")
        yield path, (Sha(sha), tag == "S")


def pointers(repo: Repo, files: Sequence[str], held: Mapping[str, Sha]) -> frozenset[str]:
    """Files of which git holds only a pointer of Git LFS; asked only for those that .gitattributes gives to it."""
    given = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in files)
    out = repo.git("check-attr", "-z", "--stdin", "filter", given=given).decode("utf-8", "surrogateescape")
    words = iter(out.split("\0"))
    named = [path for path, _name, value in zip(words, words, words, strict=False) if value == "lfs" and path in held]
    sizes = repo.sizes(held[path] for path in named)
    small = {path: held[path] for path in named if sizes.get(held[path], 0) < POINTER}
    contents = dict(repo.blobs(small.values()))
    return frozenset(path for path, sha in small.items() if contents[sha].startswith(LFS))
