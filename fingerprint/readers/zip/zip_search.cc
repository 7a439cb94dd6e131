// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/zip/zip_search.h"

#include <algorithm>
#include <array>
#include <vector>

#include "fingerprint/readers/zip/zip_directory.h"

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 18;
constexpr std::size_t kDescriptor = 16;  // signature, checksum and the lower half of the first size
constexpr std::array<std::uint8_t, 4> kSignature = {'P', 'K', 7, 8};

}  // namespace

Result<std::uint64_t> ZipSearch::end_of_data(std::uint64_t data) {
    std::vector<std::uint8_t> block(kBlock);
    for (std::uint64_t start = data; start + kDescriptor <= source_.size() && budget_ > 0;) {
        const auto bytes = std::span(block).first(
            std::min<std::uint64_t>({block.size(), source_.size() - start, budget_ + kDescriptor}));
        if (auto read = source_.read(start, bytes); !read) return fail(read.error());
        for (auto at = bytes.begin();; ++at) {
            at = std::search(at, bytes.end(), kSignature.begin(), kSignature.end());
            if (bytes.end() - at < static_cast<std::ptrdiff_t>(kDescriptor)) break;
            const std::uint64_t end = start + static_cast<std::uint64_t>(at - bytes.begin());
            if (load_le<std::uint32_t>(&at[8]) == static_cast<std::uint32_t>(end - data)) return end;
        }
        const std::uint64_t looked_at = bytes.size() - std::min(bytes.size(), kDescriptor - 1);
        start += looked_at;
        budget_ -= std::min(budget_, looked_at);
    }
    return source_.size();
}

Result<std::optional<std::uint64_t>> ZipSearch::next_record(std::uint64_t end, bool has_descriptor) const {
    // Without descriptor; with one of 32 or 64-bit sizes, with or without signature.
    static constexpr std::array<std::uint64_t, 5> kLengths = {0, 16, 24, 12, 20};
    for (const std::uint64_t length : kLengths) {
        if (length != 0 && !has_descriptor) break;
        if (end > source_.size() || length > source_.size() - end) continue;
        const auto signature = zip_signature_at(source_, end + length);
        if (!signature) return fail(signature.error());
        if (*signature == kZipLocalHeader) return end + length;
    }
    return std::nullopt;
}

}  // namespace modelward::fingerprint
