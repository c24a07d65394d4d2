"""A forge (GitHub, GitLab, Forgejo) is told that it shall pull: what starts its workflow or its pipeline.

As its documentation says, none of it tried on a forge of somebody else's: GitHub's “Create a repository dispatch event”
and “Create a workflow dispatch event” (2022-11-28), GitLab's “Trigger a pipeline with a token” (v4), Forgejo's and
Gitea's “dispatchWorkflow” (v1, Forgejo 7 and Gitea 1.24 on). A token goes to the host that the user named, by https
alone, and nowhere else; what is answered besides a status is not looked at.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, urlencode

from koweb_sync import __version__
from koweb_sync.errors import InputError, KowebError
from koweb_sync.forum.addresses import Address, read
from koweb_sync.forum.wire import Failure, post_once
from koweb_sync.i18n import _
from koweb_sync.sync.component.repository_page import forge_of

ForgeName = Literal["github", "gitlab", "forgejo"]
FORGES: tuple[ForgeName, ...] = ("github", "gitlab", "forgejo")
IN_TIME = 30.0  # seconds
LOCAL = ("localhost", "127.0.0.1", "::1")
EVENT = "koweb-pull-{forum}"  # what the workflow of GitHub waits for, see koweb_sync/automation/templates
VARIABLE = "KOWEB_PULL"  # whose value is the forum's name in a pipeline of GitLab
USUAL = "koweb.yml"  # the workflow of Forgejo, which has no event of a repository
Send = Callable[[str, bytes, Mapping[str, str], float], "int | Failure"]


class ForgeRefused(KowebError):
    """The forge did not do it. `kind`: in one word, for a log."""

    def __init__(self, kind: str, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class ForgeCall:
    """What is sent. `where` is its address without anything secret."""

    where: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Whom to tell: the repository's page, read to its end; the branch that publishes; and the file of the workflow,
    "" for GitHub's event of the repository.
    """

    forge: ForgeName
    page: Address
    branch: str
    workflow: str
    token: str = field(repr=False)
    send: Send = field(default=post_once, repr=False)

    def tell(self, forum: str) -> None:
        """Start it once. Raises ForgeRefused."""
        call = self.call(forum)
        answer = self.send(call.where, call.body, call.headers, IN_TIME)
        if isinstance(answer, Failure) or not 200 <= answer < 300:
            raise self.refused(answer, call.where)

    def call(self, forum: str) -> ForgeCall:
        """What is sent for a forum."""
        *above, owner, name = (quote(one, safe="") for one in self.page.path.strip("/").split("/"))
        below = "".join(f"/{one}" for one in above)
        headers = {"User-Agent": f"koweb-sync/{__version__}", "Accept": "application/json"}
        if self.forge == "gitlab":
            project = "%2F".join([*above, owner, name])
            told = {"token": self.token, "ref": self.branch, f"variables[{VARIABLE}]": forum}
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            return ForgeCall(
                f"{self.page.server}/api/v4/projects/{project}/trigger/pipeline",
                urlencode(told).encode(),
                {**headers, **kind},
            )
        headers |= {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        api = f"{self.page.server}{below}/api/v1"
        if self.forge == "github":
            api = "https://api.github.com" if self.page.host == "github.com" else f"{self.page.server}/api/v3"
            headers |= {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        place = f"{api}/repos/{owner}/{name}"
        if not self.workflow:
            event = {"event_type": EVENT.format(forum=forum), "client_payload": {"forum": forum}}
            return ForgeCall(f"{place}/dispatches", json.dumps(event).encode(), headers)
        path = f"{place}/actions/workflows/{quote(self.workflow, safe='')}/dispatches"
        return ForgeCall(path, json.dumps({"ref": self.branch}).encode(), headers)

    def refused(self, answer: int | Failure, where: str) -> ForgeRefused:
        """Why it was not done, and what to do next."""
        if isinstance(answer, Failure):
            text = _("{host} gives no answer: {why}.").format(host=self.page.host, why=answer.why)
            return ForgeRefused(
                "no answer",
                text,
                where=where,
                remedy=_("Try again in a while; while it listens, koweb does so by itself."),
            )
        if answer in (401, 403):
            return ForgeRefused(
                "token refused",
                _("{host} does not take the token ({status}).").format(host=self.page.host, status=answer),
                where=where,
                remedy=_("Has it ended, and may it do that? The guide says which rights it needs."),
            )
        if answer == 404:
            return ForgeRefused(
                "not found",
                _("{host} finds nothing to start there (404).").format(host=self.page.host),
                where=where,
                remedy=_(
                    "Look at the address, the name of the workflow, and whether the token may see the repository."
                ),
            )
        kind = "down" if answer >= 500 or answer == 429 else "moved" if 300 <= answer < 400 else "refused"
        return ForgeRefused(
            kind,
            _("{host} did not start it ({status}).").format(host=self.page.host, status=answer),
            where=where,
            remedy=_("Has the repository another address now, or the branch another name?")
            if kind != "down"
            else _("Try again in a while; while it listens, koweb does so by itself."),
        )


def dispatch_to(page: str, forge: str | None, branch: str, workflow: str, token: str) -> Dispatch:
    """Whom to tell. Raises InputError for what is no page of a repository, or of nobody knows which forge."""
    address = read(page.strip().removesuffix("/").removesuffix(".git"))
    if address is None or address.query or len(address.path.strip("/").split("/")) < 2:
        raise no_page(page)
    if address.scheme != "https" and address.host not in LOCAL:
        raise InputError(
            _("The token would travel in the clear."),
            where=f"--dispatch {page}",
            remedy=_("It must begin with https://."),
        )
    kind = next((one for one in FORGES if one == (forge or forge_of(address.url))), None)
    if kind is None:
        raise InputError(
            _("Nobody knows what answers at {host}.").format(host=address.host),
            where=f"--dispatch {page}",
            remedy=_("Say it: --forge github, gitlab or forgejo"),
        )
    if kind == "github" and address.path.strip("/").count("/") != 1:
        raise no_page(page)
    if workflow and kind == "gitlab":
        raise InputError(_("GitLab has no workflows: it starts a pipeline."), remedy=_("Leave --workflow out."))
    return Dispatch(kind, address, branch, workflow or (USUAL if kind == "forgejo" else ""), token)


def no_page(page: str) -> InputError:
    """The error for what is no page of a repository."""
    return InputError(
        _("“{page}” is not the address of a page.").format(page=page),
        where="--dispatch",
        remedy=_("It looks like https://example.org/community/posts."),
    )
