"""Films, sounds and slides that other tools embed by their number: a forum makes a box of their address."""

_ADDRESSES = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "youtubelite": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "peertube": "{}",
    "gist": "https://gist.github.com/{}",
    "slideshare": "https://www.slideshare.net/{}",
    "speakerdeck": "https://speakerdeck.com/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "soundcloud": "https://soundcloud.com/{}",
    "codepen": "https://codepen.io/{}",
    "pdf": "{}",
    "twitter": "{}",
    "tweet": "{}",
    "x": "{}",
}
_TWEETS = frozenset({"tweet", "twitter", "x"})


def player(kind: str, values: list[str]) -> str | None:
    """The address of what `{%youtube ID %}` or `{{< youtube ID >}}` plays; None for a kind that no address is known of.

    `values`: an address, a number, or a person and a number.
    """
    known = _ADDRESSES.get(kind.lower())
    if known is None or not values:
        return None
    if values[0].startswith(("https://", "http://")):
        return values[0]
    if kind.lower() in _TWEETS:
        return f"https://twitter.com/{values[0]}/status/{values[1]}" if len(values) > 1 else None
    return known.format("/".join(values)) if known != "{}" else None
