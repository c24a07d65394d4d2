"""Templates of pages that people read: escaped, in the words of the language that is spoken. Needs the extra Jinja2."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from koweb_sync.i18n import _, ngettext


def environment(package: str) -> Environment:
    """The templates in a package's own folder. What a template names and nobody gave is an error, not nothing."""
    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals |= {"_": _, "ngettext": ngettext}
    return made
