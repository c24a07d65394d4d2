"""What kinds of topics a forum has."""

OPEN = ("regular", "banner")  # archetypes of topics that everybody may read who may read their category
