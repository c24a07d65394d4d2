"""Data Explorer: saved SQL queries over the forum, read-only and with limits, as the plugin of that name runs them."""
