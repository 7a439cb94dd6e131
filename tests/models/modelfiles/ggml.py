# SPDX-License-Identifier: Apache-2.0
"""Quantises with ggml's own library, as an npm package carries it."""
import ctypes
import pathlib

import numpy

LIBRARY = pathlib.Path("@node-llama-cpp/linux-x64/bins/linux-x64/libggml-base.so")
BLOCK = 256  # a multiple of all types' blocks


def load(modules):
    """Returns quantise(array, type's number): the bytes of the array, whose size is a multiple of BLOCK. Where a type
    asks how important each column is, all are alike."""
    library = ctypes.CDLL(str(modules / LIBRARY))
    chunk = library.ggml_quantize_chunk
    chunk.restype = ctypes.c_size_t
    chunk.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_int64] * 3, ctypes.c_void_p]

    needs_importance = library.ggml_quantize_requires_imatrix
    needs_importance.restype = ctypes.c_bool
    alike = numpy.ones(BLOCK, dtype=numpy.float32)

    def quantise(array, number):
        rows = numpy.ascontiguousarray(array, dtype=numpy.float32).reshape(-1, BLOCK)
        into = numpy.zeros(rows.nbytes, dtype=numpy.uint8)
        importance = alike.ctypes.data if needs_importance(number) else None
        size = chunk(number, rows.ctypes.data, into.ctypes.data, 0, len(rows), BLOCK, importance)
        return into[:size].tobytes()

    return quantise
