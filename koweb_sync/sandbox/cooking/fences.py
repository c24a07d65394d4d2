"""Code blocks: which language class they carry."""

import re
from collections.abc import MutableMapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from koweb_sync.sandbox.cooking import context
from koweb_sync.sandbox.model.data_files import data as data_file

PLAIN = ("text", "pre", "plain")
# What a server of 2022 highlights by default; other languages are only named.
LANGUAGES = frozenset(data_file("markup.json")["highlighted on servers of 2022"])
_INFO = re.compile(r"([A-Za-z0-9_+-]*)(?:\s+(.*))?", re.DOTALL)


def install(md: MarkdownIt) -> None:
    """Write code blocks so from now on."""
    md.add_render_rule("fence", fence)


def fence(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: MutableMapping[str, Any]
) -> str:
    """A code block: "```python" gives `lang-python`, "```" gives `lang-auto`."""
    token = tokens[index]
    said = _INFO.fullmatch(token.info.strip())
    language = (said[1] if said else "") or "auto"
    early = context.of(env).flavour.markup == "2022"
    data = dict(one.split("=", 1) for one in re.split(r"[\s,]+", said[2] or "") if "=" in one) if said else {}
    if language in PLAIN:
        name = "nohighlight" if early else "plaintext"
    elif early and language not in LANGUAGES:
        name, data["wrap"] = "nohighlight", language
    else:
        name = language
        data |= {"wrap": language} if not early and language != "auto" else {}
    attributes = "".join(
        f' data-code-{key}="{escape(value)}"'
        for key, value in data.items()
        if re.fullmatch(r"[A-Za-z][\w-]*", key) and value
    )
    return f'<pre{attributes}><code class="lang-{escape(name)}">{escape(token.content, quote=False)}</code></pre>\n'
