// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/chunk_arrays.h"

#include <algorithm>

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kMostPageBits = 40;
constexpr std::uint64_t kPrefix = 4 + 1 + 1;  // of a data block, before the header's address

class FixedArray final : public ChunkArray {
  public:
    explicit FixedArray(Hdf5File& file) : file_(file) {}

    Result<void> read(std::uint64_t header) {
        Hdf5Cursor cursor(file_, header);
        cursor.signature("FAHD");
        cursor.skip(1);
        read_kind(cursor);
        const auto page_bits = cursor.number<std::uint8_t>();
        elements_ = cursor.length();
        data_ = cursor.address();
        if (page_bits > kMostPageBits) cursor.refuse(ErrorCode::kInvalid, "pages of an array are too long");
        if (elements_ > std::uint64_t{1} << kMostPageBits)
            cursor.refuse(ErrorCode::kLimit, "an array is too long");
        if (!cursor.ok()) return fail(cursor.error().with_context("fixed array"));
        page_elements_ = std::uint64_t{1} << page_bits;
        if (data_ == kUndefinedPosition) return {};
        Hdf5Cursor block(file_, data_);
        block.signature("FADB");
        if (!block.ok()) return fail(block.error().with_context("fixed array"));
        return {};
    }

    Result<Run> run_at(std::uint64_t place) override {
        if (place >= elements_) return Run{};
        if (data_ == kUndefinedPosition) return Run{0, elements_};
        const std::uint64_t start = data_ + kPrefix + file_.address_bytes();
        if (elements_ <= page_elements_) return Run{0, elements_, start};
        const std::uint64_t page = place / page_elements_;
        Run run{page * page_elements_, std::min(page_elements_, elements_ - page * page_elements_)};
        const auto is_written = is_page_written(file_, start, page);
        if (!is_written) return fail(is_written.error());
        const std::uint64_t bitmap = ((elements_ - 1) / page_elements_) / 8 + 1;
        if (*is_written)
            run.position =
                start + bitmap + kArrayChecksum + page * (page_elements_ * element_bytes() + kArrayChecksum);
        return run;
    }

  private:
    Hdf5File& file_;
    std::uint64_t elements_ = 0;
    std::uint64_t page_elements_ = 1;
    std::uint64_t data_ = kUndefinedPosition;
};

}  // namespace

Result<std::unique_ptr<ChunkArray>> read_fixed_array(Hdf5File& file, std::uint64_t header) {
    auto array = std::make_unique<FixedArray>(file);
    if (auto done = array->read(header); !done) return fail(done.error());
    return array;
}

}  // namespace modelward::fingerprint
