# SPDX-License-Identifier: Apache-2.0
"""The float tensors of an ONNX model, by unique name, in the order of the file."""
import numpy
import onnx
from onnx import numpy_helper


def _tensors(graph):
    """Initializers and constants of a graph and of the graphs inside its nodes."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                tensor = attribute.t
                if not tensor.name:
                    tensor.name = node.output[0]
                yield tensor
            elif attribute.type == onnx.AttributeProto.GRAPH:
                yield from _tensors(attribute.g)
            elif attribute.type == onnx.AttributeProto.GRAPHS:
                for subgraph in attribute.graphs:
                    yield from _tensors(subgraph)


def read_weights(path):
    """{name: float32 array}; a name that occurs again gets a number."""
    weights = {}
    for tensor in _tensors(onnx.load(path).graph):
        if tensor.data_type != onnx.TensorProto.FLOAT or 0 in tensor.dims:
            continue
        name = tensor.name
        while name in weights:
            name += "'"
        weights[name] = numpy.ascontiguousarray(numpy_helper.to_array(tensor), dtype=numpy.float32)
    return weights
