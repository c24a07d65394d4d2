"""Which changed posts the forum would refuse, before anything is sent. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import PurePosixPath

from koweb_sync.agreements import Agreement
from koweb_sync.errors import InputError, KowebError, PostRefused
from koweb_sync.forum.site import Limits, Site
from koweb_sync.i18n import _
from koweb_sync.posts.document import FrontMatter, PostFile
from koweb_sync.posts.lint import Around, PathEntry, Problem, Rules, Shown, check
from koweb_sync.posts.paths import base_path
from koweb_sync.posts.rules import Bounds
from koweb_sync.posts.tags import stored
from koweb_sync.sync.world.translations import TranslationAtHead, agreed_on, standing_for
from koweb_sync.sync.world.world import PostAtHead, World

KINDS = {"120000": "symlink", "160000": "submodule"}


def judge(world: World, site: Site | None, url: str = "", *, now: datetime | None = None) -> dict[str, KowebError]:
    """By path of a changed post file, all that keeps it from being published, as one error. `url`: the forum's.
    Without `now`, dates in the files are not compared.

    Without `site` the forum's own limits are not known: the check then uses Discourse's defaults only for what no forum
    allows. Files that did not change were accepted when they were published and are not judged again.
    """
    files = list(everything(world))
    changed = {source.path: source for source in world.sources if source.post and not source.draft}
    wanted = {*changed, *(one.path for one in world.translations if one.post)}
    if not wanted:
        return {}
    found: dict[str, list[Problem]] = {}
    beside = [one.file.in_place if one.file else stub_of(one) for one in world.translations]
    for problem in check(files, entries(world), rules(site, world.atlas.home), around(world), now, beside):
        if problem.path in wanted and problem.error and (site is not None or problem.code not in BY_LIMITS):
            found.setdefault(problem.path, []).append(problem)
    errors: dict[str, KowebError] = {path: as_error(problems, site, url) for path, problems in found.items()}
    if site is not None:
        errors |= {
            path: error
            for path, source in changed.items()
            if path not in errors
            if (error := wrong_tags(where_tags_are(source), source.says.tags or (), site))
        }
    return errors


# What only the forum's settings decide, and which.
SETTINGS = {
    "title-too-short": ("min_topic_title_length", "title_min"),
    "title-too-long": ("max_topic_title_length", "title_max"),
    "body-too-short": ("min_first_post_length", "body_min"),
    "body-too-long": ("max_post_length", "body_max"),
    "too-many-tags": ("max_tags_per_topic", "tags_max"),
    "tag-too-long": ("max_tag_length", "tag_length_max"),
    "extension-not-allowed": ("authorized_extensions", "extensions"),
    "file-too-big": ("max_image_size_kb, max_attachment_size_kb", "image_bytes_max"),
}
BY_LIMITS = frozenset(SETTINGS)


class PastLimits(PostRefused):
    """A post that the forum's settings do not allow, as far as they are remembered."""


def everything(world: World) -> Iterator[PostFile]:
    """All post files: opened ones as they are, the others as far as the bookmark knows them."""
    for source in world.sources:
        yield source.post or world.targets.get(source.path) or stub(source, world.bookmark.agreed[source.ident])


def stub(source: PostAtHead, agreed: Agreement) -> PostFile:
    """A file that was not opened: its title and id, for what must be unique."""
    front = FrontMatter(agreed.alias or agreed.id, {"title": source.says.title})
    return PostFile(source.path, b"", front, "", 1, (), {})


def stub_of(one: TranslationAtHead) -> PostFile:
    """A translation that was not opened."""
    return PostFile(one.path, b"", FrontMatter(one.ident, {}), "", 1, (), {})


def entries(world: World) -> Mapping[str, PathEntry]:
    """Every path of the commit, with what the check wants to know about it."""
    found = {
        path: PathEntry(KINDS.get(entry.mode, "file"), world.sizes.get(path, 0), path in world.lfs)
        for path, entry in world.tree.items()
    }
    folders = {str(parent) for path in found for parent in PurePosixPath(path).parents}
    return found | {folder: PathEntry("folder", 0, False) for folder in folders - {"."}}


def around(world: World) -> Around:
    """What the forum has of the posts, and of their files."""
    files, uploads = world.atlas.files, world.atlas.uploads
    agreed = world.bookmark.agreed
    shown = {one.path: shown_of((agreed[one.ident],)) for one in world.sources if one.ident in agreed}
    for one in world.translations:
        if one.ident in agreed and (was := agreed_on(one, world.bookmark)):
            shown[one.path] = shown_of((standing_for(agreed[one.ident], was),))
    return Around(world.atlas.root, shown, lambda path: files.get(path) in uploads)


def shown_of(texts: Iterable[Agreement]) -> Shown:
    """What the forum has of one post, by what was agreed on or seen of it."""
    texts = tuple(texts)
    used = (url for agreed in texts for url, one in agreed.used.items() if one.url)
    return Shown(tuple(agreed.raw for agreed in texts), frozenset(used))


def rules(site: Site | None, home: str) -> Rules:
    """The limits of the forum at `home` as the check takes them; Discourse's defaults while they are not known."""
    limits = site.limits if site else Limits()
    known = {field.name: getattr(limits, field.name) for field in fields(Bounds)}
    return Rules(**known, base_path=base_path(home))


def as_error(problems: list[Problem], site: Site | None, url: str) -> InputError:
    """All problems of one file as one error, with the line of each, and the settings of the forum that decide them."""
    first = problems[0]
    more = [f"{problem.path}:{problem.line}: {problem.message}" for problem in problems[1:]]
    limits = [stands(code, site, url) for code in dict.fromkeys(one.code for one in problems if one.code in SETTINGS)]
    kind = PastLimits if limits else PostRefused
    return kind(
        "\n".join([first.message, *more, *limits]),
        where=f"{first.path}:{first.line}",
        remedy="" if more else _("Nothing was sent for this post."),
    )


def stands(code: str, site: Site | None, url: str) -> str:
    """Which setting of the forum decides about a problem, how it stands, and where."""
    name, field = SETTINGS[code]
    found = getattr(site.limits if site else Limits(), field)
    value = "|".join(sorted(found)) if isinstance(found, frozenset) else str(found)
    value = f"{found // 1024}, {site.limits.attachment_bytes_max // 1024}" if site and "," in name else value
    return _("The forum's setting {name} stands at {value}: {url}").format(
        name=name, value=value, url=f"{url}/admin/site_settings?filter={name.partition(',')[0]}"
    )


class UnknownTags(PastLimits):
    """Tags that the forum does not know, as far as it is remembered."""


def where_tags_are(source: PostAtHead) -> str:
    """The line of a file that says its tags."""
    return f"{source.path}:{source.post.key_lines.get('tags', 1) if source.post else 1}"


def wrong_tags(where: str, wanted: Sequence[str], site: Site) -> KowebError | None:
    """Tags that the forum would drop without a word, because the user may not use or make them."""
    if not wanted:
        return None
    if not site.can_tag:
        return InputError(
            _("{user} may not tag topics on this forum.").format(user=site.user),
            where=where,
            remedy=_("Remove the tags, or ask an administrator of the forum for the right."),
        )
    known = site.tags | set(map(stored, site.tags))
    unknown = [tag for tag in wanted if tag.casefold() not in known and stored(tag) not in known]
    if unknown and not site.can_create_tags:
        return UnknownTags(
            _("The forum has no tag “{tags}”, and {user} may not make new ones.").format(
                tags="”, “".join(unknown), user=site.user
            ),
            where=where,
            remedy=_("Use the forum's tags, or ask an administrator to add these."),
        )
    return None
