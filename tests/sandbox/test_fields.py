"""Which fields a post, a topic and a list have, on servers of each kind, and in what order they come."""

import pytest

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.records import CategoryRecord
from tests.sandbox.asking import Ask, new, on_all
from tests.workspace import TEXT

FLAGS = {False: [3, 4, 8, 6, 7], True: [6, 3, 4, 8, 10, 7]}


@on_all
def test_what_one_may_do_with_a_post_has_its_order(ask: Ask, box: Sandbox) -> None:
    box.like(1, username="amina")
    others = box.reply(1, TEXT, username="amina").id
    shown = {number: ask("GET", f"/posts/{number}.json").json()["actions_summary"] for number in (1, others)}
    flags = FLAGS[new(box)]
    assert [one["id"] for one in shown[others]] == [2, *flags]
    assert [one["id"] for one in shown[1]] == [2, *(number for number in flags if number != 6)], "it is their own"


@on_all
def test_readers_without_an_account_may_report_nothing(ask: Ask, box: Sandbox) -> None:
    shown = ask("GET", "/t/1.json", None).json()
    assert shown["post_stream"]["posts"][0]["actions_summary"] == []
    on_topic = [4, 8, 10, 7] if new(box) else [4, 8, 7]
    assert shown["actions_summary"] == [{"id": number, "count": 0, "hidden": False} for number in on_topic]
    assert "has_deleted" not in shown
    assert "reviewable_id" not in shown["post_stream"]["posts"][0], "the queue of moderators is no affair of theirs"


@on_all
def test_a_new_person_reports_nothing(ask: Ask, box: Sandbox) -> None:
    box.state.user("bilal").trust_level = 0
    assert [one["id"] for one in ask("GET", "/posts/1.json", "bilal").json()["actions_summary"]] == [2]


def test_newer_servers_say_more_of_a_post(ask: Ask, box: Sandbox) -> None:
    answer = box.reply(1, TEXT, username="amina")
    first, second = ask("GET", "/t/1.json").json()["post_stream"]["posts"][:2]
    topic = box.topic(1)
    more = {"posts_count", "flair_group_id", "badges_granted", "can_see_hidden_post", "post_url"}
    assert (more <= set(second)) == new(box)
    if new(box):
        assert second["post_url"] == f"/t/{topic.slug}/1/{second['post_number']}"
        assert (first["can_vote"], "can_vote" in second) == (False, False)
        assert second["posts_count"] == len(topic.post_ids)
        mine = ask("GET", f"/posts/{answer.id}.json", "amina").json()
        other = ask("GET", f"/posts/{answer.id}.json", "bilal").json()
        assert (mine["can_see_hidden_post"], other["can_see_hidden_post"]) == (True, False)


def test_whom_a_post_answers_has_an_id_on_newer_servers(ask: Ask, box: Sandbox) -> None:
    given = {"topic_id": 1, "raw": TEXT, "reply_to_post_number": 1}
    shown = ask("POST", "/posts.json", as_="amina", json=given).json()["reply_to_user"]
    assert ("id" in shown, "name" in shown) == (new(box), new(box))
    assert shown["username"] == box.state.users[box.first_post(1).user_id].username


def test_a_title_with_emoji_is_told_with_them_too(ask: Ask, box: Sandbox) -> None:
    box.new_topic("Bienvenue à tous et toutes :wave:", TEXT, category=2, username="admin")
    listed = {
        one["title"]: one.get("unicode_title") for one in ask("GET", "/latest.json").json()["topic_list"]["topics"]
    }
    assert listed["Bienvenue à tous et toutes :wave:"] == "Bienvenue à tous et toutes 👋"
    assert None in listed.values(), "only titles with emoji have it"


