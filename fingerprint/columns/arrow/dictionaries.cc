// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/arrow/dictionaries.h"

#include <algorithm>

#include "fingerprint/columns/arrow/arrow_column.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kValuesAtOnce = 256;
constexpr std::size_t kWindow = 8192;

}  // namespace

Result<void> Dictionaries::take(const Flatbuffer& message, std::uint64_t table, const BufferPlace& body) {
    const auto id = static_cast<std::int64_t>(number_in<std::uint64_t>(message, table, 0, 0));
    const auto data = message.target(table, 1);
    const bool is_delta = number_in<std::uint8_t>(message, table, 2, 0) != 0;
    if (const auto& error = message.io_error()) return fail(*error);
    const auto values = schema_.dictionaries.find(id);
    if (values == schema_.dictionaries.end()) return {};  // no column needs it
    Result<Dictionary> dictionary;
    const auto before = known_.find(id);
    if (before != known_.end()) {
        held_ -= before->second ? before->second->text_bytes() : 0;
        if (is_delta) dictionary = std::move(before->second);
        known_.erase(before);
    }
    if (!values->second) dictionary = fail(ErrorCode::kUnsupported, "a dictionary of lists or structures");
    if (!data) dictionary = fail(ErrorCode::kInvalid, "a dictionary without values");
    if (dictionary) {
        const auto batch = read_arrow_batch(message, *data, schema_of_values(*values->second), body);
        const auto added = batch ? add(*dictionary, *values->second, *batch) : fail(batch.error());
        if (!added) dictionary = fail(added.error());
    }
    const auto& kept = known_.emplace(id, std::move(dictionary)).first->second;
    held_ += kept ? kept->text_bytes() : 0;
    return kept ? Result<void>() : fail(kept.error());
}

Result<void> Dictionaries::add(Dictionary& dictionary, const ArrowField& values, const ArrowBatch& batch) {
    const ArrowSchema schema = schema_of_values(values);
    const BatchParts parts{source_, schema, batch, allowance_, kWindow};
    ArrowColumn column(parts, 0, nullptr);
    for (std::uint64_t left = batch.rows; left != 0;) {
        const std::uint64_t count = std::min(left, kValuesAtOnce);
        Cells cells;
        column.mark();
        const auto fits = column.read_rows(count, cells, kMostDictionaryBytes, RowCursor::Excess::kRefused);
        if (!fits) return fail(fits.error());
        std::size_t begin = 0;
        for (const Cells::Cell& cell : cells.cells) {
            dictionary.add(std::string_view(cells.texts).substr(begin, cell.end - begin));
            begin = cell.end;
        }
        if (!*fits || held_ + dictionary.text_bytes() > kMostDictionaryBytes)
            return fail(ErrorCode::kLimit,
                        "dictionaries of more than " + std::to_string(kMostDictionaryBytes) + " bytes");
        left -= count;
    }
    if (column.has_cut()) dictionary.set_cut();
    return {};
}

Result<const Dictionary*> Dictionaries::of(std::int64_t id) const {
    const auto found = known_.find(id);
    if (found == known_.end()) return fail(ErrorCode::kInvalid, "a dictionary that has not come");
    if (!found->second) return fail(found->second.error());
    return &*found->second;
}

}  // namespace modelward::fingerprint
