"""HTML of strangers, as a forum sends it or a member writes it: each construct, repeated to the length of a post."""

from collections.abc import Iterator
from itertools import count

from tests.benchmarks.texts import LENGTH

UNITS = (
    "<b>",
    "<div>",
    "<p>",
    "<span>",
    "<a href=x>",
    "<a href=/t/1>x</a>",
    "<a href=/t/1>",
    "<img src=x>",
    "<img src=/x.png>",
    "<br>",
    "<li>",
    "<ul><li>",
    "<table>",
    "<table><tr><td>",
    "<td>",
    "<blockquote>",
    "<pre>",
    "<code>",
    "<aside class=quote>",
    "<aside class=quote data-username=a>",
    '<aside class="quote" data-username="claire">',
    '<aside class="quote" data-username="claire"><blockquote>',
    "<div class=poll>",
    "<p><b>",
    "<b><p>",
    "<a><p>",
    "<h1>",
    "<h2>",
    "<details>",
    "<script>",
    "<style>",
    "<!--",
    "<!-- a -->",
    "<svg>",
    "<math>",
    "<select>",
    "<option>",
    "<template>",
    "<title>",
    "<textarea>",
    "<iframe>",
    "<noscript>",
    "<form>",
    "<button>",
    "</p>",
    "</b>",
    "</br>",
    "<b></p>",
    "&amp;",
    "&#x41;",
    "&",
    "&lt;",
    "&notit;",
    "<video><source src=x>",
    "<source src=x>",
    "<a class=lightbox href=x>",
    "<a class=attachment href=/x.pdf>a</a>",
    "<a class=mention href=/u/claire>@claire</a>",
    "@claire ",
    "claire ",
    "Claire ",
    "/u/claire ",
    "/user_avatar/",
    'data-username="a" ',
    '[quote="claire, post:1, topic:1"]',
    '[quote="claire, post:1, topic:1"]\n',
    '[quote="claire"]a[/quote]',
    "[quote=claire]",
    "<ruby><rt>",
    "<object>",
    "<marquee>",
    "<table><b>",
    "<table><a>",
    "<frameset>",
    "<plaintext>",
    "<dl><dd>",
    "<img class=emoji alt=:smile:>",
    "<img class=avatar alt=claire>",
    "<i a=",
    "<a title='",
    "<![CDATA[",
    "<?",
    "<body a=b>",
    "<html a=b>",
    "<nobr>",
    "<font>",
    "<svg><p>",
    "<math><mi>",
    "<svg><foreignObject>",
    "<span class=mention>",
    "<p>\n",
    "\n",
    "&nbsp;",
    "%40claire",
    "%20",
    "http://a.b/t/1 ",
    "<sup>",
    "<h1><h2>",
    "<td></td>",
    "<a",
    "a",
    '<a href="/t/1">',
    "́",
    "á",
    "é",
    "œ",
    "字",
    "🎉",
    "a b",
    "Claire Moreau ",
    "moreau ",
    "a-",
    "a.",
    "@",
    "@a",
    "@a.",
    "%C3%A9",
    "\x00",
    "\u202e",
    "'",
    '"a"',
    "<iframe src=x>",
    "<col>",
    "<caption>",
    "<colgroup>",
    "<base href=x>",
    "<meta>",
    "<link>",
    "<hr>",
    "<input>",
    "<em><strong>",
    "<a href=x><b>",
    "<b><a href=x>",
    "</div>",
    "</table>",
    "<p></p>",
    "<details><summary>",
    "<svg></p>",
    "<math><annotation-xml>",
    "<a class=mention-group href=/g/x>",
    "<li></ul>",
    "<dd><p>",
    "<h1></h2>",
)
NUMBERED = (
    "<b id=%d><p>",
    "<b id=%d>",
    "<i id=%d></p>",
    "<font color=%d><p>",
    "<a href=/t/%d>x</a>",
    "<a href=%d><p>",
    "<img src=/%d.png>",
    "<span class=c%d>",
    "<div id=%d>",
    "<b a%d=1>",
    "<a href=http://a.b/%d>",
    "<a class=attachment href=/%d.pdf>a</a>",
    "<a class=mention href=/u/u%d>",
    "<aside class=quote data-topic=%d data-post=1>",
    "<table><b id=%d>",
    "<b id=%d><table>",
    "<nobr id=%d><p>",
    "a%d ",
    "<i id=%d><div>",
    "<b id=%d><li>",
    "<b id=%d></div>",
    "<td><b id=%d>",
    "<applet><b id=%d>",
    "<object><b id=%d><p>",
    "<b id=%d><b><p>",
    "<b id=%d><p></b>",
    "<b id=%d><div></b>",
    "<b id=%d><a>",
    "<a><b id=%d>",
)
TITLE = '<aside class="quote" data-username="claire">{}<blockquote>'


def numbered(unit: str) -> str:
    """A construct with another number each time."""
    parts: list[str] = []
    size = 0
    for number in count():
        parts.append(unit % number)
        size += len(parts[-1])
        if size >= LENGTH:
            break
    return "".join(parts)[:LENGTH]


def markup() -> Iterator[tuple[str, str]]:
    """The name of each construct, and the HTML."""
    for unit in UNITS:
        yield f"html {unit!r}", (unit * LENGTH)[:LENGTH]
    for unit in NUMBERED:
        yield f"html {unit!r}", numbered(unit)
    yield "one tag with attributes", "<a " + "".join(f"a{n}=b " for n in range(LENGTH // 9)) + ">"
    yield "one long attribute", "<a href='" + "a" * (LENGTH - 20) + "'>"
    yield "many classes", "<a class='" + "a " * (LENGTH // 2 - 20) + "' href=x>"
    yield "one number", "<a href='/t/" + "9" * (LENGTH - 20) + "'>"
    yield "attributes of the page", "".join(f"<html a{n}=b>" for n in range(LENGTH // 14))
    for tag, inner in (("b", ""), ("div", ""), ("span", "<a href=x></a>"), ("span", "<img src=x>"), ("blockquote", "")):
        times = LENGTH // (2 * len(tag) + 5 + len(inner))
        yield f"nested {tag} {inner}", f"<{tag}>" * times + inner * times + f"</{tag}>" * times
    yield "nested quotes in HTML", "<aside class=quote>" * (LENGTH // 27) + "</aside>" * (LENGTH // 27)
    yield "formatting, then blocks", "".join(f"<b id={n}>" for n in range(1_300)) + "<p>" * (LENGTH // 6)
    yield "formatting closed in blocks", "".join(f"<b id={n}>" for n in range(1_300)) + "<div></b>" * 1_700
    yield "a link around blocks", "<a>" + "<div>" * 3_000 + "</a>" * 3_000
    yield "formatting around blocks", "<b><div>" * 2_000 + "</b>" * 3_000
    yield "crossed formatting", "<b><i>" * 1_500 + "</b></i>" * 2_000
    yield "a quote's blank title", TITLE.format("\n" * 1_900 + "a" + "\n" * 1_900) * 8
    yield "a quote's long title", TITLE.format(">a " * 1_300) * 8
    yield "headings of all levels", "".join(f"<h{n % 6 + 1}>a</h{n % 6 + 1}>" for n in range(LENGTH // 10))
