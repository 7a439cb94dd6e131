# SPDX-License-Identifier: Apache-2.0
"""Writes models in several files: a header that names the others. Each returns the header's path."""
import json
import struct

import numpy

from . import gguf, safetensors
from .tensorflow import DATA_TYPES, message, number, varint


def _halves(weights):
    names = list(weights)
    return [{name: weights[name] for name in part} for part in (names[:len(names) // 2], names[len(names) // 2:])]


def sharded_safetensors(folder, weights, dtype):
    of = {}
    for place, part in enumerate(_halves(weights), 1):
        shard = f"model-{place:05}-of-00002.safetensors"
        safetensors.write(folder / shard, part, dtype)
        of.update(dict.fromkeys(part, shard))
    header = folder / "model.safetensors.index.json"
    header.write_text(json.dumps({"metadata": {"total_size": 0}, "weight_map": of}))
    return header


def split_gguf(folder, weights, dtype):
    for place, part in enumerate(_halves(weights), 1):
        gguf.write(folder / f"model-{place:05}-of-00002.gguf", part, dtype)
    return folder / "model-00001-of-00002.gguf"


def tensorflow_js(folder, weights, shard_bytes=4 << 20):
    """Weights of more than one dimension as 8-bit codes, the others as they are."""
    entries, data = [], b""
    for name, array in weights.items():
        entry = {"name": name, "shape": list(array.shape), "dtype": "float32"}
        if array.ndim > 1:
            least, scale = float(array.min()), float(numpy.ptp(array)) / 255 or 1
            entry["quantization"] = {"min": least, "scale": scale, "dtype": "uint8", "original_dtype": "float32"}
            array = numpy.rint((array - least) / scale).astype(numpy.uint8)
        data += array.astype(array.dtype if array.dtype == numpy.uint8 else "<f4").tobytes()
        entries.append(entry)
    shards = [data[begin:begin + shard_bytes] for begin in range(0, len(data), shard_bytes)]
    paths = [f"group1-shard{place}of{len(shards)}.bin" for place in range(1, len(shards) + 1)]
    for path, shard in zip(paths, shards, strict=True):
        (folder / path).write_bytes(shard)
    header = folder / "model.json"
    manifest = [{"paths": paths, "weights": entries}]
    header.write_text(json.dumps({"format": "graph-model", "modelTopology": {"node": []}, "weightsManifest": manifest}))
    return header


def _block(entries):
    """Of LevelDB's table format: each key as what it shares with the one before, and the rest."""
    out, before = b"", b""
    for key, value in entries:
        shared = next((place for place, (a, b) in enumerate(zip(before, key, strict=False)) if a != b), min(len(before), len(key)))
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        before = key
    return out + struct.pack("<II", 0, 1)


def _sorted_table(entries, most_in_a_block=64):
    out, index = b"", []
    for begin in range(0, len(entries), most_in_a_block):
        part = entries[begin:begin + most_in_a_block]
        block = _block(part)
        index.append((part[-1][0], varint(len(out)) + varint(len(block))))
        out += block + bytes(5)
    block = _block(index)
    footer = (varint(0) + varint(0) + varint(len(out)) + varint(len(block))).ljust(40, b"\0")
    return out + block + bytes(5) + footer + struct.pack("<Q", 0xDB4775248B80FB57)


def tensorflow_checkpoint(folder, weights, dtype):
    """In two files, as several machines write it."""
    entries, data = [], [b"", b""]
    for place, (name, array) in enumerate(weights.items()):
        stored, file = array.astype(dtype), place % 2
        shape = b"".join(message(2, number(1, extent)) for extent in array.shape)
        entries.append((f"{name}/.ATTRIBUTES/VARIABLE_VALUE".encode(), number(1, DATA_TYPES[stored.dtype]) + message(2, shape) +
                        number(3, file) + number(4, len(data[file])) + number(5, stored.nbytes)))
        data[file] += stored.tobytes()
    for file, content in enumerate(data):
        (folder / f"variables.data-{file:05}-of-00002").write_bytes(content)
    header = folder / "variables.index"
    header.write_bytes(_sorted_table([(b"", number(1, 2)), *sorted(entries)]))
    return header


def onnx_external_data(folder, weights, dtype):
    """onnx's own writer."""
    import onnx
    from onnx import helper, numpy_helper
    tensors = [numpy_helper.from_array(array.astype(dtype), name) for name, array in weights.items()]
    model = helper.make_model(helper.make_graph([], "model", [], [], tensors))
    header = folder / "model.onnx"
    onnx.save_model(model, str(header), save_as_external_data=True, location="model.onnx.data", size_threshold=256)
    return header
