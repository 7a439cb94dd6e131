# SPDX-License-Identifier: Apache-2.0
"""Writes the weights of a Core ML package, weights/weight.bin: blobs, each behind a description, at multiples of 64 bytes."""
import struct

import numpy

FLOAT16, FLOAT32 = 1, 2


def _padded(content):
    return content + bytes(-len(content) % 64)


def write(path, weights):
    """Matrices in half precision, as the converter does, and what has one dimension in single."""
    out = _padded(struct.pack("<II", len(weights), 2))
    for array in weights.values():
        kind = FLOAT16 if array.ndim > 1 else FLOAT32
        data = array.astype(numpy.float16 if kind == FLOAT16 else numpy.float32).tobytes()
        out += _padded(struct.pack("<IIQQ", 0xDEADBEEF, kind, len(data), len(out) + 64)) + _padded(data)
    path.write_bytes(out)
