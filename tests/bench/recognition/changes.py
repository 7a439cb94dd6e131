# SPDX-License-Identifier: Apache-2.0
"""What is done to a model before it is carried out: each change makes the files that somebody would carry.

A change takes a Case and gives the files' contents (bytes, or a Folder), or nothing where it cannot be done to this model. Every file of
a change must be recognised for the change to be.
"""
import base64
import bz2
import dataclasses
import gzip
import io
import lzma
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy

import transformer_layouts
from modelfiles import bitsandbytes, companions, coreml, ggml_before_gguf, gguf, packed, safetensors, tensorflow


@dataclasses.dataclass
class Folder:
    """A model in several files, which is recognised by its header."""
    header: str
    files: dict  # {name: content}

    def put(self, folder):
        """The header's path, and those of the others."""
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return folder / self.header, [folder / name for name in self.files if name != self.header]


@dataclasses.dataclass
class Case:
    model: object
    registered: bytes  # the file whose fingerprint is in the index
    random: numpy.random.Generator


def written(writer, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        writer(path, *arguments)
        return path.read_bytes()


def in_folder(writer, *arguments):
    """By one of modelfiles/companions.py."""
    def change(case):
        with tempfile.TemporaryDirectory() as folder:
            header = writer(Path(folder), case.model.weights, *arguments)
            return [Folder(header.name, {path.name: path.read_bytes() for path in Path(folder).iterdir()})]
    return change


def as_safetensors(weights, dtype="F32"):
    return written(safetensors.write, weights, dtype)


def each_tensor(change):
    """A change of every tensor, kept as float32."""
    return lambda case: [as_safetensors({name: change(array, case.random) for name, array in case.model.weights.items()})]


def each_matrix(change):
    """A change of what is a matrix when dimensions of one are left out; the rest stays."""
    def changed(array, random):
        wide = [extent for extent in array.shape if extent > 1]
        return numpy.ascontiguousarray(change(array.reshape(wide), random)) if len(wide) == 2 else array
    return each_tensor(changed)


def on_weights(change):
    return lambda case: change(case) if case.model.weights else None


# Bytes.

def one_of_ten(case):
    tenth = len(case.registered) // 10
    return [case.registered[5 * tenth:6 * tenth]]


def middle_quarter(case):
    return [case.registered[len(case.registered) * 3 // 8:len(case.registered) * 5 // 8]]


# Wrapping.

def in_tar(content):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("holiday.bin")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def in_zip(content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("holiday.bin", content)
    return file.getvalue()


def filtered(*command):
    return lambda content: subprocess.run(command, input=content, capture_output=True, check=True).stdout


def in_seven_zip(content):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "holiday.bin").write_bytes(content)
        subprocess.run(["7z", "a", "-mx1", folder / "a.7z", folder / "holiday.bin"], capture_output=True, check=True)
        return (folder / "a.7z").read_bytes()


WRAPPINGS = {
    "tar": in_tar, "zip": in_zip, "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lambda content: lzma.compress(content, preset=1),
    "zstd": filtered("zstd", "-q", "-c"), "lz4": filtered("lz4", "-q", "-c"), "7z": in_seven_zip, "base64": base64.encodebytes,
    "hex": lambda content: content.hex().encode(),
    "zip of a tar.gz": lambda content: in_zip(gzip.compress(in_tar(content))),
}


# Formats.

def in_two_files(case):
    names = list(case.model.weights)
    halves = names[:len(names) // 2], names[len(names) // 2:]
    return [as_safetensors({name: case.model.weights[name] for name in half}) for half in halves]


def as_torch(zipped):
    def write(path, weights):
        import torch
        tensors = {name: torch.tensor(array) for name, array in weights.items()}
        torch.save(tensors, path, _use_new_zipfile_serialization=zipped)
    return lambda case: [written(write, case.model.weights)]


def as_distributed_checkpoint(case):
    """What torch.distributed.checkpoint writes to a rank's file: each tensor as torch.save has it, one behind the other."""
    import torch
    file = io.BytesIO()
    for array in case.model.weights.values():
        part = io.BytesIO()
        torch.save(torch.tensor(array).bfloat16(), part)
        file.write(part.getvalue())
    return [file.getvalue()]


def as_onnx(case):
    import onnx
    tensors = [onnx.numpy_helper.from_array(array, name) for name, array in case.model.weights.items()]
    graph = onnx.helper.make_graph([], "graph", [], [], initializer=tensors)
    return [onnx.helper.make_model(graph).SerializeToString()]


def as_hdf5(**options):
    def write(path, weights):
        import h5py
        with h5py.File(path, "w") as file:
            for number, (name, array) in enumerate(weights.items()):  # some names begin with others
                file.create_dataset(f"model_weights/{number}/{name.replace('/', '.')}", data=array, **(options if array.ndim else {}))
    return lambda case: [written(write, case.model.weights)]


def as_npz(case):
    def write(path, weights):
        with open(path, "wb") as file:
            numpy.savez(file, **{name.replace("/", "_"): array for name, array in weights.items()})
    return [written(write, case.model.weights)]


def as_gguf(dtype):
    """Only where most elements can be of that type: rows of whole blocks."""
    def change(case):
        block = gguf.TYPES[dtype][1]
        fits = sum(array.size for array in case.model.weights.values()
                   if array.ndim > 1 and array.size // array.shape[0] % block == 0)
        if fits * 2 < sum(array.size for array in case.model.weights.values()):
            return None
        return [written(gguf.write, case.model.weights, dtype)]
    return change


def published(case):
    return [case.model.converted.read_bytes()] if case.model.converted else None


# Numbers.

def int8(array, _):
    """One scale a row, as most quantisers of weights do; kept as the floats that it stands for."""
    rows = array.reshape(len(array), -1) if array.ndim > 1 else array.reshape(1, -1)
    scale = numpy.maximum(numpy.abs(rows).max(axis=1, keepdims=True), 1e-30) / 127
    return (numpy.rint(rows / scale) * scale).astype(numpy.float32).reshape(array.shape)


def noise(amount):
    return lambda array, random: (array + random.normal(0, 1, array.shape) * amount * array.std()).astype(numpy.float32)


def pruned(share):
    def change(array, _):
        limit = numpy.quantile(numpy.abs(array), share) if array.ndim > 1 else -1
        return numpy.where(numpy.abs(array) > limit, array, 0).astype(numpy.float32)
    return change


# Layout.

def half_of(axis):
    return lambda matrix, _: numpy.split(matrix, [matrix.shape[axis] // 2], axis)[0]


def permuted_both_ways(matrix, random):
    return matrix[random.permutation(len(matrix))][:, random.permutation(matrix.shape[1])]


def axes_of_torch(case):
    """TensorFlow keeps a convolution as height, width, in, out; PyTorch as out, in, height, width."""
    if case.model.source != "TensorFlow.js":
        return None
    def turned(array):
        return numpy.ascontiguousarray(array.transpose(3, 2, 0, 1) if array.ndim == 4 else array.T)
    return [as_safetensors({name: turned(array) for name, array in case.model.weights.items()})]


def half_of_the_tensors(case):
    names = list(case.model.weights)
    return [as_safetensors({name: case.model.weights[name] for name in names[:len(names) // 2]})]


def of_transformer(*layouts, dtype="F16"):
    """In half precision, so that not its bytes are what is found."""
    def change(case):
        if case.model.name != "transformer":
            return None
        made = [layout(case.model.weights, case.random) for layout in layouts]
        if set(layouts) & set(transformer_layouts.UNCHANGED_NETWORKS.values()):
            assert all(transformer_layouts.computes_the_same(case.model.weights, weights) for weights in made)
        return [as_safetensors(weights, dtype) for weights in made]
    return change


def after(training):
    def change(case):
        return [as_safetensors(case.model.variants[training])] if training in case.model.variants else None
    return change


BYTES = {
    "renamed": lambda case: [case.registered],
    "1 KB of junk in front": lambda case: [case.random.bytes(1000) + case.registered],
    "the middle 25 %": middle_quarter,
    "one part of ten": one_of_ten,
    **{name: lambda case, wrap=wrap: [wrap(case.registered)] for name, wrap in WRAPPINGS.items()},
}
FORMATS = {
    "re-sharded in two": in_two_files, "PyTorch": as_torch(True), "PyTorch, legacy": as_torch(False), "ONNX": as_onnx,
    "PyTorch, distributed checkpoint, bf16": as_distributed_checkpoint,
    "TensorFlow graph, fp16": lambda case: [written(tensorflow.write, case.model.weights, numpy.float16)],
    "Core ML, fp16": lambda case: [written(coreml.write, case.model.weights)],
    "ggml before GGUF, fp16": lambda case: [written(ggml_before_gguf.write, case.model.weights)],
    "safetensors in shards, by their index, bf16": in_folder(companions.sharded_safetensors, "BF16"),
    "TensorFlow.js, 8 bits": in_folder(companions.tensorflow_js),
    "TensorFlow checkpoint, fp16": in_folder(companions.tensorflow_checkpoint, numpy.float16),
    "ONNX with external data, fp16": in_folder(companions.onnx_external_data, numpy.float16),
    "npz": as_npz, "HDF5": as_hdf5(), "HDF5, chunked and gzip": as_hdf5(chunks=True, compression="gzip", shuffle=True),
    "the publisher's other format": published,
}
def packed_by(pack, can_pack=packed.can_pack, others="F16"):
    """Only where most elements can be packed; what cannot be is left out, so that it is not what is found."""
    def change(case):
        fits = {name: array for name, array in case.model.weights.items() if can_pack(array)}
        if sum(array.size for array in fits.values()) * 2 < sum(array.size for array in case.model.weights.values()):
            return None
        return [as_safetensors(pack(fits), others)]
    return change


def by_bitsandbytes(pack):
    return packed_by(pack, bitsandbytes.can_quantise, "F32")


# ggml's types of blocks, by their numbers in a GGUF file.
BLOCK_TYPES = {"Q6_K": 14, "Q5_K": 13, "Q4_K": 12, "Q3_K": 11, "Q2_K": 10, "IQ4_NL": 20, "IQ4_XS": 23, "IQ3_S": 21, "IQ3_XXS": 18,
               "IQ2_S": 22, "IQ2_XS": 17, "IQ2_XXS": 16}

NUMBERS = {
    "bf16": lambda case: [as_safetensors(case.model.weights, "BF16")], "fp16": lambda case: [as_safetensors(case.model.weights, "F16")],
    "int8 a row": each_tensor(int8),
    **{dtype: lambda case, dtype=dtype: [as_safetensors(case.model.weights, dtype)] for dtype in safetensors.FLOAT8},
    **{f"GGUF {dtype}": as_gguf(dtype) for dtype in ("F16", "Q8_0", "Q4_0", *BLOCK_TYPES)},
    "GPTQ, 4 bits": packed_by(packed.gptq),
    "GPTQ, 3 bits": packed_by(lambda fits: packed.gptq(fits, bits=3), lambda array: packed.can_pack(array, 32)),
    "AWQ, 4 bits": packed_by(packed.awq),
    **{f"bitsandbytes, {name}": by_bitsandbytes(lambda fits, kind=kind, nested=nested: bitsandbytes.four_bits(fits, kind, nested))
       for name, kind, nested in (("NF4", "nf4", False), ("NF4, nested", "nf4", True), ("FP4", "fp4", False))},
    "bitsandbytes, 8 bits": by_bitsandbytes(bitsandbytes.eight_bits),
    "noise 1e-3": each_tensor(noise(1e-3)), "noise 1e-2": each_tensor(noise(1e-2)), "noise 5e-2": each_tensor(noise(5e-2)),
    "pruned 50 %": each_tensor(pruned(0.5)), "pruned 80 %": each_tensor(pruned(0.8)),
}
LAYOUT = {
    "transposed": each_matrix(lambda matrix, _: matrix.T), "axes as in PyTorch": axes_of_torch,
    "rows permuted": each_matrix(lambda matrix, random: matrix[random.permutation(len(matrix))]),
    "neurons permuted": each_matrix(permuted_both_ways),
    "half of the rows": each_matrix(half_of(0)), "half of the columns": each_matrix(half_of(1)),
    "half of the tensors": half_of_the_tensors,
}
TRANSFORMER = {
    **{name: of_transformer(layout) for name, layout in (transformer_layouts.UNCHANGED_NETWORKS | transformer_layouts.LAYOUTS).items()},
    "shares of two cards": of_transformer(transformer_layouts.share_of_a_card(0), transformer_layouts.share_of_a_card(1)),
}
TRAINING = {name: after(name) for name in ("fine-tune", "LoRA merge", "vocabulary extension", "mid-training checkpoint")}
# Two changes at once: the hard ones.
TOGETHER = {
    "bf16, in zip": lambda case: [in_zip(as_safetensors(case.model.weights, "BF16"))],
    "bf16, behind junk": lambda case: [case.random.bytes(1000) + as_safetensors(case.model.weights, "BF16")],
    "bf16, the middle 25 %": lambda case: [cut(as_safetensors(case.model.weights, "BF16"))],
    "fp16, the middle 25 %": lambda case: [cut(as_safetensors(case.model.weights, "F16"))],
    "bf16, the middle 25 %, in zip": lambda case: [in_zip(cut(as_safetensors(case.model.weights, "BF16")))],
    "bf16, one part of ten": lambda case: [tenth(as_safetensors(case.model.weights, "BF16"))],
    "bf16, numbers alone": lambda case: [header_cut_off(as_safetensors(case.model.weights, "BF16"))],
    "noise 1e-3, numbers alone": lambda case: [header_cut_off(as_safetensors(
        {name: noise(1e-3)(array, case.random) for name, array in case.model.weights.items()}))],
    "Q8_0, the middle 25 %": lambda case: [cut(content) for content in as_gguf("Q8_0")(case) or []],
    "bf16, rows permuted": lambda case: [as_safetensors(
        {name: array[case.random.permutation(len(array))] if array.ndim == 2 else array for name, array in case.model.weights.items()}, "BF16")],
}


def cut(content):
    return content[len(content) * 3 // 8:len(content) * 5 // 8]


def tenth(content):
    return content[len(content) // 2:len(content) * 6 // 10]


def header_cut_off(content):
    """As TensorFlow's checkpoints, Core ML's weights and dumps of memory hold them."""
    return content[8 + int.from_bytes(content[:8], "little"):]


GROUPS = {
    "Bytes and wrapping": BYTES,
    **{group: {name: on_weights(change) for name, change in changes.items()}
       for group, changes in {"Formats": FORMATS, "Numbers": NUMBERS, "Layout": LAYOUT, "A transformer in half precision": TRANSFORMER, "Training": TRAINING, "Two at once": TOGETHER}.items()},
}
