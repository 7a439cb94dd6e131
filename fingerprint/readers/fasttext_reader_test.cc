// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/little_endian_writer.h"
#include "fingerprint/testing/table_checks.h"

namespace modelward::fingerprint {
namespace {

using testing::append;
using testing::append_number;
using testing::Bytes;
using ::testing::ElementsAre;
using testing::expect_data;
using testing::expect_defect;
using testing::names;
using testing::noise_bytes;
using testing::table_of;
using Counts = std::vector<std::uint64_t>;

struct Model {
    std::uint32_t entries = 2;
    std::uint64_t pruned = ~std::uint64_t{0};  // -1: never
    std::uint64_t pairs = 0;
    std::uint8_t quantised = 0;
    std::uint64_t rows = 3;
};

const Bytes kInput = noise_bytes(1, 3 * 4 * 4);
const Bytes kOutput = noise_bytes(2, 2 * 4 * 4);

void append_matrix(Bytes& file, std::uint64_t rows, const Bytes& data) {
    append_number(file, rows);
    append_number(file, std::uint64_t{4});
    append(file, data);
}

Bytes file_of(const Model& model) {
    Bytes file;
    append_number(file, std::uint32_t{793712314});
    append_number(file, std::uint32_t{12});
    file.resize(file.size() + 12 * 4 + 8);
    append_number(file, model.entries);
    file.resize(file.size() + 16);
    append_number(file, model.pruned);
    for (const std::string_view word : {"one", "another"}) {
        append(file, word);
        file.resize(file.size() + 1 + 9);
    }
    file.resize(file.size() + model.pairs * 8);
    file.push_back(model.quantised);
    append_matrix(file, model.rows, kInput);
    file.push_back(0);
    append_matrix(file, 2, kOutput);
    return file;
}

TensorTable read(const Bytes& file) {
    return table_of(kFastTextReader, file);
}

TEST(FastTextReader, ListsBothMatrices) {
    const Bytes file = file_of({});
    const TensorTable table = read(file);
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_EQ(table.format, "fasttext");
    ASSERT_THAT(names(table), ElementsAre("input", "output"));
    EXPECT_EQ(table.tensors[0].shape, (Counts{3, 4}));
    EXPECT_EQ(table.tensors[0].dtype, DType::kF32);
    EXPECT_EQ(table.data_start, table.tensors[0].offset);
    expect_data(file, table.tensors[0], kInput);
    expect_data(file, table.tensors[1], kOutput);
}

TEST(FastTextReader, PassesTheListOfWhatWasPruned) {
    const TensorTable table = read(file_of({.pruned = 5, .pairs = 5}));
    EXPECT_FALSE(table.defect.has_value()) << table.defect->message();
    EXPECT_THAT(names(table), ElementsAre("input", "output"));
}

TEST(FastTextReader, NotesWhatItCannotRead) {
    expect_defect(read(file_of({.quantised = 1})), ErrorCode::kUnsupported, "'input' is quantised");
    expect_defect(read(file_of({.entries = 0xFFFFFFFF})), ErrorCode::kInvalid, "4294967295 words");
    expect_defect(read(file_of({.pruned = 1ULL << 60})), ErrorCode::kInvalid, "what was pruned");
    expect_defect(read(file_of({.rows = 1ULL << 61})), ErrorCode::kInvalid, "too large");
}

TEST(FastTextReader, KeepsWhatStandsBeforeTheEnd) {
    Bytes file = file_of({});
    file.resize(file.size() - 1);
    const TensorTable table = read(file);
    EXPECT_THAT(names(table), ElementsAre("input"));
    EXPECT_TRUE(table.defect.has_value());
    file.resize(90);
    expect_defect(read(file), ErrorCode::kInvalid, "fastText");
}

TEST(FastTextReader, WordsMayBeLongerThanABuffer) {
    Bytes file = file_of({});
    const auto word = std::ranges::search(file, std::string_view("another")).begin();
    file.insert(word, 100'000, 'w');
    EXPECT_THAT(names(read(file)), ElementsAre("input", "output"));
}

TEST(FastTextReader, ClaimsItsVersions) {
    Bytes file = file_of({});
    file[4] = 13;
    EXPECT_FALSE(kFastTextReader.claims(std::span(file).first(kHeadBytes)));
    EXPECT_FALSE(kFastTextReader.claims(std::span(file).first(7)));
}

}  // namespace
}  // namespace modelward::fingerprint
