"""The Markdown of other tools, and what Discourse shows for it: one module for each kind of construct."""
