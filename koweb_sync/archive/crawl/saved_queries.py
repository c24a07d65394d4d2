"""Our saved queries on a forum, looked up rarely: what was found out is remembered with the date."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import update

from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.store import schema
from koweb_sync.errors import InputError
from koweb_sync.forum import data_explorer
from koweb_sync.forum.archive_queries import archive, variants
from koweb_sync.i18n import _
from koweb_sync.times import DAY, WEEK


@dataclass(frozen=True, slots=True)
class Queries:
    """Our queries on a forum: `numbers` by name, the names of those that are `lacking`; `off`: the plugin is.

    `plugins`: the tables of plugins that they read. `asked`: the forum said so just now.
    """

    numbers: Mapping[str, int]
    lacking: tuple[str, ...] = ()
    off: bool = False
    plugins: frozenset[str] = frozenset()
    asked: bool = False

    @property
    def usable(self) -> bool:
        """Whether all are saved."""
        return not self.lacking and not self.off


def queries(run: Run) -> Queries:
    """Look up our queries: once a day, once a week where the plugin is off, and when their texts, the server's version
    or the key's user have changed. `run` has begun, or knows when it would.

    One request, or two where the plugin has moved; nothing is written.
    """
    if (known := queries_known(run)) is not None:
        return known
    saved = data_explorer.listed(run.talk.forum)
    run.talk.sent["keyed"] += 1
    run.watch.step()
    best = Queries({}, tuple(marks(frozenset())), off=saved is None, asked=True)
    for plugins in variants():
        numbers = data_explorer.numbers(saved or (), archive(plugins))
        lacking = tuple(name for name in marks(plugins) if name not in numbers)
        if len(lacking) < len(best.lacking):
            best = Queries(numbers, lacking, off=saved is None, plugins=plugins, asked=True)
    return best


def queries_known(run: Run) -> Queries | None:
    """What was found out about our queries not long ago, None if nothing was, or it may hold no more."""
    known = run.state("queries") or {}
    plugins, off = frozenset(known.get("plugins", ())), bool(known.get("off"))
    if known.get("marks") != marks(plugins) or run.started - int(known["at"]) >= (WEEK if off else DAY):
        return None
    if known.get("user", run.talk.forum.api_username) != run.talk.forum.api_username:
        return None
    if run.talk.version and known.get("version", run.talk.version) != run.talk.version:
        return None
    numbers = {str(name): int(number) for name, number in known["numbers"].items()}
    return Queries(numbers, tuple(known.get("lacking", ())), off=off, plugins=plugins)


def remember(run: Run, there: Queries) -> None:
    """Remember what was just found out about our queries, with the date."""
    if there.asked:
        facts = {"at": run.started, "version": run.talk.version, "user": run.talk.forum.api_username}
        found = {"numbers": dict(there.numbers), "plugins": sorted(there.plugins), "lacking": list(there.lacking)}
        with run.page() as writer:
            writer.cursor("queries", {**facts, **found, "off": there.off, "marks": marks(there.plugins)})


def marks(plugins: frozenset[str]) -> dict[str, str]:
    """What tells our queries from earlier texts of them, by name."""
    return {query.name: query.mark for query in archive(plugins)}


def found(run: Run) -> Queries:
    """Our queries. Raises InputError if any is not saved."""
    there = queries(run)
    if not there.usable and not there.asked:  # somebody wants this way: they may have saved them meanwhile
        with run.page() as writer:
            writer.cursor("queries", {})
        there = queries(run)
    remember(run, there)
    if not there.usable:
        leave(run)
        raise not_saved(run, there)
    return there


def leave(run: Run) -> None:
    """A run that has read nothing this way yet may go on in the other one."""
    if not run.at("digests"):
        runs = schema.RUNS
        with run.store.begin() as connection:
            connection.execute(update(runs).where(runs.c.forum == run.forum, runs.c.n == run.n).values(via="rest"))


def not_saved(run: Run, there: Queries) -> InputError:
    """What to do where the queries are not there."""
    if there.off:
        text = _("Data Explorer is off on this forum, or the key may not use it.")
        remedy = _("Archive over the forum's own API (--via rest), or use an administrator's key without scopes.")
    else:
        names = ", ".join(f"“{name}”" for name in there.lacking)
        text = _("These queries are not saved in Data Explorer as this koweb needs them: {names}.").format(names=names)
        remedy = _("“koweb doctor --save-query” saves them; or archive over the forum's own API: --via rest.")
    return InputError(text, where=run.base, remedy=remedy)
