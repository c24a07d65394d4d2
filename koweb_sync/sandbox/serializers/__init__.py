"""The forum's things as Discourse's JSON shows them."""
