"""Two builds side by side, on the same input, by turns: processor, clock, memory, requests, and their ratios.

Run by hand: python -m tests.benchmarks.compare OLDER NEWER [work…] [--large] [--turns N]

OLDER and NEWER are checkouts with a `.venv` each (`uv sync`); without a name of a work all are done. What is read (an
archive, a repository of published posts) is made once, by the older build, and opened by both: so it is shown as well
that the newer one reads what the older wrote. `--large` takes the sizes that need an hour: a million posts in a report,
50,000 post files. Processor time counts the processes that a command starts; the clock means something where nothing
else runs; memory is what all of them hold at once (proportional set size), in a turn of its own. Of the others the
least counts. The last column says the ratio that was aimed at.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from koweb_sync.sandbox import Sandbox
from tests.archive.crawling import forum_of
from tests.archive.measuring import settle
from tests.benchmarks.printing import say
from tests.workspace import TEXT, new_workspace

URL = "https://forum.example.org"
BODY = f"{TEXT} " + "Un paragraphe de plus, pour la longueur. " * 40
WAITING = 3  # the exit code of a watch list with somebody on it
KEY = {"KOWEB_KAFE_API_KEY": "key-of-the-benchmark"}
REPORTED = """
import sys
from pathlib import Path
import tests.benchmarks.report as it
path, posts, people = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
with it.Store.open(str(path)) as store:
    store.enter(it.URL, "kafe", it.START)
