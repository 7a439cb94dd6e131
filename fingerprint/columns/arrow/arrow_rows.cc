// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/arrow/arrow_rows.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "fingerprint/columns/arrow/arrow_column.h"
#include "fingerprint/columns/arrow/arrow_file.h"
#include "fingerprint/columns/arrow/dictionaries.h"
#include "fingerprint/columns/limited_source.h"
#include "fingerprint/columns/row_bands.h"

namespace modelward::fingerprint {
namespace {

constexpr std::string_view kFeather1 = "FEA1";  // at both ends
constexpr std::size_t kMostWindow = std::size_t{32} << 10;
constexpr std::size_t kLeastWindow = 256;
constexpr std::size_t kWindowsBytes = std::size_t{8} << 20;  // of all columns
constexpr std::size_t kBuffersOfStep = 3;

std::size_t window_of(const ArrowSchema& schema) {
    return std::clamp(kWindowsBytes / (kBuffersOfStep * (schema.steps + 1)), kLeastWindow, kMostWindow);
}

class ArrowReading {
  public:
    ArrowReading(const LimitedSource& source, Allowance& allowance, RecordWords& words,
                 std::vector<Unseen>& unseen)
        : source_(source), allowance_(allowance), words_(words), unseen_(unseen) {}

    // Each returns an error for kIo, and where a limit of the whole ends the look.
    Result<void> read_file() {
        const auto done = read_arrow_footer(
            source_, {.schema = [this](const Flatbuffer& footer,
                                       std::uint64_t table) { return take_schema(footer, table); },
                      .message = [this](const MessagePlace& place) { return take_message(place); },
                      .misplaced = [this](const Error& error) { note(unseen_, unseen_by(error.code())); }});
        if (done) return done;
        if (done.error().code() != ErrorCode::kIo) note_of_whole(done.error());
        if (has_ended() || done.error().code() == ErrorCode::kIo) return done;
        return schema_ ? Result<void>() : read_messages(kArrowMagicBytes);
    }

    // Streams may follow each other.
    Result<void> read_stream() {
        for (std::uint64_t position = 0; position < source_.size();) {
            schema_.reset();
            if (auto done = read_messages(position); !done) return done;
            position = end_;
            const auto is_next = is_schema_at(source_, position);
            if (!is_next) return fail(is_next.error());
            if (!*is_next) break;
        }
        return {};
    }

    bool has_ended() const { return allowance_.ended() || source_.is_used_up(); }

  private:
    Result<void> read_messages(std::uint64_t position) {
        while (true) {
            const auto place = find_message(source_, position);
            end_ = source_.size();
            if (!place) return take_error(place.error());
            if (!*place) break;
            const auto metadata = ArrowMetadata::load(source_, (*place)->metadata);
            if (!metadata) return take_error(metadata.error());
            const ArrowMessage message(*metadata);
            const std::uint64_t body = message.body_bytes();
            const std::uint64_t begin = (*place)->metadata.end;
            if (const auto& error = message.tables().io_error()) return fail(*error);
            if (body > source_.size() - begin)
                return take_error(Error(ErrorCode::kInvalid, "the file ends before a batch does"));
            if (auto done = take_message(message, {begin, begin + body}); !done) return done;
            if (!schema_) return {};
            position = begin + body;
        }
        end_ = std::min(source_.size(), position + 8);
        return {};
    }

    Result<void> take_message(const MessagePlace& place) {
        const auto metadata = ArrowMetadata::load(source_, place.metadata);
        if (!metadata) return take_error(metadata.error());
        return take_message(ArrowMessage(*metadata), *place.body);
    }

    // What is wrong with one message need not be with another.
    Result<void> take_message(const ArrowMessage& message, const BufferPlace& body) {
        const MessageKind kind = message.kind();
        const auto header = message.header();
        if (const auto& error = message.tables().io_error()) return fail(*error);
        if (!header) return take_error(Error(ErrorCode::kInvalid, "a message of nothing"));
        if (kind == MessageKind::kSchema) {
            const auto done = take_schema(message.tables(), *header);
            if (!done) note_of_whole(done.error());
            return done || !has_ended() ? Result<void>() : done;
        }
        if (!schema_) return take_error(Error(ErrorCode::kInvalid, "a batch before its schema"));
        Result<void> done = fail(ErrorCode::kUnsupported, "a message that is not read");
        if (message.is_of_experiment())
            done = fail(ErrorCode::kUnsupported, "buffers compressed as in an experiment");
        else if (kind == MessageKind::kDictionary)
            done = dictionaries_->take(message.tables(), *header, body);
        else if (kind == MessageKind::kBatch)
            done = read_batch(message.tables(), *header, body);
        return done ? done : take_error(done.error());
    }