@on_all
def test_an_action_of_no_known_kind_is_kept_once(ask: Ask, box: Sandbox) -> None:
    given = {"id": 1, "post_action_type_id": 99}
    first = ask("POST", "/post_actions.json", as_="amina", json=given)
    assert first.status_code == 200
    hearts = next(one["count"] for one in first.json()["reactions"] if one["id"] == "heart")
    assert hearts == len(box.post(1).likes) + 1, "the plugin counts it with the hearts"
    assert first.json()["reaction_users_count"] == len(box.post(1).likes), "but not who sent it"
    assert ask("POST", "/post_actions.json", as_="amina", json=given).status_code == 403


# ---- lists of all posts


@on_all
def test_newer_servers_list_posts_by_id(ask: Ask, box: Sandbox) -> None:
    given = {"topic_id": 1, "raw": TEXT, "created_at": "2020-01-01T10:00:00Z"}
    dated = ask("POST", "/posts.json", json=given).json()["id"]
    after = box.reply(1, f"{TEXT} encore", username="amina").id
    found = [one["id"] for one in ask("GET", "/posts.json").json()["latest_posts"]]
    if new(box):
        assert found == sorted(found, reverse=True)
        assert found[:2] == [after, dated]
    else:
        assert found[-1] == dated, "by date on older ones"


@on_all
def test_newer_servers_take_a_number_below_one_for_no_bound(ask: Ask, box: Sandbox) -> None:
    everything = ask("GET", "/posts.json").json()
    for before in ("0", "-3", "abc", ""):
        answer = ask("GET", f"/posts.json?before={before}")
        if new(box):
            assert (answer.status_code, answer.json()) == (200, everything), before
    if new(box):
        assert ask("GET", "/posts.json?before=1").json()["latest_posts"] == []


@pytest.mark.parametrize("before", ["", "?before=999999"])
def test_an_administrator_lists_the_messages_of_everybody(ask: Ask, before: str) -> None:
    given = {"title": "Entre nous", "raw": TEXT, "archetype": "private_message", "target_recipients": "claire"}
    sent = ask("POST", "/posts.json", as_="amina", json=given).json()["id"]
    for name, sees in (("admin", True), ("amina", True), ("claire", True), ("bilal", False)):
        found = [one["id"] for one in ask("GET", f"/private-posts.json{before}", name).json()["private_posts"]]
        assert (sent in found) == sees, name


# ---- people


def test_a_card_is_part_of_a_page(ask: Ask, box: Sandbox) -> None:
    whole = ask("GET", "/u/claire.json").json()["user"]
    card = ask("GET", "/u/claire/card.json").json()["user"]
    assert card.items() <= whole.items()
    assert ("accepted_answers" in card) == new(box)


@on_all
def test_a_summary_names_the_best_of_what_somebody_did(ask: Ask, box: Sandbox) -> None:
    mine = box.reply(1, TEXT, username="amina")
    box.like(mine.id, username="claire")
    whole = ask("GET", "/u/amina/summary.json").json()
    told = whole["user_summary"]
    assert "claire" in [one["username"] for one in told["most_liked_by_users"]]
    best = [(one["topic_id"], one["post_number"], one["like_count"]) for one in told["replies"]]
    assert (1, mine.number, 1) in best
    assert [likes for _topic, _number, likes in best] == sorted((likes for *_, likes in best), reverse=True)
    assert 1 in [one["id"] for one in whole["topics"]]
    mine.hidden = True
    seen = ask("GET", "/u/amina/summary.json", "bilal").json()["user_summary"]["replies"]
    assert (1, mine.number) not in [(one["topic_id"], one["post_number"]) for one in seen], "hidden, so nobody's best"


@on_all
def test_what_the_third_level_of_trust_asks(ask: Ask, box: Sandbox) -> None:
    box.state.user("claire").trust_level = 3
    told = ask("GET", f"/admin/users/{box.state.user('claire').id}.json").json()["tl3_requirements"]
    assert (told["requirements_met"], told["requirements_lost"]) == (False, True)
    assert told["min_days_visited"] == 50


