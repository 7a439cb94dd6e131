// SPDX-License-Identifier: Apache-2.0
// The first elements are in the index block, which also says where the data blocks of the first super blocks
// are, and where the others' own lists of data blocks. A super block has as many data blocks as the one
// before or twice as many, and by turns its data blocks are as long or twice as long.
#include <bit>

#include "fingerprint/readers/hdf5/chunk_arrays.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kMostBits = 40;
constexpr std::uint64_t kPrefix = 4 + 1 + 1;  // of any block, before the header's address

class ExtensibleArray final : public ChunkArray {
  public:
    explicit ExtensibleArray(Hdf5File& file) : file_(file) {}

    Result<void> read(std::uint64_t header) {
        Hdf5Cursor cursor(file_, header);
        cursor.signature("EAHD");
        cursor.skip(1);
        read_kind(cursor);
        const auto bits = cursor.number<std::uint8_t>();
        in_index_ = cursor.number<std::uint8_t>();
        const auto least = cursor.number<std::uint8_t>();
        const auto pointers = cursor.number<std::uint8_t>();
        const auto page_bits = cursor.number<std::uint8_t>();
        for (int i = 0; i < 6; ++i)
            cursor.length();  // statistics
        index_ = cursor.address();
        if (bits > kMostBits || page_bits > kMostBits || !std::has_single_bit(least) ||
            !std::has_single_bit(pointers) || std::bit_width(least) - 1 > bits)
            cursor.refuse(ErrorCode::kInvalid, "an array cannot be laid out so");
        if (!cursor.ok()) return fail(cursor.error().with_context("extensible array"));
        least_ = least;
        offset_bytes_ = (bits + 7U) / 8;
        page_elements_ = std::uint64_t{1} << page_bits;
        super_blocks_ = 1U + bits - static_cast<unsigned>(std::bit_width(least) - 1);
        direct_super_blocks_ = 2U * static_cast<unsigned>(std::bit_width(pointers) - 1);
        direct_blocks_ = 2U * (pointers - 1U);
        if (index_ == kUndefinedPosition) return {};
        Hdf5Cursor block(file_, index_);
        block.signature("EAIB");
        if (!block.ok()) return fail(block.error().with_context("extensible array"));
        return {};
    }

    Result<Run> run_at(std::uint64_t place) override {
        if (index_ == kUndefinedPosition) return Run{place, 1};
        const std::uint64_t in_index = index_ + kPrefix + file_.address_bytes();
        if (place < in_index_) return Run{0, in_index_, in_index};
        const std::uint64_t pointers = in_index + std::uint64_t{in_index_} * element_bytes();
        std::uint64_t first = in_index_;  // element of the super block
        std::uint64_t blocks_before = 0;
        for (unsigned i = 0; i < super_blocks_; ++i) {
            const SuperBlock super{i, std::uint64_t{1} << i / 2, least_ << (i + 1) / 2};
            const std::uint64_t elements = super.blocks * super.block_elements;
            if (place - first < elements) return run_in(super, pointers, blocks_before, place, first);
            first += elements;
            blocks_before += super.blocks;
        }
        return Run{};
    }

  private:
    struct SuperBlock {
        unsigned number;
        std::uint64_t blocks;
        std::uint64_t block_elements;
    };

    bool has_pages(const SuperBlock& super) const { return super.block_elements > page_elements_; }

    Result<std::uint64_t> address_at(std::uint64_t list, std::uint64_t number) {
        Hdf5Cursor cursor(file_, list + number * file_.address_bytes());
        const std::uint64_t address = cursor.address();
        if (!cursor.ok()) return fail(cursor.error().with_context("extensible array"));
        return address;
    }

    Result<Run> run_in(const SuperBlock& super, std::uint64_t pointers, std::uint64_t blocks_before,
                       std::uint64_t place, std::uint64_t first) {
        const std::uint64_t block = (place - first) / super.block_elements;
        const std::uint64_t block_first = first + block * super.block_elements;
        const Run nothing{block_first, super.block_elements};
        std::uint64_t bitmap = 0;
        std::uint64_t list = pointers;
        std::uint64_t number = blocks_before + block;
        if (super.number >= direct_super_blocks_) {
            const auto at = address_at(pointers + std::uint64_t{direct_blocks_} * file_.address_bytes(),
                                       super.number - direct_super_blocks_);
            if (!at) return fail(at.error());
            if (*at == kUndefinedPosition) return nothing;
            Hdf5Cursor cursor(file_, *at);
            cursor.signature("EASB");
            if (!cursor.ok()) return fail(cursor.error().with_context("extensible array"));
            bitmap = *at + kPrefix + file_.address_bytes() + offset_bytes_;
            list = bitmap;
            if (has_pages(super)) list += super.blocks * ((super.block_elements / page_elements_ + 7) / 8);
            number = block;
        }
        const auto at = address_at(list, number);
        if (!at) return fail(at.error());
        if (*at == kUndefinedPosition) return nothing;
        const std::uint64_t data = *at + kPrefix + file_.address_bytes() + offset_bytes_;
        if (!has_pages(super)) return Run{block_first, super.block_elements, data};
        if (bitmap == 0) return fail(ErrorCode::kInvalid, "an array has pages where it cannot have any");
        const std::uint64_t page = (place - block_first) / page_elements_;
        Run run{block_first + page * page_elements_, page_elements_};
        const auto is_written =
            is_page_written(file_, bitmap, block * (super.block_elements / page_elements_) + page);
        if (!is_written) return fail(is_written.error());
        if (*is_written)
            run.position = data + kArrayChecksum + page * (page_elements_ * element_bytes() + kArrayChecksum);
        return run;
    }

    Hdf5File& file_;
    std::uint64_t index_ = kUndefinedPosition;
    std::uint8_t in_index_ = 0;  // elements
    std::uint64_t least_ = 1;    // elements of a data block
    std::uint64_t page_elements_ = 1;
    unsigned offset_bytes_ = 0;
    unsigned super_blocks_ = 0;
    unsigned direct_super_blocks_ = 0;  // whose data blocks the index block points to
    unsigned direct_blocks_ = 0;
};

}  // namespace

Result<std::unique_ptr<ChunkArray>> read_extensible_array(Hdf5File& file, std::uint64_t header) {
    auto array = std::make_unique<ExtensibleArray>(file);
    if (auto done = array->read(header); !done) return fail(done.error());
    return array;
}

}  // namespace modelward::fingerprint
