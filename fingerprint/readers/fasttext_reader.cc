// SPDX-License-Identifier: Apache-2.0
// fastText's .bin: arguments, the dictionary, and two matrices, of the vectors of words and word pieces and
// of those of the output. Those of a compressed model (.ftz) are codes of a product quantiser and are not
// read. Documented by its code: https://github.com/facebookresearch/fastText, FastText::saveModel.
#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/readers/header_cursor.h"
#include "fingerprint/readers/reader.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kMagic = 793712314;
constexpr std::uint64_t kVersionBytes = 8;  // with the magic number
// Twelve numbers of 32 bits and one of 64.
constexpr std::uint64_t kArgumentBytes = 12 * 4 + 8;
constexpr std::uint64_t kWordsAndLabels = 8;    // how many of each; their sum is what counts
constexpr std::uint64_t kTokens = 8;            // how many were seen
constexpr std::uint64_t kCountAndType = 8 + 1;  // of an entry, behind its text
constexpr std::uint64_t kPrunedPair = 8;
constexpr std::uint64_t kLeastEntry = 1 + kCountAndType;

void skip_dictionary(HeaderCursor& cursor) {
    const auto entries = cursor.number<std::uint32_t>();
    cursor.skip(kWordsAndLabels + kTokens);
    const auto pruned = static_cast<std::int64_t>(cursor.number<std::uint64_t>());
    if (!cursor.fits(entries, kLeastEntry))
        cursor.refuse(ErrorCode::kInvalid, std::to_string(entries) + " words do not fit into the file");
    for (std::uint32_t i = 0; i < entries && cursor.ok(); ++i) {
        cursor.skip_past(0);
        cursor.skip(kCountAndType);
    }
    if (pruned <= 0) return;  // -1: never pruned
    if (!cursor.fits(static_cast<std::uint64_t>(pruned), kPrunedPair))
        cursor.refuse(ErrorCode::kInvalid, "the list of what was pruned does not fit into the file");
    cursor.skip(static_cast<std::uint64_t>(pruned) * kPrunedPair);
}

void read_matrix(HeaderCursor& cursor, const char* name, TensorTable& table) {
    if (cursor.number<std::uint8_t>() != 0)
        cursor.refuse(ErrorCode::kUnsupported, std::string("the matrix '") + name + "' is quantised");
    const auto rows = cursor.number<std::uint64_t>();
    const auto columns = cursor.number<std::uint64_t>();
    const auto extent = extent_of(DType::kF32, {rows, columns});
    if (!extent) cursor.refuse(ErrorCode::kInvalid, std::string("the matrix '") + name + "' is too large");
    if (!cursor.ok()) return;
    if (extent->elements > 0)
        table.tensors.push_back(
            {name, DType::kF32, {rows, columns}, extent->elements, cursor.position(), extent->bytes});
    cursor.pass(extent->bytes);
}

Result<TensorTable> parse(const ByteSource& source) {
    TensorTable table{.format = "fasttext", .data_start = 0, .tensors = {}, .defect = {}};
    HeaderCursor cursor(source);
    cursor.skip(kVersionBytes + kArgumentBytes);
    skip_dictionary(cursor);
    read_matrix(cursor, "input", table);
    if (!table.tensors.empty()) table.data_start = table.tensors.front().offset;
    read_matrix(cursor, "output", table);
    if (!cursor.ok() && cursor.error().code() == ErrorCode::kIo) return fail(cursor.error());
    if (!cursor.ok()) note_defect(table, cursor.error().with_context("fastText"));
    if (auto settled = settle(table, source.size()); !settled) return fail(settled.error());
    return table;
}

bool claims(std::span<const std::uint8_t> head) {
    static constexpr std::uint32_t kNewestVersion = 12;
    return head.size() >= kVersionBytes && load_le<std::uint32_t>(head.data()) == kMagic &&
           load_le<std::uint32_t>(head.data() + 4) <= kNewestVersion;
}

}  // namespace

const Reader kFastTextReader{"fasttext", claims, parse};

}  // namespace modelward::fingerprint
