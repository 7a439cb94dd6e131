// SPDX-License-Identifier: Apache-2.0
// Formats that describe each tensor where it lies, inside compression: more of the stream is wanted until the
// last description has come, whatever is wrong with an earlier one.
#include <gtest/gtest.h>

#include <algorithm>

#include "fingerprint/containers/unwrap.h"
#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/protobuf_writer.h"
#include "fingerprint/testing/wrapped_files.h"

namespace modelward::fingerprint {
namespace {

using testing::append;
using testing::append_number;
using testing::Bytes;
using testing::ProtobufWriter;
using U32 = std::uint32_t;
using U64 = std::uint64_t;

constexpr U64 kRows = 128, kColumns = 256;
constexpr int kTensors = 4;  // of 64 KiB each

Bytes half_precision(int number) {
    return testing::encode_f16(testing::weights(static_cast<U64>(number), kRows * kColumns));
}

std::size_t eligible_in(const Bytes& file) {
    const auto found =
        unwrap(MemorySource(testing::wrapped(Wrapping::kGzip, file)), limits_of(Depth::kSampled), nullptr);
    return static_cast<std::size_t>(std::ranges::count_if(found.value().tensors, &TensorSketch::eligible));
}

ProtobufWriter constant(const ProtobufWriter& tensor) {
    const auto entry = ProtobufWriter().text(1, "value").message(2, ProtobufWriter().message(8, tensor));
    return ProtobufWriter().text(1, "w").text(2, "Const").message(5, entry);
}

ProtobufWriter shape_of(const std::vector<U64>& extents) {
    ProtobufWriter shape;
    for (const U64 extent : extents)
        shape.message(2, ProtobufWriter().number(1, extent));
    return shape;
}

Bytes graph() {
    ProtobufWriter graph;
    // Written one by one, which is not read.
    graph.message(
        1, constant(ProtobufWriter().number(1, 19).message(2, shape_of({100})).bytes(13, Bytes(100, 1))));
    for (int i = 0; i < kTensors; ++i)
        graph.message(1, constant(ProtobufWriter()
                                      .number(1, 19)
                                      .message(2, shape_of({kRows, kColumns}))
                                      .bytes(4, half_precision(i))));
    return graph.bytes();
}

TEST(ScatteredTable, OfAFrozenGraph) {
    EXPECT_EQ(eligible_in(graph()), kTensors);
}

TEST(ScatteredTable, OfASavedModelWithALongPreface) {
    const auto meta_graph =
        ProtobufWriter().message(1, ProtobufWriter().text(5, std::string(100'000, 'v'))).bytes(2, graph());
    EXPECT_EQ(eligible_in(ProtobufWriter().number(1, 1).message(2, meta_graph).bytes()), kTensors);
}

TEST(ScatteredTable, OfGgml) {
    Bytes file;
    append(file, "lmgg");
    file.resize(48);
    for (int i = 0; i < kTensors; ++i) {
        append_number(file, U32{2});
        append_number(file, U32{2});
        append_number(file, U32{1});
        append_number(file, static_cast<U32>(kColumns));
        append_number(file, static_cast<U32>(kRows));
        append(file, "w" + std::to_string(i));
        append(file, half_precision(i));
    }
    EXPECT_EQ(eligible_in(file), kTensors);
}

TEST(ScatteredTable, OfCoreMl) {
    Bytes file;
    append_number(file, U32{kTensors});
    append_number(file, U32{2});
    file.resize(64);
    for (int i = 0; i < kTensors; ++i) {
        append_number(file, U32{0xDEADBEEF});
        append_number(file, U32{1});
        append_number(file, U64{2 * kRows * kColumns});
        append_number(file, U64{file.size() - 16 + 64});
        file.resize(file.size() + 40);
        append(file, half_precision(i));
    }
    EXPECT_EQ(eligible_in(file), kTensors);
}

}  // namespace
}  // namespace modelward::fingerprint
