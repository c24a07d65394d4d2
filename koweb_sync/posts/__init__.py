"""Post files as texts: front matter, Markdown, what differs between a file and its raw, checks. Does no I/O."""
