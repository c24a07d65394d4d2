"""A page like a forum's, on which the theme component runs in Chromium with a stand-in of the forum's plugin API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Page, Route

import koweb_sync

FILES = Path(koweb_sync.__file__).parent / "component"
HERE = Path(__file__).parent
HOME = "https://forum.example"
PUBLISHED = {
    "version": 1,
    "repository": "https://github.com/communs/textes",
    "forge": "github",
    "branch": "main",
    "topics": {"12": ["posts/bases/l’écoute active.md", 2, "2026-10-12"], "13": ["posts/un.md", 1, ""]},
}
IMPORTS = ("discourse/lib/api", "discourse/lib/ajax", "discourse/lib/get-url", "discourse-i18n")
COLOURS = {
    "light": "--primary:#222;--secondary:#fff;--tertiary:#0055aa;--primary-low:#e9e9e9;--primary-medium:#6a6a6a;"
    "--primary-high:#505050;--font-down-1:0.875rem",
    "dark": "--primary:#ddd;--secondary:#222;--tertiary:#7ab8ff;--primary-low:#3a3a3a;--primary-medium:#a5a5a5;"
    "--primary-high:#c0c0c0;--font-down-1:0.875rem",
}


@dataclass
class ForumPage:
    """What somebody reads: posts by their facts, and what the component was told."""

    published: object = field(default_factory=lambda: PUBLISHED)
    language: str = "fr"
    direction: str = "ltr"
    scheme: str = "light"
    show_author: bool = True
    user: object = None
    revisions: Mapping[str, object] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def words(self) -> dict[str, str]:
        """The component's words in the reader's language, as Discourse finds them."""
        found = yaml.safe_load((FILES / "locales" / f"{self.language}.yml").read_text(encoding="utf-8"))
        return {f"koweb.{name}": text for name, text in found[self.language]["koweb"].items()}

    def html(self) -> str:
        """The page before anything runs."""
        known = {
            "settings": {
                "koweb_published": self.published if isinstance(self.published, str) else json.dumps(self.published),
                "show_author": self.show_author,
            },
            "forum": {
                "decorators": [],
                "opened": [],
                "asked": [],
                "user": self.user,
                "revisions": self.revisions,
                "words": self.words(),
            },
        }
        imports = json.dumps({"imports": dict.fromkeys(IMPORTS, f"{HOME}/stand-in.js")})
        return f"""<!doctype html><html lang="{self.language}" dir="{self.direction}"><head><title>Kafé</title>
<meta name="viewport" content="width=device-width"><style>:root{{{COLOURS[self.scheme]}}}
body{{margin:1rem;font:1rem/1.5 sans-serif;color:var(--primary);background:var(--secondary)}}</style>
<link rel="stylesheet" href="/common.scss"><script>Object.assign(window, {json.dumps(known)});
window.themePrefix = key => key;</script><script type="importmap">{imports}</script></head>
<body><main><h1>L’écoute active</h1></main></body></html>"""

    def answer(self, route: Route) -> None:
        """What the forum serves."""
        path = route.request.url.removeprefix(HOME)
        if path == "/":
            route.fulfill(body=self.html(), content_type="text/html; charset=utf-8")
        elif path == "/stand-in.js":
            route.fulfill(path=HERE / "stand_in" / "api.js", content_type="text/javascript")
        elif path == "/common.scss":
            route.fulfill(path=FILES / "common" / "common.scss", content_type="text/css")
        elif path.startswith("/javascripts/"):
            name = path if path.endswith(".js") else f"{path}.js"
            route.fulfill(path=FILES / name.removeprefix("/"), content_type="text/javascript")
        else:
            route.fulfill(status=404)

    def open(self, page: Page) -> Page:
        """Open it, and let the component begin."""
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("console", lambda message: self.said.append(message.text))
        page.route(f"{HOME}/**", self.answer)
        page.goto(f"{HOME}/")
        page.evaluate("() => import('/javascripts/discourse/api-initializers/koweb.js')")
        return page


def show(page: Page, **facts: Any) -> str:
    """Show a post to the component, as the forum does once its text is on the page: what stands there then."""
    post = {"id": 40, "topic_id": 12, "post_number": 1, "version": 2, "username": "amina", **facts}
    return str(
        page.evaluate(
            """async post => {
                const cooked = document.createElement("div");
                cooked.className = "cooked";
                cooked.innerHTML = "<p>Écouter, c’est d’abord se taire.</p>";
                document.querySelector("main").append(cooked);
                for (const decorate of window.forum.decorators) {
                    decorate(cooked, { model: post, getModel: () => post });
                }
                await new Promise(done => setTimeout(done));
                return cooked.innerText;
            }""",
            post,
        )
    )
