"""The endpoints about files: stored, found again, served."""

from flask import Response, request

from koweb_sync.sandbox.model import files
from koweb_sync.sandbox.model.records import UploadRecord
from koweb_sync.sandbox.model.refusals import RefusedRequest, forbidden, invalid
from koweb_sync.sandbox.request_data import Routes, answer, given, member, state, there
from koweb_sync.sandbox.rules.validations import listed
from koweb_sync.sandbox.serializers.fields import fields

routes = Routes("uploads")
KINDS = {name: f"image/{name}" for name in ("png", "gif", "webp", "avif", "heic", "heif", "jpeg")}
KINDS |= {"jpg": "image/jpeg", "pdf": "application/pdf"}


@routes.post("/uploads")
def store() -> Response:
    user = member()
    data = given()
    if not (data.get("upload_type") or data.get("type")):
        raise invalid(state, "upload_type")
    sent = request.files.get("file") or request.files.get("files[]")
    if sent is None:
        raise RefusedRequest(422, {"errors": ["file"], **({"failed": "FAILED"} if data.get("url") else {})})
    content = sent.read()
    if user.trust_level < int(state.settings["min_trust_to_post_images"]) and not user.staff:
        raise forbidden(state)
    stored = files.store(state, sent.filename or "file", content, user.id)
    return answer(upload(stored))


def upload(one: UploadRecord) -> dict[str, object]:
    size, names = len(one.data), {"thumbnail_width": "width", "thumbnail_height": "height", "original_filename": "name"}
    return {
        **fields(one, "id width height extension short_url", **names),
        "url": request.host_url.partition(":")[2].rstrip("/") + state.at(one.path),
        "filesize": size,
        "short_path": short_path(one),
        "retain_hours": None,
        "human_filesize": files.human(size),
        **({"thumbnail": None} if state.newer else {}),
    }


def short_path(one: UploadRecord) -> str:
    """The address of a file that says only what is in it."""
    return state.at("/uploads/short-url/" + one.short_url.removeprefix("upload://"))


@routes.post("/uploads/lookup-urls", only=member)
def lookup() -> Response:
    found = [state.by_short_url.get(url) for url in listed(given("short_urls")["short_urls"])]
    return answer(
        [{"short_url": one.short_url, "url": state.at(one.path), "short_path": short_path(one)} for one in found if one]
    )


@routes.get("/uploads/short-url/<name>")
def short(name: str) -> Response:
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        raise invalid(state, "base62")
    return served(f"upload://{name}")


@routes.get("/uploads/default/original/1X/<name>")
def original(name: str) -> Response:
    found = state.uploads.get(name.partition(".")[0])
    return served(found.short_url if found else "")


def served(url: str) -> Response:
    """The bytes of a file; what is no image is for saving."""
    found = there(state.by_short_url.get(url))
    kind = KINDS.get(found.extension, "application/octet-stream")
    headers = {} if kind.startswith("image/") else {"Content-Disposition": "attachment"}
    return Response(found.data, headers=headers, content_type=kind)
