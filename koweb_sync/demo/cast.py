"""Who plays: forty people, what each of them does in the month, and the places where they meet."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CastMember:
    """Somebody on stage. `joined`: on which day of the month, negative for before.

    `part`: facilitator, aside (nobody responds to them all month), reader (reads and never writes), silent (wrote in
    the month before), uncounted (asked not to be counted), gone (their account was made anonymous), or nothing special.
    """

    id: int
    username: str
    name: str
    joined: float
    trust: int = 2
    part: str = ""


PEOPLE = (
    CastMember(2, "frederic", "Frédéric Vidal", -900, 3, "facilitator"),
    CastMember(3, "claire", "Claire Moreau", -1090, 3, "facilitator"),
    CastMember(4, "amina", "Amina Cherif", -880, 3, "facilitator"),
    CastMember(5, "bilal", "Bilal Meziane", -640),
    CastMember(11, "nadege", "Nadège Toussaint", -850, 3, "facilitator"),
    CastMember(12, "ines", "Inès Ferreira", -720, 3),
    CastMember(13, "tom", "Tom Le Goff", -700, 3),
    CastMember(14, "mai", "Maï Nguyen", -610),
    CastMember(15, "youssef", "Youssef Benali", -590),
    CastMember(16, "lucie", "Lucie Garnier", -540),
    CastMember(17, "kofi", "Kofi Mensah", -530),
    CastMember(18, "solene", "Solène Kerbrat", -480),
    CastMember(19, "paul", "Paul Delmas", -450),
    CastMember(20, "fatou", "Fatou Diop", -440),
    CastMember(21, "marek", "Marek Nowak", -410),
    CastMember(22, "jeanne", "Jeanne Roche", -400),
    CastMember(23, "andre", "André Lemoine", -380),
    CastMember(24, "rosa", "Rosa Almeida", -350),
    CastMember(25, "aicha", "Aïcha Traoré", -330),
    CastMember(26, "mathieu", "Mathieu Roussel", -300),
    CastMember(27, "etienne", "Étienne Blanc", -290, 2, "silent"),
    CastMember(28, "anon00031676", "", -280, 1, "gone"),
    CastMember(29, "lionel", "Lionel Faure", -260, 2, "uncounted"),
    CastMember(30, "bernard", "Bernard Lacombe", -250, 1, "aside"),
    CastMember(31, "siham", "Siham Ouali", -240, 1, "aside"),
    CastMember(32, "pascale", "Pascale Girard", -230, 1, "aside"),
    CastMember(33, "monique", "Monique Perrin", -220, 1, "reader"),
    CastMember(34, "karim", "Karim Slimani", -190, 1, "reader"),
    CastMember(35, "sylvie", "Sylvie Hoarau", -120, 1, "reader"),
    CastMember(36, "samira", "Samira Kaddour", -1, 1),
    CastMember(37, "olivier", "Olivier Petit", -0.5, 1),
    CastMember(38, "gaelle", "Gaëlle Tanguy", 2.9, 0, "aside"),
    CastMember(39, "mireille", "Mireille Fontaine", 5.2, 1),
    CastMember(40, "dragan", "Dragan Petrović", 7.7, 1),
    CastMember(41, "thierno", "Thierno Bah", 9.9, 0, "aside"),
    CastMember(42, "wei", "Wei Zhang", 11.2, 0, "aside"),
    CastMember(43, "chloe", "Chloé Rabe", 12.1, 1),
    CastMember(44, "ibrahim", "Ibrahim Koné", 18.8, 1),
    CastMember(45, "victoria", "Victoria Popescu", 20.5, 0, "aside"),
    CastMember(46, "gilles", "Gilles Payet", 24.0, 0, "reader"),
)
ON_STAGE: Mapping[str, str] = {"anon": "anon00031676"}  # what the play calls them, where that is not their username

PLACES: Mapping[str, str] = {
    "kafe": "koweb-kafe",
    "fac": "facilitation-numerique",
    "outils": "outils-libres",
    "annonces": "annonces",
    "salon": "salon",
}
IN_ENGLISH: Mapping[str, tuple[str, str]] = {
    "sans-categorie": ("Uncategorised", "What has not found its place yet."),
    "koweb-kafe": ("Koweb Kafé", "The counter: introduce yourself, hear the news, talk about anything."),
    "facilitation-numerique": ("Digital facilitation", "People first, when a team uses digital tools."),
    "outils-libres": ("Free tools", "Choosing, trying and sharing tools that one can leave."),
    "annonces": ("Announcements", "News of the community, written by the team."),
    "salon": ("Salon", "A question, an idea, a helping hand."),
    "coulisses": ("Backstage", "Where the team prepares what will be announced."),
}


def named(part: str) -> tuple[str, ...]:
    """The usernames of those with a part."""
    return tuple(person.username for person in PEOPLE if person.part == part)
