"""How one finds posts and topics: by words, by conditions, by numbers; and what is answered where there is nothing."""

import pytest

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.records import CategoryRecord
from tests.sandbox.asking import Ask, Topic, new, on_all
from tests.workspace import TEXT


def found(ask: Ask, query: str) -> list[int]:
    return [one["id"] for one in ask("GET", "/search.json", params={"q": query}).json()["posts"]]


@on_all
def test_a_search_finds_one_post_of_each_topic(ask: Ask, box: Sandbox) -> None:
    made = box.new_topic("Une histoire de hippopotames", TEXT, category=2, username="admin")
    first = made.post_ids[0]
    last = box.reply(made.id, f"{TEXT} Encore.", username="amina").id
    assert found(ask, "hippopotames") == [first], (
        "every post is found by the words of its title, and the first is shown"
    )
    assert found(ask, "hippopotames order:latest") == [last]
    assert found(ask, "hippopotames in:title") == [first]
    assert found(ask, "encore in:title") == []
    assert found(ask, "hippopotames @amina") == [last]


@on_all
def test_the_beginning_of_a_word_finds_it(ask: Ask, box: Sandbox) -> None:
    first = box.new_topic("Qui accueille des hippopotames ?", f"{TEXT} Une baignade.", category=2).post_ids[0]
    assert found(ask, "accueil hippo in:title") == [first]
    assert found(ask, "hippo baign") == [first]
    assert found(ask, "cueille hippo") == [], "the end of one does not"


@on_all
def test_a_search_looks_at_tags(ask: Ask, box: Sandbox, topic: Topic) -> None:
    post = topic(title="Un sujet avec une étiquette", tags=["hippopotame"])
    assert found(ask, "hippopotame") == [post["id"]]
    assert found(ask, "sujet tags:hippopotame") == [post["id"]]
    assert found(ask, "@claire tags:hippopotame") == []


@on_all
def test_a_search_for_nothing_has_no_result(ask: Ask) -> None:
    assert ask("GET", "/search.json?q=").json() == {"grouped_search_result": None}
    assert ask("GET", "/search.json?q=ab").status_code == 400


def test_topics_by_conditions_in_one_line(ask: Ask, box: Sandbox, topic: Topic) -> None:
    mine = topic(title="Un sujet avec une étiquette", tags=["hippopotame"])["topic_id"]
    other = box.new_topic("Un sujet sans aucune étiquette", TEXT, category=2, username="claire").id
    box.close(other)

    def listed(query: str) -> list[int]:
        answer = ask("GET", "/filter.json", params={"q": query})
        assert answer.status_code == (200 if new(box) else 404)
        return [one["id"] for one in answer.json().get("topic_list", {}).get("topics", ())]

    slug = box.state.categories[2].slug
    wanted = {
        "tag:hippopotame": [mine],
        f"tag:hippopotame category:{slug}": [mine],
        f"tag:hippopotame -category:{slug}": [],
        "status:closed": [other],
        "created-by:@claire status:closed": [other],
        "tag:hippopotame likes-min:1": [],
    }
    for query, ids in wanted.items():
        assert listed(query) == (ids if new(box) else []), query
    order = listed(f"category:{slug} order:created")
    assert (order[:2] == [other, mine]) == new(box)


def test_posts_after_and_before_a_number(ask: Ask, box: Sandbox) -> None:
    for n in range(4):
        box.reply(1, f"{TEXT} {n}", username="claire" if n % 2 else "amina")
    numbers = [box.post(one).number for one in box.topic(1).post_ids]

    def shown(asked: str) -> list[int]:
        stream = ask("GET", f"/t/1/posts.json?{asked}").json()["post_stream"]
        return [one["post_number"] for one in stream["posts"]]

    assert shown("post_number=2&asc=true") == numbers[2:]
    assert shown("post_number=3") == numbers[:2]


def test_how_posts_begin(ask: Ask, box: Sandbox) -> None:
    answer = ask("GET", "/t/1/excerpts.json?post_ids[]=1")
    assert answer.status_code == (200 if new(box) else 404)
    if new(box):
        assert [(one["post_id"], one["username"]) for one in answer.json()] == [
            (1, box.state.users[box.post(1).user_id].username)
        ]


# ---- where there is nothing


@on_all
def test_a_deleted_topic_is_closed_and_not_absent_as_text(ask: Ask, box: Sandbox) -> None:
    made = box.new_topic("Un sujet qui ne reste pas", TEXT, category=2, username="admin").id
    box.delete(made)
    for path in (f"/raw/{made}", f"/raw/{made}/1"):
        answer = ask("GET", path, "amina")
        assert (answer.status_code, answer.json()["error_type"]) == (403, "invalid_access"), path
    assert ask("GET", f"/t/{made}.json", "amina").status_code == 404
    assert ask("GET", "/raw/999999", "amina").status_code == 404


def test_the_page_of_a_lost_topic_has_a_title_on_newer_servers(ask: Ask, box: Sandbox) -> None:
    extras = ask("GET", "/t/999999.json").json()["extras"]
    assert ("title" in extras) == new(box)


def test_a_page_past_the_end_is_lost_for_people_too(ask: Ask, box: Sandbox) -> None:
    path = f"/t/{box.topic(1).slug}/1"
    head = {"Accept": "text/html"}
    assert ask("GET", path, headers=head).status_code == 200
    assert ask("GET", f"{path}?page=9", headers=head).status_code == 404


@pytest.mark.parametrize(("takes", "status"), [("text/markdown", 406), ("text/markdown, */*", 200), ("text/html", 200)])
def test_a_topic_is_not_shown_as_markdown(ask: Ask, box: Sandbox, takes: str, status: int) -> None:
    answer = ask("GET", f"/t/{box.topic(1).slug}/1", headers={"Accept": takes})
    assert answer.status_code == status


# ---- what a change does beside


@on_all
def test_an_edit_of_a_first_post_tidies_the_title(ask: Ask, box: Sandbox) -> None:
    made = box.new_topic("Un titre qui demande quelque chose", TEXT, category=2, username="admin")
    made.title = "Un titre qui demande quelque chose ?"
    post = box.first_post(made.id)
    ask("PUT", f"/posts/{post.id}.json", json={"post": {"raw": f"{TEXT} Et une phrase de plus."}})
    assert made.title == "Un titre qui demande quelque chose?"
    assert all("title" not in one.changes for one in post.revisions), "no version tells of it"


@on_all
def test_no_topic_moves_to_no_category_where_that_is_not_allowed(ask: Ask, box: Sandbox, topic: Topic) -> None:
    made = topic()["topic_id"]
    plain = box.state.settings["uncategorized_category_id"]
    box.state.categories.setdefault(plain, CategoryRecord(plain, "Sans catégorie", "sans-categorie"))
    assert ask("PUT", f"/t/-/{made}.json", json={"category_id": plain}).status_code == 422
    box.set(allow_uncategorized_topics=True)
    assert ask("PUT", f"/t/-/{made}.json", json={"category_id": plain}).status_code == 200
