"""BLAKE3 of texts that fit one chunk, for the ids that Clew makes out of a sender's own (docs/formats/ids.md).

The standard library has no BLAKE3. Ids have 512 bytes at most and a chunk has 1,024, so that the tree of the full
algorithm is never needed.
"""

from __future__ import annotations

import struct
from typing import List

CHUNK_BYTES = 1024
_BLOCK_BYTES = 64
_START = (
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
)  # fmt: skip
_ORDER = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
_CHUNK_START, _CHUNK_END, _ROOT = 1, 2, 8
_COLUMNS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
_DIAGONALS = ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def digest(data: bytes, length: int) -> bytes:
    """The first `length` bytes, at most 32, of the hash of at most 1,024 bytes."""
    if len(data) > CHUNK_BYTES:
        raise ValueError(f"{len(data)} bytes are more than one chunk of {CHUNK_BYTES}")
    blocks = [data[at : at + _BLOCK_BYTES] for at in range(0, len(data), _BLOCK_BYTES)] or [b""]
    chain: List[int] = list(_START)
    for place, block in enumerate(blocks):
        is_last = place == len(blocks) - 1
        flags = (_CHUNK_START if place == 0 else 0) | (_CHUNK_END | _ROOT if is_last else 0)
        chain = _compress(chain, block, flags)
    return struct.pack("<8I", *chain)[:length]


def _compress(chain: List[int], block: bytes, flags: int) -> List[int]:
    words = list(struct.unpack("<16I", block.ljust(_BLOCK_BYTES, b"\0")))
    state = [*chain, *_START[:4], 0, 0, len(block), flags]
    for number in range(7):
        for step, (a, b, c, d) in enumerate(_COLUMNS + _DIAGONALS):
            _mix(state, a, b, c, d, words[2 * step], words[2 * step + 1])
        if number < 6:
            words = [words[place] for place in _ORDER]
    return [state[place] ^ state[place + 8] for place in range(8)]


def _mix(state: List[int], a: int, b: int, c: int, d: int, first: int, second: int) -> None:
    for word, turn_d, turn_b in ((first, 16, 12), (second, 8, 7)):
        state[a] = (state[a] + state[b] + word) & 0xFFFFFFFF
        state[d] = _turned(state[d] ^ state[a], turn_d)
        state[c] = (state[c] + state[d]) & 0xFFFFFFFF
        state[b] = _turned(state[b] ^ state[c], turn_b)


def _turned(word: int, bits: int) -> int:
    return ((word >> bits) | (word << (32 - bits))) & 0xFFFFFFFF
