"""Setting up the desk for a forum: what `koweb init` asks at a terminal, as answers that are kept while one is wrong.

The key is only in the environment of this process, and in the system's keyring, or a file of the user's own, where
somebody wants that; no page ever shows it again.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from koweb_sync import config, kept_keys, keyrings, keys, logins, trusted, zones
from koweb_sync.config import Settings
from koweb_sync.config_file import FILE
from koweb_sync.desk.run.session import DeskSession, connected, quietly
from koweb_sync.errors import ConfigError, ForumKeyRefused, InputError, KeyBound, KowebError
from koweb_sync.forum.client import Forum
from koweb_sync.forum.site import Category, Site
from koweb_sync.git.commit import commit_files, full_name, is_address, set_identity
from koweb_sync.i18n import _, active, spoken
from koweb_sync.sync.pull.commits import clean
from koweb_sync.sync.setup.doctor import Finding, Verdict, examine
from koweb_sync.sync.setup.folders import HERE, folder_name, free_folder, known_folders, open_to
from koweb_sync.sync.setup.init import BY_KEY, Answers, probe_bookmark, reached, render, suggest_name, user, write
from koweb_sync.sync.setup.login import give_back
from koweb_sync.sync.setup.repository import begin, home_of_posts, identity_known, repository_at

FEW = 8  # categories of which each is chosen for a start
NOBODY = "noreply.invalid"  # no mail ever goes to a name that ends so (RFC 2606)

Errors = dict[str, KowebError]  # field of a form -> what is wrong with it


@dataclass
class SetUpDraft:
    """What was answered so far. `forum`: the address that answered; `site`: what the key may see, None before it does.

    `errors`: by the field of the form that is shown; `key`: one that could not be tried yet.
    """

    address: str = ""
    username: str = ""
    forum: str = ""
    title: str = ""
    site: Site | None = None
    folder: str = ""
    posts: str = field(default_factory=lambda: _("posts"))
    chosen: dict[str, str] = field(default_factory=dict)
    person: str = ""
    email: str = ""
    errors: Errors = field(default_factory=dict)
    key: str = field(default="", repr=False)

    @property
    def settings(self) -> Settings:
        """The settings of the forum, as far as they are answered."""
        name = suggest_name(self.forum, self.title)[:40].strip("-")
        answers = Answers(name, self.forum, self.username, "posts", "main", active(), "")
        return config.from_text(render(answers, {}), name)


def ask_forum(draft: SetUpDraft, given: Mapping[str, str]) -> None:
    """Try an address, a username and a key: what does not hold is in the draft's errors, all else is kept."""
    draft.address, draft.username = given.get("address", "").strip(), user(given.get("username", ""))
    draft.errors, draft.site = {}, None
    draft.key = given.get("key", "").strip() or draft.key
    reach(draft)  # an address that answers as a forum comes before any key
    if not draft.username:
        draft.errors["username"] = InputError(_("Write the username that you have on the forum."))
    if draft.errors:
        return
    settings = draft.settings
    typed, draft.key = draft.key, ""
    wrong = tried(settings, typed)
    if isinstance(wrong, ForumKeyRefused):
        draft.key = typed  # the name may be what is wrong
        draft.errors |= name_or_key()
        return
    if wrong is not None:
        draft.errors["key" if isinstance(wrong, BY_KEY) or wrong.where == "" else "address"] = wrong
        return
    with connected(settings, quietly) as forum:
        draft.site = forum.site()
    draft.username = draft.site.user_name(draft.username)


def name_or_key() -> Errors:
    """What is said where a forum does not know a name and a key together: nobody can tell which of them is wrong."""
    return {
        "username": InputError(
            _("This name or this key is not the right one."),
            remedy=_("Look at the name first: it is the one after @ on your page of the forum, letter by letter."),
        ),
        "key": InputError(
            _("If the name is right, the key is not."),
            remedy=_("Copy it again, whole; if the forum still refuses it, ask one of its administrators for another."),
        ),
    }


def whom_to_ask(settings: Settings) -> str:
    """Who makes a key."""
    return _("Ask an administrator of the forum for an API key for “{user}”.").format(user=settings.username)


def ask_address(draft: SetUpDraft, given: Mapping[str, str]) -> bool:
    """Take the forum's address alone, for whom a login tells the rest; whether it answers as a forum."""
    draft.address, draft.username = given.get("address", "").strip(), user(given.get("username", ""))
    draft.errors, draft.site = {}, None
    reach(draft)
    return not draft.errors


def reach(draft: SetUpDraft) -> None:
    """See whether the draft's address answers as a forum; else the draft's errors say why not."""
    draft.forum = ""
    try:
        if not draft.address:
            raise InputError(_("Write the address of the forum."))
        draft.forum, draft.title = reached(draft.address, quietly)
        draft.address = draft.forum
    except KowebError as error:
        draft.errors["address"] = error


