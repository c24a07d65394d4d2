"""Addresses as people paste them: of a topic with or without its scheme, within signs, or only its path."""

import pytest

from koweb_sync.cli.report.feed import address_of
from koweb_sync.config import from_text
from koweb_sync.errors import InputError
from koweb_sync.forum.typed_addresses import means, path_on_forum
from koweb_sync.sync.links.topic_addresses import number

FORUM = "https://example.org/communs/forum"
OURS = (
    f"{FORUM}/t/un-sujet/12/3?u=claire",
    "example.org/communs/forum/t/un-sujet/12",
    "<http://example.org/communs/forum/t/12>",
    "https//example.org/communs/forum/t/un-sujet/12/",
    "«https://example.org/communs/forum/t/un-sujet/12»",
)


@pytest.mark.parametrize("typed", [*OURS, "12", "/communs/forum/t/un-sujet/12"])
def test_a_topic_is_named_by_its_address_however_it_is_pasted(typed: str) -> None:
    assert number(from_text(f'[forum.f]\nurl = "{FORUM}"\nusername = "a"\n', "f"), typed) == 12


@pytest.mark.parametrize("typed", ["https://example.net/communs/forum/t/x/12", "example.org/t/x/12", "douze", "12/"])
def test_what_is_no_topic_of_this_forum_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="address of a topic"):
        number(from_text(f'[forum.f]\nurl = "{FORUM}"\nusername = "a"\n', "f"), typed)


@pytest.mark.parametrize("typed", [*OURS, FORUM, f"{FORUM}/", "example.org/communs/forum/latest"])
def test_each_address_on_a_forum_means_the_forum(typed: str) -> None:
    assert means(typed, FORUM)
    assert not means(typed, "https://example.org")
    assert path_on_forum(typed, "https://autre.example.org") is None


def test_the_address_of_a_feed_may_lack_its_scheme() -> None:
    assert address_of("www.example.org/flux/", "lettres.xml") == "https://www.example.org/flux/lettres.xml"
    with pytest.raises(InputError, match="web server"):
        address_of("ftp://www.example.org/", "lettres.xml")
