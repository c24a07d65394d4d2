"""`import`: a folder of notes of another tool becomes post files."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from koweb_sync import safe_files
from koweb_sync.cli.known_names import categories_known
from koweb_sync.cli.options import exclusive, folders_here, format_option, forum_option
from koweb_sync.cli.output import echo, emit, label, painted, say, table
from koweb_sync.cli.progress_bar import ProgressBar
from koweb_sync.cli.questions import confirm
from koweb_sync.cli.workspace import outside_posts, repository_paths, workspace
from koweb_sync.config import Settings
from koweb_sync.errors import DONE, HUMAN, InputError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _, ngettext, number
from koweb_sync.safe_text import unbroken

if TYPE_CHECKING:
    from koweb_sync.importing.categories import CategoryName
    from koweb_sync.importing.plan import ImportPlan, Item
    from koweb_sync.importing.target import ImportTarget

MANY = 40  # notes; fewer are read before anybody looks for a bar


@click.command(
    "import",
    help=_("Make post files of a folder of notes: Obsidian, HedgeDoc, Hugo, Jekyll, MkDocs, YesWiki, plain Markdown."),
)
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@forum_option
@format_option()
@click.option(
    "--into",
    metavar="FOLDER",
    shell_complete=folders_here,
    help=_("Folder for the files (default: the folder of the post files)."),
)
@click.option(
    "--in-place", is_flag=True, help=_("Write the front matter into the notes themselves, in the post files' folder.")
)
@click.option(
    "--links",
    is_flag=True,
    help=_("With --in-place: make ordinary links of [[note]] in files that are post files, too."),
)
@click.option(
    "--category",
    metavar="SLUG",
    shell_complete=categories_known,
    help=_("Category of notes that name none, in folders that have none."),
)
@click.option("--dry-run", is_flag=True, help=_("Only show what would be written."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
def import_(folder: Path, forum: str | None, style: str, into: str | None, **given: Any) -> None:
    from koweb_sync.importing.folder import read_folder
    from koweb_sync.importing.plan import plan as decide
    from koweb_sync.importing.write import write

    exclusive(into=into, in_place=given["in_place"])
    if given["links"] and not given["in_place"]:
        raise InputError(_("--links is for notes in their place."), remedy=_("Add --in-place."))
    repo, settings = workspace(forum)
    place = place_of(repo, settings, folder, into, in_place=given["in_place"])
    found = read_folder(
        folder, None if given["in_place"] else repo.root / settings.posts, readmes=not given["in_place"]
    )
    target = target_of(repo, settings, folder, place, given)
    with ProgressBar() as bar:
        if len(found.notes) > MANY:
            bar.start(len(found.notes), _("reading"))
        plan = decide(found, target, bar.advance)
    if given["in_place"]:
        committed(repo, place, plan)
    show(plan, style, dry=given["dry_run"])
    for remark in remarks(plan, target):
        say(remark, fg="yellow")
    if (plan.items or plan.over or plan.relinked) and not given["dry_run"]:
        if not given["yes"]:
            agreed(plan)
        with ProgressBar() as bar:
            if len(plan.items) > MANY:
                bar.start(len(plan.items) + len(plan.copies), _("writing"))
            write(plan, folder.resolve(), repo.root, bar.advance)
    say(closing(plan, dry=given["dry_run"]))
    sys.exit(HUMAN if any(one.text for one in plan.left) or any(one.changed for one in plan.done) else DONE)


# ---- where to


def place_of(repo: Repo, settings: Settings, folder: Path, into: str | None, *, in_place: bool) -> str:
    """The folder for the files, from the repository's root. Raises InputError for one that is none of post files."""
    if in_place:
        place = repository_paths(repo, [str(folder.resolve())])[0] or "."
        remedy = _("Move the notes into that folder, or leave --in-place out: then copies of them go there.")
    else:
        place = repository_paths(repo, [into])[0] or "." if into else settings.posts
        remedy = _("Choose a folder in it with --into.")
    if place != settings.posts and not settings.is_post(f"{place}/a.md"):
        raise outside_posts(repo, settings, place, remedy, "" if in_place else "--into")
    posts = (repo.root / settings.posts).resolve()
    if not in_place and posts in (folder.resolve(), *folder.resolve().parents):
        raise InputError(
            _("These notes lie in the folder of the post files already."),
            where=str(folder),
            remedy=_("Give them their front matter there with --in-place, or move them out of it."),
        )
    return place


