"""What a file is by the end of its name, as Discourse sorts them (lib/file_helper.rb)."""

from pathlib import PurePosixPath

IMAGES = frozenset(["jpg", "jpeg", "png", "gif", "heic", "heif", "webp", "avif", "svg", "ico", "bmp", "tif", "tiff"])
FILMS = frozenset(["mov", "mp4", "webm", "m4v", "3gp", "ogv", "avi", "mpeg"])
SOUNDS = frozenset(["mp3", "ogg", "oga", "opus", "wav", "m4a", "m4b", "m4p", "m4r", "aac", "flac"])
PLAYED = {"video": FILMS, "audio": SOUNDS}  # by what a label says behind `|`
TEXTS = frozenset(["md", "markdown", "txt", "html", "htm", "pdf", "epub", "csv", "tsv", "ics", "vtt", "srt"])
OFFICE = frozenset(["odt", "ods", "odp", "odg", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "zip", "gz", "7z"])
FILES = IMAGES | FILMS | SOUNDS | TEXTS | OFFICE


def ending(path: str) -> str:
    """The end of a file's name behind the last dot, in small letters; "" without one."""
    return PurePosixPath(path).suffix.removeprefix(".").lower()
