"""A month of a living community, by chance but always the same: forty people, some of them left aside on purpose."""

import random
from collections.abc import Sequence

from tests.report.forums import DAY, Forum

FIRST_NAMES = (
    "Amélie", "Baptiste", "Camille", "Driss", "Élodie", "Fatou", "Gaëtan", "Hélène", "Idris", "Jeanne", "Karim",
    "Léonie", "Mathéo", "Naïma", "Océane", "Pierrick", "Quitterie", "Rachid", "Solène", "Théophile", "Ursule",
    "Violette", "Wassim", "Xavière", "Yannick", "Zélie", "Aristide", "Bérénice", "Cosima", "Dimitri", "Estelle",
    "Florimond", "Gwenaëlle", "Honorine", "Isidore", "Joséphine", "Kenza", "Lisandro", "Marjolaine", "Nestor",
)  # fmt: skip
USERNAMES = tuple(f"{name.casefold()}_{n:02}x" for n, name in enumerate(FIRST_NAMES))
LEFT_ASIDE = USERNAMES[30:36]  # they write, and nobody responds
TITLES: Sequence[str] = (
    "Comment accueillir les personnes qui arrivent ?",
    "Retour sur l’atelier de samedi",
    "Quel outil pour écrire à plusieurs ?",
    "Proposition pour la prochaine rencontre",
    "Une question sur les rôles",
)


def month(*, people: int = 40, chance: int = 7, left: Sequence[str] = LEFT_ASIDE) -> Forum:
    """The forum. The archive was brought up to date on 31 October 2026, 00:00 UTC."""
    dice = random.Random(chance)
    forum = Forum()
    names = USERNAMES[:people]
    for nth, (username, name) in enumerate(zip(names, FIRST_NAMES, strict=False)):
        forum.person(username, moderator=int(nth < 2))
        forum.rows["people"][-1]["name"] = f"{name} Duval-{nth}"
    active = [name for name in names[:30] if name not in left]
    for step in range(-60, 30):
        for _topic in range(dice.choice((0, 1, 1, 2))):
            opened = step * DAY + dice.random() * 20
            newest = active[: 12 + (step + 60) * len(active) // 100]
            topic = forum.topic(dice.choice(newest), opened)
            forum.rows["topics"][-1]["title"] = f"{dice.choice(TITLES)[:-2]} ({topic})"
            when = opened
            for _reply in range(dice.choice((0, 1, 2, 3, 5))):
                when += dice.expovariate(1 / 14)
                if when < 30 * DAY:
                    who = newest[min(int(dice.expovariate(1 / 4)), len(newest) - 1)]
                    number = dice.randrange(1, forum.numbers[topic] + 1)
                    post = forum.post(topic, who, when, to=number if number > 1 else None)
                    if dice.random() < 0.5:
                        forum.like(post, dice.choice(newest), when + 1)
    for nth, name in enumerate(one for one in names if one in left):
        topic = forum.topic(name, (3 + nth * 3) * DAY)
        forum.rows["topics"][-1]["title"] = f"Bonjour à toutes et à tous, première question ({topic})"
    forum.run(30 * DAY)
    return forum
