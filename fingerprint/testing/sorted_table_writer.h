// SPDX-License-Identifier: Apache-2.0
// Writes LevelDB's tables, block by block.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fingerprint/testing/protobuf_writer.h"

namespace modelward::fingerprint::testing {

class SortedTableWriter {
  public:
    using Entries = std::vector<std::pair<std::string, Bytes>>;

    // A block of entries, of which each shares as much of its key with the one before as it can. `kind` is
    // how it says that it is compressed.
    SortedTableWriter& block(const Entries& entries, std::uint8_t kind = 0) {
        const auto [begin, bytes] = append_block(entries, kind);
        index_.emplace_back(entries.empty() ? "" : entries.back().first, handle(begin, bytes));
        return *this;
    }
    // A block that the index names and that lies where the caller says.
    SortedTableWriter& block_at(std::uint64_t begin, std::uint64_t bytes) {
        index_.emplace_back("", handle(begin, bytes));
        return *this;
    }
    Bytes finish() {
        const auto [begin, bytes] = append_block(index_, 0);
        Bytes footer = handle(0, 0);
        append(footer, handle(begin, bytes));
        footer.resize(40);
        append(bytes_, footer);
        append(bytes_, Bytes{0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB});
        return bytes_;
    }

    static Bytes handle(std::uint64_t begin, std::uint64_t bytes) {
        return ProtobufWriter().varint(begin).varint(bytes).bytes();
    }

  private:
    std::pair<std::uint64_t, std::uint64_t> append_block(const Entries& entries, std::uint8_t kind) {
        const std::uint64_t begin = bytes_.size();
        std::string before;
        for (const auto& [key, value] : entries) {
            const auto shared =
                static_cast<std::size_t>(std::ranges::mismatch(before, key).in1 - before.begin());
            append(bytes_,
                   ProtobufWriter().varint(shared).varint(key.size() - shared).varint(value.size()).bytes());
            append(bytes_, Bytes(key.begin() + static_cast<std::ptrdiff_t>(shared), key.end()));
            append(bytes_, value);
            before = key;
        }
        append(bytes_, Bytes{0, 0, 0, 0, 1, 0, 0, 0});  // one place, where the first key is whole
        const std::uint64_t bytes = bytes_.size() - begin;
        append(bytes_, Bytes{kind, 0, 0, 0, 0});
        return {begin, bytes};
    }

    Bytes bytes_;
    Entries index_;
};

}  // namespace modelward::fingerprint::testing
