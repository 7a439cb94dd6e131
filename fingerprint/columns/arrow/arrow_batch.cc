// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/arrow/arrow_batch.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kPairBytes = 16;  // of a FieldNode and of a Buffer: two numbers

// Buffers that a field has for itself.
std::uint32_t buffers_of(ArrowLayout layout) {
    switch (layout) {
        case ArrowLayout::kNull:
            return 0;
        case ArrowLayout::kStruct:
        case ArrowLayout::kFixedList:
            return 1;
        case ArrowLayout::kBits:
        case ArrowLayout::kFixed:
        case ArrowLayout::kViews:
        case ArrowLayout::kList32:
        case ArrowLayout::kList64:
            return 2;
        case ArrowLayout::kOffsets32:
        case ArrowLayout::kOffsets64:
            return 3;
    }
    return 0;
}

class BatchReading {
  public:
    BatchReading(const Flatbuffer& message, std::uint64_t table, const ArrowSchema& schema,
                 const BufferPlace& body)
        : message_(message), table_(table), schema_(schema), body_(body) {}

    Result<ArrowBatch> read() {
        batch_.rows = number_in<std::uint64_t>(message_, table_, 0, 0);
        if (batch_.rows > kMostLength) return fail(ErrorCode::kLimit, "a batch of too many rows");
        if (auto done = read_codec(); !done) return fail(done.error());
        if (auto done = read_buffers(); !done) return fail(done.error());
        if (auto done = read_fields(); !done) return fail(done.error());
        if (message_.io_error()) return fail(*message_.io_error());
        return std::move(batch_);
    }

  private:
    struct Pair {
        std::uint64_t first, second;
    };
    std::optional<Flatbuffer::Vector> vector(std::uint16_t index, std::uint64_t item_bytes) const {
        const auto at = message_.target(table_, index);
        return at ? message_.vector(*at, item_bytes) : std::nullopt;
    }
    std::optional<Pair> pair(std::uint64_t position) const {
        const auto first = message_.number<std::uint64_t>(position);
        const auto second = message_.number<std::uint64_t>(position + 8);
        if (!first || !second) return std::nullopt;
        return Pair{*first, *second};
    }

    Result<void> read_codec() {
        const auto compression = message_.target(table_, 3);
        if (!compression) return {};
        const auto codec = number_in<std::uint8_t>(message_, *compression, 0, 0);
        const auto method = number_in<std::uint8_t>(message_, *compression, 1, 0);
        if (codec > 1 || method != 0)
            return fail(ErrorCode::kUnsupported, "a batch compressed in an unknown way");
        batch_.codec = codec == 0 ? BatchCodec::kLz4Frame : BatchCodec::kZstd;
        return {};
    }

    Result<void> read_buffers() {
        const auto buffers = vector(2, kPairBytes);
        if (!buffers) return {};
        if (buffers->count > kMostBuffers) return fail(ErrorCode::kLimit, "a batch of too many buffers");
        const std::uint64_t room = body_.end - body_.begin;
        for (std::uint64_t i = 0; i < buffers->count; ++i) {
            const auto buffer = pair(buffers->start + i * kPairBytes);
            if (!buffer) return fail(ErrorCode::kInvalid, "a buffer that is not in its message");
            if (buffer->first > room || buffer->second > room - buffer->first)
                return fail(ErrorCode::kInvalid, "a buffer that is not inside its batch");
            const std::uint64_t begin = body_.begin + buffer->first;
            batch_.buffers.push_back({begin, begin + buffer->second});
        }
        return {};
    }

    Result<void> read_fields() {
        const auto nodes = vector(1, kPairBytes);
        const std::uint64_t count = nodes ? nodes->count : 0;
        if (count != schema_.fields.size())
            return fail(ErrorCode::kInvalid, "a batch with not as many fields as the schema");
        const auto views = vector(4, 8);
        std::uint64_t buffer = 0, view = 0;
        for (std::uint64_t i = 0; i < count; ++i) {
            const ArrowField& field = schema_.fields[i];
            const auto node = pair(nodes->start + i * kPairBytes);
            if (!node) return fail(ErrorCode::kInvalid, "a field that is not in its message");
            if (node->first > kMostLength) return fail(ErrorCode::kLimit, "a field of too many values");
            BatchField of_batch{.length = node->first,
                                .has_nulls = node->second != 0,
                                .first_buffer = static_cast<std::uint32_t>(buffer)};
            buffer += buffers_of(field.layout);
            if (field.layout == ArrowLayout::kViews && !field.dictionary) {
                const auto more = views && view < views->count
                                      ? message_.number<std::uint64_t>(views->start + 8 * view++)
                                      : std::nullopt;
                if (!more || *more > kMostBuffers)
                    return fail(ErrorCode::kInvalid, "views without a number of buffers");
                of_batch.view_buffers = static_cast<std::uint32_t>(*more);
                buffer += *more;
            }
            if (buffer > batch_.buffers.size())
                return fail(ErrorCode::kInvalid, "a batch with fewer buffers than its fields have");
            if (auto done = check_length(field, i, of_batch.length); !done) return done;
            batch_.fields.push_back(of_batch);
        }
        return {};
    }

    // Of a field that is outermost, or as long as the one around it. What lists need is seen in them.
    Result<void> check_length(const ArrowField& field, std::uint64_t place, std::uint64_t length) const {
        const ArrowField& parent = schema_.fields[field.parent];
        std::uint64_t least = batch_.rows;
        if (field.parent != place) {
            if (parent.layout == ArrowLayout::kList32 || parent.layout == ArrowLayout::kList64) return {};
            least = batch_.fields[field.parent].length;
            if (parent.layout == ArrowLayout::kFixedList) {
                if (parent.width != 0 && least > kMostLength / parent.width)
                    return fail(ErrorCode::kLimit, "lists of too many values");
                least *= parent.width;
            }
        }
        if (length < least) return fail(ErrorCode::kInvalid, "a field that is shorter than its batch");
        return {};
    }

    const Flatbuffer& message_;
    std::uint64_t table_;
    const ArrowSchema& schema_;
    BufferPlace body_;
    ArrowBatch batch_;
};

}  // namespace

Result<ArrowBatch> read_arrow_batch(const Flatbuffer& message, std::uint64_t table, const ArrowSchema& schema,
                                    const BufferPlace& body) {
    return BatchReading(message, table, schema, body).read();
}

}  // namespace modelward::fingerprint
