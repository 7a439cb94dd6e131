// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/crowded_files.h"

#include "fingerprint/readers/tensor_table.h"
#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/model_files.h"
#include "fingerprint/testing/protobuf_writer.h"
#include "fingerprint/testing/wrapped_files.h"

namespace modelward::bench {
namespace {

using namespace fingerprint::testing;
using fingerprint::Wrapping;
constexpr std::uint64_t kMost = fingerprint::kMaxTensors;
constexpr std::uint32_t kGgufQ4_0 = 2;
constexpr std::uint64_t kMatrixBytes = 1024 / 32 * 18;  // 1,024 elements of Q4_0

std::string long_name(std::uint64_t number, std::size_t bytes) {
    std::string name = std::to_string(number);
    return name + std::string(bytes - name.size(), 'n');
}

// Matrices of 32 x 32, whose other dimensions are 1.
Bytes gguf_of_matrices(std::uint64_t count, std::size_t name_bytes, std::size_t dimensions) {
    std::vector<std::uint64_t> shape(dimensions, 1);
    shape.back() = shape[dimensions - 2] = 32;
    GgufWriter writer;
    writer.size(count).size(0);
    for (std::uint64_t i = 0; i < count; ++i)
        writer.info(long_name(i, name_bytes), shape, kGgufQ4_0, i * kMatrixBytes);
    writer.align();
    return writer.data(noise_bytes(1, count * kMatrixBytes)).bytes();
}

Bytes safetensors_of(std::uint64_t count, std::size_t name_bytes, const std::string& shape) {
    std::string header = "{";
    for (std::uint64_t i = 0; i < count; ++i) {
        header += (i == 0 ? "\"" : ",\"") + long_name(i, name_bytes);
        header += R"(":{"dtype":"U8","shape":)" + shape + R"(,"data_offsets":[0,0]})";
    }
    return raw_safetensors(header + "}", {});
}

// Of 8 rows and 8 columns, in 4 bits and one group, as GPTQ packs them; names that are just held, all of
// them.
Bytes safetensors_of_packed_matrices() {
    constexpr std::uint64_t kBytes = 100;
    std::string header = "{";
    for (std::uint64_t i = 0; i < kMost / 4; ++i) {
        std::string name = std::to_string(i);
        name.insert(0, 10 - name.size(), '0');
        std::uint64_t at = i * kBytes;
        const auto add = [&](std::string_view part, std::string_view dtype, std::string_view shape,
                             std::uint64_t bytes) {
            header += header.size() == 1 ? "\"" : ",\"";
            header.append(name).append(part).append(R"(":{"dtype":")").append(dtype);
            header.append(R"(","shape":)").append(shape).append(R"(,"data_offsets":[)");
            header += std::to_string(at) + "," + std::to_string(at + bytes) + "]}";
            at += bytes;
        };
        add(".qweight", "I32", "[1,8]", 32);
        add(".qzeros", "I32", "[1,1]", 4);
        add(".scales", "F32", "[1,8]", 32);
        add(".g_idx", "I32", "[8]", 32);
    }
    return raw_safetensors(header + "}", Bytes(kMost / 4 * kBytes));
}

Bytes onnx_of_tensors() {
    const auto tensor = ProtobufWriter().number(1, 1).number(2, 1).text(8, "w").bytes(9, Bytes(4));
    ProtobufWriter graph;
    for (std::uint64_t i = 0; i < kMost; ++i)
        graph.message(5, tensor);
    return ProtobufWriter().number(1, 8).message(7, graph).bytes();
}

Bytes pickle_of_marks() {
    Bytes pickle = {0x80, 2};
    pickle.resize(1'000'000, '(');
    pickle.push_back('.');
    return pickle;
}

}  // namespace

std::vector<CrowdedFile> crowded_files() {
    return {
        {"an empty safetensors file", [] { return raw_safetensors("{}", {}); }},
        {"GGUF, 2^18 matrices", [] { return gguf_of_matrices(kMost, 40, 2); }},
        {"GGUF, 2^18 matrices of 8 dimensions, names of 250 bytes",
         [] { return gguf_of_matrices(kMost, 250, 8); }},
        {"safetensors, 400,000 tensors", [] { return safetensors_of(400'000, 40, "[0]"); }},
        {"safetensors, 2^18 tensors of 8 dimensions, a header of 87 MB",
         [] { return safetensors_of(kMost, 250, "[0,9,9,9,9,9,9,9]"); }},
        {"safetensors, 23,000 tensors with names of 4,096 bytes",
         [] { return safetensors_of(23'000, 4096, "[0]"); }},
        {"safetensors, 2^16 matrices packed by GPTQ", safetensors_of_packed_matrices},
        {"ONNX, 2^18 tensors of one name", onnx_of_tensors},
        {"zip, 256 MiB of noise",
         [] { return archive_of(Wrapping::kZip, {{"noise", noise_bytes(2, 256 << 20)}}); }},
        {"zip, GGUF of 2^17 matrices",
         [] { return archive_of(Wrapping::kZip, {{"model", gguf_of_matrices(kMost / 2, 40, 2)}}); }},
        {"xz, GGUF of 2^17 matrices",
         [] { return wrapped(Wrapping::kXz, gguf_of_matrices(kMost / 2, 40, 2)); }},
        {"pickle of a million marks", pickle_of_marks},
    };
}

}  // namespace modelward::bench
