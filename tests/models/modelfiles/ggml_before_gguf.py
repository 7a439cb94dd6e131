# SPDX-License-Identifier: Apache-2.0
"""Writes the format of ggml before GGUF, as whisper.cpp's converter does."""
import struct

import numpy


def write(path, weights, words=50_000):
    """Hyperparameters, filters, a vocabulary; then matrices in half precision and the rest in single."""
    parts = [struct.pack("<12i", 0x67676D6C, words, 1500, 384, 6, 4, 448, 384, 6, 4, 80, 1),
             struct.pack("<2i", 80, 201), numpy.linspace(0, 1, 80 * 201, dtype=numpy.float32).tobytes(), struct.pack("<i", words)]
    parts += [struct.pack("<i", len(word)) + word for word in (b"w%d" % number for number in range(words))]
    for name, array in weights.items():
        array = array.reshape([1] * (array.ndim == 0) + list(array.shape))
        is_matrix = array.ndim > 1
        parts += [struct.pack("<3i", array.ndim, len(name.encode()), is_matrix),
                  struct.pack(f"<{array.ndim}i", *reversed(array.shape)), name.encode(),
                  array.astype(numpy.float16 if is_matrix else numpy.float32).tobytes()]
    path.write_bytes(b"".join(parts))
