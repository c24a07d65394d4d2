"""What other tools write, for texts made of it: each construct with a place for words of its own."""

from hypothesis import strategies as st

from koweb_sync.importing.convert import LinkableNote, NoteFolder

NOTES = NoteFolder(
    [
        LinkableNote("Accueil.md", ("Bienvenue",)),
        LinkableNote("guide/index.md"),
        LinkableNote("guide/Semis d'été.md"),
        LinkableNote("_posts/2024-05-02-bilan.md"),
        LinkableNote("jardin/page.md"),
    ],
    ["images/plan.png", "images/film.mp4", "notice.pdf"],
    {"images/plan.png": (1200, 800)},
)
HERE = "jardin/page.md"

# What stands inside of a line.
WITHIN = (
    "[[Accueil]] {w}",
    "[[guide/Semis d'été#Haut|{w}]]",
    "[[Inconnue {w}]]",
    "[[#Bas|{w}]]",
    "![[plan.png|300]] {w}",
    "![[film.mp4]] ![[notice.pdf]] {w}",
    "![[Accueil]] {w}",
    "=={w}==",
    "++{w}++ x^2^ H~2~O ^^{w}^^ ++ctrl+{w}++",
    "==[[Accueil|{w}]]==",
    "%%{w}%%",
    "#idée/{w}",
    "{w} ^abc123",
    "$x_{w}$",
    "`[[Accueil]] {w}`",
    "[{w}](Accueil.md)",
    "[{w}](/guide/)",
    "[{w}](../guide/Semis%20d'été.html#haut)",
    "[{w}](nulle-part.md)",
    "[{w}](https://example.org/a==b==c)",
    "![{w}|300](../images/plan.png)",
    "![{w}](/images/plan.png =120x80)",
    '![{w}](/images/plan.png){{: .large width="300" }}',
    "![{w}]({{{{ site.baseurl }}}}/images/plan.png)",
    "[{w}]({{% post_url 2024-05-02-bilan %}})",
    '[{w}]({{{{< ref "guide/index.md" >}}}})',
    '<a href="/guide/">{w}</a>',
    "{{{{ page.title }}}} {w}",
    "{{% include {w}.html %}}",
    "{{{{< inconnu {w} >}}}}",
    "*{w}*{{: .lead}}",
    "**{w}** et {w} == {w}, 5 $ et 6 $",
    "<!-- [[Accueil]] {w} -->",
    ":material-home: {w}",
)
# What stands on lines of its own.
BLOCKS = (
    "{w}",
    "# {w} {{#ancre}}",
    "> [!note] {w}\n> {w}",
    "> [!tip]- {w}\n> {w}\n>\n> - {w}",
    "> [!question]+\n> {w}\n> > [!info]\n> > {w}",
    "> [!todo]- [[Accueil|{w}]]\n> {w}",
    "> {w}\n> {w}",
    '!!! note "{w}"\n    {w}\n\n    - {w}',
    "!!! warning\n\n    {w}\n\n        {w} [[Accueil]]",
    "??? tip\n    {w}\n    !!! info\n        {w}",
    '=== "{w}"\n\n    {w}\n\n=== "Deux"\n\n    {w}',
    ":::info\n{w}\n:::",
    "::::warning {w}\n:::spoiler {w}\n{w}\n:::\n::::",
    ":::autre\n{w}\n:::",
    ":::info\n{w}",
    "[TOC]\n{w}",
    "{w}\n\n[[toc]]",
    "* TOC\n{{:toc}}\n\n{w}",
    "*[CR]: {w}",
    '--8<-- "{w}.md"',
    "{w}\n{{: .lead}}",
    "{{::comment}}\n{w}\n{{:/comment}}",
    "{{% highlight ruby %}}\n{w}\n\n    [[Accueil]]\n{{% endhighlight %}}",
    "{{% raw %}}\n{w} {{{{ x }}}}\n{{% endraw %}}",
    "{{% comment %}}\n{w}\n{{% endcomment %}}",
    '{{{{< figure src="/images/plan.png" caption="{w}" >}}}}',
    '{{{{% notice tip "{w}" %}}}}\n{w}\n{{{{% /notice %}}}}',
    '{{{{< details "{w}" >}}}}\n{w}\n{{{{< /details >}}}}',
    "{{{{< highlight go >}}}}\n{w}\n{{{{< /highlight >}}}}",
    "{{%youtube dQw4w9WgXcQ %}}\n\n{w}",
    "%%\n{w}\n\n{w}\n%%",
    "$$\n{w}\n$$",
    "```dataview\n{w}\n```",
    "```\n[[Accueil]] =={w}==\n!!! note\n    x\n```",
    "| [[Accueil\\|{w}]] | =={w}== |\n|---|---|\n| ![[plan.png\\|60x40]] | {w} |",
    "[{w}]: ../guide/Semis%20d%27été.html",
    "1. {w}\n\n    !!! note\n        {w}\n\n2. {w}",
)
# What a text of YesWiki is made of.
WIKI = (
    "======{w}======",
    "====={w}=====\n{w}",
    "**{w}** //{w}// __{w}__ ##{w}## @@{w}@@ ££{w}££",
    "[[Accueil {w}]] [[https://example.org {w}]] [[Inconnue {w}]] Accueil",
    " - {w}\n - {w}\n  - {w}\n 1) {w}",
    "%%{w}%% <b>{w}</b> {w} --- {w}",
    "%%(php)\n{w} //x//\n%%",
    '{{{{attach file="plan.png" desc="{w}"}}}}',
    '{{{{bazarliste id="1" titre="{w}"}}}}',
    '{{{{button link="Accueil" text="{w}"}}}}',
    "[|\n| **{w}** | {w} |\n| {w} |\n|]",
    "{w} <{w}>\n# {w}\n----\n{w}",
)


def filled(parts: list[str], joint: str) -> tuple[str, list[str]]:
    """Some constructs as one text, each place with a word of its own; and those words."""
    text = joint.join(parts)
    words = [f"mot{number}q" for number in range(text.count("{w}"))]
    for word in words:
        text = text.replace("{w}", word, 1)
    return text.replace("{{", "{").replace("}}", "}"), words


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A construct inside of another."""

    def put(parts: tuple[str, str]) -> str:
        first, rest = parts[0].split("\n", 1)[0], parts[1].replace("\n", "\n" + parts[0].split("\n", 1)[1])
        return f"{first}\n{parts[0].split(chr(10), 1)[1]}{rest}"

    shells = st.sampled_from(
        ["> [!note] {w}\n> ", "> [!tip]- {w}\n> ", "!!! note\n    ", '??? tip "{w}"\n    ', "> {w}\n> "]
    )
    return st.tuples(shells, inner).map(put)


_lines = st.lists(st.sampled_from(WITHIN), min_size=1, max_size=3).map(" ".join)
BLOCK = st.recursive(st.one_of(st.sampled_from(BLOCKS), _lines), _nested, max_leaves=3)
MARKDOWN = st.tuples(st.lists(BLOCK, min_size=1, max_size=5), st.sampled_from(["\n\n", "\n\n", "\n"])).map(
    lambda made: filled(*made)
)
YESWIKI = st.lists(st.sampled_from(WIKI), min_size=1, max_size=6).map(
    lambda made: filled(["======{w}======", *made], "\n")
)