def logged_in(draft: SetUpDraft, username: str) -> None:
    """Somebody logged in: what the forum shows them. Raises KowebError."""
    draft.username, draft.key, draft.errors = username, "", {}
    with connected(draft.settings, quietly) as forum:
        draft.site = forum.site()


def log_out(settings: Settings) -> str:
    """Let the forum take the key of a login back, and forget it here: “out”, or “forgotten” where the forum could not
    be told; "" where nobody was logged in.
    """
    login = logins.find(settings.url)
    if login is None:
        return ""
    key = logins.key_of(settings.url, login)
    revoked = bool(key) and give_back(settings.url, login, key, say=quietly)
    logins.forget(settings.url)
    return "out" if revoked else "forgotten"


def open_again(run: DeskSession) -> None:
    """Read the settings again, which say who acts now. Raises KowebError."""
    folder = run.folder
    if folder is not None:
        settings = config.load(folder.repo.root, start=run.start, forum=folder.settings.name)
        folder.repo.posts = settings.posts
        run.open(folder.repo, settings)


def tried(settings: Settings, typed: str) -> KowebError | None:
    """Try a key at an address that somebody typed with it, so that it may go there: where it does not serve, it stays
    free for another address. Why it cannot be used, None where it can.
    """
    if not typed:
        return wrong_key(settings, "")
    try:
        with trusted.on_trial(typed, settings.url):
            if (wrong := wrong_key(settings, typed)) is not None:
                raise wrong
    except KowebError as error:
        return error
    return None


def wrong_key(settings: Settings, typed: str) -> KowebError | None:
    """Try a key: why it cannot be used, None where it can. Without a typed one, the one that is there already counts.

    A typed key that does not hold is forgotten.
    """
    name = keys.key_name(settings)
    before = os.environ.get(name)
    if typed:
        os.environ[name] = typed
    elif not has_key(settings):
        return InputError(
            _("Paste your key here."),
            remedy=" ".join((_("You have none?"), whom_to_ask(settings))),
        )
    bad = first_bad(settings)
    if bad is None:
        return None
    if typed:
        os.environ.pop(name) if before is None else os.environ.update({name: before})
    return bad.cause or InputError(f"{bad.what}: {bad.detail}")


def first_bad(settings: Settings) -> Finding | None:
    """What keeps the forum from being used, None where nothing does."""
    opened: list[Forum] = []

    def connect() -> Forum:
        opened.append(connected(settings, quietly))
        return opened[-1]

    try:
        return next((one for one in examine(None, settings, connect) if one.verdict is Verdict.BAD), None)
    finally:
        for forum in opened:
            forum.close()


def has_key(settings: Settings) -> bool:
    """Whether a key is there already."""
    try:
        return bool(keys.find_key(settings))
    except KeyBound:
        return True
    except ConfigError:
        return False


# ---- folders


def suggested_folder(start: Path, draft: SetUpDraft) -> str:
    """Where the posts may lie: here, in a repository or an empty folder; else in a folder of their own."""
    try:
        fits = repository_at(start) is not None or not any(start.iterdir())
        home_of_posts(str(start))
    except (InputError, OSError):
        fits = False
    return str(start if fits else start / (draft.settings.name if draft.forum else "forum"))


def suggest_posts(draft: SetUpDraft) -> None:
    """Call the folder of the posts otherwise than the one around it, unless it is there already or somebody chose."""
    around = Path(draft.folder)
    if draft.posts == _("posts") and around.name.casefold() == draft.posts and not (around / draft.posts).is_dir():
        draft.posts = _("texts")


def suggest_chosen(draft: SetUpDraft) -> None:
    """Choose each category for a start where there are few, and nobody chose, nor does the folder hold any yet."""
    found = suggested_categories(draft)
    if len(found) <= FEW and not any(chosen for _path, _name, _folder, chosen in found):
        draft.chosen = {path: folder for path, _name, folder, _chosen in found}


def suggested_categories(draft: SetUpDraft) -> list[tuple[str, str, str, bool]]:
    """Every category that may be chosen: its slug path, its name, the folder for it, and whether it is chosen."""
    if draft.site is None:
        return []
    there = open_to(draft.site)
    known = {path: name for name, path in known_folders(Path(draft.folder or ".") / draft.posts, draft.site).items()}
    found: list[tuple[str, str, str, bool]] = []
    taken: dict[str, str] = {}
    for one in there:
        folder = draft.chosen.get(one.path) or known.get(one.path) or folder_name(one, taken)
        taken[folder] = one.path
        chosen = one.path in draft.chosen or one.path in known or len(there) == 1
        found.append((one.path, called(one, draft.site), folder, chosen))
    return found


def called(one: Category, site: Site) -> str:
    """A category by its name, below those that it is part of."""
    above = site.category(one.path.rpartition("/")[0])
    return f"{called(above, site)} / {one.name}" if above else one.name


