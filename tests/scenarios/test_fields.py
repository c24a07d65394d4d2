"""What a post file says beside its text, and servers that speak differently."""

from typing import Any

import pytest
import requests

from koweb_sync.posts.field import FieldTarget, Flag
from koweb_sync.posts.fields import KEYS
from koweb_sync.sandbox import Fault, Sandbox
from tests.answers import explore
from tests.gate import in_turn
from tests.workspace import PNG, TEXT, Clone

pytestmark = pytest.mark.server("2022")


def test_author_date_and_attachment(here: Clone, box: Sandbox) -> None:
    here.write("posts/fiche.pdf", b"%PDF-1.4 une fiche")
    here.post("un", f"{TEXT} [la fiche](fiche.pdf)", author="claire", created="2024-05-02")
    here.commit()
    here.push()
    topic = box.by_id("un")
    assert box.state.users[topic.user_id].username == "claire"
    assert topic.created_at == 1_714_608_000
    assert "[la fiche|attachment](upload://" in here.raw("un")
    here.post("un", f"{TEXT} [la fiche](fiche.pdf)", author="amina", created="2024-06-02")
    here.commit()
    here.push()
    topic = box.by_id("un")
    assert box.state.users[topic.user_id].username == "amina"
    assert topic.created_at == 1_717_286_400
    box.forget()
    here.push()
    assert box.log == []


def test_an_author_whom_nobody_knows(here: Clone) -> None:
    here.post("un", author="personne")
    here.post("deux")
    here.commit()
    run = here.push(code=2)
    assert "posts/un.md" in run.err or "personne" in run.err
    assert here.published() == ["deux"]


def test_a_draft_is_not_published_and_withdraws_what_was(here: Clone, box: Sandbox) -> None:
    here.configure('withdraw = "unlist"')
    here.post("un", draft=True)
    here.post("deux")
    here.post("trois")
    here.commit()
    here.push()
    assert here.published() == ["deux", "trois"]
    here.post("deux", draft=True)
    here.post("un", draft=False)
    here.commit()
    here.push()
    assert not box.by_id("deux").visible
    assert box.by_id("un").visible
    here.post("deux")
    here.commit()
    here.push()
    assert box.by_id("deux").visible


@pytest.mark.parametrize("flag", [(), ("--no-bump",)])
def test_an_edit_says_why_and_lifts_the_topic_only_if_wanted(here: Clone, box: Sandbox, flag: tuple[str, ...]) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.reword("un", "Un texte", "Mon texte")
    commit = here.git("rev-parse", "--short", "HEAD")
    here.push(*flag)
    post = box.first_post(box.by_id("un").id)
    assert post.edit_reason == f"Reword un ({commit})"
    body = box.requests("PUT", r"^/posts/")[0].body
    assert (b"no_bump" in body) == bool(flag)


