"""`koweb check`: what is wrong with the post files of the work tree, before any forum is asked. No request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from koweb_sync import bookmark, safe_files
from koweb_sync.agreements import Fields
from koweb_sync.config import Settings
from koweb_sync.errors import PostFileError
from koweb_sync.git.repo import Repo
from koweb_sync.i18n import _
from koweb_sync.posts import lint
from koweb_sync.posts.document import MissingId, PostFile, parse
from koweb_sync.posts.grouped_problems import in_hidden, left_out
from koweb_sync.posts.lint import Around, Problem
from koweb_sync.posts.problem import at_key
from koweb_sync.posts.tags import same_tags
from koweb_sync.posts.translation import doubled, lacking_in, unfinished
from koweb_sync.posts.translation import parse as parse_translation
from koweb_sync.sync.publish.anchors import style_of
from koweb_sync.sync.publish.categories import wrong_category
from koweb_sync.sync.publish.foreseen_refusals import shown_of, wrong_tags
from koweb_sync.sync.publish.push import known_site, with_own_journal
from koweb_sync.sync.pull.stale_links import moved_anchors
from koweb_sync.sync.work_tree import bytes_of, content, entries, read, rules_of, translations
from koweb_sync.sync.world.bindings import BookmarkNames, misnamed, names, shared
from koweb_sync.sync.world.checkout import Checkout, checkout
from koweb_sync.sync.world.seen import load
from koweb_sync.sync.world.stale_translations import originals_of, stale_beside
from koweb_sync.sync.world.synonyms import other_names
from koweb_sync.sync.world.translations import two_files
from koweb_sync.sync.world.world import need_folder, published_hidden


@dataclass(frozen=True, slots=True)
class Checked:
    """The post files of a work tree, or why one cannot be read, and all problems of them, by path and line."""

    posts: tuple[PostFile | PostFileError, ...]
    problems: tuple[Problem, ...]


def check(repo: Repo, settings: Settings, now: datetime) -> Checked:
    """Check all post files. Raises InputError where the folder of the post files is none, BrokenUnit where another
    package's check fails.
    """
    tree = checkout(repo)
    need_folder(settings, tree.files)
    known = with_own_journal(repo, settings, bookmark.read(repo, repo.resolve(settings.bookmark)))
    posts = tuple(read(repo, settings, tree, published_hidden(settings, known)))
    rules, sure = rules_of(settings)
    anchors = style_of(known, known_site(settings))
    rules = replace(rules, html_pictures=anchors == "post-id")  # servers that are as new show them
    good = [post for post in posts if not isinstance(post, PostFileError)]
    bound = names(known, alone=settings.alone)
    found = [*by_forum(settings, good, good, bound, anchors), *hidden(repo, settings, tree, bound, good)]
    beside, told = about_translations(repo, settings, tree, good)
    found += told
    near = around(repo, settings, tree, bound, good)
    problems = [*lint.check(posts, entries(repo, tree), rules, near, now, beside), *found]
    problems = problems if sure else unsure(problems)
    problems += left_out([path for path in tree.files if settings.left_out(path)])
    return Checked(posts, tuple(problems))


def by_forum(
    settings: Settings, posts: Sequence[PostFile], every: Sequence[PostFile], bound: BookmarkNames, anchors: str
) -> Iterator[Problem]:
    """What is wrong with some posts by what is known of the forum. `every`: all post files, for a topic has one."""
    yield from misplaced(settings, posts, bound)
    yield from mistagged(settings, posts, bound)
    yield from moved_anchors(posts, bound, anchors, settings.url, settings.root)
    yield from other_names(posts, bound)
    paths = {post.path for post in posts}
    yield from (one for one in (*shared(every, bound), *misnamed(every, bound)) if one.path in paths)


def about_translations(
    repo: Repo, settings: Settings, tree: Checkout, posts: Sequence[PostFile]
) -> tuple[list[PostFile], list[Problem]]:
    """The translations as files with links, and what is wrong with them besides: one that cannot be read, two into one
    language, and one whose original moved on since, as a warning.
    """
    beside = translations(repo, settings, tree)
    twice = doubled(sorted(beside.items()))
    originals = {post.path: post for post in posts}
    found: list[PostFile] = []
    problems = [Problem(path, 1, "translated-twice", str(two_files(path, other))) for path, other in twice.items()]
    for path, (original, _locale) in sorted(beside.items()):
        post = originals.get(original)
        if path in twice or post is None:
            continue
        try:
            one = parse_translation(path, bytes_of(repo, tree, path), post.front.id)
        except PostFileError as error:
            problems.append(Problem(path, error.line, "translation-unreadable", error.told))
            continue
        found.append(one.in_place)
        if one.lacking:
            problems.append(Problem(path, one.post.body_line, "translation-unfinished", unfinished(one.lacking), False))
    apart = originals_of(originals)  # topics of their own
    problems += [
        Problem(post.path, post.body_line, "translation-unfinished", unfinished(left), False)
        for post in posts
        if (left := lacking_in(post))
    ]
    behind_of = beside | {path: (original, "") for path, original in apart.items()}
    every = [*found, *(originals[path] for path in apart)]
    return found, [*problems, *behind(repo, every, behind_of, originals)]


def behind(
    repo: Repo,
    found: Sequence[PostFile],
    beside: Mapping[str, tuple[str, str]],
    originals: Mapping[str, PostFile],
) -> Iterator[Problem]:
    """The translations whose originals moved on since."""
    posts = {one.path: one for one in found}
    for one in stale_beside(repo, found, beside, originals):
        yield at_key(posts[one.path], "of", "translation-behind", one.words, error=False)


def unsure(problems: Sequence[Problem]) -> list[Problem]:
    """Problems where nobody asked the forum yet: what only its settings decide is no error."""
    return [replace(one, error=one.error and one.code not in lint.UNSURE) for one in problems]


def around(repo: Repo, settings: Settings, tree: Checkout, bound: BookmarkNames, posts: Sequence[PostFile]) -> Around:
    """What the forum has of the posts, as agreed on or as this clone has seen it since, and of their files."""
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
    repo: Repo, settings: Settings, tree: Checkout, bound: BookmarkNames, posts: Sequence[PostFile]
) -> Iterator[Problem]:
    """Post files in folders with a dot, which belong to programs. One of a topic that has no other file is an error:
    neither is its text published any more, nor is the topic withdrawn.
    """
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


def mistagged(settings: Settings, posts: Sequence[PostFile], bound: BookmarkNames) -> Iterator[Problem]:
    """Posts with tags that the forum does not know, or which the user may not give: a warning where what this computer
    remembers may be out of date. Those that were agreed on are there.
    """
    site = known_site(settings)
    for post in posts if site else ():
        agreed, said = bound.agreed(post), post.front.tags or ()
        known = agreed is not None and same_tags(agreed.sent.tags or ()) == same_tags(said)
        if site and not known and not post.front.draft and (error := wrong_tags("", said, site)):
            yield at_key(post, "tags", "wrong-tags", error.told, error=site.is_fresh())


def misplaced(settings: Settings, posts: Sequence[PostFile], bound: BookmarkNames) -> Iterator[Problem]:
    """Posts whose category the forum does not have, or in which the user may start no topics; those that name none, in
    a folder about which koweb.toml says nothing. What this computer remembers of the forum may be out of date: then it
    is a warning.
    """
    site = known_site(settings)
    for post in posts:
        wants = Fields(post.front.says)
        wants = wants if wants.category is not None else wants.but(category=settings.category_of(post.path))
        published = bound.agreed(post) is not None or bool(post.front.topic)
        if wants.category is None:
            text = _("No category: name one here, or one for the folder in koweb.toml.")
            wanted = site is not None and site.is_fresh() and wrong_category("", wants, site) is not None
            refused = wanted and not (published or post.front.draft)
            yield Problem(post.path, 1, "no-category", text, error=refused)
        elif site and not post.front.draft:
            if published and site.named(wants.category):
                continue
            if error := wrong_category("", wants, site):
                yield at_key(post, "category", "wrong-category", error.told, error=site.is_fresh())
