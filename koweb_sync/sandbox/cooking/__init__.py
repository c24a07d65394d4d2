"""From raw to cooked: Markdown as Discourse's readers see it."""
