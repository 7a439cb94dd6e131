// SPDX-License-Identifier: Apache-2.0
// Any bytes as an archive, a compressed stream or an encoding: the look ends within its limits.
#include <cstdlib>

#include "fingerprint/containers/unwrap.h"

namespace {

using namespace modelward::fingerprint;

constexpr std::uint64_t kMost = 8 << 20;

class Count final : public ContentVisitor {
  public:
    void chunk(std::uint64_t /*offset*/, const Chunk& chunk) override { bytes += chunk.length; }
    void record(std::string_view canonical) override { bytes_of_records += canonical.size(); }
    void landmarks(const Landmarks& /*found*/) override {}
    void end_of_content(const std::vector<ByteRange>& not_evidence) override {
        for (const ByteRange& range : not_evidence)
            if (range.begin > range.end) std::abort();
    }
    std::uint64_t bytes = 0;
    std::uint64_t bytes_of_records = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemorySource file({data, size});
    WrappingLimits limits;
    limits.entries = 200;
    limits.decoded_bytes = kMost;
    Count count;
    const auto full = unwrap(file, limits, &count);
    if (!full || count.bytes > kMost + size || count.bytes_of_records > 2 * (kMost + size)) std::abort();
    if (!full->outermost && (!full->tensors.empty() || !full->unseen.empty())) std::abort();
    const auto sampled = unwrap(file, limits, nullptr);
    if (!sampled || sampled->outermost != full->outermost) std::abort();
    return 0;
}