def test_footer_and_comment_go_with_the_next_real_edit(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    here.push()
    here.configure("footer = true\ncomment = true")
    here.commit()
    box.forget()
    here.push()
    assert box.log == []
    here.reword("un", "Un texte", "Mon texte")
    here.push()
    raw = here.raw("un")
    assert raw.startswith("Mon texte")
    assert "git" in raw
    assert "posts/un.md" in raw
    shown = box.first_post(box.by_id("un").id).cooked
    assert shown.count("posts/un.md") == 1, "the comment for editors is not for readers"
    assert "<small>" in shown
    before = here.read("posts/un.md")
    here.reword("un", "Mon texte", "Notre texte")
    here.push()
    assert here.raw("un").count("posts/un.md") == raw.count("posts/un.md")
    assert before.replace("Mon", "Notre") == here.read("posts/un.md")


@pytest.mark.parametrize("objects", [True, False])
def test_tags_as_words_or_objects(here: Clone, box: Sandbox, objects: bool) -> None:
    box.set(tags_as_objects=objects)
    here.post("un", tags=["outils", "Été"])
    here.commit()
    here.push()
    box.forget()
    here.push()
    assert box.log == []
    here.post("un", tags=["outils"])
    here.commit()
    here.push()
    assert box.by_id("un").tags == ["outils"]


def test_a_forum_in_maintenance_is_waited_for(here: Clone, box: Sandbox) -> None:
    here.post("un")
    here.commit()
    busy = Fault(
        "status", "POST", r"^/posts", status=503, headers={"Discourse-Readonly": "true", "Retry-After": "1"}, body=b"{}"
    )
    box.fail(busy)
    here.push()
    assert here.published() == ["un"]
    first, second = box.requests("POST", r"^/posts")
    assert second.at - first.at >= 1


def test_an_image_with_new_content_is_one_upload_and_one_edit(here: Clone, box: Sandbox) -> None:
    here.write("posts/schema.png", PNG)
    here.post("un", f"{TEXT} ![un schéma](schema.png)")
    here.commit()
    here.push()
    first = here.raw("un")
    here.write("posts/schema.png", PNG + b"autrement")
    here.commit()
    box.forget()
    here.push()
    assert [one.verb for one in box.log].count("PUT") == 1
    assert len(box.requests("POST", r"^/uploads")) == 1
    assert here.raw("un") != first
    assert "![un schéma|3x2](upload://" in here.raw("un")


def test_what_was_done_as_json(here: Clone) -> None:
    here.post("un")
    here.post("deux", category="nulle-part")
    here.commit()
    data = here.push("--format", "json", code=2).data
    assert isinstance(data, dict | list)
    text = str(data)
    assert "posts/un.md" in text
    assert "posts/deux.md" in text


def test_the_footer_stays_when_git_takes_over_what_the_forum_wrote(here: Clone, box: Sandbox) -> None:
    here.configure("footer = true")
    here.post("un", body=f"{TEXT}\n\nUn milieu.\n\nUne fin.")
    here.commit()
    here.push()
    box.edit(box.by_id("un").id, here.raw("un").replace("Un texte", "Le texte"))
    here.reword("un", "Un texte", "Le texte")
    here.reword("un", "Une fin.", "Une fin, et un paragraphe de plus.")
    here.push()
    assert here.raw("un").startswith("Le texte")
    assert "un paragraphe de plus." in here.raw("un")
    assert "posts/un.md" in here.raw("un")


FLAGS = {name: field for name, field in KEYS.items() if isinstance(field, Flag)}
LATER = {name: field for name, field in FLAGS.items() if field.after_create}  # no create can say them

# Every value of a field, "absent" where the file does not say it; the forum's own default is among them.
VALUES: dict[str, tuple[Any, ...]] = {
    **{name: ("absent", field.born, not field.born) for name, field in FLAGS.items()},
    "tags": ("absent", [], ["accueil"]),
    "author": ("absent", None, "claire"),
    "created": ("absent", None, "2024-05-02"),
}


def chosen(number: int) -> dict[str, Any]:
    """The fields of one post: all combinations of status, and each value of the others with each of those."""
    found = {}
    for place, (name, values) in enumerate(VALUES.items()):
        value = values[(number // 3 ** (place % 3) + place // 3) % 3]
        if value != "absent":
            found[name] = value
    return found


def test_a_second_push_sends_nothing_whatever_the_fields_say(here: Clone, box: Sandbox) -> None:
    """A `pinned: false` in a new post says what is so already: a request for it would leave a note on a real forum."""
    for number in range(27):
        here.post(f"post-{number}", **chosen(number))
    here.commit()
    box.forget()
    here.push()
    new = sum(chosen(number).get(name) is (not field.born) for number in range(27) for name, field in LATER.items())
    assert len([one for one in here.writes() if not one.startswith("POST /posts")]) == new
    box.forget()
    here.push()
    assert box.log == []
    for number in range(27):  # other values in each: each field once to each of its values
        here.post(f"post-{number}", **chosen((number * 5 + 13) % 27))
    here.commit()
    here.push()
    box.forget()
    here.push("--check")
    here.push()
    assert box.log == []


def said(name: str, value: object) -> dict[str, Any]:
    """What a file says of one key."""
    return {name: value}


def turn(box: Sandbox, field: Flag, ident: str, *, on: bool) -> None:
    """Somebody turns a flag of a file's topic on the forum, by the field's own request."""
    topic = box.by_id(ident).id
    told = field.request(on, FieldTarget(topic, box.first_post(topic).id, "admin"))
    head = {"Api-Key": box.keys["all_users"], "Api-Username": "admin"}
    answer = requests.request(told.verb, box.url + told.path, data=told.data, headers=head, timeout=30)
    assert answer.status_code == 200, f"{told}: {answer.text}"


@pytest.mark.parametrize(("name", "explorer"), in_turn(FLAGS, [False, True]))
def test_every_flag_is_published_taken_back_and_brought_back(
    here: Clone, box: Sandbox, name: str, explorer: bool
) -> None:
    """With Data Explorer the flag comes in a row, whose columns are those of `forum.queries.FIRST_POSTS`."""
    if explorer:
        explore(box)
    field = FLAGS[name]
    here.post("un", **said(name, not field.born))
    here.post("deux", **said(name, field.born))
    here.commit()
    here.push()
    box.forget()
    here.push()
    assert box.log == []
    here.post("un", **said(name, field.born))
    here.commit()
    here.push()
    assert len(here.writes()) == 1, "one request takes it back"
    turn(box, field, "un", on=not field.born)
    here.run("pull")
    comes_back = type(field).brought is Flag.brought
    assert (f"\n{name}: {str(not field.born).lower()}\n" in here.read("posts/un.md")) == comes_back
    box.forget()
    here.push()
    assert here.writes() == [], "what came back, or stays there, is not sent again"
