# SPDX-License-Identifier: Apache-2.0
"""Writes GGUF version 3, little-endian, with the customary alignment of 32 bytes."""
import struct

import numpy

ALIGNMENT = 32
STRING, UINT32 = 8, 4
SMALLEST = 1e-30  # a block of smaller scale becomes zeros


def q8_0_bytes(array):
    """Blocks of 32: a half-precision scale, 32 signed codes."""
    blocks = array.reshape(-1, 32).astype(numpy.float32)
    scale = numpy.abs(blocks).max(axis=1, keepdims=True) / 127
    inverse = numpy.divide(1, scale, out=numpy.zeros_like(scale), where=numpy.abs(scale) > SMALLEST)
    codes = numpy.rint(blocks * inverse).astype(numpy.int8)
    return numpy.hstack([scale.astype("<f2").view(numpy.uint8), codes.view(numpy.uint8)]).tobytes()


def q4_0_bytes(array):
    """Blocks of 32: a half-precision scale, 16 bytes of two codes (element j low, element j + 16 high) plus 8."""
    blocks = array.reshape(-1, 32).astype(numpy.float32)
    extreme = numpy.take_along_axis(blocks, numpy.abs(blocks).argmax(axis=1)[:, None], axis=1)
    scale = extreme / -8
    inverse = numpy.divide(1, scale, out=numpy.zeros_like(scale), where=numpy.abs(scale) > SMALLEST)
    codes = numpy.clip(numpy.floor(blocks * inverse + 8.5), 0, 15).astype(numpy.uint8)
    packed = codes[:, :16] | codes[:, 16:] << 4
    return numpy.hstack([scale.astype("<f2").view(numpy.uint8), packed]).tobytes()


# name: (number in the file, elements a block, encoder)
TYPES = {
    "F32": (0, 1, lambda array: array.astype("<f4").tobytes()),
    "F16": (1, 1, lambda array: array.astype("<f2").tobytes()),
    "Q4_0": (2, 32, q4_0_bytes),
    "Q8_0": (8, 32, q8_0_bytes),
}


def _text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _pair(key, kind, value):
    return _text(key) + struct.pack("<I", kind) + (_text(value) if kind == STRING else struct.pack("<I", value))


def _shape(array):
    """At most four dimensions; a convolution kernel becomes a matrix of one row an output channel."""
    if array.ndim <= 2:
        return array.shape or (1,)
    return (array.shape[0], array.size // array.shape[0])


def _type_for(array, wanted):
    """Converters keep vectors in F32, and matrices whose rows are not whole blocks in F16."""
    if array.ndim <= 1:
        return "F32"
    return wanted if _shape(array)[-1] % TYPES[wanted][1] == 0 else "F16"


def _pad(length):
    return b"\0" * (-length % ALIGNMENT)


def add_type(name, number, block, encode):
    TYPES[name] = (number, block, encode)


def write(path, weights, dtype, architecture="ocr"):
    pairs = [
        _pair("general.architecture", STRING, architecture),
        _pair("general.name", STRING, "converted by the recognition tests"),
        _pair("general.alignment", UINT32, ALIGNMENT),
    ]
    infos, blobs, offset = [], [], 0
    for name, array in weights.items():
        number, _, encode = TYPES[_type_for(array, dtype)]
        shape = _shape(array)
        blob = encode(array.reshape(shape))
        infos.append(_text(name) + struct.pack("<I", len(shape)) +
                     b"".join(struct.pack("<Q", extent) for extent in reversed(shape)) +
                     struct.pack("<IQ", number, offset))
        blobs.append(blob + _pad(len(blob)))
        offset += len(blobs[-1])
    header = b"GGUF" + struct.pack("<IQQ", 3, len(infos), len(pairs)) + b"".join(pairs + infos)
    with open(path, "wb") as file:
        file.write(header + _pad(len(header)))
        file.writelines(blobs)
