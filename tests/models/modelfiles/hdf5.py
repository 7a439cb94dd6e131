# SPDX-License-Identifier: Apache-2.0
"""Writes models as Keras keeps them: .h5 of a whole model, and .keras with the weights in a zip."""
import io
import json
import zipfile

import h5py


def _names(weights):
    """{path of the dataset: array}; a layer for each tensor, named as Keras does."""
    paths = {}
    for number, (name, array) in enumerate(weights.items()):
        layer = name.replace("/", "_").replace(".", "_").strip("_") or "layer"
        paths[f"{layer}_{number}"] = array
    return paths


def _fill(file, weights, dtype, options):
    file.attrs["keras_version"] = "2.11.0"
    file.attrs["backend"] = "tensorflow"
    file.attrs["model_config"] = json.dumps({"class_name": "Functional", "config": {"name": "model"}})
    groups = file.create_group("model_weights")
    groups.attrs["layer_names"] = [layer.encode() for layer in _names(weights)]
    for layer, array in _names(weights).items():
        group = groups.create_group(layer)
        group.attrs["weight_names"] = [f"{layer}/kernel:0".encode()]
        group.create_dataset(f"{layer}/kernel:0", data=array.astype(dtype), **(options if array.ndim else {}))


def write(path, weights, dtype, libver="earliest", **options):
    """A whole model. libver: the oldest format that holds it ("earliest", as Keras does), or "latest"."""
    with h5py.File(path, "w", libver=libver) as file:
        _fill(file, weights, dtype, options)


def write_keras(path, weights, dtype, compression):
    """Keras 3: the weights are a member of a zip, whose groups are numbered."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for layer, array in _names(weights).items():
            file.create_group(f"layers/{layer}/vars").create_dataset("0", data=array.astype(dtype))
    members = {"metadata.json": json.dumps({"keras_version": "3.3.3"}).encode(),
               "config.json": json.dumps({"module": "keras", "class_name": "Functional"}).encode(),
               "model.weights.h5": buffer.getvalue()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression, compresslevel=1)  # without the time