def target_of(repo: Repo, settings: Settings, folder: Path, place: str, given: Mapping[str, Any]) -> "ImportTarget":
    """All that the plan has to know of the repository and, as far as this machine remembers it, of the forum."""
    from koweb_sync.errors import PostFileError
    from koweb_sync.importing.categories import Categories
    from koweb_sync.importing.origins import origins
    from koweb_sync.importing.target import ImportTarget
    from koweb_sync.sync.work_tree import content, entries, read, rules_of
    from koweb_sync.sync.world.checkout import checkout
    from koweb_sync.sync.world.world import need_folder

    tree = checkout(repo)
    need_folder(settings, tree.files)
    posts = list(read(repo, settings, tree))
    rules, sure = rules_of(settings)
    good = [post for post in posts if not isinstance(post, PostFileError)]
    broken = [post for post in posts if isinstance(post, PostFileError)]
    data = [(post.path, post.data) for post in good]
    data += ((one.path, content(repo, one.path)) for one in broken if (repo.root / one.path).is_file())
    source = folder.resolve()
    return ImportTarget(
        place=place,
        name=unbroken(source.name) or "notes",
        settings=settings,
        posts=good,
        broken=broken,
        paths=frozenset({*tree.files, *under(repo.root, settings.posts)}),
        entries=entries(repo, tree),
        origins=origins(data),
        holds=lambda path, there: safe_files.read(source, path) == safe_files.read(repo.root, there),
        rules=rules,
        sure=sure,
        categories=Categories(settings, *categories_of(settings, given["category"])),
        now=datetime.now(UTC),
        in_place=given["in_place"],
        links=given["links"],
    )


def under(root: Path, folder: str) -> Iterator[str]:
    """Every path below a folder of the repository, also those that git ignores, however deep."""
    left = [root / folder]
    while left:
        here = left.pop()
        try:
            entries = list(os.scandir(here))
        except OSError:  # not there yet; and where one is closed to us, the write says so
            continue
        for entry in entries:
            yield (here / entry.name).relative_to(root).as_posix()
            left += [here / entry.name] if entry.is_dir(follow_symlinks=False) else []


def categories_of(settings: Settings, given: str | None) -> "tuple[CategoryName | None, Mapping[str, CategoryName]]":
    """The category that was asked for, and all that are known. Raises InputError for one that the forum has not."""
    from koweb_sync.importing.categories import by_name, compared_name
    from koweb_sync.sync.publish.categories import unknown_category
    from koweb_sync.sync.publish.push import known_site

    site = known_site(settings)
    known = by_name([(one.path, one.name, one.id) for one in site.categories] if site else (), settings)
    if not given:
        return None, known
    wanted = known.get(compared_name(given), int(given) if re.fullmatch("[1-9][0-9]{0,8}", given) else given.strip("/"))
    if site and (site.category(wanted) is None):
        raise unknown_category("--category", given, site)
    return wanted, known


def committed(repo: Repo, place: str, plan: "ImportPlan") -> None:
    """Raises InputError where a note that is to be written over or taken away is not in git as it is: nobody could
    bring it back.
    """
    asked = ("--porcelain", "-z", "--untracked-files=all", "--ignored", "--ignore-submodules=none", "--no-renames")
    rows = repo.git("status", *asked).decode("utf-8", "surrogateescape").split("\0")
    loose = {row[3:].rstrip("/") for row in rows if row}  # a repository in this one stands there as one row
    sources = [one.source for several in (plan.items, plan.over, plan.relinked) for one in several]
    notes = [PurePosixPath(place, source) for source in sources]
    found = next((path for path in notes if any(str(one) in loose for one in (path, *path.parents))), None)
    if found:
        raise InputError(
            _("{path} is not committed as it is, so git could not bring it back.").format(path=found),
            remedy=_("Commit the notes first: git add, git commit. Then run this again."),
        )


# ---- words


