"""Units that describe themselves, one file each: exports, figures, checks, front matter fields.

A unit is one value (an `Export`, a `Figure` …) with everything that the program says and does about it. Whoever uses
units iterates over their registry, and names none of them, so that one more unit is one more file:

    EXPORTS = Registry(Export, "koweb_sync.archive.exports.formats", "EXPORT", group="koweb.exports")

- **Built in** is every module of that package whose name has no leading underscore. The module's name is the unit's
  (with "-" for "_"), and its `EXPORT` is the unit.
- **Somebody else's package** adds a unit by an entry point of the same group, for example in its pyproject.toml:
  `[project.entry-points."koweb.exports"]` with `opml = "koweb_opml:EXPORT"`. The name is the entry point's.

Both are found by name first and imported when asked for: `names()` imports nothing. The order is by name, the built-in
ones first; whoever wants another sorts by something that the unit says. A built-in name cannot be taken by others.

    EXPORTS.names()      every name, also of units that turn out to be broken
    EXPORTS.get("md")    one unit; raises UnknownUnit, or BrokenUnit for somebody else's that cannot be used
    EXPORTS.all()        all that work; EXPORTS.broken() are the errors of the others, to be shown
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from operator import attrgetter
from pkgutil import iter_modules
from typing import Generic, TypeVar

from koweb_sync.errors import InputError, KowebError
from koweb_sync.i18n import _

Unit = TypeVar("Unit")
NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


class UnknownUnit(InputError):
    """No unit has this name."""


class BrokenUnit(KowebError):
    """Somebody else's package promises a unit that cannot be used."""


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """Where a unit is to be found: an attribute of a module. `package` is the distribution that it came with, as pip
    names it; "" for those built in.
    """

    name: str
    module: str
    attribute: str
    package: str = ""


class Registry(Generic[Unit]):
    """The units of one kind. `folder` is the package whose modules are the built-in ones, `attribute` what each calls
    its unit, `group` the entry points that are read besides ("" for none).
    """

    def __init__(self, kind: type[Unit], folder: str, attribute: str, group: str = "") -> None:
        self.kind = kind
        self.folder = folder
        self.attribute = attribute
        self.group = group
        self.found: dict[UnitPlace, Unit | BrokenUnit] = {}

    def names(self) -> tuple[str, ...]:
        """The names of all units, without importing any."""
        return tuple(self.places)

    def get(self, name: str) -> Unit:
        """The unit of a name. Raises UnknownUnit or BrokenUnit; what a built-in one raises at import stays as it is."""
        if name not in self.places:
            raise UnknownUnit(
                _("There is no “{name}” here.").format(name=name),
                remedy=_("Choose one of: {names}.").format(names=", ".join(self.names())),
            )
        unit = self.unit(self.places[name])
        if isinstance(unit, BrokenUnit):
            raise unit
        return unit

    def all(self) -> list[Unit]:
        """All units that can be used."""
        units = map(self.unit, self.places.values())
        return [unit for unit in units if not isinstance(unit, BrokenUnit)]

    def broken(self) -> list[BrokenUnit]:
        """What is wrong with others' units that cannot be used, each with its package: the rest goes on without."""
        units = map(self.unit, [*self.places.values(), *self.refused])
        return [unit for unit in units if isinstance(unit, BrokenUnit)]

    # ---- how units are found

    @cached_property
    def places(self) -> dict[str, UnitPlace]:
        """The place of each unit by its name."""
        found = {place.name: place for place in self.built_in()}
        for place in self.others:
            if NAME.fullmatch(place.name):
                found.setdefault(place.name, place)
        return found

    def built_in(self) -> Iterator[UnitPlace]:
        """The modules of our own folder, by name."""
        for module in iter_modules(import_module(self.folder).__path__):
            if not module.name.startswith("_"):
                yield UnitPlace(module.name.replace("_", "-"), f"{self.folder}.{module.name}", self.attribute)

    @cached_property
    def others(self) -> list[UnitPlace]:
        """What other packages announce, by name and package."""
        announced = entry_points(group=self.group) if self.group else ()
        return sorted(map(announcement, announced), key=lambda place: (place.name, place.package))

    @property
    def refused(self) -> list[UnitPlace]:
        """Others' units whose names are taken already, or cannot be typed."""
        return [place for place in self.others if self.places.get(place.name) != place]

    def unit(self, place: UnitPlace) -> Unit | BrokenUnit:
        """The unit at a place, imported once."""
        if place not in self.found:
            self.found[place] = self.load(place)
        return self.found[place]

    def load(self, place: UnitPlace) -> Unit | BrokenUnit:
        """Import a unit. Other people's code may do anything but stop ours."""
        if self.places.get(place.name) != place:
            return broken(place, _("its name is taken, or is not of small letters, digits and hyphens"))
        if not place.package:
            return self.own(place)
        try:
            unit = attrgetter(place.attribute)(import_module(place.module))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it is told, and stops nobody
            return broken(place, f"{type(error).__name__}: {error}", error)
        if isinstance(unit, self.kind):
            return unit
        kind = self.kind.__name__
        return broken(place, _("{place} is no {kind}").format(place=f"{place.module}:{place.attribute}", kind=kind))

    def own(self, place: UnitPlace) -> Unit:
        """Import a unit of ours. What whoever writes one forgets is told to them: TypeError."""
        module, kind = import_module(place.module), self.kind.__name__
        unit = getattr(module, place.attribute, None)
        if isinstance(unit, self.kind):
            name = getattr(unit, "name", place.name)
            if name.replace("_", "-") != place.name:
                raise TypeError(
                    f"{place.attribute} of {place.module} calls itself {name!r}: it has to have its file's name"
                )
            return unit
        wanted = f"has to be a value of the class {kind}"
        if unit is None:
            raise TypeError(
                f"{place.module} has no {place.attribute}, which {wanted}; "
                f"a module of {self.folder} without one begins with “_”"
            )
        given = unit.__name__ if isinstance(unit, type) else f"a value of the class {type(unit).__name__}"
        raise TypeError(f"{place.attribute} of {place.module} is {given}, and {wanted}")


def announcement(entry: EntryPoint) -> UnitPlace:
    """The place that an entry point names."""
    module, _colon, attribute = entry.value.partition(":")
    return UnitPlace(entry.name, module.strip(), attribute.strip(), entry.dist.name if entry.dist else "?")


def broken(place: UnitPlace, why: str, cause: BaseException | None = None) -> BrokenUnit:
    """The error of a unit that cannot be used."""
    error = BrokenUnit(
        _("The package “{package}” adds “{name}”, which cannot be used: {why}.").format(
            package=place.package, name=place.name, why=why
        ),
        remedy=_("Upgrade or uninstall that package, or ask who made it."),
    )
    error.__cause__ = cause
    return error
