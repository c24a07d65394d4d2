"""What each construct of other tools becomes, and which texts are none of their business."""

import pytest

from koweb_sync.i18n import activate
from koweb_sync.importing.convert import convert
from koweb_sync.importing.dialects.yeswiki import is_yeswiki
from tests.importing.constructs import HERE, NOTES

SHOWN = {
    "> [!warning] Prudence\n> Doucement.": "> :warning: **Prudence**\n>\n> Doucement.",
    "> [!NOTE]\n> Un.\n> > [!tip]- Deux\n> > Trois.": '> :memo: **Note**\n>\n> Un.\n>\n> [details="Deux"]\n'
    "> Trois.\n> [/details]",
    "> [!todo]- [[Accueil]]\n> Un.": '[details="Todo"]\n[Accueil](../Accueil.md)\n\nUn.\n[/details]',
    '!!! note "À savoir"\n    Un.\n\n        code\nSuite.': "> :memo: **À savoir**\n>\n> Un.\n>\n>     code\n\nSuite.",
    "Avant.\n??? tip\n    Un.": 'Avant.\n\n[details="Tip"]\nUn.\n[/details]',
    '=== "Ici"\n\n    Un.': '[details="Ici"]\nUn.\n[/details]',
    ":::spoiler Fin\nUn.\n:::": '[details="Fin"]\nUn.\n[/details]',
    "::: success\n==Oui==\n:::": "> :white_check_mark: **Success**\n>\n> <mark>Oui</mark>",
    "{%youtube dQw4w9WgXcQ %}": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "%%à voir%% et %%là%%": "<!--à voir--> et <!--là-->",
    "*[CR]: Compte rendu": "- **CR** – Compte rendu",
    "Un.\n\n## Deux {#deux}\nTrois.": 'Un.\n\n<a name="deux"></a>\n\n## Deux\n\nTrois.',
    "{% highlight sh %}\nls ```\n{% endhighlight %}": "````sh\nls ```\n````",
    '{{< figure src="/images/plan.png" alt="Le plan" caption="Vu *d\'ici*" >}}': "![Le plan](../images/plan.png)\n"
    "Vu *d'ici*",
    '{{< relref "/guide/index.md#haut" >}}': "../guide/index.md#haut",
    "[a](/2024/05/02/bilan.html) ![p](PLAN.PNG) [b](../Accueil/) [c](Semis d'été.md)": "[a]("
    "../_posts/2024-05-02-bilan.md) ![p](../images/plan.png) [b](../Accueil.md) [c](../guide/Semis%20d%27été.md)",
    "{{ '/images/plan.png' | relative_url }}": "/images/plan.png",
    "[a]({{ site.url }}{{ site.baseurl }}{% link guide/index.md %})": "[a](../guide/index.md)",
    "[a]({{site.baseurl}}/guide/) ![p](..\\images\\plan.png)": "[a](../guide/index.md) ![p](../images/plan.png)",
    '::: {.callout-tip title="Un"}\nDeux\n:::': "> :bulb: **Un**\n>\n> Deux",
    "> Oui. [name=Maud] [time=lundi]\n\nUn [name=x]": "> Oui. **Maud** *lundi*\n\nUn [name=x]",
    "![](https://youtu.be/dQw4w9WgXcQ)": "https://youtu.be/dQw4w9WgXcQ",
    '{{<\nfigure\n  src="/images/plan.png"\n  alt="Le plan"\n>}}': "![Le plan](../images/plan.png)",
    "Le 19^e^, H~2~O, ++souligné++ et ^^aussi **gras**^^ : ++ctrl+alt+c++": "Le 19<sup>e</sup>, H<sub>2</sub>O, "
    "<ins>souligné</ins> et <ins>aussi **gras**</ins> : <kbd>ctrl</kbd>+<kbd>alt</kbd>+<kbd>c</kbd>",
    '======Un======\n""<div>""\n**Deux**\n""</div>""\n%%\ntrois\n%%': "# Un\n\n<div>\n\n**Deux**"
    "\n</div>\n\n```\ntrois\n```",
    "======Un======\n - //deux//\n  1) [[Accueil trois]]": "# Un\n\n- *deux*\n    1) [trois](../Accueil.md)",
}