@on_all
def test_the_pages_of_the_forum_are_marked(ask: Ask, box: Sandbox) -> None:
    staffs = next(one for one in box.state.categories.values() if one.read_restricted)
    page = box.new_topic("Les conditions de notre forum", TEXT, category=staffs.id, username="admin")
    box.reply(page.id, TEXT, username="admin")
    for one in box.state.posts_of(page):
        one.user_id = page.user_id = -1
    shown = ask("GET", f"/t/{page.id}.json").json()["post_stream"]["posts"]
    assert [one.get("static_doc") for one in shown] == [True, None]
    assert "static_doc" not in ask("GET", "/posts/1.json").json()


# ---- the forum itself


@on_all
def test_the_category_for_none_is_listed_where_topics_may_have_none(ask: Ask, box: Sandbox) -> None:
    plain = box.state.settings["uncategorized_category_id"]
    box.state.categories.setdefault(plain, CategoryRecord(plain, "Sans catégorie", "sans-categorie"))
    for allowed in (True, False):
        box.set(allow_uncategorized_topics=allowed)
        found = [one["id"] for one in ask("GET", "/categories.json").json()["category_list"]["categories"]]
        assert (plain in found) == allowed
        assert plain in [one["id"] for one in ask("GET", "/site.json").json()["categories"]]


def test_newer_servers_list_categories_with_topics(ask: Ask, box: Sandbox) -> None:
    for n in range(5):
        box.new_topic(f"Un sujet parmi les autres, numéro {n}", TEXT, category=2, username="admin")
    shown = ask("GET", "/categories.json?include_subcategories=true").json()["category_list"]["categories"]
    topics = next(one for one in shown if one["id"] == 2).get("topics")
    assert (topics is not None) == new(box)
    if topics is not None:
        assert len(topics) == 3
        assert topics[-1]["last_poster"]["username"] == "admin", "pinned ones come first"


def test_the_team_is_named_by_number_on_newer_servers(ask: Ask, box: Sandbox) -> None:
    whole = ask("GET", "/about.json").json()
    stats = whole["about"]["stats"]
    living = sum(one.alive for one in box.state.posts.values())
    if new(box):
        ids = {one["id"]: one["username"] for one in whole["users"]}
        assert [ids[number] for number in whole["about"]["admin_ids"]] == ["admin"]
        assert (stats["posts_count"], "post_count" in stats) == (living, False)
    else:
        assert [one["username"] for one in whole["about"]["admins"]] == ["admin"]
        assert (stats["post_count"], "posts_count" in stats) == (living, False)


def test_the_choices_of_a_person_are_a_section_on_newer_servers(ask: Ask, box: Sandbox) -> None:
    me = ask("GET", "/session/current.json", "claire").json()["current_user"]
    chosen = me.get("user_option", me)
    assert ("user_option" in me) == new(box)
    assert chosen["title_count_mode"] == "notifications"
    assert ("title_count_mode" in me) != new(box)


@on_all
def test_members_of_a_group_come_by_name_backwards(ask: Ask) -> None:
    path = "/groups/trust_level_0/members.json"
    names = [one["username"] for one in ask("GET", path).json()["members"]]
    assert names == sorted(names, reverse=True)
    assert [one["username"] for one in ask("GET", f"{path}?asc=true").json()["members"]] == names[::-1]


@on_all
def test_what_can_be_reported_has_its_order(ask: Ask, box: Sandbox) -> None:
    site = ask("GET", "/site.json").json()
    numbers = [one["id"] for one in site["post_action_types"]]
    assert numbers == ([6, 3, 4, 8, 10, 7, 2] if new(box) else [1, 2, 3, 4, 8, 6, None, 7])
    assert [one["id"] for one in site["topic_flag_types"]] == ([4, 8, 10, 7] if new(box) else [4, 8, None, 7])
    assert ("hashtag_icons" in site) == new(box)


def test_settings_are_asked_for_by_name(ask: Ask, box: Sandbox) -> None:
    shown = ask("GET", "/admin/site_settings.json?names=title,max_tags_per_topic").json()
    names = [one["setting"] for one in shown["site_settings"]]
    language = ["default_locale"] if new(box) else []
    assert names == [*language, "max_tags_per_topic", "title"]
    assert ("diags" in shown) != new(box)
