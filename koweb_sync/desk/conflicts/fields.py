"""Places of a conflict that lie in the front matter, as people know them: by the fields of the form."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from koweb_sync.desk.conflicts.pieces import ConflictPiece, FieldSides, resolved
from koweb_sync.desk.texts.earlier_texts import text_changes
from koweb_sync.desk.texts.post_folder import readable
from koweb_sync.desk.texts.text_difference import phrases
from koweb_sync.desk.texts.writing import PostForm, form_of
from koweb_sync.forum.site import Site


def with_fields(path: str, found: Sequence[ConflictPiece], site: Site | None) -> tuple[ConflictPiece, ...]:
    """The pieces of a post file; those in its front matter with what each side says there."""
    places = [number for number, one in enumerate(found) if one.clash]
    return tuple(
        replace(one, fields=tuple(fields_at(path, found, places.index(number), site)))
        if one.clash and one.front
        else one
        for number, one in enumerate(found)
    )


def fields_at(path: str, found: Sequence[ConflictPiece], place: int, site: Site | None) -> Iterator[FieldSides]:
    """The fields that a place is about; none of what cannot be read."""
    mine, other = chosen_form(path, found), chosen_form(path, found, place)
    if not mine.whole and not other.whole:
        for one in text_changes(mine, other, site).fields:
            yield FieldSides(one.name, *phrases(one.before, one.after))


def chosen_form(path: str, found: Sequence[ConflictPiece], theirs: int | None = None) -> PostForm:
    """The form of the file in which ours stays everywhere, but in one place."""
    clashes = range(sum(one.clash for one in found))
    text = resolved(found, {number: ("theirs" if number == theirs else "ours", "") for number in clashes})
    data = text.encode("utf-8", "surrogateescape")
    return form_of(readable(path, data).post, data)
