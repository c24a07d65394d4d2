"""`koweb sandbox`: a small Discourse on this computer, to try things on."""

import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koweb_sync.cli.choices import OneOf
from koweb_sync.cli.options import format_option
from koweb_sync.cli.output import disclose, echo, emit, say
from koweb_sync.errors import InputError
from koweb_sync.foreign_words import reason
from koweb_sync.i18n import _, active

if TYPE_CHECKING:
    from koweb_sync.sandbox import Sandbox

STALE = 60


@click.command(help=_("Run a small Discourse forum on this computer until Ctrl-C. What happens there is forgotten."))
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", default=4200, show_default=True, help=_("0 for any free one.")
)
@click.option(
    "--seed",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Start with the people, topics and keys of this file."),
)
@click.option(
    "--flavour",
    type=OneOf(["2022", "2025", "2026"]),
    default="2025",
    show_default=True,
    help=_("Answer as servers of that year do."),
)
@click.option(
    "--base-path",
    default="",
    metavar="PATH",
    help=_("Serve everything below a path, such as /forum, as forums that share their host with a site do."),
)
@click.option("--rate-limits", is_flag=True, help=_("Allow 60 requests a minute, as a real forum does."))
@click.option("--user-limits", is_flag=True, help=_("Limit what one person writes and likes, as a real forum does."))
@click.option("--stale", is_flag=True, help=_("Tell readers without a key what was true up to a minute ago."))
@click.option(
    "--webhooks", is_flag=True, help=_("Tell webhooks what happens, on this computer alone: for “koweb listen”.")
)
@click.option("--read-only", is_flag=True, help=_("Take no writes."))
@click.option("--login-required", is_flag=True, help=_("Show nothing to readers without a key."))
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[=VALUE][@N]",
    help=_(
        "Something that goes wrong with the n-th request, or with @write:N the n-th write: drop, reset, truncate, "
        "delay=SECONDS, 429[=SECONDS], 500, 502, read-only, edit[=TOPIC], delete[=TOPIC]. May be given several times."
    ),
)
@format_option()
def sandbox(port: int, seed: Path | None, style: str, faults: tuple[str, ...], **modes: object) -> None:
    with start(port, seed, modes) as box:
        fail(box, faults)
        if style == "json":
            emit({"url": box.url, "keys": dict(box.keys)}, disclosing=True)
        else:
            echo(box.url)
            tell_keys(box)
            say(_("Stop with Ctrl-C."))
        wait()


def start(port: int, seed: Path | None, modes: Mapping[str, object]) -> "Sandbox":
    """Start the forum. Raises InputError where the port is taken, the seed broken, or the path none."""
    from koweb_sync.sandbox import Sandbox
    from koweb_sync.sandbox.box import BELOW

    below = str(modes.get("base_path") or "").strip("/")
    if below and not BELOW.fullmatch(f"/{below}"):
        raise InputError(
            _("“{path}” is no path for a forum.").format(path=below),
            remedy=_("Write letters, digits, dots and hyphens, with / between the parts, such as /forum."),
        )
    try:
        box = Sandbox.start(
            seed,
            port=port,
            rate_limits=bool(modes.get("rate_limits")),
            user_limits=bool(modes.get("user_limits")),
            flavour=str(modes.get("flavour", "2025")),
            base_path=f"/{below}" if below else "",
            webhooks=bool(modes.get("webhooks")),
        )
    except FileNotFoundError as error:
        raise InputError(_("There is no such file."), where=str(seed), remedy=_("Check the path.")) from error
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(
            _("This file is no seed of a forum: {why}.").format(why=reason(error)),
            where=str(seed),
            remedy=_("Without --seed the forum starts with people and topics of its own."),
        ) from error
    except OSError as error:
        raise InputError(
            _("The port {port} cannot be used: {why}.").format(port=port, why=reason(error)),
            remedy=_("Choose another one with --port, or 0 for any free one."),
        ) from error
    if seed is None:
        box.set(default_locale=active())
    box.front.keeps = False
    box.set(
        read_only=bool(modes.get("read_only")),
        login_required=bool(modes.get("login_required")),
        anonymous_cache_seconds=STALE if modes.get("stale") else 0,
    )
    return box


def tell_keys(box: "Sandbox") -> None:
    """Which keys there are, and whom each acts as."""
    if not box.state.keys:
        say(_("This forum has no key: everybody may read, nobody may write."))
        return
    say(_("Keys of this forum (no other forum knows them), for the headers Api-Key and Api-Username:"))
    for key in box.state.keys.values():
        if key.revoked:
            what = _("revoked: works no more")
        elif key.scopes:
            what = _("may only: {scopes}").format(scopes=", ".join(key.scopes))
        elif key.username:
            what = _("acts as {name}").format(name=key.username)
        else:
            what = _("acts as anybody whom Api-Username names")
        disclose(f"  {key.key}  ({what})")


def fail(box: "Sandbox", faults: tuple[str, ...]) -> None:
    """Let faults happen. Raises InputError for what is no fault."""
    from koweb_sync.sandbox import Fault

    for text in faults:
        try:
            box.fail(Fault.parse(text))
        except ValueError as error:
            raise InputError(
                _("“{text}” is no fault.").format(text=text),
                remedy=_("Write one like drop@2, 429=5, delay=3@write:1 or edit=12@write:2."),
            ) from error


def wait() -> None:
    """Until Ctrl-C, or until the system asks to end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        say(_("Stopped."))
