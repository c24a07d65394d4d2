"""Reactions and accepted answers, as the forum's plugins tell them: a reaction is a like too, but nobody's heart."""

from typing import Any

from koweb_sync.sandbox import Sandbox
from tests.sandbox.asking import Ask
from tests.sandbox.explorer import run
from tests.workspace import TEXT


def toggle(ask: Ask, post: int, emoji: str, who: str) -> Any:
    answer = ask("PUT", f"/discourse-reactions/posts/{post}/custom-reactions/{emoji}/toggle.json", who)
    assert answer.status_code == 200, answer.text
    return answer.json()


def likes(one: Any) -> dict[str, Any]:
    found: dict[str, Any] = next((each for each in one["actions_summary"] if each["id"] == 2), {})
    return found


def test_the_counter_of_likes_holds_reactions_too_and_hearts_alone_are_named(ask: Ask, box: Sandbox) -> None:
    post = box.reply(1, f"{TEXT} Réactions.", username="amina").id
    before = ask("GET", "/t/1.json").json()["like_count"]
    toggle(ask, post, "heart", "claire")
    assert likes(toggle(ask, post, "hugs", "bilal")) == {"id": 2, "count": 1, "can_act": True}, "as it was before"
    own = toggle(ask, post, "clap", "amina")
    assert "can_act" not in likes(own)
    assert own["current_user_reaction"]["id"] == "clap", "one may react to one's own post; that is no like"
    found = ask("GET", f"/posts/{post}.json").json()
    assert [(one["id"], one["count"]) for one in found["reactions"]] == [("clap", 1), ("heart", 1), ("hugs", 1)]
    assert found["reaction_users_count"] == 3
    both = box.state.flavour.shadow_likes
    assert likes(found)["count"] == (2 if both else 1)
    assert ask("GET", "/t/1.json").json()["like_count"] - before == (2 if both else 1)
    who = ask("GET", f"/post_action_users.json?id={post}&post_action_type_id=2").json()["post_action_users"]
    assert [one["username"] for one in who] == ["claire"]
    given = ask("GET", "/user_actions.json?username=bilal&filter=1").json()["user_actions"]
    assert post not in {one["post_id"] for one in given}, "nor among the likes that somebody gave"
    off = toggle(ask, post, "hugs", "bilal")
    assert likes(off)["count"] == 1, "as it is when something was taken back"
    assert off["current_user_reaction"] is None


def test_who_reacted_is_told_by_name_and_time(ask: Ask, box: Sandbox) -> None:
    post = box.reply(1, f"{TEXT} Qui donc.", username="amina").id
    for emoji, who in (("clap", "claire"), ("hugs", "bilal"), ("heart", "admin")):
        toggle(ask, post, emoji, who)
    path = f"/discourse-reactions/posts/{post}/reactions-users.json"
    told = ask("GET", path).json()["reaction_users"]
    assert [one["id"] for one in told] == ["heart", "clap", "hugs"]
    assert set(told[1]["users"][0]) == {"username", "name", "avatar_template", "can_undo", "created_at"}
    assert told[1]["users"][0]["created_at"].endswith(" UTC")
    assert [one["id"] for one in ask("GET", f"{path}?reaction_value=hugs").json()["reaction_users"]] == ["hugs"]
    refused = ask("PUT", f"/discourse-reactions/posts/{post}/custom-reactions/cow/toggle.json", "claire")
    assert refused.status_code == 422
    lists = "/discourse-reactions/posts"
    given = ask("GET", f"{lists}/reactions.json?username=claire").json()
    assert [(one["user"]["username"], one["reaction"]["reaction_value"]) for one in given] == [("claire", "clap")]
    got = ask("GET", f"{lists}/reactions-received.json?username=amina").json()
    assert [one["user"]["username"] for one in got] == ["bilal", "claire"], "a heart is a like alone"
    assert ask("GET", f"{lists}/reactions-received.json?username=amina", "bilal").status_code == 403


def test_an_answer_that_is_accepted_takes_the_place_of_another(ask: Ask, box: Sandbox) -> None:
    one, two = (box.reply(1, f"{TEXT} {n}", username=name) for n, name in enumerate(("amina", "bilal")))
    new = box.state.flavour.solved_table
    for post in (one, two):
        told = ask("POST", "/solution/accept.json", json={"id": post.id}).json()
        assert told.get("post_number") == (post.number if new else None)
        assert told.get("success") == (None if new else "OK")
    assert ask("GET", "/t/1.json").json()["accepted_answer"]["post_number"] == two.number
    shown = ask("GET", f"/posts/{two.id}.json").json()
    assert (shown["accepted_answer"], shown["can_accept_answer"], shown["can_unaccept_answer"]) == (True, True, True)
    if new:
        mine = ask("GET", "/solution/by_user.json?username=bilal").json()["user_solved_posts"]
        assert [entry["post_id"] for entry in mine] == [two.id]
    assert ask("POST", "/solution/unaccept.json", json={"id": one.id}).json() == {"success": "OK"}, "nothing to undo"
    assert ask("GET", "/t/1.json").json()["accepted_answer"]["post_number"] == two.number
    ask("POST", "/solution/unaccept.json", json={"id": two.id})
    assert "accepted_answer" not in ask("GET", "/t/1.json").json()


def test_the_plugins_have_tables_of_their_own(ask: Ask, box: Sandbox) -> None:
    post = box.reply(1, f"{TEXT} Tables.", username="amina")
    toggle(ask, post.id, "heart", "claire")
    toggle(ask, post.id, "clap", "bilal")
    ask("POST", "/solution/accept.json", json={"id": post.id})
    box.set(data_explorer_enabled=True)
    rows = "SELECT r.reaction_value, r.reaction_users_count, u.user_id FROM discourse_reactions_reactions r"
    rows += " LEFT JOIN discourse_reactions_reaction_users u ON u.reaction_id = r.id ORDER BY r.id"
    bilal = box.state.user("bilal").id
    assert run(box, rows).json()["rows"] == [["heart", None, None], ["clap", 1, bilal]]
    acts = "SELECT user_id FROM post_actions WHERE post_id = :post AND post_action_type_id = 2 ORDER BY id"
    claire = box.state.user("claire").id
    acts = f"-- [params]\n-- int :post\n{acts}"
    assert run(box, acts, {"post": str(post.id)}).json()["rows"] == (
        [[claire], [bilal]] if box.state.flavour.shadow_likes else [[claire]]
    )
    there = "SELECT table_name FROM information_schema.tables WHERE table_name = 'discourse_solved_solved_topics'"
    new = box.state.flavour.solved_table
    assert run(box, there).json()["rows"] == ([["discourse_solved_solved_topics"]] if new else [])
    table = "SELECT answer_post_id, accepter_user_id FROM discourse_solved_solved_topics"
    noted = "SELECT value::int, 1 FROM topic_custom_fields WHERE name = 'accepted_answer_post_id'"
    assert run(box, table if new else noted).json()["rows"] == [[post.id, 1]]
