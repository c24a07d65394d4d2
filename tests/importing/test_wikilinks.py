"""Links and pictures in double brackets lead where they led in the garden of notes."""

import pytest

from koweb_sync.importing.convert import LinkableNote, NoteFolder, convert

NOTES = NoteFolder(
    [
        LinkableNote("Accueil.md", ("Bienvenue",)),
        LinkableNote("jardin/Semis d'été.md", ("Semer en été", "jardin/Semis.markdown")),
        LinkableNote("jardin/Compost.md"),
        LinkableNote("atelier/Compost.md"),
        LinkableNote("atelier/bois/Scie à main.md"),
    ],
    ["images/plan.png", "images/film.mp4", "images/chant.ogg", "atelier/notice.pdf"],
    {"images/plan.png": (1200, 800)},
)

KEPT = [
    "Un tableau[[1]](https://example.org) et [[a]], où [a] est défini.\n\n[a]: https://example.org\n",
    "Du code : `[[Accueil]]`, ``![[plan.png]]``.\n\n```\n[[Accueil]]\n```\n\n    [[Accueil]]\n",
    '<!-- [[Accueil]] -->\n\n<a title="[[Accueil]]" href="x">y</a> \\[[Accueil]] [[ ]] [[]]\n',
    "[x](https://example.org/[[Accueil]])\n",
]


@pytest.mark.parametrize("written", KEPT)
def test_p140_brackets_that_mean_no_note_stay(written: str) -> None:
    assert convert(written, "jardin/Compost.md", NOTES).body == written


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[[Accueil]]", "[Accueil](../Accueil.md)"),
        ("[[accueil.MD|la *page*]]", "[la *page*](../Accueil.md)"),
        ("[[Bienvenue]]", "[Bienvenue](../Accueil.md)"),
        ("[[Semis d'e\u0301te\u0301]]", "[Semis d'e\u0301te\u0301](Semis%20d%27été.md)"),
        ("[[Semis]]", "[Semis](Semis%20d%27été.md)"),
        ("[[bois/scie à main]]", "[scie à main](../atelier/bois/Scie%20à%20main.md)"),
        ("[[../atelier/Compost]]", "[Compost](../atelier/Compost.md)"),
        ("[[Accueil#Où aller ?]]", "[Accueil > Où aller ?](../Accueil.md#où-aller-)"),
        ("[[#Le tas|plus bas]]", "[plus bas](#le-tas)"),
        ("[[notice.pdf]]", "[notice.pdf](../atelier/notice.pdf)"),
        ("![[plan.png]]", "![plan](../images/plan.png)"),
        ("![[plan.png|300]]", "![plan|300x200](../images/plan.png)"),
        ("![[images/plan.png|Le plan|60x40]]", "![Le plan|60x40](../images/plan.png)"),
        ("![[film.mp4]]", "![film|video](../images/film.mp4)"),
        ("![[chant.ogg]]", "![chant|audio](../images/chant.ogg)"),
        ("![[notice.pdf]]", "[notice.pdf](../atelier/notice.pdf)"),
        ("| a |\n|---|\n| [[Accueil\\|ici]] ![[plan.png\\|60x40]] |", None),
    ],
)
def test_p141_a_link_leads_to_the_file_that_the_garden_meant(written: str, shown: str | None) -> None:
    found = convert(f"Avant {written} après.\n" if shown else written, "jardin/Compost.md", NOTES)
    wanted = "| a |\n|---|\n| [ici](../Accueil.md) ![plan\\|60x40](../images/plan.png) |"
    assert found.body == (f"Avant {shown} après.\n" if shown else wanted)
    assert not found.problems
    assert convert(found.body, "jardin/Compost.md", NOTES).body == found.body


def test_p142_what_a_link_lost_is_named_with_its_line() -> None:
    body = "Un.\n\n![[Accueil]]\n[[Accueil#^abc|là]]\r\n\r\n[[Inconnue]]\n![[film2.mp4]]\n[[Compost]]\n"
    found = convert(body, "Accueil.md", NOTES)
    assert [problem.line for problem in found.problems] == [3, 4, 6, 7, 8]
    assert found.body == (
        "Un.\n\n[Accueil](Accueil.md)\n[là](Accueil.md)\r\n\r\n[[Inconnue]]\n![[film2.mp4]]\n"
        "[Compost](jardin/Compost.md)\n"
    )


def test_files_that_the_text_shows_are_told() -> None:
    assert convert("![[plan.png]] [[notice.pdf]] ![[plan.png]]", "a.md", NOTES).files == (
        "images/plan.png",
        "atelier/notice.pdf",
    )


def test_pages_are_found_by_their_names_whatever_their_files_end_with() -> None:
    for ending in ("txt", "text", "mdwn", "mkdn", "MD"):
        pages = NoteFolder([LinkableNote(f"LeJardin.{ending}"), LinkableNote("Page.txt")])
        body = convert(
            '======Ici======\n[[LeJardin le jardin]], LeJardin, {{button link="LeJardin" text="y aller"}}\n',
            "Page.txt",
            pages,
        )
        assert body.problems == ()
        assert body.body.count(f"(LeJardin.{ending})") == 3


@pytest.mark.parametrize("name", ["img/Plan.png", "img/plan.PNG", "img/plan.png"])
def test_of_files_that_differ_in_their_case_the_one_that_is_spelt_so_is_meant(name: str) -> None:
    notes = NoteFolder([LinkableNote("a.md")], ["img/Plan.png", "img/plan.PNG", "img/plan.png"])
    assert notes.find(name, "a.md") == notes.leads_to(name, "a.md") == name
    assert notes.find(name.rpartition("/")[2], "a.md") == name
