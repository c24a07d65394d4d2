"""The archive in the browser: run, searched and read; and who waits, out of it."""

import re
from html import unescape
from pathlib import Path

from koweb_sync import dates
from koweb_sync.archive.store.schema import RUNS
from koweb_sync.archive.store.store import Store
from koweb_sync.sandbox import Sandbox
from koweb_sync.times import MINUTE
from tests.archive.backups.test_chat import with_chat
from tests.archive.backups.writing import as_sql, dump_of
from tests.desk.open_desk import desk
from tests.report.living import month
from tests.workspace import PNG, TEXT, Clone


def test_p333_the_archive_is_run_searched_and_read(here: Clone, box: Sandbox) -> None:
    said: list[str] = []
    with desk(here.folder) as it:
        for path in ("/memory/", "/who-waits/", "/report/"):
            room = it.get(path).text
            assert "Update the memory" in room
            said.append(re.findall(r"</h1>\n<p>(.*?)</p>", room)[0])
        assert len(set(said)) == len(said), "each says what it is for"
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
        assert "No post was found in the memory" in it.get("/memory/?q=hippopotame").text
        some = it.get("/memory/?q=compte+hippopotame+compte").text
        assert "No post in the memory has all these words" in some
        assert 'Each of them alone: <a href="/memory/?q=compte" dir="auto">compte</a>' in some
        assert some.count("hippopotame (not found)") == 1
        assert "Each of them alone" not in it.get("/memory/?q=hippopotame").text
        assert "No post in the memory has any of these words" in it.get("/memory/?q=hippopotame+«un+yack»").text
        assert it.get("/memory/topic/999999").status_code == 404
        for picture in set(re.findall(r'src="(/memory/file/[0-9a-f]+)"', "".join(it.get(one).text for one in links))):
            assert it.get(picture).headers["Content-Type"].startswith("image/")
        assert it.get(f"/memory/file/{'0' * 64}").status_code == 404


def test_p333_a_quotation_from_another_topic_says_who_speaks(here: Clone, box: Sandbox) -> None:
    first = box.new_topic("Qui accueille en décembre ?", f"{TEXT} Une phrase à citer.", category=2)
    quote = f'[quote="Claire Moreau, post:1, topic:{first.id}, username:claire"]\nUne phrase à citer.\n[/quote]'
    other = box.new_topic("Une réponse ailleurs que là", f"{quote}\n\nMerci pour cette idée.", category=2)
    here.run("archive")
    with desk(here.folder) as it:
        said = unescape(it.get(f"/memory/topic/{other.id}").text)
    assert re.search(r'<div class="title">[^<]*(<div[^>]*></div>)?\s*Claire Moreau: <a [^>]*>Qui accueille', said)


def test_p333_long_topics_and_pictures_are_read_page_by_page(here: Clone, box: Sandbox) -> None:
    here.write("posts/photo.png", PNG)
    here.post("un", f"{TEXT} ![Une photo](photo.png)")
    here.commit()
    here.push()
    topic = box.by_id("un").id
    for number in range(2, 56):
        box.reply(topic, f"Une réponse numéro {number} de mémoire.")
    here.run("archive")
    with desk(here.folder) as it:
        first = it.get(f"/memory/topic/{topic}")
        (picture,) = set(re.findall(r'src="(/memory/file/[0-9a-f]{64})"', first.text))
        answer = it.get(picture)
        assert (answer.content, answer.headers["Content-Type"]) == (PNG, "image/png")
        second = it.get(f"/memory/topic/{topic}?page=2").text
        assert ('id="post-50"' in first.text, 'id="post-51"' in first.text) == (True, False)
        assert ('id="post-50"' in second, 'id="post-55"' in second) == (False, True)
        pages = [it.get(f"/memory/?q=réponse&page={n}").text for n in (1, 2, 3)]
        found = [re.findall(r'href="/memory/topic/[^"]+#post-([0-9]+)"', one) for one in pages]
        assert sorted(int(one) for part in found for one in part) == list(range(2, 56))
        assert [len(part) for part in found] == [20, 20, 14]
        assert ['rel="next"' in one for one in pages] == [True, True, False]
        told = ["More than 20 posts found", "More than 40 posts found", "54 posts found"]
        assert [one in page for one, page in zip(told, pages, strict=True)] == [True, True, True]


