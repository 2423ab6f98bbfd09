"""The hash by which Spark gives a term its place: MurmurHash3 of 32 bits over UTF-8, with the seed 42.

Source: org.apache.spark.unsafe.hash.Murmur3_x86_32.hashUnsafeBytes2; ml.feature.HashingTF and FeatureHasher use it.
"""

from __future__ import annotations

_SEED = 42
_MASK = 0xFFFFFFFF


def bucket_of(term: str, buckets: int) -> int:
    """The place of ``term`` among ``buckets``."""
    value = murmur3(term.encode("utf-8", "replace"))
    # The hash is a signed int, and its remainder is made positive.
    return (value - (1 << 32) if value >> 31 else value) % buckets


def murmur3(data: bytes) -> int:
    """The hash as an unsigned number of 32 bits."""
    state, whole = _SEED, len(data) & ~3
    for start in range(0, whole, 4):
        state ^= _scrambled(int.from_bytes(data[start : start + 4], "little"))
        state = (_rotated(state, 13) * 5 + 0xE6546B64) & _MASK
    state ^= _scrambled(int.from_bytes(data[whole:], "little"))
    state ^= len(data)
    state = ((state ^ (state >> 16)) * 0x85EBCA6B) & _MASK
    state = ((state ^ (state >> 13)) * 0xC2B2AE35) & _MASK
    return state ^ (state >> 16)


def _scrambled(block: int) -> int:
    return (_rotated((block * 0xCC9E2D51) & _MASK, 15) * 0x1B873593) & _MASK


def _rotated(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (32 - bits))) & _MASK
