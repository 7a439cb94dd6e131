# SPDX-License-Identifier: Apache-2.0
"""Packs matrices into 4 bits, and 3, as AutoGPTQ and AutoAWQ do, by rounding to the nearest code."""
import numpy

BITS = 4
A_WORD = 32 // BITS
GROUP = 128
AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7]


def can_pack(array, codes=A_WORD):
    """A weight of [out, in], or a kernel that is one, in whole words of so many codes (of 3 bits 32, in three words)."""
    return array.ndim > 1 and array.shape[0] % codes == 0 and array.size // array.shape[0] % codes == 0


def _quantise(weight, groups, bits=BITS):
    """Codes of [in, out], zeros and scales of [groups, out]; `groups` says the group of each row."""
    codes, zeros, scales, most = numpy.zeros(weight.T.shape, numpy.uint32), [], [], (1 << bits) - 1
    for group in range(groups[-1] + 1):
        rows = weight.T[groups == group]
        least, greatest = numpy.minimum(rows.min(0), 0), numpy.maximum(rows.max(0), 0)
        scale = numpy.maximum((greatest - least) / most, 1e-9)
        zero = numpy.rint(-least / scale)
        codes[groups == group] = numpy.clip(numpy.rint(rows / scale) + zero, 0, most)
        zeros.append(zero)
        scales.append(scale)
    return codes, numpy.array(zeros, numpy.uint32), numpy.array(scales, numpy.float16)


def _words(codes, order):
    """Eight columns to a word; the code in place i, from the lowest bits, is that of column order[i]."""
    columns = codes.reshape(len(codes), -1, A_WORD)
    return sum(columns[:, :, column] << (BITS * place) for place, column in enumerate(order)).astype(numpy.int32)


def _stream(codes, bits):
    """Columns one behind the other, the lowest bits first, whatever words they come to lie in."""
    single = codes[:, :, None] >> numpy.arange(bits, dtype=numpy.uint32) & 1
    packed = numpy.packbits(single.astype(numpy.uint8).reshape(len(codes), -1), axis=1, bitorder="little")
    return packed.view("<i4")


def gptq(weights, bits=BITS):
    """Groups of 128 rows, the last one shorter; zeros are stored less one, and each row's group is listed."""
    packed = {}
    for name, array in weights.items():
        weight = array.reshape(len(array), -1)
        groups = numpy.arange(weight.shape[1]) // GROUP
        codes, zeros, scales = _quantise(weight, groups, bits)
        packed[name + ".g_idx"] = groups.astype(numpy.int32)
        packed[name + ".qweight"] = numpy.ascontiguousarray(_stream(codes.T, bits).T)
        packed[name + ".qzeros"] = _stream((zeros - 1) & ((1 << bits) - 1), bits)
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
