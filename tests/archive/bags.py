"""Reading a bag as RFC 8493 has it, with nothing of ours: whether it is valid."""

import hashlib
from pathlib import Path


def flaws(bag: Path) -> list[str]:
    """What is wrong with a bag."""
    found = [] if (bag / "bagit.txt").read_text().startswith("BagIt-Version: 1.0\n") else ["bagit.txt"]
    payload = {one.relative_to(bag).as_posix() for one in (bag / "data").rglob("*") if one.is_file()}
    for name in ("sha256", "sha512"):
        listed = manifest(bag / f"manifest-{name}.txt")
        found += sorted(f"{name}: {path}" for path in listed.keys() ^ payload)
        for path, digest in {**listed, **manifest(bag / f"tagmanifest-{name}.txt")}.items():
            if (bag / path).is_file() and hashlib.new(name, (bag / path).read_bytes()).hexdigest() != digest:
                found.append(f"{name} of {path}")
    size = sum((bag / path).stat().st_size for path in payload)
    if info(bag)["Payload-Oxum"] != f"{size}.{len(payload)}":
        found.append("Payload-Oxum")
    return found


def manifest(path: Path) -> dict[str, str]:
    """The lines of a manifest, by path."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def info(bag: Path) -> dict[str, str]:
    """What bag-info.txt says."""
    lines = (bag / "bag-info.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)
