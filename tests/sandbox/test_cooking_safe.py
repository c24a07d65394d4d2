"""No post can run anything in a reader's browser, stop the sandbox, or keep it busy."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koweb_sync.sandbox.cooking.bbcode import LONGEST
from koweb_sync.sandbox.cooking.clean import address, clean
from koweb_sync.sandbox.cooking.cook import polls, whole
from tests.gate import fewer
from tests.sandbox.cooked import cooked, harms

JS = "javascript:alert(1)"
HTML_ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script >",
    "<script\n>alert(1)</script\n>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img src='x'onerror='alert(1)'>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    '<img """><script>alert(1)</script>">',
    f"<img src={JS}>",
    '<img src="jav\tascript:alert(1)">',
    '<img src="jav&#x0A;ascript:alert(1)">',
    "<img src=data:image/svg+xml;base64,PHN2Zz4=>",
    "<img srcset='x 1x, javascript:alert(1) 2x'>",
    "<img src=/x onload=alert(1) class=emoji>",
    "<image src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'>",
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></mtext></math>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<math href=javascript:alert(1)>x</math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<title><a title="</title><img src=x onerror=alert(1)>">',
    '<textarea><a title="</textarea><img src=x onerror=alert(1)>">',
    '<xmp><p title="</xmp><img src=x onerror=alert(1)>">',
    '<noembed><img title="</noembed><img src=x onerror=alert(1)>"></noembed>',
    "<template><script>alert(1)</script></template>",
    "<select><option><style></option></select><img src=x onerror=alert(1)></style>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=https://evil.example></iframe>",
    "<frameset><frame src=javascript:alert(1)></frameset>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<applet code=x></applet><param name=x value=y>",
    "<base href=//evil.example><link rel=stylesheet href=//evil.example><meta http-equiv=refresh content=0>",
    "<style>body{background:url(javascript:alert(1))}</style>",
    "<style>@import '//evil.example';</style>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<div style='position:fixed;inset:0' onclick=alert(1)>x</div>",
    "<p style=text-align:right onmouseover=alert(1)>x</p>",
    "<td style='text-align:right;background:url(//evil.example)'>x</td>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video onloadstart=alert(1) src=x poster=javascript:alert(1)><source onerror=alert(1) src=javascript:x></video>",
    "<audio src=x onerror=alert(1) autoplay></audio>",
    "<track src=javascript:alert(1)>",
    "<marquee onstart=alert(1)>x</marquee><body onload=alert(1)><html onclick=alert(1)>",
    "<input autofocus onfocus=alert(1)><keygen autofocus onfocus=alert(1)><button onclick=alert(1)>x</button>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button></form>",
    "<isindex action=javascript:alert(1) type=image>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='&#0000106avascript:alert(1)'>x</a>",
    "<a href='javascript&colon;alert(1)'>x</a>",
    "<a href='java&Tab;script:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='file:///etc/passwd'>x</a><a href='blob:x'>x</a><a href='view-source:x'>x</a>",
    "<a href='/\\evil.example'>x</a><a href='/\t/evil.example'>x</a>",
    "<a href=x target=_top onclick=alert(1) ping=//evil.example>x</a>",
    "<a id=x name='\"><script>'>x</a><a name=a class='x y anchor' style=x>x</a>",
    "<h1 id=location>x</h1><h2 id='heading--a\"onclick=alert(1)'>x</h2><li id=footnote-1 onclick=alert(1)>x</li>",
    "<div data-x='\"><script>alert(1)</script>' data-html-x=y data-\"onclick=alert(1)>x</div>",
    "<div id=x class='modal d-modal' aria-label=x>x</div>",
    "<p><!--><script>alert(1)</script>--></p><!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<script>alert(1)</script>]]><?php echo 1 ?><!DOCTYPE x [<!ENTITY y 'z'>]>",
    "<<b onclick=alert(1)>x</b><b <script>alert(1)</script>",
    "</p></div></article></body></html><script>alert(1)</script>",
    "\\<script>alert(1)\\</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<x-element onclick=alert(1)><slot><portal src=javascript:alert(1)></portal></x-element>",
    "<a href='https://a.example/\"onmouseover=alert(1)'>x</a>",
    "<bdo dir=rtl onclick=alert(1)>x</bdo><center onclick=alert(1)><font color=x onclick=alert(1)>x</font></center>",
    "<ruby onclick=alert(1)>x<rt onclick=alert(1)>y</rt></ruby><kbd onclick=alert(1)>x</kbd>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    "<table background=javascript:alert(1)><tr background=x><td background=javascript:alert(1)>x</table>",
]
MARKDOWN_ATTACKS = [
    f"[x]({JS})",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x) [y](file:///x) [z](livescript:x)",
    '[x](/x "a\\" onclick=alert(1) b=\\"")',
    '[x](/x" onclick="alert(1))',
    f"[x][y]\n\n[y]: {JS}",
    f"<{JS}>",
    f"![x]({JS})",
    '![x](x" onerror="alert(1))',
    '![x" onerror="alert(1)](/x)',
    '![x|10x10" onerror="alert(1)](/x)',
    "![x|onerror=alert(1)](/x)",
    "![x|src=javascript:alert(1)|href=y|style=z](/x)",
    '![x|video](/x"onerror="alert(1))',
    '![x|video](upload://x"><script>alert(1)</script>.mp4)',
    "![x|audio](javascript:alert(1))",
    '![x](upload://"onerror=alert(1).png)',
    '[x|attachment](upload://"onclick=alert(1).pdf)',
    "[x|attachment|onclick=alert(1)](upload://x.pdf)",
    "```<script>alert(1)</script>```",
    '```"><script>alert(1)</script>\nx\n```',
    "```x onclick=alert(1)\nx\n```",
    '```x a"onclick="alert(1)"\nx\n```',
    "    <script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    '# <script>alert(1)</script>\n## <img src=x onerror=alert(1)>\n### "onclick=alert(1)',
    "[^<script>]\n\n[^<script>]: <script>alert(1)</script>",
    "^[<img src=x onerror=alert(1)>]",
    "| <script>alert(1)</script> |\n|:-:|\n| <img src=x onerror=alert(1)> |",
    "- [x] <img src=x onerror=alert(1)>",
    "> <script>alert(1)</script>",
    'http://a.example/"onmouseover=alert(1)//',
    "http://a.example/<script>alert(1)</script>",
    "javascript://a.example/%0aalert(1)",
    "//javascript:alert(1)",
    "upload://<script>alert(1)</script>",
]
BBCODE_ATTACKS = [
    '[quote="x\\" onmouseover=alert(1)"]\nx\n[/quote]',
    '[quote="<script>alert(1)</script>, post:1, topic:2"]\nx\n[/quote]',
    '[quote="claire\'onclick=alert(1), post:1\\"><script>, topic:2<img src=x onerror=alert(1)>"]\nx\n[/quote]',
    '[quote="a, username:<img src=x onerror=alert(1)>"]\nx\n[/quote]',
    '[quote="\'><svg/onload=alert(1)>"]\nx\n[/quote]',
    '[details="<img src=x onerror=alert(1)>"]\nx\n[/details]',
    '[details="&lt;script&gt;alert(1)&lt;/script&gt;"]\nx\n[/details]',
    "[details=x onclick=alert(1)]\n<script>alert(1)</script>\n[/details]",
    "[spoiler]<script>alert(1)</script>[/spoiler]",
    "[b]<img src=x onerror=alert(1)>[/b] [i onclick=alert(1)]x[/i]",
    f"[url={JS}]x[/url] [url]{JS}[/url]",
    '[url=https://a.example/"onclick=alert(1)]x[/url]',
    "[url=https://a.example'><script>alert(1)</script>]x[/url]",
    f"[img]{JS}[/img]",
    '[img]x" onerror="alert(1)[/img]',
    '[img]https://a.example/x.png"><script>alert(1)</script>[/img]',
    f'[email]{JS}[/email] [email=x"onclick=alert(1)]y[/email]',
    "[code]<script>alert(1)</script>[/code]",
    "x [code]<script>alert(1)</script>[/code]",
    '[wrap=x onclick=alert(1) style="x" "><script>=y]\nx\n[/wrap]',
    "[wrap='\"><script>alert(1)</script>']x[/wrap]",
    "[wrap=x html-onclick=alert(1) HREF=javascript:alert(1)]\nx\n[/wrap]",
    '[poll name="\\"><script>alert(1)</script>"]\n# <img src=x onerror=alert(1)>\n- <script>alert(1)</script>\n[/poll]',
    "[poll type='\"onclick=alert(1)' close=<script>]\n- [x](javascript:alert(1))\n[/poll]",
    '[date=2026-01-01 format="<script>alert(1)</script>" timezone="\\"onclick=alert(1)"]',
    "[date=2026-01-01 time=10:00 countdown='\"><img src=x onerror=alert(1)>']",
    '@<script>alert(1)</script> @claire"onclick=alert(1)',
    '#<img src=x onerror=alert(1)> #koweb-kafe"onclick=alert(1) #x::tag<script>',
    ':<script>: :tada"onerror=alert(1): :tada:t2":',
    "[grid]\n<script>alert(1)</script>\n[/grid]",
    '[excerpt]<img src=x onerror="alert(1)">[/excerpt]',
]
ATTACKS = [*HTML_ATTACKS, *MARKDOWN_ATTACKS, *BBCODE_ATTACKS]
# Pieces that mean something to one of the parsers; a post of these finds what no list of attacks has.
PIECES = [
    *("<script>", "</script>", "<img src=", "<a href=", "<svg>", "<style>", "<!--", "-->", "<math>", "<table>", "<p>"),
    *("javascript:", "data:", "onerror=", "onclick=alert(1)", "'", '"', ">", "<", "/", "=", "&#106;", "&quot;", "`"),
    *("[quote=", "[quote]", "[/quote]", "[details=", "[/details]", "[poll]", "[/poll]", "[wrap=", "[/wrap]", "[b]"),
    *("[/b]", "[url=", "[/url]", "[img]", "[/img]", "[code]", "[/code]", "[spoiler]", "[/spoiler]", "[date=", "]", "["),
    *("](", ")", "![", "|", "|video", "10x10", "upload://47.png", "@claire", "#koweb-kafe", ":tada:", ":)", "😀", "\n"),
    *(
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "    ",
        "# ",
        "```",
        "[^1]",
        "[^1]: ",
        "^[",
        "[ ]",
        "https://a.fr/b",
        "| a |\n|---|\n",
    ),
    *("\\", "*", "**", "_", "~~", "\u00a0", "é", "\x00", "\u2028", "a", " "),
]
POSTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=40).map("".join)


