// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/arrow/arrow_file.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace modelward::fingerprint {
namespace {

constexpr std::string_view kMagic = "ARROW1";
constexpr std::uint64_t kEndBytes = 4 + kMagic.size();  // the length of the footer, the magic number
constexpr std::uint64_t kBlockBytes = 24;               // where a message is: its offset, and two lengths

// Where the footer is; nothing: the file does not end as it should.
Result<std::optional<BufferPlace>> find_footer(const ByteSource& source) {
    std::array<std::uint8_t, kEndBytes> end{};
    if (source.size() < kEndBytes) return std::nullopt;
    const std::uint64_t at = source.size() - kEndBytes;
    if (auto read = source.read(at, end); !read) return fail(read.error());
    if (!std::ranges::equal(std::span(end).subspan(4), kMagic)) return std::nullopt;
    const std::uint64_t length = load_le<std::uint32_t>(end.data());
    if (length == 0 || length > at) return std::nullopt;
    return BufferPlace{at - length, at};
}

class FooterReading {
  public:
    FooterReading(const ByteSource& source, const Flatbuffer& footer, const ArrowFileVisitor& visitor)
        : source_(source), footer_(footer), visitor_(visitor) {}

    Result<void> read() {
        const auto root = footer_.follow(0);
        const auto schema = root ? footer_.target(*root, 1) : std::nullopt;
        const auto dictionaries = root ? blocks(*root, 2) : std::nullopt;
        const auto batches = root ? blocks(*root, 3) : std::nullopt;
        if (const auto& error = footer_.io_error()) return fail(*error);
        if (!schema || !dictionaries || !batches)
            return fail(ErrorCode::kInvalid, "the file's footer is broken");
        if (auto done = visitor_.schema(footer_, *schema); !done) return done;
        if (auto done = read_blocks(*dictionaries); !done) return done;
        return read_blocks(*batches);
    }

  private:
    std::optional<Flatbuffer::Vector> blocks(std::uint64_t table, std::uint16_t index) const {
        const auto at = footer_.target(table, index);
        return at ? footer_.vector(*at, kBlockBytes) : Flatbuffer::Vector{0, 0};
    }

    Result<void> read_blocks(const Flatbuffer::Vector& blocks) {
        for (std::uint64_t i = 0; i < blocks.count; ++i) {
            const auto place = read_block(blocks.start + i * kBlockBytes);
            if (const auto& error = footer_.io_error()) return fail(*error);
            if (!place && place.error().code() == ErrorCode::kInvalid) {
                visitor_.misplaced(place.error());
                continue;
            }
            if (!place) return fail(place.error());
            if (auto done = visitor_.message(*place); !done) return done;
        }
        return {};
    }

    Result<MessagePlace> read_block(std::uint64_t position) {
        const auto offset = footer_.number<std::uint64_t>(position);
        const auto before_body = footer_.number<std::uint32_t>(position + 8);
        const auto body = footer_.number<std::uint64_t>(position + 16);
        if (!offset || !before_body || !body || *offset > source_.size() ||
            *before_body > source_.size() - *offset || *body > source_.size() - *offset - *before_body)
            return fail(ErrorCode::kInvalid, "a batch that is not inside the file");
        auto place = find_message(source_, *offset);
        if (!place) return fail(place.error());
        if (!*place) return fail(ErrorCode::kInvalid, "a batch that has no message");
        const std::uint64_t begin = *offset + *before_body;
        (*place)->body = BufferPlace{begin, begin + *body};
        return **place;
    }

    const ByteSource& source_;
    const Flatbuffer& footer_;
    const ArrowFileVisitor& visitor_;
};

}  // namespace

bool begins_as_arrow_file(std::span<const std::uint8_t> head) {
    return head.size() >= kArrowMagicBytes && std::ranges::equal(head.first(kMagic.size()), kMagic);
}

Result<bool> ends_as_arrow_file(const ByteSource& source) {
    const auto footer = find_footer(source);
    if (!footer) return fail(footer.error());
    return footer->has_value();
}

Result<void> read_arrow_footer(const ByteSource& source, const ArrowFileVisitor& visitor) {
    const auto place = find_footer(source);
    if (!place) return fail(place.error());
    if (!*place) return fail(ErrorCode::kInvalid, "the file does not end as Arrow does");
    const auto metadata = ArrowMetadata::load(source, **place);
    if (!metadata) return fail(metadata.error());
    const Flatbuffer footer(*metadata);
    return FooterReading(source, footer, visitor).read();
}

}  // namespace modelward::fingerprint
