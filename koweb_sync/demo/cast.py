"""Who plays: forty people, what each of them does in the month, and the places where they meet."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
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
    Person(2, "frederic", "Frédéric Vidal", -900, 3, "facilitator"),
    Person(3, "claire", "Claire Moreau", -1090, 3, "facilitator"),
    Person(4, "amina", "Amina Cherif", -880, 3, "facilitator"),
    Person(5, "bilal", "Bilal Meziane", -640),
    Person(11, "nadege", "Nadège Toussaint", -850, 3, "facilitator"),
    Person(12, "ines", "Inès Ferreira", -720, 3),
    Person(13, "tom", "Tom Le Goff", -700, 3),
    Person(14, "mai", "Maï Nguyen", -610),
    Person(15, "youssef", "Youssef Benali", -590),
    Person(16, "lucie", "Lucie Garnier", -540),
    Person(17, "kofi", "Kofi Mensah", -530),
    Person(18, "solene", "Solène Kerbrat", -480),
    Person(19, "paul", "Paul Delmas", -450),
    Person(20, "fatou", "Fatou Diop", -440),
    Person(21, "marek", "Marek Nowak", -410),
    Person(22, "jeanne", "Jeanne Roche", -400),
    Person(23, "andre", "André Lemoine", -380),
    Person(24, "rosa", "Rosa Almeida", -350),
    Person(25, "aicha", "Aïcha Traoré", -330),
    Person(26, "mathieu", "Mathieu Roussel", -300),
    Person(27, "etienne", "Étienne Blanc", -290, 2, "silent"),
    Person(28, "anon00031676", "", -280, 1, "gone"),
    Person(29, "lionel", "Lionel Faure", -260, 2, "uncounted"),
    Person(30, "bernard", "Bernard Lacombe", -250, 1, "aside"),
    Person(31, "siham", "Siham Ouali", -240, 1, "aside"),
    Person(32, "pascale", "Pascale Girard", -230, 1, "aside"),
    Person(33, "monique", "Monique Perrin", -220, 1, "reader"),
    Person(34, "karim", "Karim Slimani", -190, 1, "reader"),
    Person(35, "sylvie", "Sylvie Hoarau", -120, 1, "reader"),
    Person(36, "samira", "Samira Kaddour", -1, 1),
    Person(37, "olivier", "Olivier Petit", -0.5, 1),
    Person(38, "gaelle", "Gaëlle Tanguy", 2.9, 0, "aside"),
    Person(39, "mireille", "Mireille Fontaine", 5.2, 1),
    Person(40, "dragan", "Dragan Petrović", 7.7, 1),
    Person(41, "thierno", "Thierno Bah", 9.9, 0, "aside"),
    Person(42, "wei", "Wei Zhang", 11.2, 0, "aside"),
    Person(43, "chloe", "Chloé Rabe", 12.1, 1),
    Person(44, "ibrahim", "Ibrahim Koné", 18.8, 1),
    Person(45, "victoria", "Victoria Popescu", 20.5, 0, "aside"),
    Person(46, "gilles", "Gilles Payet", 24.0, 0, "reader"),
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
