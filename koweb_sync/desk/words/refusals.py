"""What the desk says where git, the forum, the key or a file refuses: in words of the desk, with what it can offer.

Errors are worded for whoever types commands. One that speaks of them is told by its kind instead, as the table has it;
its own words are kept for whoever looks after the folder.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from koweb_sync import errors
from koweb_sync.desk.words.desk_words import desk_text
from koweb_sync.errors import KowebError, ended
from koweb_sync.i18n import _

OF_TERMINALS = re.compile(  # in English and French
    r"(?i:\b(?:commit\w*|git\w*|adopt\w*|push\w*|pull\w*|branche?s?|koweb\.toml|cherry-pick\w*|sparse\W|lfs|yaml|"
    r"front matter|en-têtes?|rebas\w+|staged|staging|stash|clones?|exit codes?|codes? de sortie)\b)|\bHEAD\b|"
    r"(?<!\w)--[a-z]|[“«\"`]\s*koweb [a-z]|/admin\b|"
    r"\bkoweb (?:init|log(?:in|out)|new|check|import|preview|desk|status|diff|plan|push|fetch|pull|sync|adopt|"
    r"component|archive|listen|report|letter|feed|doctor|demo|sandbox)\b"
)
OF_MACHINES = re.compile(  # what a refusal names, and a facilitator need not know
    r"(?i:\b(?:index\w*|toml|locks?|verrous?|bookmarks?|marque-pages?|symbolic links?|liens? symboliques?|"
    r"submodules?|sous-modules?|dépôts?|repositor\w+|scopes?|portées?|prox\w+|mandataires?|archiv\w*|"
    r"status \d+|statut \d+)\b)|[“«]\s*(?:author|username|closed:)"
)


DONE_BY_BUTTON = ("bring-back", "publish", "branch")  # offers that do what the advice of a command says


@dataclass(frozen=True, slots=True)
class DeskRefusal:
    """An error as a page of the desk says it; `details` are for whoever looks after the folder. `only_unsent`: its
    remedy says no more than that nothing was sent.
    """

    message: str
    remedy: str
    details: tuple[str, ...] = ()
    only_unsent: bool = False


@dataclass(frozen=True, slots=True)
class RefusalKind:
    """A kind of errors: what a page says of them, what to do, and what `_help.html` offers ("" for nothing)."""

    kind: type[KowebError]
    message: Callable[[], str]
    remedy: Callable[[], str]
    offer: str


def nothing() -> str:
    """Where the button says it all."""
    return ""


def ask_somebody() -> str:
    """Where a facilitator cannot go on alone."""
    return _(
        "Nothing is lost. Try again; if it happens again, show the technical details to whoever looks after this "
        "folder."
    )


def later() -> str:
    """Where it passes by itself."""
    return _("Nothing is lost. Try again in a few minutes.")


KINDS = (  # the first that an error is of
    RefusalKind(
        errors.IdentityUnknown,
        lambda: _("koweb does not know yet in whose name it keeps your texts."),
        nothing,
        "publish",
    ),
    RefusalKind(
        errors.PlanMoved,
        lambda: _("Something moved since you looked: the forum, a colleague's publication, or a text."),
        lambda: _("Nothing was sent. Look at what would be sent now, then publish."),
        "publish",
    ),
    RefusalKind(
        errors.WrongBranch,
        lambda: _("This folder shows other versions of the texts than those that are published."),
        nothing,
        "branch",
    ),
    RefusalKind(
        errors.PullWaits,
        lambda: _("Bringing the forum’s changes back is not finished: go on with it first."),
        nothing,
        "bring-back",
    ),
    RefusalKind(
        errors.EditedThere, lambda: _("Somebody changed this text on the forum meanwhile."), nothing, "bring-back"
    ),
    RefusalKind(
        errors.EditConflict, lambda: _("Somebody changed this text on the forum meanwhile."), nothing, "bring-back"
    ),
    RefusalKind(
        errors.KeyBound, lambda: _("Your key was used with another address of a forum until now."), nothing, "trust"
    ),
    RefusalKind(
        errors.ForumKeyRefused,
        lambda: _("The forum does not take your key, or it does not allow this."),
        lambda: _(
            "Copy it again, whole, and type it here; if the forum still refuses it, ask one of its administrators for "
            "another one."
        ),
        "set-up",
    ),
    RefusalKind(
        errors.ConfigError,
        lambda: _("A key is missing, or the settings of this folder cannot be read."),
        lambda: _(
            "Set up the key; if that does not help, show the technical details to whoever looks after this folder."
        ),
        "set-up",
    ),
    RefusalKind(errors.SomebodyPublishing, lambda: _("Somebody else is publishing at this moment."), later, "again"),
    RefusalKind(
        errors.PostFileError,
        lambda: _("A text cannot be read as a message."),
        lambda: _("Open it: beside it stands what is to be mended."),
        "",
    ),
    RefusalKind(
        errors.StoreUnusable,
        lambda: _("What is kept of the forum cannot be read or written on this computer."),
        ask_somebody,
        "",
    ),
    RefusalKind(
        errors.GitError,
        lambda: _("The versions of your texts could not be kept, or could not be shared with those who work with you."),
        ask_somebody,
        "again",
    ),
    RefusalKind(errors.ForumUnreachable, lambda: _("The forum does not answer."), later, "again"),
    RefusalKind(errors.ForumDown, lambda: _("The forum is out of order at the moment."), later, "again"),
    RefusalKind(
        errors.ForumAnswerUnclear,
        lambda: _("The forum answered something that koweb does not understand."),
        later,
        "again",
    ),
    RefusalKind(
        errors.ForumForbidden,
        lambda: _("Your account may not do this on the forum."),
        lambda: _("Ask an administrator of the forum whether you may."),
        "again",
    ),
    RefusalKind(
        errors.ForumNotFound,
        lambda: _("The forum does not have this topic any more, or you may not see it."),
        lambda: _("Look on the forum what became of it, or ask a moderator."),
        "again",
    ),
    RefusalKind(
        errors.ForumRefused,
        lambda: _("The forum does not accept this text as it is."),
        lambda: _("Change the text, then publish it again. The technical details say what the forum answered."),
        "again",
    ),
    RefusalKind(errors.LimitReached, lambda: _("The forum asks us to wait before more is sent."), later, "again"),
    RefusalKind(errors.HumanNeeded, lambda: _("Somebody has to look at this first."), ask_somebody, "again"),
    RefusalKind(errors.InputError, lambda: _("This cannot be done as it is."), ask_somebody, ""),
    RefusalKind(KowebError, lambda: _("That did not work."), ask_somebody, "again"),
)


def kind_of(error: KowebError) -> RefusalKind:
    """What the table says of an error."""
    return next(one for one in KINDS if isinstance(error, one.kind))


def speaks_of_terminals(text: str) -> bool:
    """Whether a text has words that only those know who type commands."""
    return OF_TERMINALS.search(text) is not None


def is_technical(text: str) -> bool:
    """Whether a refusal has words that a facilitator need not know."""
    return speaks_of_terminals(text) or OF_MACHINES.search(text) is not None


def in_desk_words(error: KowebError) -> DeskRefusal:
    """An error as the desk says it: in its own words where they are those of the desk, else in those of its kind."""
    kind, next_step = kind_of(error), desk_text(error.remedy)
    own_words = "\n".join(line for line in desk_text(unplaced(error)).split("\n") if not is_technical(line))
    message = own_words or kind.message()
    remedy = next_step if own_words and not is_technical(next_step) else kind.remedy()
    reworded = (message, remedy) != (unplaced(error), error.remedy)
    advice = "" if kind.offer in DONE_BY_BUTTON else error.remedy
    own = (error.message, advice) if reworded else ()
    details = tuple(text for text in (*own, error.where) if text)
    only_unsent = isinstance(error, errors.PostRefused) and remedy == next_step
    return DeskRefusal(ended(message) if remedy else message, remedy, details, only_unsent)


def said_error(error: KowebError) -> str:
    """An error as it stands beside a field."""
    told = in_desk_words(error)
    return f"{told.message} {told.remedy}".strip()


def unplaced(error: KowebError) -> str:
    """What an error says, without the file and line that begin some of its lines: a page names the message."""
    path = error.where.rpartition(":")[0] or error.where
    return re.sub(rf"(?m)^{re.escape(path)}:\d+: ", "", error.message) if path else error.message
