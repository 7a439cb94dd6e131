// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/tensor_collector.h"

#include <algorithm>
#include <utility>

namespace modelward::fingerprint {
namespace {

// Writes down what sampling reads; answers zeros.
class WantedRanges final : public ByteSource {
  public:
    std::uint64_t size() const override { return ~std::uint64_t{0}; }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override {
        std::ranges::fill(into, std::uint8_t{0});
        ranges.push_back({offset, offset + into.size()});
        return {};
    }
    mutable std::vector<ByteRange> ranges;
};

}  // namespace

// Answers the reads that were written down.
class TensorCollector::Collected final : public ByteSource {
  public:
    explicit Collected(const std::vector<Run>& runs) : runs_(runs) {}
    std::uint64_t size() const override { return ~std::uint64_t{0}; }
    Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) const override {
        for (const Run& run : runs_) {
            if (run.offset != offset || run.bytes.size() != into.size()) continue;
            std::ranges::copy(run.bytes, into.begin());
            return {};
        }
        return fail(ErrorCode::kInternal, "a sample was not collected");
    }

  private:
    const std::vector<Run>& runs_;
};

TensorCollector::TensorCollector(TensorTable table)
    : table_(std::move(table)),
      file_{.format = table_.format, .tensors = {}, .not_evidence = {}, .defect = {}} {
    file_.not_evidence.push_back({0, table_.data_start});
    for (Tensor& tensor : table_.tensors)
        if (tensor.row_scales() != nullptr) tensor.layout.reset();  // they pass by at another time
    plan();
}

// Goes on to the next tensor of which bytes are wanted.
void TensorCollector::plan() {
    for (; !done(); ++next_) {
        Tensor& tensor = table_.tensors[next_];
        if (!wants_samples(tensor)) {
            file_.tensors.push_back({std::exchange(tensor.name, {}), tensor.elements, false, {}});
            continue;
        }
        SampledFile ignored{.format = {}, .tensors = {}, .not_evidence = {}, .defect = {}};
        const WantedRanges wanted;
        if (!sketch_tensor(wanted, tensor, ignored)) continue;
        std::ranges::sort(wanted.ranges, {}, &ByteRange::begin);
        runs_.clear();
        for (const ByteRange& range : wanted.ranges)
            runs_.push_back({range.begin, std::vector<std::uint8_t>(range.end - range.begin)});
        run_ = 0;
        filled_ = 0;
        return;
    }
}

// Takes what the current run wants of the bytes. True when it is whole, or cannot become so any more.
bool TensorCollector::collect(std::uint64_t at, std::span<const std::uint8_t> bytes) {
    Run& run = runs_[run_];
    const std::uint64_t from = run.offset + filled_;
    if (from >= at + bytes.size()) return false;
    const auto part =
        bytes.subspan(from - at, std::min(at + bytes.size() - from, run.bytes.size() - filled_));
    std::ranges::copy(part, run.bytes.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += part.size();
    return filled_ == run.bytes.size();
}

void TensorCollector::push(std::span<const std::uint8_t> bytes) {
    const std::uint64_t at = position_;
    position_ += bytes.size();
    while (!done()) {
        // Tables are by offset and without overlap, so this is only a guard: what has passed is lost.
        const bool missed = runs_[run_].offset + filled_ < at;
        if (!missed) {
            if (!collect(at, bytes)) return;
            filled_ = 0;
            if (++run_ < runs_.size()) continue;
            // Cannot fail: every range that sampling wanted was collected.
            (void)sketch_tensor(Collected(runs_), table_.tensors[next_], file_);
            file_.tensors.back().name = std::exchange(table_.tensors[next_].name, {});
        }
        ++next_;
        plan();
    }
}

}  // namespace modelward::fingerprint