def test_p333_what_was_found_says_why_of_when_it_is_and_leads_back(here: Clone, box: Sandbox) -> None:
    here.post("un", TEXT, title="Dire bonjour aux tortues", tags=["accueil"])
    here.commit()
    here.push()
    topic = box.by_id("un").id
    here.run("archive")
    with desk(here.folder) as it:
        found = it.get("/memory/?q=accueil").text
        line = found[found.index(f"/memory/topic/{topic}?") :]
        assert "tag: accueil" in line[: line.index("</li>")]
        found = unescape(it.get("/memory/?q=tortue").text)
        assert "Dire bonjour aux <mark>tortues</mark></a>" in found
        assert re.search(r"written by \w+ on \w+ \d+, \d{4}", found)
        assert re.search(r"begun on \w+ \d+, \d{4}", it.get("/memory/").text)
        (link,) = re.findall(rf'href="(/memory/topic/{topic}[^"#]*)', found)
        back = re.findall(r'<a href="(/memory/[^"]*)">Back to what was found for “tortue”', unescape(it.get(link).text))
        assert len(back) == 1
        assert "Dire bonjour aux <mark>" in it.get(back[0]).text
        assert 'href="/memory/">Back to the memory' in it.get(f"/memory/topic/{topic}").text


def test_the_memory_quotes_what_was_sought_as_a_page_that_was_found_does(here: Clone) -> None:
    here.post("un", TEXT)
    here.commit()
    here.push()
    here.run("archive")
    with desk(here.folder) as it:
        assert "Search: “‘salle oublie’”</h2>" in unescape(it.get("/memory/?q=“salle oublie”").text)


def test_every_page_says_one_time_of_an_update(here: Clone) -> None:
    here.run("archive")
    began = 1_700_000_000_000_000
    with Store.open(str(here.folder / "koweb-archive.sqlite")) as store, store.begin() as connection:
        connection.execute(RUNS.update().values(started=began, ended=began + 3 * MINUTE))
    with desk(here.folder) as it:
        said = dates.minute(began).removesuffix(" UTC")
        for path in ("/memory/", "/memory/state"):
            assert said in unescape(it.get(path).text), path


def test_the_memory_calls_a_topic_as_the_forum_does_and_the_desk_as_its_file(here: Clone, box: Sandbox) -> None:
    own = "Comment ouvrir le cercle ?"
    here.post("un", TEXT, title=own)
    here.post("deux", TEXT, title="Dire bonjour aux tortues")
    here.commit()
    here.push()
    topic = box.by_id("un")
    assert topic.title == own.replace(" ?", "?"), "as the forum writes it"
    box.edit(topic.id, f"{TEXT} Une phrase.")
    box.edit(box.by_id("deux").id, TEXT, title="Dire bonjour aux lapins")
    here.run("archive")
    here.run("fetch")
    with desk(here.folder) as it:
        memory = ("/memory/", f"/memory/topic/{topic.id}", "/memory/?q=cercle")
        for path in (*memory, "/bring-back/", "/preview/"):
            text = re.sub(r"</?mark>", "", unescape(it.get(path).text)).replace("\xa0", " ")
            assert (own in text, topic.title in text) == (path not in memory, path in memory), path
        assert "Dire bonjour aux lapins" in it.get("/memory/").text, "another title is another"
        it.post("/report/make", period="365d", audience="community")
        it.done(it.get("/work/"))
        text = unescape(it.get("/report/community").text).replace("\xa0", " ")
        assert own in text
        assert topic.title not in text


