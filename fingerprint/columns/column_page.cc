// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/column_page.h"

#include <algorithm>
#include <bit>

#include "fingerprint/columns/bit_runs.h"
#include "fingerprint/columns/page_codec.h"
#include "fingerprint/range_source.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kMostLevelBytes = 1 << 20;
constexpr std::size_t kBodyBuffer = 4096;
constexpr std::size_t kStateBytes = 16 * 1024;  // buffers and objects, about

}  // namespace

// The bytes of one kind of levels.
class ColumnPage::Levels {
  public:
    Levels(std::vector<std::uint8_t> bytes, unsigned most)
        : bytes_(std::move(bytes)), width_(static_cast<unsigned>(std::bit_width(most))) {}
    std::uint32_t next() { return runs_.next(); }
    bool ok() const { return reader_.ok(); }
    const Error& error() const { return reader_.error(); }
    std::size_t bytes() const { return bytes_.capacity(); }

  private:
    static constexpr std::size_t kBuffer = 256;
    std::vector<std::uint8_t> bytes_;
    unsigned width_;
    MemorySource source_{bytes_};
    SourceStream stream_{source_};
    ByteReader reader_{stream_, 0, kBuffer};
    BitRuns runs_{reader_, width_};
};

// The file from the page up to the end of the column.
struct ColumnPage::FilePart {
    FilePart(const ByteSource& source, std::uint64_t begin, std::uint64_t end)
        : part(source, begin, end - begin), stream(part), reader(stream, begin) {}
    RangeSource part;
    SourceStream stream;
    ByteReader reader;
};

ColumnPage::ColumnPage(const ByteSource& source, std::uint64_t begin, std::uint64_t end_of_column)
    : file_(std::make_unique<FilePart>(source, begin, end_of_column)) {}

ColumnPage::ColumnPage(std::unique_ptr<ColumnPage> before) : file_(std::move(before->file_)) {}

ColumnPage::~ColumnPage() = default;

Result<void> ColumnPage::read_header(const ColumnChunk& chunk) {
    header_ = read_page_header(file_->reader);
    if (!file_->reader.ok()) return fail(file_->reader.error());
    end_ = file_->reader.position() + header_.packed_bytes;
    if (end_ > chunk.end)
        return fail(ErrorCode::kInvalid, "at byte " + std::to_string(file_->reader.position()) +
                                             ": a page of " + std::to_string(header_.packed_bytes) +
                                             " bytes is longer than its column");
    return {};
}

Result<void> ColumnPage::skip() {
    file_->reader.skip(end_ - file_->reader.position());
    if (!file_->reader.ok()) return fail(file_->reader.error());
    return {};
}

Result<ByteReader*> ColumnPage::open_body(PageCodec codec, Allowance& allowance) {
    ByteReader& packed = file_->reader;
    if (!header_.is_compressed) codec = PageCodec::kNone;
    auto unpacked = open_page(codec, packed, end_ - packed.position());
    if (!unpacked) return fail(unpacked.error());
    unpacked_ = std::move(*unpacked);
    metered_ = std::make_unique<MeteredStream>(*unpacked_, allowance);
    body_ = std::make_unique<ByteReader>(*metered_, 0, kBodyBuffer);
    return body_.get();
}

Result<void> ColumnPage::open_values(const Column& column, PageCodec codec, const Dictionary* dictionary,
                                     Allowance& allowance) {
    column_ = &column;
    dictionary_ = dictionary;
    if (header_.has_packed_levels && column.most_definition + column.most_repetition != 0)
        return fail(ErrorCode::kUnsupported, "levels in the old notation are not read");
    const bool levels_are_apart = header_.kind == PageKind::kDataV2;
    if (levels_are_apart)
        if (auto taken = take_levels(file_->reader, true); !taken) return taken;
    const auto body = open_body(codec, allowance);
    if (!body) return fail(body.error());
    if (!levels_are_apart)
        if (auto taken = take_levels(**body, false); !taken) return taken;
    left_ = header_.values;
    return {};
}

Result<void> ColumnPage::take_levels(ByteReader& from, bool lengths_are_in_header) {
    const auto take = [&](unsigned most, std::uint64_t length,
                          std::unique_ptr<Levels>& into) -> Result<void> {
        if (!lengths_are_in_header) length = most != 0 ? from.number<std::uint32_t>() : 0;
        if (most == 0) {
            from.skip(length);
            return {};
        }
        auto levels = hold_levels(from, length, most);
        if (!levels) return fail(levels.error());
        into = std::move(*levels);
        return {};
    };
    if (auto taken = take(column_->most_repetition, header_.repetition_bytes, repetitions_); !taken)
        return taken;
    return take(column_->most_definition, header_.definition_bytes, definitions_);
}

Result<std::unique_ptr<ColumnPage::Levels>> ColumnPage::hold_levels(ByteReader& from, std::uint64_t length,
                                                                    unsigned most) {
    if (length > kMostLevelBytes) return fail(ErrorCode::kLimit, "a page with too many bytes of levels");
    std::vector<std::uint8_t> bytes(length);
    from.take(bytes);
    if (!from.ok()) return fail(from.error());
    return std::make_unique<Levels>(std::move(bytes), most);
}

std::uint32_t ColumnPage::repetition() {
    if (!next_) {
        --left_;
        next_ = {.repetition = repetitions_ ? repetitions_->next() : 0,
                 .definition = definitions_ ? definitions_->next() : column_->most_definition};
    }
    return next_->repetition;
}

Result<void> ColumnPage::take(std::string& text) {
    repetition();
    const bool is_there = next_->definition == column_->most_definition;
    next_.reset();
    for (const Levels* levels : {repetitions_.get(), definitions_.get()})
        if (levels != nullptr && !levels->ok()) return fail(levels->error());
    if (!is_there) return {};
    // A page of nulls has no values, nor what comes before the first one.
    if (!cells_) {
        auto cells = open_cells(header_.encoding, *column_, *body_, header_.values, dictionary_);
        if (!cells) return fail(cells.error());
        cells_ = std::move(*cells);
    }
    cells_->next(text);
    if (!body_->ok()) return fail(body_->error());
    return {};
}

std::size_t ColumnPage::bytes() const {
    std::size_t bytes = kStateBytes + (unpacked_ ? unpacked_->bytes() : 0) + (cells_ ? cells_->bytes() : 0);
    for (const Levels* levels : {repetitions_.get(), definitions_.get()})
        if (levels != nullptr) bytes += levels->bytes();
    return bytes;
}

}  // namespace modelward::fingerprint