def test_the_corpus_is_large() -> None:
    assert len(set(ATTACKS)) >= 150


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_survives(attack: str) -> None:
    for flavour in ("2022", "2025"):
        for raw in (attack, f"Avant {attack} après", f"- {attack}", f"[quote]\n{attack}\n[/quote]"):
            html = cooked(raw, flavour)
            assert not list(harms(html)), html


def test_the_check_itself_sees_attacks() -> None:
    for attack in ("<script>x</script>", "<p onclick=x>", "<a href=javascript:x>", "<img src='data:x'>", "<p style=x>"):
        assert list(harms(attack))


@given(POSTS)
@example("\ud800")
@example('![a < "b"](/c) <p title="<script>">')
def test_no_post_harms_or_fails(raw: str) -> None:
    for flavour in ("2022", "2025"):
        html = cooked(raw, flavour)
        assert not list(harms(html)), html
    for poll in polls(raw):
        assert not list(harms("".join([poll.title or "", *(one.html for one in poll.options)])))


@given(POSTS.map(whole))
def test_what_is_clean_stays_as_it_is(raw: str) -> None:
    once = clean(raw)
    assert clean(once) == once


@given(st.text(max_size=30))
def test_addresses_lead_to_pages_alone(text: str) -> None:
    for value in (text, f"javascript:{text}", f"/{text}", f" {text}://x"):
        kept = address(value)
        assert kept is None or re.match(r"((https?:)?//|/[^/\\]|#|mailto:)", kept, re.IGNORECASE)


