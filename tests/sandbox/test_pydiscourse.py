"""pydiscourse's own client, as it comes, against the sandbox; and plain curl."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydiscourse import DiscourseClient

from koweb_sync.sandbox import Sandbox
from tests.workspace import PNG, TEXT

pytestmark = pytest.mark.server("2022")


@pytest.fixture
def client(box: Sandbox) -> DiscourseClient:
    """The client of an administrator."""
    return DiscourseClient(box.url, api_username="admin", api_key=box.keys["all_users"], timeout=30)


READS: list[tuple[str, tuple[Any, ...], str]] = [
    ("about", (), "about"),
    ("categories", (), ""),
    ("category", (3,), ""),
    ("category_latest_topics", ("koweb-kafe/2",), "topic_list"),
    ("data_explorer_query", (), ""),
    ("get_site_info", (), "categories"),
    ("get_site_settings", (), "site_settings"),
    ("group", ("staff",), "group"),
    ("group_members", ("staff",), ""),
    ("latest_posts", (), "latest_posts"),
    ("latest_topics", (), "topic_list"),
    ("list_users", ("active",), ""),
    ("new_topics", (), "topic_list"),
    ("post_action_users", (1, 2), "post_action_users"),
    ("post_by_id", (1,), "raw"),
    ("post_by_number", (1, 1), "raw"),
    ("posts", (1,), "post_stream"),
    ("private_messages", ("amina",), "topic_list"),
    ("private_messages_unread", ("amina",), "topic_list"),
    ("search", ("accueil",), "posts"),
    ("top_topics", (), "topic_list"),
    ("topic_posts", (1,), "post_stream"),
    ("topics_by", ("admin",), ""),
    ("user", ("amina",), "username"),
    ("user_actions", ("amina", "4,5"), ""),
    ("user_all", (2,), "username"),
    ("user_by_id", (2,), "username"),
    ("user_emails", ("amina",), "email"),
    ("users", ("active",), ""),
]


@pytest.mark.parametrize(("name", "given", "key"), [row for row in READS if row[0] != "data_explorer_query"])
def test_reading(client: DiscourseClient, name: str, given: tuple[Any, ...], key: str) -> None:
    answer = getattr(client, name)(*given)
    assert answer is not None
    assert not key or key in answer


def test_a_topic_from_its_beginning_to_its_end(client: DiscourseClient, box: Sandbox) -> None:
    post = client.create_post(
        TEXT, category_id=2, title="Un sujet par pydiscourse", tags=["essai"], external_id="koweb-py"
    )
    number = post["topic_id"]
    assert client.topic("un-sujet-par-pydiscourse", number)["external_id"] == "koweb-py"
    assert client.post(number, 1)["id"] == number
    client.create_post(f"{TEXT} Une réponse.", topic_id=number)
    client.update_post(post["id"], f"{TEXT} Mieux.", "mieux dit", **{"post[raw_old]": TEXT})
    assert box.first_post(number).raw == f"{TEXT} Mieux."
    client.update_topic(f"/t/-/{number}.json", "Un sujet par pydiscourse, renommé")
    assert box.topic(number).title == "Un sujet par pydiscourse, renommé"
    client.update_topic_status(number, "closed", True)
    assert box.topic(number).closed
    client.reset_bump_date(number)
    client.delete_topic(number)
    assert box.topic(number).deleted_at is not None


def test_people_categories_settings(client: DiscourseClient, box: Sandbox) -> None:
    client.create_user("Gaston", "gaston", "gaston@example.org", "motdepasse-long")
    assert box.state.user("gaston").email == "gaston@example.org"
    client.update_username("gaston", "gaston2")
    number = box.state.user("gaston2").id
    client.trust_level(number, 2)
    client.suspend(number, 7, "essai")
    assert box.state.users[number].suspended
    client.unsuspend(number)
    client.anonymize(number)
    assert "gaston2" not in box.state.names
    client.update_user("amina", name="Amina C.")
    assert box.state.user("amina").name == "Amina C."
    made = client.create_category("Une nouvelle", "AABBCC")["category"]
    client.update_category(made["id"], name="Une nouvelle autre", color="112233")
    assert box.state.categories[made["id"]].name == "Une nouvelle autre"
    client.site_settings(title="Un autre nom")
    assert box.state.settings["title"] == "Un autre nom"


@pytest.mark.filterwarnings(
    "ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"
)  # it leaves files open
def test_an_upload(client: DiscourseClient, tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    image.write_bytes(PNG)
    assert client.upload_image(str(image), "composer", True)["short_url"].startswith("upload://")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(box: Sandbox) -> None:
    def curl(*words: str) -> Any:
        head = ["-H", f"Api-Key: {box.keys['all_users']}", "-H", "Api-Username: admin"]
        done = subprocess.run(["curl", "-sS", "--fail", *head, *words], capture_output=True, check=True)
        return json.loads(done.stdout) if done.stdout else None

    form = ["-F", "title=Un sujet envoyé par curl", "-F", f"raw={TEXT}", "-F", "category=2", "-F", "tags[]=essai"]
    made = curl(f"{box.url}/posts.json", *form)
    assert curl("-L", f"{box.url}/t/{made['topic_id']}.json")["tags"]
    curl("-X", "PUT", f"{box.url}/posts/{made['id']}.json", "-d", "post[raw]=Un texte assez long, envoyé par curl.")
    assert box.post(made["id"]).raw == "Un texte assez long, envoyé par curl."
    curl("-X", "DELETE", f"{box.url}/t/{made['topic_id']}.json")
    assert box.topic(made["topic_id"]).deleted_at is not None