def suggest_person(draft: SetUpDraft) -> None:
    """Whose name stands beside each version, for a start: this computer's user's, else the one of the forum, with an
    address that is nobody's, for whoever would rather not give theirs.
    """
    if not draft.person and not draft.email:
        draft.person = full_name() or (draft.site.person if draft.site else "") or draft.username
        draft.email = nobodys(draft.username)


def nobodys(username: str) -> str:
    """An address that is nobody's, for somebody's name."""
    return f"{clean(username)}@{NOBODY}"


def needs_identity(folder: str) -> bool:
    """Whether git does not know who writes in a folder."""
    return not identity_known(Path(folder))


def ask_folders(draft: SetUpDraft, given: Mapping[str, str], chosen: Mapping[str, str]) -> Path | None:
    """Take the answers about folders: where the posts will lie, None where an answer does not hold.

    `chosen`: slug path -> folder, as typed.
    """
    draft.errors = {}
    draft.folder, draft.posts = given.get("folder", "").strip(), given.get("posts", "").strip() or _("posts")
    draft.person, draft.email = given.get("person", "").strip(), given.get("email", "").strip()
    draft.chosen = dict(chosen)
    place: Path | None = None
    try:
        place = home_of_posts(draft.folder)
    except InputError as error:
        draft.errors["folder"] = error
    try:
        draft.posts = free_folder(draft.posts, {})
    except InputError as error:
        draft.errors["posts"] = error
    taken: dict[str, str] = {}
    for path, typed in chosen.items():
        try:
            taken[free_folder(typed, taken)] = path
        except InputError as error:
            draft.errors["categories"] = error
    if not chosen:
        draft.errors["categories"] = InputError(_("Choose at least one category: a post needs one."))
    if place is not None and needs_identity(draft.folder) and not (draft.person and is_address(draft.email)):
        draft.errors["person"] = InputError(_("Give your name and an e-mail address."))
    return None if draft.errors else place


def finish(run: DeskSession, draft: SetUpDraft, place: Path, keep_where: str) -> None:
    """Make the repository and koweb.toml, open the folder, and keep the key as `keep` does. Raises KowebError."""
    tried = draft.settings
    fresh = repository_at(place) is None
    repo = begin(place)
    if needs_identity(str(place)):
        set_identity(repo, draft.person, draft.email)
    bookmark = probe_bookmark(repo, tried.name)
    locale = (spoken(draft.site.locale) if draft.site else None) or active()
    answers = Answers(
        tried.name, tried.url, tried.username, draft.posts, repo.branch() or "main", locale, bookmark, zones.here()
    )
    folders = {folder: path for path, folder in draft.chosen.items()}
    parts = [PurePosixPath(draft.posts, one) for one in (HERE, *folders)]
    write(place / FILE, render(answers, folders), parts)
    settings = config.load(repo.root, start=place, forum=tried.name)
    repo.posts = settings.posts
    run.start = place  # commands find koweb.toml from there
    run.open(repo, settings)
    if fresh:  # else it is theirs to decide what goes into it
        commit_files(repo, [FILE], _("Set up koweb"))
    keep(settings, keep_where)


def keep_versions(run: DeskSession) -> None:
    """Let git keep the versions of a folder that holds koweb.toml already, and open it. Raises KowebError."""
    repo = begin(run.start)
    settings = config.load(repo.root, start=run.start)
    repo.posts = settings.posts
    run.open(repo, settings)


def in_file(settings: Settings) -> bool:
    """Whether the user's own file holds the key."""
    return bool(kept_keys.key(settings.url, settings.username))


def forget_key(settings: Settings) -> None:
    """Forget a key that this computer keeps; the forum still knows it. Raises KowebError."""
    os.environ.pop(keys.key_name(settings), None)
    keyrings.remove(settings.url, settings.username)
    kept_keys.forget(settings.url, settings.username)


def kept_in(settings: Settings) -> str:
    """Where the key is kept, as `keep` takes it; "" where only this process knows it."""
    if keyrings.key(settings.url, settings.username):
        return "yes"
    return "file" if in_file(settings) else ""


def keep(settings: Settings, where: str) -> None:
    """Keep the key where somebody wants it: in the system's keyring (“yes”) or in a file of their own (“file”). Where
    it is not to be there, only this process knows it from now on. Raises KowebError.
    """
    name, url, username = keys.key_name(settings), settings.url, settings.username
    value = keys.find_key(settings)
    if settings.login and not os.environ.get(name, "").strip():
        return  # the key of a login is kept as such
    if where == "file":
        kept_keys.keep(url, username, value)
        return
    if where == "yes" and keyrings.usable() and keyrings.key(url, username) != value:
        keyrings.keep(url, username, value)
    if in_file(settings):
        os.environ[name] = value
        kept_keys.forget(url, username)
