"""`koweb listen`: take what forums tell by their webhooks, and keep their archives up to date within seconds."""

import json
import shlex
import shutil
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from koweb_sync import config, keyrings, keys
from koweb_sync.cli.archive.command import wishes_of
from koweb_sync.cli.archive.location import ArchivePlace, find, folder
from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.options import exclusive
from koweb_sync.cli.out_of_git import keep_out_of_git
from koweb_sync.cli.output import disclose, say
from koweb_sync.cli.questions import ask_yes_no, can_ask
from koweb_sync.errors import FAILED, ConfigError, InputError
from koweb_sync.foreign_words import reason
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _

if TYPE_CHECKING:
    from koweb_sync.listen.follow import Deed
    from koweb_sync.listen.inbox import Inbox
    from koweb_sync.listen.measures import Measures
    from koweb_sync.listen.webhook import WantedHook

PORT = 4400
SHORTEST = 12  # letters of a secret, as Discourse wants it
NOTHING = {"files": None, "avatars": None, "staff": None, "messages": None, "public_only": None, "files_again": False}
DAILY = "03:30"
STATE = "koweb-listen.sqlite"
FORGES = ("github", "gitlab", "forgejo")


class HourType(click.ParamType[time]):
    """An hour and a minute."""

    name = "hour"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> time:
        """The time of day that is typed."""
        if isinstance(value, time):
            return value
        try:
            return datetime.strptime(str(value), "%H:%M").replace(tzinfo=UTC).time()
        except ValueError:
            self.fail(_("“{value}” is no time of day, such as 03:30.").format(value=value), param, ctx)


