"""Whether two builds report the same of random forums: every number, to 1e-9.

Run by hand: python -m tests.benchmarks.same_reports OLDER [NUMBER OF FORUMS] [--first NTH] [--engine ENGINE]
[--no-banners]

OLDER is a checkout with a `.venv`; it writes the archives, and reports of them; this build reports of the same files.
What only one of them says is named once, and is no difference: a figure that is new, a difference that would tell a
community what one of its sides leaves out, how evenly the posts of a time are shared out in which nobody wrote. Builds
from before banners counted as topics that everybody reads (19c0f8e is one) are compared with `--no-banners`. For
`--engine postgres` this build writes the same forums once more, each into a database of a server of its own; for
`--engine spark` one session computes all (it needs Java, and pyspark).
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from koweb_sync.archive.store.store import Store
from tests.benchmarks.printing import say
from tests.benchmarks.random_forums import grown
from tests.postgres import new_database, server
from tests.report.forums import URL

HERE = Path(__file__).parents[2]
NEAR = 1e-9
REPORTING = """
import json, os, sys
from pathlib import Path
from koweb_sync.__main__ import main
if "spark" in sys.argv[2:]:
    from pyspark.sql import SparkSession
    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    few_rows = {  # to compile a query takes longer than to go through forums of this size
        "codegen.factoryMode": "NO_CODEGEN",
        "codegen.wholeStage": "false",
        "maxPlanStringLength": "1000",
        "shuffle.partitions": "1",
        "adaptive.enabled": "false",
    }
    for name, value in few_rows.items():
        session.conf.set(f"spark.sql.{name}", value)
for line in Path(sys.argv[1]).read_text().splitlines():
    folder, *words = json.loads(line)
    os.chdir(folder)
    sys.argv = ["koweb", *words]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            Path(words[-1]).write_text(json.dumps({"code": ended.code}))
"""


def asked(seed: int) -> list[str]:
    """The options of a report."""
    chance = random.Random(-seed)
    words = ["--since", chance.choice(("30d", "10d", "4w")), "--time-zone", chance.choice(("UTC", "Europe/Paris"))]
    words += chance.choice(([], [], ["--category", "general"], ["--tag", "l'été"], ["--tag", "a", "--tag", "b"]))
    return [
        *words,
        "--horizon",
        chance.choice(("72", "24")),
        "--audience",
        chance.choice(("community", "facilitators")),
    ]


def reported(build: Path, folder: Path, seeds: range, engine: str, stores: list[str]) -> Iterator[Any]:
    """The reports of a build, one after the other in one process; `engine`: "" for the one it chooses; `stores`: where
    the archives are, if not beside.
    """
    name = f"{build.name} {engine}.json"  # a build may be compared with itself, on two engines
    orders = folder / f"{name}.orders"
    how = [
        ["--engine", engine] * bool(engine) + ["--store", store] * bool(store) for store in stores or [""] * len(seeds)
    ]
    told = [
        [str(folder / str(seed)), "report", *asked(seed), *more, "--format", "json", "--force", "--output", name]
        for seed, more in zip(seeds, how, strict=True)
    ]
    orders.write_text("\n".join(map(json.dumps, told)), encoding="utf-8")
    command: list[str | Path] = [build / ".venv/bin/python", "-c", REPORTING, orders, engine]
    subprocess.run(command, cwd=build, check=True, capture_output=True)
    return (json.loads((folder / str(seed) / name).read_text(encoding="utf-8")) for seed in seeds)


def differences(older: Any, newer: Any, place: str, alone: set[str]) -> Iterator[str]:
    """Where two reports differ; `alone`: what only one of them has."""
    if place.endswith(".difference") and newer["state"] == "few":
        alone.add(f"{place} is left out")
    elif isinstance(newer, dict) and of_nobody(place, older, newer):
        alone.add(f"{place} of nobody's posts")
    elif isinstance(older, dict) and isinstance(newer, dict):
        alone |= {f"{place}.{key}" for key in older.keys() ^ newer.keys()}
        for key in older.keys() & newer.keys():
            yield from differences(older[key], newer[key], f"{place}.{key}", alone)
    elif isinstance(older, list) and isinstance(newer, list):
        if named(older):
            yield from differences(by_name(older), by_name(newer), place, alone)
        else:
            yield from each(older, newer, place, alone)
    elif not near(older, newer):
        yield f"{place}: {older} and {newer}"


def of_nobody(place: str, older: dict[str, Any], newer: dict[str, Any]) -> bool:
    """Whether a build said how evenly nobody's posts are shared out, compared with that, or kept back who they were."""
    if place.startswith(".behind."):
        return bool(newer.get("total") == 0 and older.get("reason") == "few")
    none = "gini" in place and newer.get("state") == "none"
    return none and (place.endswith(".difference") or older["state"] == "few" or older["value"] == 0)