LEFT = [
    "== Pas un titre, a==b et c==d ==",
    "!!! attention\n\nrien d'indenté",
    "10 %% de 20 %%, 5$ ou 6$",
    "Un `==mot==` et [un lien](https://example.org/x==y==)",
    "a ::: b\n\n[!note] sans citation\n\n> [lien](https://example.org) !",
    "=====\n\nTitre\n=====\n\n==Seul==\n".replace("==Seul==\n", "**Seul**\n"),
    "C++ et G++, i++, ++j; 2^3 ou 2^3^4, a ~ b ~ c, ~~un~~, `H~2~O`, https://example.org/a~b~c ~/x ~/y [^1][^2] ^_^",
    "[t.o.c.] et {accolades} et {{vide",
    "<details>\n<summary>[[Accueil]]</summary>\n==x==\n</details>",
]


@pytest.mark.parametrize("written", SHOWN)
def test_p148_a_construct_becomes_what_a_forum_shows(written: str) -> None:
    found = convert(written, HERE, NOTES)
    assert found.body == SHOWN[written]
    assert convert(found.body, HERE, NOTES).body == found.body


@pytest.mark.parametrize("written", LEFT)
def test_p147_what_only_looks_like_a_construct_stays(written: str) -> None:
    assert convert(written, HERE, NOTES).body == written


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("======Titre======\ndu **texte**", True),
        ('du texte {{attach file="a.png"}}', True),
        ("====Titre====\n\n# Titre de Markdown", False),
        ("====Titre====\n[lien](a.md)", False),
        ("==Seul==", False),
        ("Titre\n=====", False),
        ("`{{attach file='x'}}`", False),
        ('```\n====Titre====\n```\n{{attach file="a"}}', False),
        ('{{< figure src="a" >}} {{ page.title }}', False),
    ],
)
def test_p149_only_pages_of_yeswiki_are_read_as_such(text: str, told: bool) -> None:
    assert is_yeswiki(text) is told


def test_p149_what_a_page_does_on_its_site_alone_is_named() -> None:
    found = convert('====Un====\n//Deux//\n{{bazarliste id="1"}}\n{{grid}}Trois{{end elem="grid"}}\n', HERE, NOTES)
    assert found.body == '### Un\n\n*Deux*\n`{{bazarliste id="1"}}`\nTrois\n'
    assert [one.line for one in found.problems] == [3, 4]


def test_tags_in_the_text_are_told_and_stay() -> None:
    found = convert("#idée/une et #Deux, pas #12, a#b, `#code`, https://example.org/#x\n", HERE, NOTES)
    assert found.tags == ("idée/une", "Deux")


def test_p212_a_line_of_tags_becomes_tags_and_is_no_title() -> None:
    found = convert("Un.\n\n###### tags: `atelier` `à relire`,`c`\n\n## Tags: `a` ou b\n\nDeux.", HERE, NOTES)
    assert found.tags == ("atelier", "à relire", "c")
    assert found.body == "Un.\n\n## Tags: `a` ou b\n\nDeux."


def test_a_box_without_a_title_is_called_in_the_language_of_the_community() -> None:
    activate("fr")
    try:
        boxes = "> [!warning]\n> Un.\n\n:::success\nDeux\n:::\n\n??? tip\n    Trois.\n\n> [!maison]\n> Quatre.\n"
        body = convert(boxes, HERE, NOTES).body
    finally:
        activate("en")
    assert [name in body for name in ("**Attention**", "**Réussi**", '"Astuce"', "**Maison**")] == [True] * 4
