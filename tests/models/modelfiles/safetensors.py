# SPDX-License-Identifier: Apache-2.0
"""Writes safetensors: u64 header length, JSON header padded with spaces to 8 bytes, data without holes."""
import json
import struct

import numpy


def bf16_bytes(array):
    """float32 to bfloat16, to nearest even."""
    bits = array.astype("<f4").view("<u4").astype(numpy.uint64)
    bits += 0x7FFF + ((bits >> 16) & 1)
    return (bits >> 16).astype("<u2").tobytes()


ENCODERS = {
    "F32": lambda array: array.astype("<f4").tobytes(),
    "F16": lambda array: array.astype("<f2").tobytes(),
    "BF16": bf16_bytes,
}


def write(path, weights, dtype):
    header, blobs, offset = {}, [], 0
    for name, array in weights.items():
        blob = ENCODERS[dtype](array)
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(blobs)