it.grow(path, posts, people)
sys.stdout.write(it.URL)
"""
READ = """
import sys
from pathlib import Path
import tests.benchmarks.archive_large as it
it.fill(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds of processor, seconds on the clock, the most MiB held at once, requests."""

    processor: float
    clock: float
    memory: float
    requests: int


@dataclass(frozen=True, slots=True)
class Build:
    """A checkout and the Python that it is installed in."""

    root: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.root / ".venv" / "bin" / "python")

    def compile(self) -> None:
        """Compile all bytecode, so that no turn pays for it."""
        folders = [self.root / "koweb_sync", self.root / "tests", *(self.root / ".venv").glob("lib/*/site-packages")]
        subprocess.run([self.python, "-m", "compileall", "-q", "-j0", *map(str, folders)], check=False)

    def script(self, text: str, *words: str) -> str:
        """Run a script in the checkout; what it prints."""
        done = subprocess.run([self.python, "-c", text, *words], cwd=self.root, check=True, capture_output=True)
        return done.stdout.decode()


@dataclass(frozen=True, slots=True)
class Bench:
    """Where everything is done, and how often."""

    builds: tuple[Build, Build]
    room: Path
    turns: int
    large: bool

    def folders(self, name: str, make: Callable[[Path], None]) -> list[Path]:
        """A folder for each build with the same content, made once."""
        first = self.room / name / "older"
        first.mkdir(parents=True)
        make(first)
        second = self.room / name / "newer"
        shutil.copytree(first, second, symlinks=True)
        return [first, second]

    def compare(
        self,
        what: str,
        folders: list[Path],
        words: str,
        aim: str,
        *,
        box: Sandbox | None = None,
        before: Callable[[Path], None] = lambda _folder: None,
    ) -> None:
        """Run a command of both builds by turns, and print a line; `before` puts a folder into its state."""
        costs: list[list[Cost]] = [[], []]
        for turn in range(self.turns + 1):
            for build, folder, taken in zip(self.builds, folders, costs, strict=True):
                before(folder)
                taken.append(self.cost(build, folder, words, box, watch=turn == 0))
        older, newer = map(_least, costs)
        say(
            f"{what:42} {older.processor:8.2f} {newer.processor:8.2f} s {newer.processor / older.processor:6.2f}  "
            f"{older.clock:8.2f} {newer.clock:8.2f} s {newer.clock / older.clock:6.2f}  "
            f"{older.memory:6.0f} {newer.memory:6.0f} MiB {newer.memory / older.memory:6.2f}  "
            f"{older.requests:6} {newer.requests:6}   {aim}"
        )

    def cost(self, build: Build, folder: Path, words: str, box: Sandbox | None = None, *, watch: bool = False) -> Cost:
        """Run one command; its memory is 0 unless it is watched. Raises RuntimeError with what it said if it fails."""
        if box:
            box.forget()
        apart = {
            f"XDG_{what}_HOME": str(folder.parent / f"{folder.name}.{what}") for what in ("CACHE", "DATA", "CONFIG")
        }
        environment = {**os.environ, **KEY, **apart, "PYTHONDONTWRITEBYTECODE": "1"}
        with (folder.parent / "printed").open("w+b") as printed:
            begun = time.monotonic()
            process = subprocess.Popen(
                [build.python, "-P", "-m", "koweb_sync", *words.split()],
                cwd=folder, env=environment, stdout=printed, stderr=printed, start_new_session=True,
            )  # fmt: skip
            with watched(process.pid) if watch else nullcontext([0.0]) as most:
                _ident, status, used = os.wait4(process.pid, 0)
            clock = time.monotonic() - begun
            process.returncode = os.waitstatus_to_exitcode(status)
            printed.seek(0)
            if process.returncode not in ({0, WAITING} if "--watch-list" in words else {0}):
                raise RuntimeError(f"{build.root}: koweb {words}: {printed.read().decode()}")
        return Cost(used.ru_utime + used.ru_stime, clock, most[0], len(box.log) if box else 0)


def _least(taken: list[Cost]) -> Cost:
    """The memory of the turn that was watched, and the least of the others: to be watched slows a process down."""
    first, *others = taken
    figures = ((one.processor, one.clock) for one in others)
    processor, clock = map(min, zip(*figures, strict=True))
    return Cost(processor, clock, first.memory, min(one.requests for one in taken))


@contextmanager
def watched(group: int) -> Iterator[list[float]]:
    """Watch until the block ends what the processes of a group hold together; the most, in MiB, stands in the list."""
    most, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            most[0] = max(most[0], held(group))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def held(group: int) -> float:
    """MiB that the processes of a group hold."""
    total = 0
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and os.getpgid(int(folder.name)) == group:
                rollup = (folder / "smaps_rollup").read_text(encoding="ascii")
                total += int(rollup.partition("Pss:")[2].split()[0])
        except (OSError, ValueError, IndexError):  # it has just ended
            continue
    return total / 1024


# ---- works


def report(bench: Bench) -> None:
    """Reports of a small forum and of a large one."""
    small = (400, 60, [("--output report.html", "1/6, 1/3"), ("--watch-list", "1/5, 1/4")])
    large = (1_000_000, 20_000, [(f"--since {days}d --output report.html", "1/2, 2/3") for days in (30, 1095)])
    for posts, people, aims in [small, large] if bench.large else [small]:

        def make(folder: Path, posts: int = posts, people: int = people) -> None:
            archive = str(folder / "koweb-archive.sqlite")
            url = bench.builds[0].script(REPORTED, archive, str(posts), str(people))
            (folder / "koweb.toml").write_text(f'[forum.kafe]\nurl = "{url}"\n', encoding="utf-8")

        folders = bench.folders(f"report-{posts}", make)

        def fresh(folder: Path) -> None:
            (folder / "report.html").unlink(missing_ok=True)

        for words, aim in aims:
            bench.cost(bench.builds[1], folders[1], f"report {words}")  # what an older archive lacks is added
            bench.compare(f"report {words}, {posts} posts", folders, f"report {words}", aim, before=fresh)


def read(bench: Bench) -> None:
    """Commands that read an archive."""
    folders = filled(bench, "read", 200_000)
    for words in ("search hurluberlu", "search question --limit 50", "show 1", "list", "stats"):
        bench.compare(f"archive {words}, 200,000 posts", folders, f"archive {words}", "1/2, 1/2")


def export(bench: Bench) -> None:
    """The site of an archive."""
    folders = filled(bench, "export", 40_000)

    def fresh(folder: Path) -> None:
        shutil.rmtree(folder / "out", ignore_errors=True)

    words = "archive export --format site --to out"
    bench.compare("export --format site, 40,000 posts", folders, words, "1/3 (two cores), 1", before=fresh)


def filled(bench: Bench, name: str, posts: int) -> list[Path]:
    """Folders with an archive of so many posts."""

    def make(folder: Path) -> None:
        bench.builds[0].script(READ, str(folder / "koweb-archive.sqlite"), str(posts), URL)
        (folder / "koweb.toml").write_text(f'[forum.kafe]\nurl = "{URL}"\n', encoding="utf-8")

    folders = bench.folders(name, make)
    bench.cost(bench.builds[1], folders[1], "archive list")
    return folders


def archive(bench: Bench) -> None:
    """A first run by REST, and one with nothing new."""
    posts = 40_000
    seed = forum_of(posts // 20, posts, likes=posts // 2, people=posts // 100)
    for one in seed["posts"]:
        one["cooked"] = "".join(f"<p>{part}</p>\n" for part in one["raw"].split("\n\n"))
    with Sandbox.start(seed, flavour="2022") as box:
        KEY["KOWEB_KAFE_API_KEY"] = box.keys["all_users"]
        folders = bench.folders("archive", lambda folder: settle(folder, box))

        def fresh(folder: Path) -> None:
            for one in folder.glob("koweb-archive*"):
                one.unlink()

        words = "archive --no-images --via rest"
        bench.compare("archive, first run by REST, 40,000 posts", folders, words, "1/2", box=box, before=fresh)
        bench.compare("archive, nothing new, by REST", folders, words, "1, 1", box=box)


def publish(bench: Bench) -> None:
    """Push and fetch where nothing is new, and a pull of three edits."""
    for posts in (500, 5_000, *([50_000] if bench.large else [])):
        with Sandbox.start(flavour="2025") as box:
            KEY["KOWEB_KAFE_API_KEY"] = box.keys["all_users"]

            def make(folder: Path, posts: int = posts, box: Sandbox = box) -> None:
                here = new_workspace(folder, box)
                plain(folder / "texts" / "koweb.toml")
                for number in range(posts):
                    here.post(f"sujet-{number}", f"{BODY} {number}", path=f"posts/{number % 50}/sujet-{number}.md")
                here.commit()
                bench.cost(bench.builds[0], here.folder, "push", box)

            folders = [one / "texts" for one in bench.folders(f"posts-{posts}", make)]
            bench.cost(bench.builds[1], folders[1], "push", box)  # what an older bookmark lacks is added
            bench.compare(f"push, nothing new, {posts} posts", folders, "push", "1/3", box=box)
            box.set(data_explorer_enabled=False)
            for build, folder in zip(bench.builds, folders, strict=True):
                bench.cost(build, folder, "pull", box)
            bench.compare(f"fetch, no Data Explorer, {posts} topics", folders, "fetch", "≤ 5 requests", box=box)

            def edited(_folder: Path, box: Sandbox = box) -> None:
                for number in (7, 8, 499):
                    text = f"{TEXT} Avec une suite, écrite à {time.monotonic()} s."
                    box.edit(box.by_id(f"sujet-{number}").id, text)

            bench.compare(f"pull of 3 edits, {posts} topics", folders, "pull", "≤ 14 requests", box=box, before=edited)


def plain(config: Path) -> None:
    """Take out what builds from before logins do not know."""
    lines = config.read_text(encoding="utf-8").splitlines(keepends=True)
    config.write_text("".join(one for one in lines if not one.startswith("login_")), encoding="utf-8")


def sizes(bench: Bench) -> None:
    """What is installed, in MB, for the demo and for reports."""
    for extra in ("demo", "report"):
        taken = []
        for build, name in zip(bench.builds, ("older", "newer"), strict=True):
            python = bench.room / f"installed-{extra}" / name
            subprocess.run(["uv", "venv", "--quiet", "--python", build.python, str(python)], check=True)
            subprocess.run(
                ["uv", "pip", "install", "--quiet", "--link-mode", "copy", "--python", str(python), f".[{extra}]"],
                cwd=build.root,
                check=True,
            )
            taken.append(sum(one.lstat().st_blocks * 512 for one in python.rglob("*") if not one.is_symlink()) / 1e6)
        say(f"{f'.[{extra}], installed':42} {taken[0]:8.0f} {taken[1]:8.0f} MB{taken[1] / taken[0]:6.2f}   1/2")


WORKS = {one.__name__: one for one in (report, read, export, archive, publish, sizes)}


def main() -> None:
    """Do what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("older", type=Path)
    parser.add_argument("newer", type=Path)
    parser.add_argument("works", nargs="*", choices=[[], *WORKS], metavar="work", help=", ".join(WORKS))
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--turns", type=int, default=3)
    given = parser.parse_args()
    builds = Build(given.older.resolve()), Build(given.newer.resolve())
    for build in builds:
        build.compile()
    person = {"NAME": "Frédéric", "EMAIL": "frederic@example.org"}
    os.environ |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in person.items()}
    columns = "   older    newer    ratio  "
    say(f"{'processor, clock, memory, requests':42} {columns}{columns}  older  newer      ratio       requests   aim")
    with tempfile.TemporaryDirectory(prefix="koweb-") as room:
        for name in given.works or WORKS:
            WORKS[name](Bench(builds, Path(room), given.turns, given.large))


if __name__ == "__main__":
    main()
