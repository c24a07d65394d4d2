"""The rules of RFC 4287 for a feed, as its appendix B (RELAX NG) and its text state them, as assertions."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")  # RFC 3339, capital T and Z
MEDIA = re.compile(r".+/.+")
ONCE_IN_FEED = ("id", "title", "updated")
AT_MOST_ONCE_IN_FEED = (*ONCE_IN_FEED, "generator", "icon", "logo", "rights", "subtitle")
IN_FEED = {*AT_MOST_ONCE_IN_FEED, "author", "contributor", "category", "link", "entry"}
ONCE_IN_ENTRY = ("id", "title", "updated")
AT_MOST_ONCE_IN_ENTRY = (*ONCE_IN_ENTRY, "content", "published", "rights", "source", "summary")
IN_ENTRY = {*AT_MOST_ONCE_IN_ENTRY, "author", "contributor", "category", "link"}
ATTRIBUTES = {
    "link": {"href", "rel", "type", "hreflang", "title", "length"},
    "category": {"term", "scheme", "label"},
    "content": {"type", "src"},
    "generator": {"uri", "version"},
    **{name: {"type"} for name in ("title", "subtitle", "summary", "rights")},
}
COMMON = {"{http://www.w3.org/XML/1998/namespace}lang", "{http://www.w3.org/XML/1998/namespace}base"}


def checked(document: bytes) -> ET.Element:
    """A feed that follows the rules; AssertionError names what does not."""
    feed = ET.fromstring(document)  # noqa: S314 - our own
    assert feed.tag == f"{ATOM}feed"
    names = list(atom_names(feed))
    assert set(names) <= IN_FEED
    assert all(names.count(name) == 1 for name in ONCE_IN_FEED)
    assert all(names.count(name) <= 1 for name in AT_MOST_ONCE_IN_FEED)
    tags = [child.tag == f"{ATOM}entry" for child in feed]
    assert tags == sorted(tags), "metadata stand before the entries"
    entries = feed.findall(f"{ATOM}entry")
    assert feed.find(f"{ATOM}author") is not None or all(one.find(f"{ATOM}author") is not None for one in entries)
    for one in entries:
        entry(one)
    once = [(text(one, "id"), text(one, "updated")) for one in entries]
    assert len(once) == len(set(once)), "entries of one id differ in their date"
    for one in feed.iter():
        common(one)
    return feed


def entry(one: ET.Element) -> None:
    """The rules of an entry."""
    names = list(atom_names(one))
    assert set(names) <= IN_ENTRY
    assert all(names.count(name) == 1 for name in ONCE_IN_ENTRY)
    assert all(names.count(name) <= 1 for name in AT_MOST_ONCE_IN_ENTRY)
    alternate = [link for link in one.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
    assert alternate or "content" in names
    kinds = [(link.get("type"), link.get("hreflang")) for link in alternate]
    assert len(kinds) == len(set(kinds))
    content = one.find(f"{ATOM}content")
    if content is not None:
        assert content.get("type", "text") in (
            "text",
            "html",
        )  # what we write; xhtml and others have rules of their own
        assert len(content) == 0
    for person in one.findall(f"{ATOM}author"):
        assert [child.tag for child in person].count(f"{ATOM}name") == 1
        assert {child.tag for child in person} <= {f"{ATOM}{name}" for name in ("name", "uri", "email")}
        assert text(person, "name").strip()


def common(one: ET.Element) -> None:
    """The rules of single elements."""
    if not one.tag.startswith(ATOM):
        return
    name = one.tag.removeprefix(ATOM)
    own = {key for key in one.attrib if not key.startswith("{")}
    assert own <= ATTRIBUTES.get(name, set()), name
    assert {key for key in one.attrib if key.startswith("{")} <= COMMON
    if name in ("updated", "published"):
        assert DATE.fullmatch(one.text or ""), one.text
    elif name == "id":
        parts = urlsplit(one.text or "")
        assert parts.scheme and (parts.netloc or parts.path), "an absolute IRI"
    elif name == "category":
        assert one.get("term")
        assert urlsplit(one.get("scheme", "x:")).scheme
    elif name == "link":
        assert one.get("href") is not None
        assert MEDIA.fullmatch(one.get("type", "a/b"))
    if name in ("title", "subtitle", "summary", "rights"):
        assert one.get("type", "text") in ("text", "html")
        assert len(one) == 0


def atom_names(one: ET.Element) -> Iterator[str]:
    """The names of Atom's own elements in another one; those of other namespaces may stand anywhere (section 6)."""
    return (child.tag.removeprefix(ATOM) for child in one if child.tag.startswith(ATOM))


def text(one: ET.Element, name: str) -> str:
    """The text of an element in another one."""
    found = one.find(f"{ATOM}{name}")
    assert found is not None, name
    return found.text or ""