def test_frames_come_only_from_where_the_forum_allows() -> None:
    maps = "https://carte.example/embed/"
    for source, stays in ((f"{maps}1", True), ("https://carte.example.evil/", False), (f"{maps}/../x", False)):
        assert (source in clean(f'<iframe src="{source}"></iframe>', (maps,))) == stays
    assert "<iframe" not in clean(f'<iframe src="{maps}1"></iframe>')


# ---- posts that are made to keep a server busy

HUGE, BIG = fewer(100_000), fewer(40_000)
HUGE_ONES = ("[quote]", "[quote]\n", "[", "@a", "> ", "- ")
BIG_ONES = (
    *(
        "[/quote]\n",
        "]",
        "[[",
        "[]",
        "![",
        "](",
        "^[",
        "[^",
        "[b]",
        "[/b]",
        "[b\n",
        "[b a=",
        "[code]",
        "[url]",
        "[img]x",
    ),
    *("[wrap=a]\n", "[details]\n", "[date=", "@a ", "#a", ":a", ":a:", "::", '"', "'a'", "**a", "_a", "~~", "`", "``a"),
    *(
        "<a ",
        "<b>",
        "<div>",
        "<!--",
        "<img src='upload://",
        "upload://",
        "http://a.fr/",
        "www.a.fr",
        "a@b.",
        ">",
        "1. ",
    ),
    *("# ", "|a", "-\n", "\\", "...", "->", "!?", "\t", "&", "$"),
)
NESTED = {
    "details": "[details=a]\n" * 1_000 + "x\n" + "[/details]\n" * 1_000,
    "spoilers": "[spoiler]\n" * 4_000 + "x\n" + "[/spoiler]\n" * 4_000,
    "crossed": "[quote]\n[details]\n" * 2_000 + "[/quote]\n[/details]\n" * 2_000,
    "lists": "\n".join("  " * depth + "- a" for depth in range(300)),
    "blockquotes": "\n".join(">" * depth + " a" for depth in range(1, 440)),
    "quotes in blockquotes": "\n".join("> " * (depth % 90) + "[quote]" for depth in range(1, 1_000)),
    "bold": "[b]" * 10_000 + "a" + "[/b]" * 10_000,
    "brackets": "[" * 30_000 + "a" + "]" * 30_000,
    "notes": "^[" * 10_000 + "a" + "]" * 10_000,
    "images": "![" * 10_000 + "a" + "](/a)" * 10_000,
    "links": "[" * 10_000 + "a" + "](/a)" * 10_000,
    "elements": "<div>" * 10_000,
    "a tag too long": "[quote=" + "a" * LONGEST + "]\na\n[/quote]",
}


@pytest.mark.parametrize("piece", [*HUGE_ONES, *BIG_ONES])
def test_repetition_takes_no_time(piece: str) -> None:
    size = HUGE if piece in HUGE_ONES else BIG
    quickly((piece * size)[:size])


@pytest.mark.parametrize("name", NESTED)
def test_nesting_takes_no_time(name: str) -> None:
    quickly(NESTED[name])


def quickly(raw: str) -> None:
    """Cook a post soon, on a busy machine too: what is quadratic takes minutes."""
    started = time.thread_time()
    cooked(raw)
    assert time.thread_time() - started < fewer(10)
