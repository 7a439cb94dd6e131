// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/stream_table.h"

#include <algorithm>

#include "fingerprint/containers/held_prefix.h"
#include "fingerprint/readers/hdf5/superblock.h"
#include "fingerprint/readers/reader.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kFirstHeld = 64 * 1024;
// Of the front of a stream, to find a reader: a signature may come behind a user block (HDF5).
constexpr std::size_t kSearchedBytes = kMaxUserBlock + kHeadBytes;

// nullopt: as read_stream_table(); also a table of kUnknownFormat.
Result<std::optional<TensorTable>> read_with(const Reader& reader, PeekableStream& stream, std::uint64_t size,
                                             const Allowance& allowance, std::vector<Unseen>& unseen) {
    const std::uint64_t most = allowance.limits().held_bytes;
    for (std::uint64_t wanted = reader.starts_at_end ? most : kFirstHeld;;) {
        const auto held = stream.peek(std::min(wanted, most));
        if (!held) return fail(held.error());
        const bool is_all = held->size() < std::min(wanted, most);
        if (reader.starts_at_end && !is_all) {
            note(unseen, Unseen::kSeek);
            return std::nullopt;
        }
        const HeldPrefix prefix(*held, is_all ? held->size() : std::max<std::uint64_t>(size, held->size()),
                                allowance);
        auto table = reader.read(prefix);
        if (prefix.lacked_memory()) {
            note(unseen, Unseen::kMemory);
            if (table) return std::move(*table);
            return std::nullopt;
        }
        // By what it asked for, not by its first defect: that may be an earlier one.
        if (table && prefix.wanted() == 0) return std::move(*table);
        if (prefix.wanted() == 0) {
            note(unseen, Unseen::kCorrupt);
            return std::nullopt;
        }
        // A table that is a part of one is better the more is held of the stream.
        if ((!table && prefix.wanted() > most) || held->size() >= most) {
            note(unseen, Unseen::kHeader);
            if (table) return std::move(*table);
            return std::nullopt;
        }
        wanted = std::max(prefix.wanted(), 2 * wanted);
    }
}

}  // namespace

Result<std::optional<TensorTable>> read_stream_table(PeekableStream& stream, std::uint64_t size,
                                                     const Allowance& allowance,
                                                     std::vector<Unseen>& unseen) {
    const auto head = stream.peek(kSearchedBytes);
    if (!head) return fail(head.error());
    const auto readers = find_readers(MemorySource(*head));
    if (!readers) return fail(readers.error());
    for (const Reader* reader : *readers) {
        auto table = read_with(*reader, stream, size, allowance, unseen);
        if (!table || !*table || (*table)->format != kUnknownFormat) return table;
    }
    return std::nullopt;
}

}  // namespace modelward::fingerprint
