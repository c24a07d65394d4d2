"""The archive in the browser: run, searched and read; and who waits, out of it."""

import re

from koweb_sync.sandbox import Sandbox
from tests.desk.open_desk import desk
from tests.workspace import Clone


def test_p333_the_archive_is_run_searched_and_read(here: Clone, box: Sandbox) -> None:
    with desk(here.folder) as it:
        for path in ("/memory/", "/who-waits/", "/report/"):
            assert "Read the forum" in it.get(path).text
        box.forget()
        it.post("/memory/run")
        page = it.done(it.get("/work/"))
        assert page.url.endswith("/memory/state"), page.text
        assert "New:" in page.text
        assert here.writes() == []
        titles = re.findall(r'href="/memory/topic/\d+" dir="auto">([^<]+)<', it.get("/memory/").text)
        word = max(re.findall(r"[a-z]+", " ".join(titles)), key=len)
        found = it.get(f"/memory/?q={word}").text
        assert "/memory/topic/" in found
        found = it.get("/memory/?q=compte").text
        assert "<mark>compte</mark>" in found
        links = re.findall(r'href="(/memory/topic/[0-9]+[^"#]*)', found)
        assert links
        for link in set(links):
            answer = it.get(link)
            assert answer.status_code == 200
            assert "<script>" not in answer.text
        assert "No post has all these words" in it.get("/memory/?q=hippopotame").text
        assert it.get("/memory/topic/999999").status_code == 404
        for picture in set(re.findall(r'src="(/memory/file/[0-9a-f]+)"', "".join(it.get(one).text for one in links))):
            assert it.get(picture).headers["Content-Type"].startswith("image/")
        assert it.get(f"/memory/file/{'0' * 64}").status_code == 404


def test_p334_who_waits_is_what_the_watch_list_says(here: Clone) -> None:
    here.run("archive")
    said = here.run("report", "--watch-list", "--format", "json", code=None).data
    with desk(here.folder) as it:
        page = it.get("/who-waits/").text
    links = set(re.findall(r'<a href="(http[^"]+)"', page))
    assert links == {one["url"] for one in (*said["topics"], *said["people"])}
    assert ("Closed without an answer" in page) == any(one["closed"] for one in said["topics"])
