"""`[[note]]` in files that are post files already, made into ordinary links; nothing else of them changes. Pure."""

from dataclasses import dataclass

from koweb_sync.importing.convert import ConversionProblem, links_alone
from koweb_sync.importing.links import Places, destination
from koweb_sync.posts.dialect import destinations
from koweb_sync.posts.document import PostFile
from koweb_sync.posts.link_targets import LinkTarget
from koweb_sync.posts.paths import Local
from koweb_sync.posts.translate import to_forum


@dataclass(frozen=True, slots=True)
class Relinked:
    """A post file with other links. `source` in the folder, `path` in the repository; `data` is the whole file, `count`
    how many links it has more. `problems` name its lines.
    """

    source: str
    path: str
    digest: str
    data: bytes
    count: int
    problems: tuple[ConversionProblem, ...]


def relinked(post: PostFile, source: str, digest: str, places: Places) -> Relinked | None:
    """A post file with its links; None where it has none that can be made."""
    made = links_alone(post.body, source, places.notes)
    before = {one.url for one in destinations(post.body)}
    new = [one for one in destinations(made.body) if one.url not in before]
    problems = [ConversionProblem(one.line + post.body_line - 1, one.text) for one in made.problems]
    targets: dict[str, LinkTarget] = {}
    for one in new:
        where = places.find(source, one.url)
        if isinstance(where, Local) and where.path in places.where:
            url, words = destination(source, where, one.url, places)
            targets[one.url] = LinkTarget(url)
            problems += [ConversionProblem(one.line + post.body_line - 1, words)] if words else []
    if made.body == post.body:
        return None
    body = to_forum(made.body, {url: target for url, target in targets.items() if url != target.url})
    head = post.data.removesuffix(post.body.encode())
    count = len(destinations(made.body)) - len(destinations(post.body))
    return Relinked(source, post.path, digest, head + body.encode(), count, tuple(sorted(set(problems))))