def show(plan: "ImportPlan", style: str, *, dry: bool) -> None:
    """The plan: for each note what becomes of it, and what could not be done; then what is left out."""
    if style == "json":
        emit(as_data(plan, dry=dry))
        return
    table([(_("import"), item.source, described(item)) for item in plan.items])
    table([(_("links"), one.source, links(one.count)) for one in plan.relinked])
    table([(_("remove"), one.source, f"→ {one.path}") for one in plan.over])
    table([(_("copy"), copy.source, f"→ {copy.path}") for copy in plan.copies])
    found = [(item.source, item.problems) for item in plan.items]
    found += [(one.source, one.problems) for one in plan.relinked]
    for source, problems in found:
        for problem in problems:
            echo(painted(f"{label(source)}:{problem.line}", fg="yellow"), f": {label(problem.text)}")
    for one in plan.done:
        if one.changed:
            text = _("changed since it was imported; {path} is left as it is.").format(path=one.path)
            echo(painted(label(one.source), fg="yellow"), f": {label(text)}")
    for left in plan.left:
        echo(painted(_("left out"), fg="red" if left.text else "yellow"), f"  {label(left.path)}: {label(left.reason)}")


def remarks(plan: "ImportPlan", target: "ImportTarget") -> Iterator[str]:
    """What is the matter with all of it."""
    if plan.items and not target.sure:
        yield _("Nobody asked the forum yet what it takes: Discourse's defaults are taken. “koweb doctor” asks it.")
    settings = target.settings
    homeless = [one for one in plan.items if one.facts.category is None and settings.category_of(one.path) is None]
    if homeless:
        text = ngettext(
            "{n} note has no category: name one with --category, or for its folder in koweb.toml.",
            "{n} notes have no category: name one with --category, or for their folders in koweb.toml.",
            len(homeless),
        )
        yield text.format(n=number(len(homeless)))


def links(count: int) -> str:
    """So many links, in words."""
    return ngettext("{n} link", "{n} links", count).format(n=number(count))


def described(item: "Item") -> str:
    """What a note becomes, on one line."""
    facts = item.facts
    parts = [f"→ {item.path}", _("“{title}”").format(title=facts.title)]
    if facts.category is not None:
        parts.append(str(facts.category))
    parts += (f"#{tag}" for tag in facts.tags)
    parts += [facts.created] if facts.created else []
    parts += [_("draft")] if facts.draft else []
    return "  ".join(parts)


def as_data(plan: "ImportPlan", *, dry: bool) -> dict[str, Any]:
    """The plan for a program."""
    keys = ("title", "id", "category", "created", "draft")
    return {
        "version": 1,
        "dry_run": dry,
        "notes": [
            {
                "source": item.source,
                "path": item.path,
                **{key: getattr(item.facts, key) for key in keys},
                "tags": list(item.facts.tags),
                "problems": [{"line": one.line, "message": one.text} for one in item.problems],
            }
            for item in plan.items
        ],
        "files": [{"source": copy.source, "path": copy.path} for copy in plan.copies],
        "done": [{"source": one.source, "path": one.path, "changed": one.changed} for one in plan.done],
        "links": [
            {
                "source": one.source,
                "path": one.path,
                "count": one.count,
                "problems": [{"line": problem.line, "message": problem.text} for problem in one.problems],
            }
            for one in plan.relinked
        ],
        "over": [{"source": one.source, "path": one.path} for one in plan.over],
        "left": [{"path": one.path, "reason": one.reason, "note": one.text} for one in plan.left],
    }


def agreed(plan: "ImportPlan") -> None:
    """Go on only if somebody says so. Raises click.Abort for anything but a yes."""
    count = len(plan.items) + len(plan.relinked)
    text = ngettext("Write {n} post file?", "Write {n} post files?", count)
    if not count:
        count = len(plan.over)
        text = ngettext(
            "Remove {n} note of which the post file is there?",
            "Remove {n} notes of which the post files are there?",
            count,
        )
    confirm(text.format(n=number(count)))


def closing(plan: "ImportPlan", *, dry: bool) -> str:
    """What it came to, and what comes next."""
    count, left = len(plan.items), sum(one.text for one in plan.left)
    text = ngettext("{n} note imported.", "{n} notes imported.", count)
    if dry:
        text = ngettext("{n} note to import; nothing was written.", "{n} notes to import; nothing was written.", count)
    parts = [text.format(n=number(count))]
    if plan.done:
        done = ngettext("{n} was imported before.", "{n} were imported before.", len(plan.done))
        parts.append(done.format(n=number(len(plan.done))))
    if plan.relinked:
        more = ngettext("{n} post file with new links.", "{n} post files with new links.", len(plan.relinked))
        parts.append(more.format(n=number(len(plan.relinked))))
    if left:
        parts.append(ngettext("{n} is left out.", "{n} are left out.", left).format(n=number(left)))
    if (count or plan.relinked) and not dry:
        parts.append(_("Next: look at them, “koweb check”, commit them, “koweb plan”."))
    return " ".join(parts)
