// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/arrow/arrow_messages.h"

#include <array>

namespace modelward::fingerprint {
namespace {

constexpr std::uint32_t kContinuation = 0xFFFFFFFF;
constexpr std::uint64_t kLastVersion = 4;  // called V5

struct Prefix {
    std::uint32_t length;  // of the message
    std::uint64_t bytes;   // of the prefix
};

// Before version 0.15 of the libraries, the length stood alone.
Prefix read_prefix(std::span<const std::uint8_t, 8> bytes) {
    const auto first = load_le<std::uint32_t>(bytes.data());
    if (first != kContinuation) return {first, 4};
    return {load_le<std::uint32_t>(bytes.data() + 4), 8};
}

bool is_schema(const ArrowMessage& message) {
    const auto root = message.tables().follow(0);
    return root && message.kind() == MessageKind::kSchema && message.header() &&
           number_in<std::uint16_t>(message.tables(), *root, 0, 0) <= kLastVersion &&
           message.tables().target(*message.header(), 1);
}

}  // namespace

Result<std::optional<MessagePlace>> find_message(const ByteSource& source, std::uint64_t position) {
    const std::uint64_t size = source.size();
    if (position == size) return std::nullopt;  // streams may end so
    std::array<std::uint8_t, 8> bytes{};
    if (position > size || size - position < 4)
        return fail(ErrorCode::kInvalid, "the file ends before a message does");
    const auto there = std::span(bytes).first(std::min<std::uint64_t>(bytes.size(), size - position));
    if (auto read = source.read(position, there); !read) return fail(read.error());
    const Prefix prefix = read_prefix(bytes);
    if (prefix.bytes > there.size()) return fail(ErrorCode::kInvalid, "the file ends before a message does");
    if (prefix.length == 0) return std::nullopt;
    if (prefix.length > kMostMessageBytes)
        return fail(ErrorCode::kInvalid, "at byte " + std::to_string(position) + ": a message of " +
                                             std::to_string(prefix.length) + " bytes");
    if (size - position < prefix.bytes + prefix.length)
        return fail(ErrorCode::kInvalid, "the file ends before a message does");
    const std::uint64_t begin = position + prefix.bytes;
    return MessagePlace{.metadata = {begin, begin + prefix.length}, .body = {}};
}

Result<ArrowMetadata> ArrowMetadata::load(const ByteSource& source, const BufferPlace& place) {
    ArrowMetadata metadata(RangeSource(source, place.begin, place.end - place.begin));
    if (metadata.size() > kMostHeldMetadata) return metadata;
    std::vector<std::uint8_t> held(metadata.size());
    if (auto read = metadata.part_.read(0, held); !read) return fail(read.error());
    metadata.held_ = std::move(held);
    return metadata;
}

Result<void> ArrowMetadata::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
    return held_.empty() ? part_.read(offset, into) : MemorySource(held_).read(offset, into);
}

MessageKind ArrowMessage::kind() const {
    const auto table = root();
    return table ? static_cast<MessageKind>(number_in<std::uint8_t>(tables_, *table, 1, 0))
                 : MessageKind::kNone;
}

std::optional<std::uint64_t> ArrowMessage::header() const {
    const auto table = root();
    return table ? tables_.target(*table, 2) : std::nullopt;
}

std::uint64_t ArrowMessage::body_bytes() const {
    const auto table = root();
    return table ? number_in<std::uint64_t>(tables_, *table, 3, 0) : 0;
}

bool ArrowMessage::is_of_experiment() const {
    const auto table = root();
    return table && has_key(tables_, *table, 4, "ARROW:experimental_compression");
}

bool begins_as_message(std::span<const std::uint8_t> head) {
    if (head.size() < 16) return false;
    const Prefix prefix = read_prefix(head.first<8>());
    if (prefix.length < 16 || prefix.length > kMostMessageBytes || prefix.length % 4 != 0) return false;
    const auto root = load_le<std::uint32_t>(head.data() + prefix.bytes);
    if (root < 4 || root > prefix.length - 4) return false;
    const MemorySource there(
        head.subspan(prefix.bytes, std::min<std::uint64_t>(prefix.length, head.size() - prefix.bytes)));
    return is_schema(ArrowMessage(there));
}

Result<bool> is_schema_at(const ByteSource& source, std::uint64_t position) {
    const auto place = find_message(source, position);
    if (!place) {
        if (place.error().code() == ErrorCode::kIo) return fail(place.error());
        return false;
    }
    if (!*place) return false;
    const BufferPlace& metadata = (*place)->metadata;
    const RangeSource part(source, metadata.begin, metadata.end - metadata.begin);
    const ArrowMessage message(part);
    const bool is = is_schema(message);
    if (const auto& error = message.tables().io_error()) return fail(*error);
    return is;
}

}  // namespace modelward::fingerprint
