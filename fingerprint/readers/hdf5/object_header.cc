// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/object_header.h"

#include <deque>

namespace modelward::fingerprint {
namespace {

constexpr std::uint8_t kIsShared = 0x02;  // flag of a message
constexpr std::uint64_t kChecksum = 4;

// Flags of a header of version 2.
constexpr std::uint8_t kHasCreationOrder = 0x04;
constexpr std::uint8_t kHasAttributeLimits = 0x10;
constexpr std::uint8_t kHasTimes = 0x20;

struct Block {
    std::uint64_t position;
    std::uint64_t bytes;
};

class HeaderReader {
  public:
    HeaderReader(Hdf5File& file, std::vector<Hdf5Message>& messages) : file_(file), messages_(messages) {}

    Result<void> read(std::uint64_t position) {
        auto first = read_prefix(position);
        if (!first) return fail(first.error());
        if (auto done = read_messages(*first); !done) return fail(done.error());
        for (std::size_t i = 0; !continuations_.empty(); ++i) {
            const Block next = continuations_.front();
            continuations_.pop_front();
            if (i == kMaxContinuations)
                return fail(ErrorCode::kLimit,
                            "an object header has more than " + std::to_string(kMaxContinuations) +
                                " continuations (at byte " + std::to_string(position) + ")");
            const auto block = is_new_ ? checked_block(next) : Result<Block>(next);
            if (!block) return fail(block.error());
            if (auto done = read_messages(*block); !done) return fail(done.error());
        }
        return {};
    }

  private:
    // Gives the messages of the first block.
    Result<Block> read_prefix(std::uint64_t position) {
        Hdf5Cursor cursor(file_, position);
        const auto version = cursor.number<std::uint8_t>();
        Block block{};
        if (version == 1) {
            cursor.skip(1);
            left_ = cursor.number<std::uint16_t>();
            cursor.skip(4);  // references
            block.bytes = cursor.number<std::uint32_t>();
            cursor.skip(4);  // padding
        } else {
            is_new_ = true;
            cursor = Hdf5Cursor(file_, position);
            cursor.signature("OHDR");
            if (cursor.number<std::uint8_t>() != 2)
                cursor.refuse(ErrorCode::kUnsupported, "an object header of an unknown version");
            const auto flags = cursor.number<std::uint8_t>();
            if ((flags & kHasTimes) != 0) cursor.skip(16);
            if ((flags & kHasAttributeLimits) != 0) cursor.skip(4);
            has_creation_order_ = (flags & kHasCreationOrder) != 0;
            block.bytes = cursor.sized(std::size_t{1} << (flags & 3));
        }
        if (!cursor.ok()) return fail(cursor.error().with_context("object header"));
        block.position = cursor.position();
        return block;
    }

    // Version 2 marks continuation blocks and gives them a checksum.
    Result<Block> checked_block(const Block& block) {
        Hdf5Cursor cursor(file_, block.position);
        cursor.signature("OCHK");
        if (block.bytes < 4 + kChecksum) cursor.refuse(ErrorCode::kInvalid, "a continuation is too short");
        if (!cursor.ok()) return fail(cursor.error());
        return Block{cursor.position(), block.bytes - 4 - kChecksum};
    }

    std::uint64_t prefix_bytes() const { return is_new_ ? (has_creation_order_ ? 6 : 4) : 8; }

    // What is left of a block may be too short for a message: a gap.
    Result<void> read_messages(const Block& block) {
        Hdf5Cursor cursor(file_, block.position, block.bytes);
        while (cursor.ok() && cursor.left() >= prefix_bytes() && (is_new_ || left_ > 0)) {
            const auto type =
                is_new_ ? std::uint16_t{cursor.number<std::uint8_t>()} : cursor.number<std::uint16_t>();
            const auto bytes = cursor.number<std::uint16_t>();
            const auto flags = cursor.number<std::uint8_t>();
            cursor.skip(prefix_bytes() - (is_new_ ? 4 : 5));
            add({static_cast<Hdf5MessageType>(type), (flags & kIsShared) != 0, cursor.position(), bytes},
                cursor);
            cursor.skip(bytes);
            if (!is_new_) --left_;
        }
        if (!cursor.ok()) return fail(cursor.error().with_context("object header"));
        return {};
    }

    void add(const Hdf5Message& message, Hdf5Cursor& at) {
        if (++seen_ > kMaxMessages)
            return at.refuse(ErrorCode::kLimit, "more than " + std::to_string(kMaxMessages) + " messages");
        if (message.type != Hdf5MessageType::kContinuation) {
            messages_.push_back(message);
            return;
        }
        Hdf5Cursor cursor = message.cursor(file_);
        const std::uint64_t position = cursor.address();
        const std::uint64_t bytes = cursor.length();
        if (!cursor.ok()) return at.refuse(cursor.error().code(), cursor.error().message());
        if (position == kUndefinedPosition)
            return at.refuse(ErrorCode::kInvalid, "a continuation leads nowhere");
        continuations_.push_back({position, bytes});
    }

    Hdf5File& file_;
    bool is_new_ = false;
    bool has_creation_order_ = false;
    std::uint32_t left_ = 0;  // messages of version 1 that are still to come
    std::size_t seen_ = 0;
    std::deque<Block> continuations_;
    std::vector<Hdf5Message>& messages_;
};

}  // namespace

Result<void> read_object_header(Hdf5File& file, std::uint64_t position, std::vector<Hdf5Message>& into) {
    return HeaderReader(file, into).read(position);
}

}  // namespace modelward::fingerprint
