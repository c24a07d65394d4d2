"""What only the owner of an RSA key can read: PKCS #1 v1.5 (RFC 8017 §7.2.1) or OAEP, as user API keys are sent."""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator
from typing import Literal

SMALLEST, LARGEST = 512, 16_384  # bits of a modulus
HASH = 20  # bytes of a SHA-1
INTEGER, BITS, SEQUENCE = 0x02, 0x03, 0x30
PEM = re.compile(r"-----BEGIN (RSA )?PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END (?:RSA )?PUBLIC KEY-----")
Key = tuple[int, int]


def public_key(pem: str) -> Key:
    """Modulus and exponent of a public key in PEM. Raises ValueError for anything else."""
    found = PEM.search(pem)
    if found is None:
        raise ValueError(pem[:40])
    der = base64.b64decode("".join(found[2].split()), validate=True)
    (body,) = (data for tag, data in parts(der) if tag == SEQUENCE)
    inside = list(parts(body))
    if not found[1]:  # SubjectPublicKeyInfo: an algorithm, and the key as a string of bits
        (bits,) = (data for tag, data in inside if tag == BITS)
        ((tag, key),) = parts(bits[1:])
        inside = list(parts(key)) if tag == SEQUENCE else []
    numbers = [int.from_bytes(data, "big") for tag, data in inside if tag == INTEGER]
    if len(numbers) != 2 or not SMALLEST <= numbers[0].bit_length() <= LARGEST:
        raise ValueError(pem[:40])
    return numbers[0], numbers[1]


def parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element of DER. Raises ValueError where it ends too early."""
    at = 0
    while at < len(der):
        if at + 2 > len(der):
            raise ValueError(at)
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(der[at : at + count], "big"), at + count
        if at + length > len(der):
            raise ValueError(at)
        yield tag, der[at : at + length]
        at += length


def sealed(key: Key, data: bytes, padding: Literal["pkcs1", "oaep"] = "pkcs1") -> str:
    """Data for the key's owner, in Base64, a line break after each 60 signs. Raises ValueError if it is too long."""
    modulus, exponent = key
    size = (modulus.bit_length() + 7) // 8
    block = int.from_bytes(plain(data, size) if padding == "pkcs1" else masked(data, size), "big")
    text = base64.b64encode(pow(block, exponent, modulus).to_bytes(size, "big")).decode()
    return "".join(f"{text[at : at + 60]}\n" for at in range(0, len(text), 60))


def plain(data: bytes, size: int) -> bytes:
    """Data with noise before it, as PKCS #1 v1.5 has it. Raises ValueError if it is too long."""
    fill = size - len(data) - 3
    if fill < 8:
        raise ValueError(len(data))
    return b"\0\2" + bytes(secrets.randbelow(255) + 1 for _ in range(fill)) + b"\0" + data


def masked(data: bytes, size: int) -> bytes:
    """Data under a mask, as OAEP has it with SHA-1 (RFC 8017 §7.1.1). Raises ValueError if it is too long."""
    fill = size - len(data) - 2 * HASH - 2
    if fill < 0:
        raise ValueError(len(data))
    block = sha1(b"") + bytes(fill) + b"\1" + data
    seed = secrets.token_bytes(HASH)
    hidden = mixed(block, mask(seed, len(block)))
    return b"\0" + mixed(seed, mask(hidden, HASH)) + hidden


def mask(seed: bytes, length: int) -> bytes:
    """A mask that follows from a seed (MGF1)."""
    parts = (sha1(seed + n.to_bytes(4, "big")) for n in range(-(-length // HASH)))
    return b"".join(parts)[:length]


def mixed(one: bytes, other: bytes) -> bytes:
    """Two texts of one length, one hidden by the other."""
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def sha1(data: bytes) -> bytes:
    """The hash that such servers use here; nothing but the mask hangs on it."""
    return hashlib.sha1(data, usedforsecurity=False).digest()
