"""Netlify's rules for old addresses, as the programs read them that Netlify itself publishes."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest

from koweb_sync.archive.exports import hosting
from koweb_sync.archive.exports.old_addresses import MovedAddress
from tests.archive import test_website
from tests.archive.old_links import LEGACY, OLD, SAME

HERE = Path(__file__).parent / "netlify"
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(
    NODE is None or not (HERE / "node_modules").is_dir(),
    reason="Netlify's programs are not installed (see the package.json there)",
)
NAMES = ("été/œuvre.php", "l'été.php", "a+b,c.php", "a@b/c.d", "wiki/Accueil:Aide", "(1)&2;3!=$4", "[x].htm", "9%.htm")
WITHOUT_A_RULE = ("/t/10/3", "/users/bilal/activity", "/t/sujet-10/10/2/plus", "/x", "/latest", "/p/3")
# Netlify finds parameters, between which it knows no semicolon, and no query that is none.
ASKED = [one for one in OLD if "php?" in one and "?5-" not in one and not set("%*_;") & set(one)]
site = test_website.site


def asked(rules: Path, *addresses: str) -> dict[str, Any]:
    """What Netlify's programs make of a file, and where they lead from some addresses."""
    command = [str(NODE), str(HERE / "rules.mjs"), str(rules)]
    done = subprocess.run(
        command, input=json.dumps(addresses), capture_output=True, text=True, check=True, encoding="utf-8"
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", [hosting.REDIRECTS, hosting.NETLIFY])
def test_netlify_reads_every_rule(site: Path, name: str) -> None:
    rules = site / name
    written = [line for line in rules.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    found = asked(rules)
    assert found["errors"] == []
    assert found["count"] == len(written) > 2


def test_an_old_address_of_a_post_leads_to_the_post_and_that_of_a_member_to_their_page(site: Path) -> None:
    posts = {old: to for old, to in OLD.items() if len(urlsplit(old).path.split("/")) == 5 and old.startswith("/t/")}
    leads = asked(site / hosting.REDIRECTS, *posts, "/users/bilal", *WITHOUT_A_RULE)["leads"]
    assert len(posts) > 3
    for old, to in posts.items():
        status, place = leads[old]
        topic, number = urlsplit(old).path.split("/")[3:]
        assert (status, place) == (301, f"/t/{topic}/#post-{number}")
        assert to is not None
        assert urlsplit(to).fragment == urlsplit(place).fragment
        assert (site / urljoin("/", urlsplit(place).path)[1:] / "index.html").is_file()
    assert leads["/users/bilal"] == [301, "/u/bilal/"]
    assert [leads[one] for one in WITHOUT_A_RULE] == [None] * len(WITHOUT_A_RULE)


def test_the_old_address_of_a_file_leads_to_where_it_is(site: Path) -> None:
    assert asked(site / hosting.REDIRECTS, SAME)["leads"] == {SAME: [301, LEGACY]}


def test_an_address_with_a_query_leads_to_what_the_forum_led_to(site: Path) -> None:
    found = asked(site / hosting.NETLIFY, *ASKED)["leads"]
    assert found == {old: None if OLD[old] is None else [301, OLD[old]] for old in ASKED}


def test_gitlab_reads_every_rule_for_it_is_spared_those_with_a_query(site: Path) -> None:
    lines = (site / hosting.REDIRECTS).read_text(encoding="utf-8").splitlines()
    rules = [line.split() for line in lines if line and not line.startswith("#")]
    # Its parser takes what stands third for a status, and no rule at all of a file in which one has another there.
    assert {one[2] for one in rules} == {"301"}
    assert {len(one) for one in rules} == {3}
    # It asks for the path alone: where the forum led on from /viewforum.php?f=1 elsewhere, the script has to say.
    assert "/viewpost.php" in (froms := {one[0] for one in rules})
    assert "/viewforum.php" not in froms


@pytest.mark.parametrize("base", ["", "/forum"])
def test_an_address_with_signs_of_its_own_is_one_rule_and_no_other(base: str, tmp_path: Path) -> None:
    names = ["deux mots.png", "été.png", "a#b.png", "a:b.png", "a*b.png", "100%.png", "a?b.png"]
    moved = [MovedAddress(f"/uploads/{name}", f"files/{n}.png") for n, name in enumerate(names)]
    told = dict(hosting.written(f"https://kafe.example.org{base}", moved, []))
    rules = tmp_path / "_redirects"
    rules.write_text(told[hosting.REDIRECTS], encoding="utf-8")
    old = [f"{base}/uploads/{quote(name, safe=':')}" for name in names]
    found = asked(rules, *old, f"{base}/uploads/axxb.png")
    assert found["errors"] == []
    assert [found["leads"][one] for one in old] == [[301, f"{base}/files/{n}.png"] for n in range(len(names))]
    assert found["leads"][f"{base}/uploads/axxb.png"] is None


def test_a_rule_is_found_by_what_a_browser_writes_and_by_what_it_means(tmp_path: Path) -> None:
    moved = [MovedAddress(f"/{name}", f"topic/{n}.html#post-2") for n, name in enumerate(NAMES)]
    rules = tmp_path / "_redirects"
    rules.write_text(dict(hosting.written("https://kafe.example.org", moved, []))[hosting.REDIRECTS], encoding="utf-8")
    for form in (str, lambda name: quote(name, safe="/!$&'()*+,;=:@[]")):
        found = asked(rules, *(f"={form(f'/{name}')}" for name in NAMES))
        assert found["errors"] == []
        assert list(found["leads"].values()) == [[301, f"/topic/{n}.html#post-2"] for n in range(len(NAMES))]


def test_there_are_no_more_rules_than_gitlab_reads_and_files_are_left_out_first(tmp_path: Path) -> None:
    moved = [MovedAddress(f"/uploads/é{n}.png", f"files/{n}.png") for n in range(900)]
    moved += [MovedAddress(f"/voir/page-{n}.php", f"topic/{n}.html") for n in range(900)]
    rules = tmp_path / "_redirects"
    rules.write_text(dict(hosting.written("https://kafe.example.org", moved, []))[hosting.REDIRECTS], encoding="utf-8")
    found = asked(rules, "/voir/page-899.php", "/uploads/é0.png", "/uploads/é899.png")
    assert found["count"] <= 1000
    assert rules.stat().st_size <= 64_000
    assert list(found["leads"].values()) == [[301, "/topic/899.html"], [301, "/files/0.png"], None]
