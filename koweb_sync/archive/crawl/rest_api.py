"""`koweb archive` over Discourse's own API: the first run and every later one are the same stages.

Requests of a first run: T/L + P/50 + M + Σ⌈likes of u/100⌉ + files + a dozen, for T topics at L to a page, P posts and
M topics whose counts disagree with what the walk over the posts brought. Where nothing changed: 3, which are the
forum's own totals, the newest posts and the first page of topics. Beside other forums: 1 in the first run, which
compares them (`other_address`). A like on an old post: T/L + 4. With a key, one
request more for each edit that is not held (`revisions`), and one for each post that has translations of which none is
held (`translations`), 500 at most in a run.

What no feed tells (edits of old posts, likes that came and went in pairs) is found by reading every post again within
`rolling` days: P/(50 · days) requests, once a day.
"""

from dataclasses import asdict

from koweb_sync.archive.crawl import (
    files,
    likes,
    missing,
    newest_posts,
    people_and_categories,
    reread,
    revisions,
    skipped,
    topic_lists,
    translations,
    unclear,
)
from koweb_sync.archive.crawl.costs import KnownCounts
from koweb_sync.archive.crawl.ledger import write_ledger
from koweb_sync.archive.crawl.messages import messages
from koweb_sync.archive.crawl.repair import repair
from koweb_sync.archive.crawl.run import Run
from koweb_sync.archive.crawl.scope import keep_scope, scope
from koweb_sync.errors import ForumAnswerUnclear
from koweb_sync.forum.answers import NOT_FOR_US
from koweb_sync.forum.site import Totals
from koweb_sync.times import DAY, SECOND

LATE = 15 * 60 * SECOND  # a run that was stopped longer ago is finished, and then a new one looks what is new


def crawl(run: Run) -> None:
    """Finish a run that was stopped, then look what is new. `run` may be begun already."""
    old = run.begin("rest")
    late = run.now() - run.started > LATE
    stages(run)
    run.end("done")
    if old and late:
        run.begin("rest")
        stages(run)
        run.end("done")


def read_totals(run: Run) -> Totals:
    """The first thing that a run reads, for whoever wants to know what the run will take before it goes on."""
    run.begin("rest")
    run.stage("totals", totals)
    told = run.at("told")
    return Totals(**{name: told[name] for name in Totals.__slots__})


def counts_known(run: Run) -> KnownCounts:
    """What the archive knows about what a run will take."""
    before, at = run.state("totals"), run.state("daily")
    due = bool(run.at("daily").get("due", is_due(run)))
    return KnownCounts(
        first=run.last_run() is None,
        daily=due,
        page=int(run.state("page") or 30),
        before=None if before is None else Totals(**before),
        top=int((run.state("posts") or {}).get("top", 0)),
        elapsed=DAY if at is None else run.started - int(at),
        rolling=run.wishes.rolling,
        files=files.count(run, daily=due) if run.wishes.files else 0,
        restricted=sum(bool(one["restricted"]) for one in run.state("categories") or ()),
        key=run.wishes.key,
        untold=len(unclear.untold(run)),
        edits=0 if run.last_run() is None else revisions.expected(run) + translations.expected(run),
    )


def stages(run: Run) -> None:
    """All that a run does, in order. What a stage needs of an earlier one lies in the store."""
    first, due = run.last_run() is None, daily(run)
    run.stage("totals", totals)
    run.talk.keyed = bool(run.at("told").get("keyed"))
    run.stage("begin", topic_lists.forget_sweep)
    run.stage("afresh", lambda run: skipped.afresh(run, daily=due))
    skipped.retry(run)
    if due:
        run.stage("places", people_and_categories.places)
    run.left_out = people_and_categories.left_out(run)
    run.stage("news", topic_lists.news)
    run.stage("posts", posts)
    if run.wishes.messages and run.wishes.key:
        run.stage("messages", messages)
    if due:
        run.stage("sweep", lambda run: topic_lists.sweep(run, "whole"))
        run.stage("people", people_and_categories.people)
        run.stage("groups", people_and_categories.groups)
    elif surprising(run):
        run.stage("sweep", lambda run: topic_lists.sweep(run, "known"))
    if due and not first:
        run.stage("again", reread.again)
        run.stage("unclear", unclear.ask_again)
    run.stage("topics", repair)
    other_texts(run)
    run.stage("likes", likes.likes)
    if run.wishes.files:
        run.stage("files", files.files)
    run.stage("ledger", balance)
    run.stage("settle", settle)


def other_texts(run: Run) -> None:
    """What posts said before, and what they say in other languages."""
    if revisions.wanted(run):
        run.stage("revisions", revisions.revisions)
    if translations.wanted(run):
        run.stage("translations", translations.translations)


def daily(run: Run) -> bool:
    """Whether this run does what is done once a day. It stays so until the run's end."""
    at = run.at("daily")
    if "due" not in at:
        at = {"due": is_due(run)}
        with run.page() as writer:
            writer.cursor("at:daily", at)
    return bool(at["due"])


def is_due(run: Run) -> bool:
    """Whether a day has passed since the last time, or somebody wants more, or less, than then."""
    last = run.state("daily")
    return last is None or run.started - int(last) >= DAY or run.state("wishes") != scope(run)


def totals(run: Run) -> None:
    """Keep how much there is by the forum's own count, and whether everybody may read it. Raises InputError."""
    if run.told is None:
        run.talk.keyed = run.wishes.key and bool(run.state("keyed")) and not daily(run)
    found, run.told = run.told or asked(run), None
    run.watch.step()
    with run.page() as writer:
        writer.name(*run.talk.called)
        writer.cursor("at:told", {**asdict(found), "before": run.state("totals"), "keyed": run.talk.keyed})


def asked(run: Run) -> Totals:
    """Ask how much there is, and find out whether everybody may read: one request, two where a login is required, and
    one there too on the same day. Nothing is written. Raises InputError where a login is required and there is no key,
    ForumError for what is no forum.
    """
    try:
        return run.talk.totals()
    except (*NOT_FOR_US, ForumAnswerUnclear):
        if run.talk.keyed or not run.talk.is_forum():
            raise
        if not run.wishes.key:
            raise missing.closed(run) from None
        run.talk.keyed = True
        return run.talk.totals()


def posts(run: Run) -> None:
    """Read the posts that are new."""
    newest_posts.newest(run)


def surprising(run: Run) -> bool:
    """Whether the forum's totals moved by something else than what we just found."""
    told = run.at("told")
    before = told.get("before")
    if before is None:
        return False
    expected = {
        "topics": before["topics"] + run.found.get("topics", 0),
        "posts": before["posts"] + run.found.get("posts", 0),
        "likes": before["likes"],
    }
    return any(told[name] != count for name, count in expected.items())


def balance(run: Run) -> None:
    """Write down of each topic whether we hold it whole, where anything is new."""
    if run.found or daily(run):
        write_ledger(run)


def settle(run: Run) -> None:
    """Remember what a later run starts from, and give unknown usernames their people."""
    told = run.at("told")
    with run.page() as writer:
        if run.talk.keyed != bool(run.state("keyed")):
            writer.cursor("keyed", run.talk.keyed)
        writer.cursor("totals", {name: told[name] for name in Totals.__slots__})
        if daily(run):
            writer.cursor("daily", run.started)
            writer.cursor("wishes", scope(run))
        keep_scope(run, writer)
        writer.resolve()
