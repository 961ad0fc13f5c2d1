"""FarmHash's 64-bit fingerprint of short texts, by which TensorFlow hashes categories; and how it joins two of them.

The algorithm and its constants are those of FarmHash's `Fingerprint64` (Pike 2014) for up to 32 bytes, and of Murmur's mixing
for the joining: a fingerprint never changes, which is its point.
"""

from __future__ import annotations

WORD = 2**64 - 1
K0, K1, K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
MURMUR = 0xC6A4A7935BD1E995
CROSSING_KEY = 0xDECAFCAFFE  # what TensorFlow begins a crossing with


def fingerprint(text: bytes) -> int:
    """The fingerprint of a text of 1 to 32 bytes: enough for the digits of any whole number of 64 bits."""
    n = len(text)
    factor = K2 + 2 * n
    if n > 16:
        a, b = _read(text, 0) * K1, _read(text, 8)
        c, d = _read(text, n - 8) * factor, _read(text, n - 16) * K2
        return _joined(_turned(a + b, 43) + _turned(c, 30) + d, a + _turned(b + K2, 18) + c, factor)
    if n >= 8:
        a, b = _read(text, 0) + K2, _read(text, n - 8)
        return _joined(_turned(b, 37) * factor + a, (_turned(a, 25) + b) * factor, factor)
    if n >= 4:
        return _joined(n + 8 * _read(text, 0, 4), _read(text, n - 4, 4), factor)
    first, second = text[0] + 256 * text[n // 2], n + 4 * text[-1]
    return _mixed((first * K2 & WORD) ^ (second * K0 & WORD)) * K2 & WORD


def crossed(*numbers: int) -> int:
    """The fingerprint of several whole numbers, one after another."""
    found = CROSSING_KEY
    for number in numbers:
        found = (found ^ MURMUR) ^ (_mixed(number * MURMUR) * MURMUR & WORD)
        found = _mixed(_mixed(found * MURMUR) * MURMUR)
    return found


def _read(text: bytes, start: int, size: int = 8) -> int:
    return int.from_bytes(text[start : start + size], "little")


def _turned(word: int, bits: int) -> int:
    """The bits of a word turned to the right."""
    word &= WORD
    return (word >> bits | word << (64 - bits)) & WORD


def _mixed(word: int) -> int:
    word &= WORD
    return word ^ (word >> 47)


def _joined(one: int, other: int, factor: int) -> int:
    one, other = one & WORD, other & WORD
    mixed = _mixed((one ^ other) * factor)
    return _mixed((other ^ mixed) * factor) * factor & WORD
