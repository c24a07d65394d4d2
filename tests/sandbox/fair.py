"""A forum with everything that pages must show, or keep to themselves: long lists and topics, all kinds of content."""

import struct
import zlib

from koweb_sync.sandbox import Sandbox
from koweb_sync.sandbox.model.records import TopicRecord

SECRET = "un secret bien gardé"
REPLIES = 45
CROWD = 70
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitän" * 5
CONTENT = """\
## Une image et un fichier

![Un carré de couleurs|300x200]({image}) puis [le compte rendu|attachment]({file}) (12 octets).

### Un tableau

| Outil | Pour quoi faire | Prix | Remarque |
|:------|:---------------:|-----:|----------|
| Pad | prendre des notes | 0 € | sans compte, et sans installation sur les ordinateurs de la salle |
| Framadate | choisir une date | 0 € | même-au-téléphone-et-dans-le-train-quand-le-réseau-manque |

# Du code

```python
def bonjour(prénom: str) -> str:
    return f"Bonjour {{prénom}}, et bienvenue dans cette très longue ligne de code qui ne tient sur aucun téléphone !"
```

Et `du code` dans une phrase[^1], avec une deuxième note[^note].

[^1]: La première note, courte.
[^note]: La deuxième, avec **du gras**.

#### Des mots très longs

@mot-long et https://example.org/une/adresse/qui/n-en-finit/pas/@chemin

## من اليمين إلى اليسار

هذه فقرة مكتوبة من اليمين إلى اليسار، مع كلمة koweb في الوسط.

[quote="amina, post:1, topic:2"]
Nous sommes sept, dont deux sur téléphone.
[/quote]

[details="Pour aller plus loin"]
Un passage que l’on déplie, avec une liste :

- un
- deux
[/details]

> Une citation simple, de @claire.

1. premier
2. deuxième
   - encore plus loin

---

<kbd>Ctrl</kbd> + <kbd>S</kbd>, du <mark>texte surligné</mark>, ~~barré~~, H<sub>2</sub>O, x<sup>2</sup>. :tada:

- [ ] réserver la salle
- [x] inviter @bilal, @personne et tout le #salon

La fin du film : [spoiler]tout le monde se retrouve[/spoiler].

[poll name=jour]
* Le mardi
* Le jeudi
[/poll]
""".replace("@mot-long", LONG_WORD).replace("@chemin", "tres-" * 30)  # braces are for the addresses of files

# What servers make of things that are not written in Markdown alone.
COOKED = """\
<p>Bonjour <a class="mention" href="/u/amina">@amina</a>, <span class="mention">@personne</span>, voir
<a class="hashtag" href="/c/salon/6">#<span>salon</span></a> et
<a class="hashtag-cooked" href="/c/salon/6"><span>Salon</span></a>.</p>
<p>La fin du film : <span class="spoiler">tout le monde <a href="/c/salon/6">se retrouve</a>.</span></p>
<div class="spoiled"><p>Un autre passage masqué.</p></div>
<aside class="quote" data-username="amina" data-post="1" data-topic="2">
<div class="title"><div class="quote-controls"></div>
<img alt="" width="24" height="24" src="/letter_avatar/amina/48/5.png" class="avatar"> <a href="/t/-/2">amina:</a></div>
<blockquote><p>Nous sommes sept, dont deux sur téléphone.</p></blockquote></aside>
<div class="poll" data-poll-name="poll"><div class="poll-container"><ul><li>Le mardi</li><li>Le jeudi</li></ul></div>
<div class="poll-info"><span>3 votes</span></div></div>
<ul><li><span class="chcklst-box fa fa-square-o"></span> réserver la salle</li>
<li><span class="chcklst-box checked fa fa-check-square-o"></span> inviter tout le monde</li></ul>
<aside class="onebox allowlistedgeneric"><header class="source"><a href="/c/salon/6">exemple.org</a></header>
<article class="onebox-body"><img src="/images/transparent.png" alt="" class="thumbnail" width="60" height="60">
<h3><a href="/c/salon/6">Un article sur la facilitation</a></h3>
<p>Ce que l’on y apprend en deux phrases.</p></article></aside>
<p><a href="/c/salon/6" class="onebox">https://example.org/une-page</a></p>
<div class="d-wrap" data-wrap="note"><p>Une note dans un cadre.</p></div>
<div class="lightbox-wrapper"><a class="lightbox" href="{image}" title="carré">
<img src="{image}" alt="Un carré" width="300" height="200">
<div class="meta"><span class="filename">carré</span><span class="informations">3×2</span></div></a></div>
<p><a class="attachment" href="{file}">compte-rendu.txt</a>
<img src="/images/transparent.png" class="emoji" alt=":cafe:" title=":cafe:" width="20" height="20"></p>
"""


def picture(width: int, height: int) -> bytes:
    """A PNG in one colour that browsers can show."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes((59, 122, 87)) * width) * height
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Fair:
    """The forum's topics by what they are for."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        image = box.state.store("carre.png", picture(600, 400), (600, 400), 2)
        file = box.state.store("compte-rendu.txt", b"douze octets", None, 2)
        raw = CONTENT.format(image=image.short_url, file=file.short_url)
        self.rich = self.topic("Tout ce que l’on peut écrire", raw)
        box.reply(self.rich.id, raw, username="amina")
        cooked = box.reply(self.rich.id, "Le même, fait par un autre serveur.", username="bilal")
        cooked.html = COOKED.format(image=image.path, file="/uploads/short-url/" + file.short_url.partition("//")[2])
        box.edit(self.rich.id, raw + "\nAjouté plus tard.", reason="une précision")
        self.long = self.long_topic()
        self.crowd = [self.topic(f"Un sujet parmi beaucoup, le {n}e", f"Le texte {n} du sujet.") for n in range(CROWD)]
        self.hidden = self.topic("Un sujet que l’on a signalé", f"Voici {SECRET}, dans un message masqué.")
        box.hide(self.hidden.id)
        self.private = self.topic("Un sujet des coulisses", f"Voici {SECRET}, dans les coulisses.", category=7)
        self.private.tags = ["accueil"]
        self.gone = self.topic("Un sujet supprimé", f"Voici {SECRET}, dans un sujet supprimé.")
        box.delete(self.gone.id)
        self.unlisted = self.topic("Un sujet hors des listes", f"Voici {SECRET}, hors des listes.")
        self.unlisted.visible = False

    def topic(self, title: str, raw: str, category: int = 6) -> TopicRecord:
        """A new topic."""
        return self.box.new_topic(title, raw, category=category)

    def long_topic(self) -> TopicRecord:
        """A topic of three pages, closed in the end, with a reply to a post of another page."""
        topic = self.topic("Une conversation qui dure", "Commençons par le début, tranquillement.")
        people = ("amina", "bilal", "frederic")
        replies = [self.box.reply(topic.id, f"La réponse {n}.", username=people[n % 3]) for n in range(REPLIES)]
        replies[-1].reply_to = 2
        replies[0].likes.append((4, 0.0))
        replies[3].hidden = True
        replies[3].raw = f"Voici {SECRET}, dans une réponse masquée."
        self.box.close(topic.id)
        return topic
