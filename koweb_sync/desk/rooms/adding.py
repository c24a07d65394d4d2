"""What is added to a text: pictures and files that are put beside it, and links to other posts."""

from dataclasses import replace

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from koweb_sync.desk.rooms.saving import opened_post, said, saved
from koweb_sync.desk.rooms.write import editor
from koweb_sync.desk.serving import link_search
from koweb_sync.desk.serving.app import DeskRoom, answer, page, shown
from koweb_sync.desk.serving.presses import wants_json
from koweb_sync.desk.texts import attaching, unsaved, writing
from koweb_sync.desk.texts.attaching import GivenFile
from koweb_sync.desk.texts.writing import NOTHING, PostForm
from koweb_sync.i18n import _

routes = Blueprint("adding", __name__)
ADDING = DeskRoom(routes)


@routes.post("/write-file/<path:path>")
def add_files(path: str) -> ResponseReturnValue:
    """Put files beside a post, all or none, and say the Markdown that shows them; without script it goes to the end of
    the text.
    """
    opened_post(path)
    alts, widths = request.form.getlist("alt"), request.form.getlist("width")
    chosen = [one for one in request.files.getlist("files") if one.filename]
    if not chosen or (len(chosen) > 1 and len(alts) < len(chosen)):
        text = _("Choose one file at a time: each needs words of its own.") if chosen else _("No file was chosen.")
        return refused(path, {"files": text})
    alts, widths = alts + [""] * len(chosen), widths + [""] * len(chosen)
    given = [
        GivenFile(one.filename or "", one.read(), " ".join(alt.split()), width.strip())
        for one, alt, width in zip(chosen, alts, widths, strict=False)
    ]
    faults = attaching.faults(shown.settings, path, given)
    if faults:
        return refused(path, faults)
    placed = attaching.placed(shown.repo.root, path, given)
    markdown = "\n\n".join(one.markdown for one in placed)
    form = with_markdown(said(), markdown)
    unsaved.keep(  # says what the files are for
        shown.repo, path, form, request.form.get("mark", ""), NOTHING, unsaved.page_of(request.form)
    )
    attaching.put(shown.repo.root, placed)
    return answer({"markdown": markdown}) if wants_json() else saved(path, form, editor)


def refused(path: str, faults: dict[str, str]) -> ResponseReturnValue:
    """Nothing was added: say why beside each field."""
    if wants_json():
        return answer({"faults": faults}, 409)
    fields = ("files", "files-0", "alt-0", "width-0")  # that the page has without script
    others = " ".join(text for name, text in faults.items() if name not in fields)
    faults = {**faults, "files": f"{faults.get('files', '')} {others}".strip()}
    return Response(editor(path, said(), faults=faults, was=request.form.get("mark", "")), 409)


@routes.post("/write-link/<path:path>")
def add_link(path: str) -> ResponseReturnValue:
    """The Markdown of a link to what was chosen, or to the post that is called so; else what has the words in its title
    is offered. An address is linked to as it is. `words`: what the link shows, if that is not the title.
    `where`: “live” while somebody types, which inserts nothing, and asks the forum nothing.
    """
    opened_post(path)
    wanted, target, where = (request.form.get(name, "").strip() for name in ("link", "target", "where"))
    others = {one: title for one, title in shown.current().titles.items() if one != path}
    topic = link_search.chosen(request.form.get("topic", ""))
    words = " ".join(request.form.get("words", "").split())
    if topic is not None:
        return linked(path, writing.web_link_markdown(words or topic.title, topic.address(shown.settings)))
    web = link_search.typed_address(target or wanted)
    if web and where != "live":
        return linked(path, writing.web_link_markdown(words, web) if words else f"<{web}>")
    found = [one for one in others if one == (target or wanted)] or [one for one in others if others[one] == wanted]
    if len(found) != 1 or where:
        return offered(path, wanted, others, asks=where != "live")
    return linked(path, writing.link_markdown(words or others[found[0]], found[0], path))


def linked(path: str, markdown: str) -> ResponseReturnValue:
    """A link for a script, or in the text."""
    return answer({"markdown": markdown}) if wants_json() else saved(path, with_markdown(said(), markdown), editor)


def offered(path: str, wanted: str, others: dict[str, str], *, asks: bool) -> ResponseReturnValue:
    """What somebody may have meant. `others`: post files, path -> title; `asks`: the forum is asked."""
    web = link_search.typed_address(wanted)
    topics = link_search.remembered(wanted) if wanted and not web else []
    there, why_not = link_search.asked(shown.settings, wanted) if asks and wanted and not web else ([], "")
    agreed = shown.current().forum
    paths = {int(topic): agreed.paths[int(topic)] for topic, _post in agreed.topics.values()}
    found = link_search.choices(wanted, others, paths, [*topics, *there])
    site = shown.current().now.site
    told = {
        "found": replace(found, asked=asks and not why_not, why_not=why_not, address=web),
        "asked": wanted,
        "shown_words": request.form.get("words", ""),
        "forum": site.title if site and site.title else shown.settings.name,
    }
    if wants_json():
        return answer({"found": page("_found.html", path=path, **told)})
    return Response(editor(path, said(), was=request.form.get("mark", ""), **told), 409)


def with_markdown(form: PostForm, markdown: str) -> PostForm:
    """A form with Markdown at the end of its text."""
    return replace(form, body=f"{form.body.rstrip()}\n\n{markdown}\n")
