"""`koweb check`: post files, before any forum is asked."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from koweb_sync import safe_files
from koweb_sync.cli.options import format_option, forum_option
from koweb_sync.cli.output import echo, emit, label, painted, say
from koweb_sync.cli.posts.new import free_name
from koweb_sync.cli.posts.work_tree import content, entries, read, rules_of
from koweb_sync.cli.workspace import repository_paths, workspace
from koweb_sync.config import Settings
from koweb_sync.errors import INPUT, PostFileError
from koweb_sync.git import Repo
from koweb_sync.i18n import _, ngettext

if TYPE_CHECKING:
    from koweb_sync.posts.document import PostFile
    from koweb_sync.posts.lint import Around, Problem
    from koweb_sync.sync.world.bindings import BookmarkNames
    from koweb_sync.sync.world.checkout import Checkout


@click.command(help=_("Check the post files. Uses no network. PATH limits what is reported."))
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@forum_option
@click.option("--fix", is_flag=True, help=_("Write the ids that are missing."))
@format_option("github")
def check(paths: tuple[str, ...], forum: str | None, fix: bool, style: str) -> None:
    from koweb_sync import bookmark
    from koweb_sync.posts import lint
    from koweb_sync.posts.grouped_problems import bare_files, in_one, left_out
    from koweb_sync.sync.publish.push import known_site, style_of, with_own_journal
    from koweb_sync.sync.pull.stale import moved_anchors
    from koweb_sync.sync.world.bindings import misnamed, names, shared
    from koweb_sync.sync.world.checkout import checkout
    from koweb_sync.sync.world.synonyms import other_names
    from koweb_sync.sync.world.world import need_folder, published_hidden

    repo, settings = workspace(forum)
    tree = checkout(repo)
    need_folder(settings, tree.files)
    if fix:
        write_ids(repo, settings, tree)
    known = with_own_journal(repo, settings, bookmark.read(repo, repo.resolve(settings.bookmark)))
    published = published_hidden(settings, known)
    posts = list(read(repo, settings, tree, published))
    rules, sure = rules_of(settings)
    anchors = style_of(known, known_site(settings))
    rules = replace(rules, html_pictures=anchors == "post-id")  # servers that are as new show them
    good = [post for post in posts if not isinstance(post, PostFileError)]
    bound = names(known, alone=settings.alone)
    found = [*homeless(settings, posts), *moved_anchors(good, bound, anchors, settings.url, settings.root)]
    found += [*other_names(good, bound), *shared(good, bound), *misnamed(good, bound)]
    found += [*hidden(repo, settings, tree, bound, good)]
    near = around(repo, settings, tree, bound, good)
    problems = [*lint.check(posts, entries(repo, tree), rules, near, datetime.now(UTC)), *found]
    if not sure:
        problems = [replace(one, error=one.error and one.code not in lint.UNSURE) for one in problems]
    wanted = repository_paths(repo, paths)
    problems += left_out([path for path in tree.files if settings.left_out(path)])
    mine = [one for one in problems if covers(wanted, one.path)]
    show(in_one(mine, posts), style)
    here = [post for post in posts if covers(wanted, post.path)]
    errors, bare = sum(one.error for one in mine), bare_files(here)
    say(summary(len(here) - bare, bare, errors, len(mine) - errors))
    sys.exit(INPUT if errors else 0)


def covers(wanted: Sequence[str], path: str) -> bool:
    """Whether a path is among those that the user named."""
    return not wanted or any(one in ("", path) or path.startswith(f"{one}/") for one in wanted)


def around(
    repo: Repo, settings: Settings, tree: "Checkout", bound: "BookmarkNames", posts: "Sequence[PostFile]"
) -> "Around":
    """What the forum has of the posts, as agreed on or as this clone has seen it since, and of their files."""
    from koweb_sync.posts.lint import Around
    from koweb_sync.sync.publish.judge import shown_of
    from koweb_sync.sync.world.seen import load

    texts = {ident: [agreed] for ident, agreed in bound.bookmark.agreed.items()}
    for ident, seen in load(repo, settings, bound.bookmark).texts.items():
        texts.setdefault(ident, []).extend(one.pair for one in seen)
    uploads = {used.blob for several in texts.values() for one in several for used in one.used.values() if used.url}

    def held(path: str) -> bool:
        away = tree.absent.get(path)
        return bool(uploads) and (away or repo.name_of(safe_files.read(repo.root, path))) in uploads

    keys = {post.path: bound.key(post.path, post.front) for post in posts}
    return Around(settings.root, {path: shown_of(texts[key]) for path, key in keys.items() if key in texts}, held)


def hidden(
    repo: Repo, settings: Settings, tree: "Checkout", bound: "BookmarkNames", posts: "Sequence[PostFile]"
) -> "Iterator[Problem]":
    """Post files in folders with a dot, which belong to programs. One of a topic that has no other file is an error:
    neither is its text published any more, nor is the topic withdrawn.
    """
    from koweb_sync.posts.document import MissingId, parse
    from koweb_sync.posts.grouped_problems import in_hidden
    from koweb_sync.posts.lint import Problem

    keys = {bound.key(post.path, post.front): post.path for post in posts}
    apart = []
    for path in tree.files:
        if not (settings.is_text(path) and settings.is_hidden(path)) or path in tree.absent:
            continue
        try:
            post = parse(path, content(repo, path))
        except MissingId:
            apart.append(path)
            continue
        except PostFileError:  # no post file
            continue
        key, agreed = bound.key(path, post.front), bound.agreed(post)
        if keys.get(key) == path:
            text = _(
                "This file was published from a folder with a dot before its name, where koweb takes no new ones. Move "
                "it out (git mv): its topic stays the same."
            )
            yield Problem(path, 1, "hidden-published", text, error=False)
        elif agreed and not agreed.withdrawn and key not in keys:
            text = _(
                "This is the file of topic {topic}, in a folder with a dot, which koweb passes over. Move it back, or "
                "take it out of git (git rm) if its topic may go."
            )
            yield Problem(path, 1, "hidden-topic", text.format(topic=agreed.topic))
        else:
            apart.append(path)
    yield from in_hidden(apart)


def homeless(settings: Settings, posts: "Sequence[PostFile | PostFileError]") -> "Iterator[Problem]":
    """Posts that name no category, in a folder about which koweb.toml says nothing."""
    from koweb_sync.posts.lint import Problem

    for post in posts:
        if isinstance(post, PostFileError) or post.front.category is not None:
            continue
        if settings.category_of(post.path) is None:
            text = _("No category: name one here, or one for the folder in koweb.toml.")
            yield Problem(post.path, 1, "no-category", text, error=False)


def write_ids(repo: Repo, settings: Settings, tree: "Checkout") -> None:
    """Write an id into every post file that has none; only that line is added."""
    from koweb_sync.posts.document import MissingId, with_key
    from koweb_sync.posts.front import Text, read_front

    for error in list(read(repo, settings, tree)):
        if isinstance(error, MissingId) and error.path not in tree.absent:
            data = safe_files.read(repo.root, error.path)
            title = read_front(error.path, data).keys.get("title")
            words = title.value.text if title and isinstance(title.value, Text) else PurePosixPath(error.path).stem
            ident, _path = free_name(repo, settings, words, settings.posts)
            safe_files.write(repo.root, error.path, with_key(error.path, data, "id", ident))
            say(_("{path}: wrote the id “{id}”.").format(path=error.path, id=ident))


def show(problems: "Sequence[Problem]", style: str) -> None:
    """Problems for a person, for a program, or as remarks on a pull request."""
    if style == "json":
        keys = ("path", "line", "code", "message")
        emit([{**{key: getattr(one, key) for key in keys}, "error": one.error} for one in problems])
    for one in problems:
        if style == "github":
            level = "error" if one.error else "warning"
            place = f"file={escaped(one.path, ',:')},line={max(1, one.line)},title={one.code}"
            echo(f"::{level} {place}::{escaped(one.message)}")
        elif style == "table":
            where = f"{one.path}:{one.line}" if one.line else one.path
            word = _("error") if one.error else _("warning")
            sign = painted(word, fg="red" if one.error else "yellow")
            echo(f"{label(where)}: ", sign, f": {label(one.message)}")


def escaped(text: str, more: str = "") -> str:
    """Text as GitHub's workflow commands want it."""
    for sign in f"%\r\n{more}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def summary(posts: int, bare: int, errors: int, warnings: int) -> str:
    """What the check came to, in one line. `bare`: files without front matter."""
    from koweb_sync.posts.grouped_problems import bare_words

    found = [ngettext("{n} post file", "{n} post files", posts).format(n=posts)]
    found += [bare_words(bare)] if bare else []
    found.append(ngettext("{n} error", "{n} errors", errors).format(n=errors))
    if warnings:
        found.append(ngettext("{n} warning", "{n} warnings", warnings).format(n=warnings))
    return ", ".join(found) + "."
