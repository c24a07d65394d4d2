"""From a forum's own backup into its archive: the same values as over the API, and what the API never tells.

`staged` puts the small tables side by side, `texts` writes posts and what they said before, `opinions` likes, polls and
solutions, `surroundings` people, categories, groups and topics, `uploads` what posts show,
`elsewhere` other languages and old addresses; `run` does all in order.
"""
