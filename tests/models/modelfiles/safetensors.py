# SPDX-License-Identifier: Apache-2.0
"""Writes safetensors: u64 header length, JSON header padded with spaces to 8 bytes, data without holes."""
import json
import struct

import numpy


def bf16_bytes(array):
    """float32 to bfloat16, to nearest even."""
    bits = numpy.atleast_1d(array).astype("<f4").view("<u4").astype(numpy.uint64)
    bits += 0x7FFF + ((bits >> 16) & 1)
    return (bits >> 16).astype("<u2").tobytes()


# {type: bits of the fraction, bias of the exponent, codes from 0 on that stand for numbers}
FLOAT8 = {"F8_E4M3": (3, 7, 127), "F8_E5M2": (2, 15, 124), "F8_E4M3FNUZ": (3, 8, 128), "F8_E5M2FNUZ": (2, 16, 128)}


def float8_values(dtype):
    """What the codes without a sign stand for; they ascend."""
    mantissa_bits, bias, numbers = FLOAT8[dtype]
    codes = numpy.arange(numbers)
    exponent, fraction = codes >> mantissa_bits, codes & ((1 << mantissa_bits) - 1)
    return numpy.where(exponent == 0, fraction * 2.0 ** (1 - bias - mantissa_bits),
                       (1 + fraction * 2.0**-mantissa_bits) * 2.0 ** (exponent - bias))


def float8_bytes(array, dtype):
    """To the nearest; scaled to the greatest value that there is, as quantisers do."""
    values = float8_values(dtype)
    magnitude = numpy.abs(array) * (values[-1] / max(numpy.abs(array).max(), 1e-30))
    codes = numpy.searchsorted((values[1:] + values[:-1]) / 2, magnitude).astype(numpy.uint8)
    return numpy.where((array < 0) & (codes > 0), codes | 0x80, codes).astype(numpy.uint8).tobytes()


ENCODERS = {
    "F32": lambda array: array.astype("<f4").tobytes(),
    "F16": lambda array: array.astype("<f2").tobytes(),
    "BF16": bf16_bytes,
    **{dtype: lambda array, dtype=dtype: float8_bytes(array, dtype) for dtype in FLOAT8},
    "I32": lambda array: array.astype("<i4").tobytes(),
    "I8": lambda array: array.tobytes(),
    "U8": lambda array: array.tobytes(),
}
WHOLE_NUMBERS = {"int32": "I32", "int8": "I8", "uint8": "U8"}


def write(path, weights, dtype):
    """All as `dtype`, but for whole numbers."""
    header, blobs, offset = {}, [], 0
    for name, array in weights.items():
        stored_as = WHOLE_NUMBERS.get(array.dtype.name, dtype)
        blob = ENCODERS[stored_as](array)
        header[name] = {"dtype": stored_as, "shape": list(array.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(blobs)
