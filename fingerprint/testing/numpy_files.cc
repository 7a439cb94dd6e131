// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/testing/numpy_files.h"

#include "fingerprint/testing/little_endian_writer.h"

namespace modelward::fingerprint::testing {

Bytes raw_npy(std::uint8_t version, std::string_view dictionary, const Bytes& data) {
    Bytes file = {0x93, 'N', 'U', 'M', 'P', 'Y', version, 0};
    std::string header(dictionary);
    const std::size_t length_bytes = version == 1 ? 2 : 4;
    while ((file.size() + length_bytes + header.size() + 1) % 64 != 0)
        header += ' ';
    header += '\n';
    if (version == 1) {
        append_number(file, static_cast<std::uint16_t>(header.size()));
    } else {
        append_number(file, static_cast<std::uint32_t>(header.size()));
    }
    append(file, header);
    append(file, data);
    return file;
}

Bytes npy_file(std::string_view type, bool fortran_order, std::string_view shape, const Bytes& data) {
    return raw_npy(1,
                   "{'descr': '" + std::string(type) + "', 'fortran_order': " +
                       (fortran_order ? "True" : "False") + ", 'shape': " + std::string(shape) + ", }",
                   data);
}

void push_numpy_type(PickleWriter& writer, std::string_view type, std::string_view byte_order) {
    writer.global("numpy", "dtype").text(type).op("\x89\x88\x87R(").integer(3).text(byte_order);
    writer.op("NNN").integer(-1).integer(-1).integer(0).op("tb");
}

void push_array(PickleWriter& writer, std::string_view type, const std::vector<std::uint64_t>& shape,
                const Bytes& data, bool is_fortran) {
    writer.global("numpy.core.multiarray", "_reconstruct").global("numpy", "ndarray").tuple({0}).bytes({'b'});
    writer.op("\x87R(").integer(1).tuple(shape);
    push_numpy_type(writer, type);
    writer.op(is_fortran ? "\x88" : "\x89").bytes(data).op("tb");
}

void push_joblib_array(PickleWriter& writer, std::string_view type, const std::vector<std::uint64_t>& shape,
                       const Bytes& data, std::uint8_t padding, std::string_view order) {
    writer.global("joblib.numpy_pickle", "NumpyArrayWrapper").op(")\x81}(");
    writer.text("subclass").global("numpy", "ndarray").text("shape").tuple(shape).text("order").text(order);
    writer.text("dtype");
    push_numpy_type(writer, type);
    writer.text("allow_mmap").op("\x88").text("numpy_array_alignment_bytes").integer(16).op("ub");
    writer.raw({padding}).raw(Bytes(padding, 0xFF)).raw(data);
}

}  // namespace modelward::fingerprint::testing