    Result<void> take_schema(const Flatbuffer& message, std::uint64_t table) {
        dictionaries_.reset();
        schema_.reset();
        auto schema = read_arrow_schema(message, table);
        if (const auto& error = message.io_error()) return fail(*error);
        if (!schema) return fail(schema.error());
        schema_ = std::move(*schema);
        dictionaries_.emplace(source_, *schema_, allowance_);
        return {};
    }

    Result<void> read_batch(const Flatbuffer& message, std::uint64_t table, const BufferPlace& body) {
        const auto batch = read_arrow_batch(message, table, *schema_, body);
        if (!batch) return fail(batch.error());
        const std::size_t count = schema_->rows.columns.size();
        if (count == 0 || batch->rows == 0) return {};
        const BatchParts parts{source_, *schema_, *batch, allowance_, window_of(*schema_)};
        std::vector<ArrowColumn> columns;
        columns.reserve(count);
        std::vector<RowCursor*> of_bands;
        for (std::size_t column = 0; column < count; ++column) {
            const auto& id = schema_->fields[schema_->of_columns[column]].dictionary;
            const auto dictionary = id ? dictionaries_->of(*id) : Result<const Dictionary*>(nullptr);
            if (!dictionary) return fail(dictionary.error());
            of_bands.push_back(&columns.emplace_back(parts, column, *dictionary));
        }
        RowBands bands(schema_->rows, std::move(of_bands), allowance_);
        auto read = bands.read(batch->rows, words_);
        words_.end_record();
        if (bands.has_cut()) note(unseen_, Unseen::kMemory);
        return read;
    }

    // Of a message; the look goes on behind it, unless it has ended.
    Result<void> take_error(const Error& error) {
        if (error.code() == ErrorCode::kIo) return fail(error);
        const bool is_limit = error.code() == ErrorCode::kLimit;
        note(unseen_, is_limit ? allowance_.ended().value_or(Unseen::kMemory) : unseen_by(error.code()));
        return has_ended() ? fail(error) : Result<void>();
    }

    void note_of_whole(const Error& error) {
        if (error.code() == ErrorCode::kIo) return;
        if (has_ended()) return note(unseen_, allowance_.ended().value_or(Unseen::kMemory));
        note(unseen_, error.code() == ErrorCode::kLimit ? Unseen::kEntries : unseen_by(error.code()));
    }

    const LimitedSource& source_;
    Allowance& allowance_;
    RecordWords& words_;
    std::vector<Unseen>& unseen_;
    std::optional<ArrowSchema> schema_;
    std::optional<Dictionaries> dictionaries_;
    std::uint64_t end_ = 0;  // of the messages that were read
};

Result<bool> is_feather1(const ByteSource& source) {
    std::array<std::uint8_t, kFeather1.size()> front{}, end{};
    if (source.size() < front.size() + end.size()) return false;
    if (auto read = source.read(0, front); !read) return fail(read.error());
    if (!std::ranges::equal(front, kFeather1)) return false;
    if (auto read = source.read(source.size() - end.size(), end); !read) return fail(read.error());
    return std::ranges::equal(end, kFeather1);
}

Result<bool> is_arrow_file(const ByteSource& source) {
    std::array<std::uint8_t, kArrowMagicBytes> front{};
    if (source.size() < front.size()) return false;
    if (auto read = source.read(0, front); !read) return fail(read.error());
    if (begins_as_arrow_file(front) && front[6] == 0 && front[7] == 0) return true;
    return ends_as_arrow_file(source);
}

}  // namespace

bool begins_as_arrow(std::span<const std::uint8_t> head) {
    const bool is_feather = head.size() >= 8 && std::ranges::equal(head.first(4), kFeather1) && head[4] == 0;
    return begins_as_arrow_file(head) || is_feather || begins_as_message(head);
}

Result<bool> is_arrow(const ByteSource& source) {
    for (const auto& is : {is_feather1, is_arrow_file}) {
        auto found = is(source);
        if (!found || *found) return found;
    }
    return is_schema_at(source, 0);
}

Result<void> visit_arrow_rows(const ByteSource& source, Allowance& allowance, const RecordVisitor& visit,
                              std::vector<Unseen>& unseen) {
    const auto is_old = is_feather1(source);
    if (!is_old) return fail(is_old.error());
    if (*is_old) {
        note(unseen, Unseen::kUnsupported);
        return {};
    }
    const auto is_file = is_arrow_file(source);
    if (!is_file) return fail(is_file.error());
    const LimitedSource limited(source);
    RecordWords words(visit);
    ArrowReading reading(limited, allowance, words, unseen);
    auto done = *is_file ? reading.read_file() : reading.read_stream();
    if (done || reading.has_ended()) return {};
    return done;
}

}  // namespace modelward::fingerprint