@click.command(
    help=_(
        "Take what forums tell by their webhooks, and bring their archives up to date within seconds. It runs until "
        "it is told to stop; a daily run reads what was not told."
    )
)
@click.option(
    "--forum",
    "forums",
    multiple=True,
    metavar="NAME",
    help=_("Only this forum of koweb.toml; may be given several times."),
)
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", default=PORT, show_default=True, help=_("Where to serve.")
)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help=_("The address to serve at."))
@click.option(
    "--state",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=_("Where it is kept what is still to be read (default: beside the archive)."),
)
@click.option(
    "--daily", type=HourType(), metavar="HH:MM", default=DAILY, show_default=True, help=_("When the daily run begins.")
)
@click.option("--no-daily", is_flag=True, help=_("No daily run: something else starts “koweb archive”."))
@click.option(
    "--then",
    "commands",
    multiple=True,
    metavar="COMMAND",
    help=_(
        "Run this where a published topic may have changed, such as “koweb pull --branch forum”. Several are run one "
        "after the other."
    ),
)
@click.option(
    "--dispatch",
    "page",
    metavar="URL",
    help=_("Tell GitHub, GitLab or Forgejo instead, so that it pulls: the repository's page."),
)
@click.option("--forge", type=OneOf(FORGES), help=_("What answers there, if its name does not tell."))
@click.option("--workflow", metavar="FILE", help=_("The workflow that is started there, such as koweb.yml."))
@click.option("--try", "once", is_flag=True, help=_("With --dispatch: tell it once, now, and end."))
@click.option(
    "--install",
    "url",
    metavar="URL",
    help=_("Make the forum's webhook, for the address under which it reaches us, and end."),
)
@click.option("--dry-run", is_flag=True, help=_("With --install or --try: only say what would be done."))
@click.option("--yes", is_flag=True, help=_("Do it without asking."))
def listen(  # noqa: PLR0913, PLR0917 - one for each option
    forums: tuple[str, ...],
    port: int,
    host: str,
    state: Path | None,
    daily: time,
    no_daily: bool,
    commands: tuple[str, ...],
    page: str | None,
    forge: str | None,
    workflow: str | None,
    once: bool,
    url: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    exclusive(then=bool(commands), dispatch=bool(page))
    keys.take_credentials()
    places = [find(name, None) for name in named(forums)]
    refuse_reserved(places)
    if url:
        if len(places) > 1:
            raise InputError(_("A webhook is one forum's."), remedy=_("Say which: --forum NAME"))
        install(places[0], url, dry_run=dry_run, yes=yes)
        return
    deed = followed(places, [command_line(one) for one in commands], (page, forge, workflow))
    if once:
        tell_once(places, deed, dry_run=dry_run)
        return
    secrets = {place.settings.name: secret_of(place) for place in places}
    serve(places, secrets, (host, port), state, (None if no_daily else daily, deed))


def named(forums: Sequence[str]) -> list[str]:
    """The forums that are meant: all of koweb.toml unless some are named. Raises ConfigError."""
    return list(dict.fromkeys(forums)) or list(config.names(folder()))


def refuse_reserved(places: Sequence[ArchivePlace]) -> None:
    """Raises ConfigError for a forum at whose path we tell of ourselves."""
    from koweb_sync.listen.events import OWN

    for place in places:
        if place.settings.name in OWN:
            raise ConfigError(
                _("A forum called “{name}” cannot be listened to: this name is taken.").format(
                    name=place.settings.name
                ),
                where="koweb.toml",
                remedy=_("Call it otherwise; or name others with --forum NAME."),
            )


def command_line(command: str) -> tuple[str, ...]:
    """A command as a program and its words. Raises InputError for what is none."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(_("This command is not complete: {why}.").format(why=reason(error)), where="--then") from None
    if not words or shutil.which(words[0]) is None:
        raise InputError(
            _("There is no such program."),
            where=f"--then {command}",
            remedy=_("It is run without a shell: name a program and its words, or a script of your own."),
        )
    return tuple(words)


def secret_of(place: ArchivePlace) -> str:
    """The secret of a forum's webhook. Raises ConfigError where there is none, or one that is too short."""
    found, name = keys.webhook_secret(place.settings), keys.secret_name(place.settings)
    if len(found) >= SHORTEST:
        return found
    raise ConfigError(
        _("There is no secret for the webhook of the forum “{name}”.").format(name=place.settings.name)
        if not found
        else _("The secret of the webhook of the forum “{name}” is too short.").format(name=place.settings.name),
        where=name,
        remedy=_(
            "“koweb listen --install URL” makes the webhook and its secret; or put the one that the forum's page about "
            "the webhook shows into the environment variable {variable}."
        ).format(variable=name),
    )


# ---- what follows


def followed(
    places: Sequence[ArchivePlace], commands: Sequence[tuple[str, ...]], told: tuple[str | None, ...]
) -> "Deed | None":
    """What is done where a published topic may have changed; None for nothing. `told`: the page of --dispatch, its
    forge and its workflow. Raises InputError.
    """
    from koweb_sync.listen.dispatch import dispatch_to
    from koweb_sync.listen.follow import Commands, ForgeTold

    page, forge, workflow = told
    if not page:
        return Commands(commands, str(places[0].root)) if commands else None
    wanted = dispatch_to(page, forge, places[0].settings.branch, workflow or "", keys.dispatch_token(page))
    if not wanted.token:
        raise ConfigError(
            _("There is no token for {page}.").format(page=page),
            where=keys.DISPATCH_TOKEN,
            remedy=_("Make one there that may start the workflow and nothing else, and put it into the environment."),
        )
    return ForgeTold(wanted)


def tell_once(places: Sequence[ArchivePlace], deed: "Deed | None", *, dry_run: bool) -> None:
    """Tell the forge once, for each forum. Raises ForgeRefused."""
    from koweb_sync.listen.follow import ForgeTold

    if not isinstance(deed, ForgeTold):
        raise InputError(_("There is nobody to tell."), remedy=_("Say whom: --dispatch URL"))
    for place in places:
        where = deed.dispatch.call(place.settings.name).where
        if dry_run:
            say(_("Would be told: {url}").format(url=where))
        else:
            deed.dispatch.tell(place.settings.name)
            say(_("It was told, and begins: {url}").format(url=where), fg="green")


# ---- the webhook


def install(place: ArchivePlace, url: str, *, dry_run: bool, yes: bool) -> None:
    """Make or change the forum's webhook: look, say what is about to be done, ask, do it."""
    from koweb_sync.listen import webhook

    say(_("Only an administrator's API key without scopes may set up webhooks."))
    there = place.connect()
    wanted = webhook.look(there, url, place.settings.name)
    announce(wanted)
    if dry_run:
        return
    held = keys.webhook_secret(place.settings)
    secret = held if len(held) >= SHORTEST else webhook.new_secret()
    by_hand = secret != held and not keyrings.usable()
    if by_hand:
        say(_("This computer has no keyring: the secret is shown once, and you put it into the environment."))
    if not yes and not (can_ask() and ask_yes_no(_("Do it?"), default=False)):
        say(_("Nothing was done. --yes does it without asking."))
        return
    if secret != held and not by_hand:
        keyrings.keep(place.settings.url, keys.WEBHOOK, secret)
    made = webhook.install(there, wanted, secret)
    if by_hand:
        disclose(f"{keys.secret_name(place.settings)}={secret}")
    say(_("The webhook is there: {url}").format(url=f"{place.settings.url}/admin/api/web_hooks/{made.id}"), fg="green")


def announce(wanted: "WantedHook") -> None:
    """Say what is about to be done."""
    kinds = ", ".join(sorted(wanted.kinds.values()))
    text = (
        _("A new webhook to {url}, for: {kinds}.")
        if wanted.there is None
        else _("The webhook to {url} is there already; it is changed, for: {kinds}.")
    )
    say(text.format(url=wanted.url, kinds=kinds))


# ---- the server


def serve(
    places: Sequence[ArchivePlace],
    secrets: dict[str, str],
    at: tuple[str, int],
    state: Path | None,
    after: tuple[time | None, "Deed | None"],
) -> None:
    """Serve until somebody stops us, with exit code 1 where something else did. `after`: when the daily run begins, and
    what follows.
    """
    from koweb_sync.listen.inbox import Inbox
    from koweb_sync.listen.measures import Measures
    from koweb_sync.listen.server import EventServer, Reception
    from koweb_sync.listen.threads import Threads

    file = state or inbox_place(places[0])
    for ignored in (*(place.ignore() for place in places), keep_out_of_git(file, ending="*")):
        if ignored:
            log("kept out of git", file=ignored)
    inbox, measures = Inbox(file), Measures(secrets)
    try:
        server = EventServer(Reception(secrets, inbox, measures, log), *at)
    except OSError as error:
        raise InputError(
            _("Nothing can be served there: {why}.").format(why=reason(error)),
            where=f"{at[0]}:{at[1]}",
            remedy=_("Name another port with --port."),
        ) from error
    stopped = threading.Event()
    threads = Threads(jobs(places, inbox, measures, after, stopped), stopped, server.stop, log)
    shown = f"[{at[0]}]" if ":" in at[0] else at[0]
    for place in places:
        log("listening", forum=place.settings.name, url=f"http://{shown}:{server.port}/{place.settings.name}")
    with stopping(server.stop):
        threads.start()
        try:
            server.serve()
        finally:
            stopped.set()
            log("stopping")
            threads.join()
            inbox.close()
    log("stopped")
    if threads.lost:
        sys.exit(FAILED)


def jobs(
    places: Sequence[ArchivePlace],
    inbox: "Inbox",
    measures: "Measures",
    after: tuple[time | None, "Deed | None"],
    stopped: threading.Event,
) -> Iterator[tuple[str, Any]]:
    """What runs in a thread of its own: a worker for each forum, and one for what follows."""
    from koweb_sync.listen.follow import Follower
    from koweb_sync.listen.reading import ListenedArchive
    from koweb_sync.listen.worker import Worker
    from koweb_sync.zones import of_reader

    daily, deed = after
    turns: dict[str, threading.Lock] = {}
    turn = threading.Lock()
    for place in places:
        settings = place.settings
        repo = Repo.find(place.root) if deed else None
        forum = place.connect(tell=lambda _text: log("waiting"))
        archive = ListenedArchive(
            settings,
            place.store,
            str(place.root),
            lambda forum=forum: forum,  # type: ignore[misc]
            wishes_of(place, NOTHING),
            turns.setdefault(place.store, threading.Lock()),
            lambda requests, name=settings.name: measures.sent(name, requests),  # type: ignore[misc]
            repo=repo,
            daily=daily,
            zone=of_reader(settings.time_zone),
        )
        calm = deed.calm if deed else 0.0
        worker = Worker(settings.name, inbox, archive, measures, log, deed is not None, calm, stopped=stopped)
        yield settings.name, worker.run
        if deed:
            follower = Follower(settings.name, deed, inbox, measures, log, turn, stopped=stopped)
            yield f"{settings.name} then", follower.run


def inbox_place(place: ArchivePlace) -> Path:
    """Where what was told is kept: beside an archive in a file, else in the current folder."""
    return Path.cwd() / STATE if "://" in place.store else Path(f"{place.store}-listen")


@contextmanager
def stopping(stop: Any) -> Iterator[None]:
    """Whoever wants us to end is heard: what is being read is finished first."""
    before = {number: signal.signal(number, lambda *_args: stop()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def log(event: str, **facts: Any) -> None:
    """One line of JSON about what happened, without secrets, names and texts. Whoever read it may be gone: that is no
    reason to stop.
    """
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    with suppress(OSError, ValueError):
        say(json.dumps({"at": now, "event": event, **facts}, ensure_ascii=True))