def test_p334_p503_who_waits_is_what_the_watch_list_says(here: Clone) -> None:
    with Store.open(str(here.folder / "koweb-archive.sqlite")) as store:
        month().save(store, here.box.url)
    said = here.run("report", "--watch-list", "--format", "json", code=3).data
    with desk(here.folder) as it:
        page = it.get("/who-waits/").text
        one = re.findall(r'<a href="(/memory/topic/[^"#]*)', page)[0]
        assert '<a href="/who-waits/">Back to “Who waits”</a>' in it.get(unescape(one)).text
        assert '<a href="/memory/">Back to the memory</a>' in it.get(one.partition("?")[0]).text
    assert page.count("People who have been waiting for more than 3 days:") == 1
    assert page.count("Those who are new come first, then who has waited longest.") == 1
    assert re.search(r"They have been waiting for less than 3 days, or wrote before \w+ \d+, \d{4}\.", page)
    waiting = [one for one in said["topics"] if not one["closed"]]
    assert waiting
    assert said["people"]
    open_part, _mark, closed_part = page.partition('id="k-closed"')
    inside = re.findall(
        r'<a href="/memory/topic/(\d+)\?(?:page=\d+&amp;)?from=who-waits#post-(\d+)">Read it in the memory', page
    )
    assert sorted(f"{here.box.url}/t/-/{topic}/{number}" for topic, number in inside) == sorted(
        one["url"] if "days" in one else f"{one['url']}/1" for one in (*said["topics"], *said["people"])
    ), "each leads to its page in the memory, too"
    links = re.findall(r'<a href="(http[^"]+)"', open_part)
    assert sorted(links) == sorted(one["url"] for one in (*waiting, *said["people"]) if one["url"])
    assert re.search(r"<li>\S[^<]* has been waiting for an answer for \d+ \w+: <a ", open_part)
    assert re.search(
        r"<li>\S[^<]* wrote \d+ posts?,?( the oldest)? \d+ \w+ ago, and nobody responded( to any)?\. <a ", open_part
    )
    closed = [one["url"] for one in said["topics"] if one["closed"]]
    assert re.findall(r'<a href="(http[^"]+)"', closed_part) == closed


def test_what_an_update_left_out_is_said_where_the_memory_tells_what_it_holds(here: Clone) -> None:
    for words, told in (
        (("--staff",), ""),
        (("--no-staff",), "1 category that only staff may read"),
        (("--public-only",), "what is not public"),
    ):
        said = here.run("archive", *words).err
        with desk(here.folder) as it:
            page = it.get("/memory/state").text
        assert ("Left out" in page, told in page, told in said) == (bool(told), True, True)
        assert "--staff" not in page


def test_p504_each_topic_says_when_it_was_answered_last(here: Clone, box: Sandbox) -> None:
    for name in ("un", "deux"):
        here.post(name)
    here.commit()
    here.push()
    box.reply(box.by_id("un").id, "Une réponse du même jour, avec assez de mots.")
    here.run("archive")
    with desk(here.folder) as it:
        page = it.get("/memory/").text
    lines = {
        int(number): facts
        for number, facts in re.findall(r'/topic/(\d+)".*?<p class="facts">(.*?)</p>', page, re.DOTALL)
    }
    assert re.search(r"begun on (\w+ \d+, \d{4}) · last reply on \1", lines[box.by_id("un").id])
    assert re.search(r"begun on \w+ \d+, \d{4} · no reply yet", lines[box.by_id("deux").id])


def test_a_check_says_first_what_came_of_it_and_good_news_only_where_there_is_some(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.run("archive")
    with desk(here.folder) as it:
        for missing in (False, True):
            if missing:
                box.reply(box.by_id("un").id, "Une réponse de plus, avec assez de mots.")
            it.post("/memory/verify")
            page = it.done(it.get("/work/")).text
            (kind, told) = re.findall(r'<div class="k-told k-(\w+)" role="status"><p>(.*?)</p></div>', page)[0]
            assert kind == ("warn" if missing else "good"), page
            assert told.startswith("Incomplete: 1 post is missing" if missing else "Nothing is missing")
            assert ("1 post is missing (" in page) is missing, "and nothing is said of no topic"
            assert "likes" not in re.sub("<details>.*?</details>", "", page, flags=re.DOTALL)


def test_p333_a_channel_of_the_chat_is_read_like_a_topic(here: Clone, box: Sandbox, tmp_path: Path) -> None:
    file = as_sql(tmp_path, with_chat(dump_of(box)))
    here.run("archive", "--from-backup", str(file), "--chat")
    with desk(here.folder) as it:
        link = re.search(r'href="(/memory/topic/-5)" dir="auto">Le comptoir<', it.get("/memory/").text)
        assert link
        page = unescape(it.get(link[1]).text)
        assert "Le thermos aussi" in page and f"{box.url}/chat/c/-/5" in page
        assert "/memory/topic/-5" in it.get("/memory/?q=thermos").text
        facts = re.search(r"Le comptoir.*?</li>", it.get("/memory/").text, re.DOTALL)
        assert facts and " · 3 messages" in facts[0] and "reply" not in facts[0]
        state = it.get("/memory/state").text
        assert "<dt>Chat</dt><dd>1 channel of the chat, 4 messages</dd>" in state
        counted = re.search(r"<dt>Topics of the forum</dt><dd>(\d+)</dd>", state)
        assert counted and counted[1] == "2"
