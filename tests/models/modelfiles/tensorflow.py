# SPDX-License-Identifier: Apache-2.0
"""Writes frozen graphs of TensorFlow: protobuf messages, field by field (graph.proto, node_def.proto, tensor.proto)."""
import numpy

DATA_TYPES = {numpy.dtype("<f4"): 1, numpy.dtype("<i4"): 3, numpy.dtype("<i8"): 9, numpy.dtype("<f2"): 19}


def varint(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


def constant(name, array):
    shape = b"".join(message(2, number(1, extent)) for extent in array.shape)
    tensor = number(1, DATA_TYPES[array.dtype]) + message(2, shape) + message(4, array.tobytes())
    kind = message(5, message(1, b"dtype") + message(2, number(6, DATA_TYPES[array.dtype])))
    value = message(5, message(1, b"value") + message(2, message(8, tensor)))
    return message(1, message(1, name.encode()) + message(2, b"Const") + kind + value)


def write(path, weights, dtype):
    """Every array as a constant of `dtype`, behind the graph's input."""
    nodes = [message(1, message(1, b"input") + message(2, b"Placeholder"))]
    nodes += [constant(name, array.astype(dtype)) for name, array in weights.items()]
    path.write_bytes(b"".join(nodes) + message(4, number(1, 1395)))
