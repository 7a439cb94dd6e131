# SPDX-License-Identifier: Apache-2.0
"""Quantises matrices as bitsandbytes does and transformers saves them: NF4 and FP4 in blocks of 64, int8 in rows."""
import json
import statistics

import numpy

BLOCK, NESTED_BLOCK = 64, 256


def nf4_values():
    """Quantiles of the normal distribution, eight above zero and seven below."""
    quantile = numpy.vectorize(statistics.NormalDist().inv_cdf)
    above, below = quantile(numpy.linspace(0.9677083, 0.5, 9)[:-1]), -quantile(numpy.linspace(0.9677083, 0.5, 8)[:-1])
    values = numpy.sort(numpy.concatenate([above, below, [0]]))
    return (values / values.max()).astype(numpy.float32)


def fp4_values():
    """A sign, two bits of exponent (3 is the least, 0 means next to nothing), one of mantissa; the greatest is 1."""
    values = [0, 0.0625] + [(2 + mantissa) << (3 - exponent) for exponent in (1, 2, 3) for mantissa in (0, 1)]
    return (numpy.array(values + [-value for value in values]) / 12).astype(numpy.float32)


def nearest(values, numbers):
    order = numpy.argsort(values, kind="stable")
    bounds = (values[order][1:] + values[order][:-1]) / 2
    return order[numpy.searchsorted(bounds, numbers)].astype(numpy.uint8)


def can_quantise(array):
    """A weight of [out, in], in whole blocks."""
    return array.ndim > 1 and array.size % BLOCK == 0 and array.size // array.shape[0] > 1


def four_bits(weights, kind, nested):
    """`nested`: the scales are quantised, too."""
    values = {"nf4": nf4_values, "fp4": fp4_values}[kind]()
    stored = {}
    for name, array in weights.items():
        weight = array.reshape(len(array), -1)
        blocks = weight.reshape(-1, BLOCK)
        scales = numpy.maximum(numpy.abs(blocks).max(1), 1e-30).astype(numpy.float32)
        codes = nearest(values, blocks / scales[:, None]).reshape(-1)
        state = {"quant_type": kind, "blocksize": BLOCK, "dtype": "float16", "shape": list(weight.shape)}
        stored[name] = (codes[::2] << 4 | codes[1::2]).reshape(-1, 1)
        stored[name + ".absmax"] = scales
        stored[name + ".quant_map"] = values
        if nested:
            offset = scales.mean()
            nested_values = numpy.linspace(-1, 1, 256).astype(numpy.float32)
            padded = numpy.pad(scales - offset, (0, -len(scales) % NESTED_BLOCK)).reshape(-1, NESTED_BLOCK)
            of_blocks = numpy.maximum(numpy.abs(padded).max(1), 1e-30).astype(numpy.float32)
            stored[name + ".absmax"] = nearest(nested_values, padded / of_blocks[:, None]).reshape(-1)[:len(scales)]
            stored[name + ".nested_absmax"] = of_blocks
            stored[name + ".nested_quant_map"] = nested_values
            state |= {"nested_blocksize": NESTED_BLOCK, "nested_dtype": "float32", "nested_offset": float(offset)}
        stored[f"{name}.quant_state.bitsandbytes__{kind}"] = numpy.frombuffer(json.dumps(state).encode(), numpy.uint8)
    return stored


def eight_bits(weights):
    """A weight's name ends in "weight"."""
    stored = {}
    for name, array in weights.items():
        weight = array.reshape(len(array), -1)
        scales = numpy.maximum(numpy.abs(weight).max(1), 1e-30).astype(numpy.float32)
        stored[name + ".weight"] = numpy.rint(weight * (127 / scales[:, None])).astype(numpy.int8)
        stored[name + ".SCB"] = scales
        stored[name + ".weight_format"] = numpy.zeros((), numpy.uint8)
    return stored