def named(some: list[Any]) -> bool:
    """Whether a list is of figures by their keys, or of what is behind several of them."""
    return bool(some) and all(isinstance(one, dict) and ("key" in one or "keys" in one) for one in some)


def by_name(some: list[Any]) -> dict[str, Any]:
    """Figures by their keys; what is behind them by each of its keys and its part."""
    found: dict[str, Any] = {}
    for one in some:
        rest = {name: value for name, value in one.items() if name != "keys"}
        for key in one.get("keys", [one.get("key")]):
            name = f"{key} {one.get('part', '')}"
            found[f"{name} {sum(known.startswith(name) for known in found)}"] = rest
    return found


def each(older: list[Any], newer: list[Any], place: str, alone: set[str]) -> Iterator[str]:
    """Where two lists differ."""
    if len(older) != len(newer):
        yield f"{place}: {len(older)} and {len(newer)}"
    for nth, (one, other) in enumerate(zip(older, newer, strict=False)):
        yield from differences(one, other, f"{place}[{nth}]", alone)


def near(one: Any, other: Any) -> bool:
    """Whether two values are the same, to 1e-9 if they are numbers."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= NEAR * max(1, abs(one))
    return bool(one == other)


def in_databases(seeds: range, banner: str, until: ExitStack) -> list[str]:
    """The same forums, each in a database of a server that runs until then: the addresses."""
    address, stores = until.enter_context(server()), []
    for seed in seeds:
        stores.append(until.enter_context(new_database(address, f"forum_{seed}")))
        with Store.open(stores[-1]) as store:
            grown(seed, banner).save(store, URL)
    return stores


def main() -> None:
    """Exits with 1 where they differ."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("older", type=Path)
    options.add_argument("number", type=int, nargs="?", default=200)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--engine", default="")
    options.add_argument("--no-banners", action="store_true")
    given = options.parse_args()
    found, alone, numbers = 0, set[str](), 0
    with tempfile.TemporaryDirectory() as name, ExitStack() as until:
        folder, seeds, older = Path(name), range(given.first, given.first + given.number), given.older.resolve()
        grow = [
            older / ".venv/bin/python",
            HERE / "tests/benchmarks/random_forums.py",
            folder,
            str(seeds[0]),
            str(seeds[-1] + 1),
        ]
        grow += ["--no-banners"] * given.no_banners
        subprocess.run(grow, cwd=older, env={"PYTHONPATH": str(older)}, check=True)
        banner = "regular" if given.no_banners else "banner"
        stores = in_databases(seeds, banner, until) if given.engine == "postgres" else []
        before = reported(older, folder, seeds, "", [])
        now = reported(HERE, folder, seeds, given.engine, stores)
        for seed, one, other in zip(seeds, before, now, strict=True):
            if one.get("code") != other.get("code"):
                found += 1
                say(f"forum {seed}: only one of the builds could report: {one.get('code')} and {other.get('code')}")
                continue
            numbers += json.dumps(one).count('"value": ')
            for difference in differences(one, other, "", alone):
                found += 1
                say(f"forum {seed}: {difference}")
    say(f"{given.number} forums, {numbers} values, {found} differences; only in one of them: {sorted(alone)}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
