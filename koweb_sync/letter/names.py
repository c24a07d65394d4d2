"""Whether a text says the name of somebody who did not agree to that: pure.

In exports a first name alone stays, for it may be anybody's. What is published in a letter is chosen, so that more can
be left out: whatever looks like a part of a member's name counts, be it by chance. “Claire” is a name, “claire” a word;
a user name that is no word counts however it is written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from unicodedata import category

from koweb_sync.archive.names.aliases import folded, plain_name, says_former, without_accents

_WORDS = re.compile(r"[^\W_](?:[\w.\-]*[^\W_])?")
# Parts of names that any sentence holds.
PARTICLES = frozenset(
    [
        *("a", "al", "an", "as", "au", "aux", "be", "ben", "bin", "by", "ce", "da", "das", "de"),
        *("del", "della", "den", "der", "des", "di", "do", "dos", "du", "el", "en", "es", "et", "ha"),
        *("he", "i", "ibn", "if", "il", "in", "is", "it", "je", "l", "la", "le", "les", "lo"),
        *("me", "my", "no", "nous", "on", "or", "ou", "our", "san", "se", "si", "so", "st", "ste"),
        *("te", "the", "to", "tu", "un", "une", "up", "us", "van", "vous", "von", "we", "you"),
    ]
)

# User names that are words, too, of French and English, without accents: what people are called, and what accounts of
# an association are. Written small they are taken for the word.
ALSO_WORDS = frozenset(
    [
        *("aime", "aimee", "ange", "angelique", "aurore", "basile", "belle", "berger", "blanc", "blanche", "blondel"),
        *("bon", "bonne", "boulanger", "capucine", "carre", "celeste", "cerise", "charpentier", "charron", "chevalier"),
        *("clair", "claire", "clemence", "colombe", "constance", "constant", "desire", "desiree", "dominique", "dore"),
        *("doux", "eglantine", "fabre", "ferme", "fleur", "fleury", "fontaine", "forestier", "fort", "franc", "france"),
        *("grace", "grand", "gros", "heureux", "hortense", "iris", "jardin", "jasmin", "jolie", "joly", "juste"),
        *(
            "laurier",
            "leger",
            "long",
            "lors",
            "lucide",
            "lune",
            "marchand",
            "marguerite",
            "marin",
            "marine",
            "martinet",
        ),
        *("masson", "max", "melodie", "menthe", "mercier", "meunier", "modeste", "moulin", "noel", "noir", "ocean"),
        *(
            "oceane",
            "olive",
            "olivier",
            "parfait",
            "pascal",
            "pascale",
            "petit",
            "pierre",
            "poirier",
            "pomme",
            "potier",
        ),
        *("prevost", "prudence", "prune", "reine", "riche", "riviere", "romain", "romane", "rose", "rousse", "roux"),
        *("roy", "sage", "soleil", "sylvestre", "tailleur", "valentin", "victoire", "vidal", "violette", "voisin"),
        *("amber", "art", "autumn", "bill", "bob", "brook", "brown", "carter", "chance", "chase", "cook", "dale"),
        *("daisy", "dawn", "dean", "drew", "earl", "eve", "faith", "frank", "gene", "glen", "grant", "green", "guy"),
        *("harmony", "heather", "holly", "hope", "hunter", "ivy", "jack", "jade", "jay", "joy", "june", "king", "lily"),
        *("major", "mark", "mason", "may", "melody", "miles", "miller", "myrtle", "nick", "page", "pat", "pearl"),
        *("penny", "potter", "ray", "reed", "rich", "rob", "robin", "rock", "ruby", "rusty", "sky", "smith", "stone"),
        *("sue", "summer", "taylor", "violet", "wade", "walker", "wood", "young"),
        *("accueil", "admin", "administrator", "asso", "association", "atelier", "bienvenue", "bonjour", "bureau"),
        *("cafe", "collectif", "commun", "communaute", "communication", "community", "contact", "coop", "direction"),
        *("ecole", "editor", "equipe", "facilitation", "federation", "formation", "forum", "groupe", "help", "info"),
        *("infos", "invite", "librarian", "library", "lieu", "mairie", "maison", "member", "membre", "merci"),
        *("moderateur", "moderation", "moderator", "moi", "musee", "office", "personne", "presidence", "president"),
        *("presse", "projet", "redaction", "reseau", "secretariat", "staff", "support", "system", "team", "technique"),
        *("test", "tresorier", "user", "visitor", "webmaster"),
    ]
)


@dataclass(frozen=True)
class SpokenNames:
    """Names that may not be said. `words`: parts of names, which count where they begin with a capital, or their script
    has none; `handles`: user names that are no word, without accents, however they are written; `signs`: names in
    scripts without spaces.
    """

    words: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()
    signs: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, names: Iterable[tuple[Iterable[str], Iterable[str]]]) -> "SpokenNames":
        """The names of some people: of each, all user names and all display names."""
        words: set[str] = set()
        handles: set[str] = set()
        signs: set[str] = set()
        for usernames, shown in names:
            handles |= {without_accents(one) for one in usernames} - PARTICLES - ALSO_WORDS
            for name in (*shown, *(one for one in usernames if one.isalpha())):
                words |= {one for one in plain_name(name).split() if one not in PARTICLES and not one.isdigit()}
                signs |= {one for one in name.split() if len(one) > 1 and one.lower() == one.upper()}
        return cls(frozenset(words), frozenset(handles), tuple(sorted(signs)))

    def said_in(self, text: str) -> bool:
        """Whether a text says one of them."""
        return (
            says_former(folded(text))
            or any(map(self.is_name, _WORDS.findall(text)))
            or any(sign in text for sign in self.signs)
        )

    def is_name(self, word: str) -> bool:
        """Whether a word of a text is one: all of it, or what stands between its dashes and dots."""
        parts = filter(None, (word, *re.split(r"[.\-]", word)))
        return any(
            without_accents(part) in self.handles or (not part[0].islower() and plain_name(part) in self.words)
            for part in parts
        )


def single(text: str) -> str:
    """A name or a title on one line, without signs that nobody sees."""
    shown = "".join(" " if category(sign)[0] in "CZ" and sign != "\u00a0" else sign for sign in text)
    return " ".join(filter(None, shown.split(" ")))
