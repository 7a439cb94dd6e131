# SPDX-License-Identifier: Apache-2.0
"""Packs matrices into 4 bits as AutoGPTQ and AutoAWQ do, by rounding to the nearest code."""
import numpy

BITS, MOST = 4, 15
A_WORD = 32 // BITS
GROUP = 128
AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7]


def can_pack(array):
    """A weight of [out, in], or a kernel that is one, in whole words."""
    return array.ndim > 1 and array.shape[0] % A_WORD == 0 and array.size // array.shape[0] % A_WORD == 0


def _quantise(weight, groups):
    """Codes of [in, out], zeros and scales of [groups, out]; `groups` says the group of each row."""
    codes, zeros, scales = numpy.zeros(weight.T.shape, numpy.uint32), [], []
    for group in range(groups[-1] + 1):
        rows = weight.T[groups == group]
        least, greatest = numpy.minimum(rows.min(0), 0), numpy.maximum(rows.max(0), 0)
        scale = numpy.maximum((greatest - least) / MOST, 1e-9)
        zero = numpy.rint(-least / scale)
        codes[groups == group] = numpy.clip(numpy.rint(rows / scale) + zero, 0, MOST)
        zeros.append(zero)
        scales.append(scale)
    return codes, numpy.array(zeros, numpy.uint32), numpy.array(scales, numpy.float16)


def _words(codes, order):
    """Eight columns to a word; the code in place i, from the lowest bits, is that of column order[i]."""
    columns = codes.reshape(len(codes), -1, A_WORD)
    return sum(columns[:, :, column] << (BITS * place) for place, column in enumerate(order)).astype(numpy.int32)


def gptq(weights):
    """Groups of 128 rows, the last one shorter; zeros are stored less one, and each row's group is listed."""
    packed = {}
    for name, array in weights.items():
        weight = array.reshape(len(array), -1)
        groups = numpy.arange(weight.shape[1]) // GROUP
        codes, zeros, scales = _quantise(weight, groups)
        packed[name + ".g_idx"] = groups.astype(numpy.int32)
        packed[name + ".qweight"] = numpy.ascontiguousarray(_words(codes.T, range(A_WORD)).T)
        packed[name + ".qzeros"] = _words((zeros - 1) & MOST, range(A_WORD))
        packed[name + ".scales"] = scales
    return packed


def awq(weights):
    """Groups of as many rows each, at most 128."""
    packed = {}
    for name, array in weights.items():
        weight = array.reshape(len(array), -1)
        rows = weight.shape[1]
        group = max(size for size in range(1, GROUP + 1) if rows % size == 0)
        codes, zeros, scales = _quantise(weight, numpy.arange(rows) // group)
        packed[name + ".qweight"] = _words(codes, AWQ_ORDER)
        packed[name + ".qzeros"] = _words(zeros, AWQ_ORDER)
        packed[name + ".scales"] = scales
    return packed
