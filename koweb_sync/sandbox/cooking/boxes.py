"""Links that stand alone become boxes, links among words the title of what they lead to: here for topics of this
forum, since the sandbox asks no other host.
"""

import re
from html import escape

from koweb_sync.i18n import catalog
from koweb_sync.sandbox.cooking.context import CookingContext
from koweb_sync.sandbox.cooking.tree import Node, tree, value_of, words_of
from koweb_sync.sandbox.model.records import MODERATOR, REGULAR, CategoryRecord, PostRecord, TopicRecord

MOST = 500  # characters of a post that a box shows
_TOPIC = re.compile(r"/t/(?:[^/?#]*[^/?#\d][^/?#]*/)?(\d{1,15})(?:/(\d{1,15}))?/?(?:[?#].*)?")
BLOCKS = ("aside", "div", "blockquote", "p")


def unfold(root: Node, surroundings: CookingContext) -> None:
    """Unfold every link that waits for it."""
    for node in [*root.below()]:
        if node.name != "a" or not node.attributes.get("href"):
            continue
        if node.attributes.get("class") == "onebox":
            alone(node, surroundings)
        elif "inline-onebox-loading" in node.classes:
            among_words(node, surroundings)


def found_at(url: str, surroundings: CookingContext) -> tuple[TopicRecord, int] | None:
    """The topic that an address leads to, if everybody may read it, and the number of the post."""
    path = surroundings.path(url)
    parts = _TOPIC.fullmatch(path) if path and not url.startswith("/") else None
    topic = surroundings.open_topic(int(parts[1])) if parts else None
    return (topic, int(parts[2] or 1)) if parts and topic else None


def among_words(node: Node, surroundings: CookingContext) -> None:
    """The topic's title in the place of its address; where nothing was found, the address stays."""
    found = found_at(node.attributes["href"], surroundings)
    if found is not None:
        topic, number = found
        node.children.clear()
        node.put(Node("", text=words_of(topic.title + of_post(topic, number, surroundings))))
        node.attributes["class"] += " inline-onebox"
    node.drop("inline-onebox-loading")


def of_post(topic: TopicRecord, number: int, surroundings: CookingContext) -> str:
    """What is said behind a title about one of its posts. Guess: sources of 2025, inline_oneboxer."""
    forum = surroundings.forum
    if forum is None or number <= 1:
        return ""
    post = forum.numbered(topic, min(number, forum.counts(topic).highest))
    if post is None:
        return ""
    say = catalog(surroundings.locale).gettext
    return " - " + say("#{number} by {name}").format(number=post.number, name=forum.users[post.user_id].username)


def alone(node: Node, surroundings: CookingContext) -> None:
    """A box with the beginning of the post, in the place of the paragraph. A link to elsewhere stays as it is, and one
    to a place of this forum that cannot be shown becomes an ordinary link.
    """
    url = node.attributes["href"]
    path = surroundings.path(url)
    if path is None or not _TOPIC.fullmatch(path):
        return
    found = found_at(url, surroundings)
    post = shown(*found, surroundings) if found else None
    if found is None or post is None:
        plain = Node("a", {"href": url})
        plain.put(Node("", text=words_of(url)))
        node.stand_aside(plain)
        return
    box = tree(boxed(url, found[0], post, surroundings))
    paragraph = node.parent
    if paragraph is not None and paragraph.name == "p" and len(paragraph.children) == 1:
        paragraph.stand_aside(*box.children)
    else:
        node.stand_aside(*box.children)


def shown(topic: TopicRecord, number: int, surroundings: CookingContext) -> PostRecord | None:
    """The post that a box shows: not the one that it stands in, or it would show itself for ever."""
    post = surroundings.forum.numbered(topic, number) if surroundings.forum else None
    seen = post is not None and post.alive and not post.hidden and post.type in (REGULAR, MODERATOR)
    return post if seen and post is not surroundings.post else None


def boxed(url: str, topic: TopicRecord, post: PostRecord, surroundings: CookingContext) -> str:
    """The HTML of a box."""
    forum = surroundings.forum
    place = forum.categories.get(topic.category_id or 0) if forum else None
    title = f'<a href="{value_of(url)}">{escape(topic.title, quote=False)}</a>'
    name = f"{title} {badge(place, surroundings)}".rstrip(" ") if place else title
    author = forum.users[post.user_id].username if forum else ""
    face = f"{surroundings.home.partition(':')[2]}/letter_avatar/{author}/48/5.png"
    picture = f'<img alt="" width="24" height="24" src="{value_of(face)}" class="avatar">'
    words = excerpt(tree(surroundings.html(post)), MOST)
    return (
        f'<aside class="quote" data-post="{post.number}" data-topic="{topic.id}">\n  <div class="title">\n'
        f'    <div class="quote-controls"></div>\n    {picture}\n    <div class="quote-title__text-content">\n'
        f"      {name}\n    </div>\n  </div>\n  <blockquote>\n    {words}\n  </blockquote>\n</aside>\n"
    )


def badge(place: CategoryRecord, surroundings: CookingContext) -> str:
    """A category's name in its colours."""
    forum = surroundings.forum
    above = forum.categories.get(place.parent_id or 0) if forum else None
    style = f"--category-badge-color: #{place.color}; --category-badge-text-color: #{place.text_color};"
    parent = ""
    if above is not None:
        style += f" --parent-category-badge-color: #{above.color};"
        parent = f' data-parent-category-id="{above.id}"'
    kind = "--has-parent" if above is not None else ""
    where = forum.at(f"/c/{forum.slug_path(place)}/{place.id}") if forum else ""
    return (
        f'<a class="badge-category__wrapper " href="{value_of(where)}">'
        f'<span data-category-id="{place.id}" style="{style}"{parent} data-drop-close="true" '
        f'class="badge-category --style-square {kind}">'
        f'<span class="badge-category__name">{words_of(place.name)}</span></span></a>'
    )


def excerpt(root: Node, most: int) -> str:
    """The beginning of a post: its words, its links, and its emoji as pictures; no quotes."""
    made: list[str] = []
    left = most
    waiting: list[Node | str] = [*reversed(root.children)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            made.append(node)
            continue
        if not node.name:
            words = node.text
            if len(words) > left:
                return "".join([*made, words[:left], "&hellip;", *(["</a>"] if "</a>" in waiting else [])]).strip()
            left -= len(words)
            made.append(words)
        elif node.name == "img":
            made.append(drawn(node))
        elif node.name not in ("aside", "svg"):
            made.append(node.head if node.name == "a" else "")  # links are kept, and a space behind a paragraph
            waiting.append("</a>" if node.name == "a" else " " if node.name in ("p", "br") else "")
            waiting += reversed(node.children)
    return "".join(made).strip()


def drawn(node: Node) -> str:
    """A picture in an excerpt: an emoji, or what is said about it."""
    alt = node.attributes.get("alt", "")
    if "emoji" not in node.classes:
        return words_of(f"[{alt or node.attributes.get('title') or 'image'}]")
    name = value_of(alt.strip(":"))
    src = value_of(node.attributes.get("src", ""))
    return f'<img width="20" height="20" src="{src}" title="{name}" alt="{name}" class="emoji">'
