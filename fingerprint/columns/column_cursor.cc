// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/column_cursor.h"

#include <utility>

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kCellCost = 8;  // of the allowance: a null costs time, too
constexpr std::uint64_t kCellsAtOnce = 1024;

}  // namespace

ColumnCursor::ColumnCursor(const ByteSource& source, const Column& column, const ColumnChunk& chunk,
                           Allowance& allowance)
    : source_(&source),
      column_(&column),
      chunk_(chunk),
      allowance_(&allowance),
      place_{.page = chunk.begin, .taken = 0, .left = chunk.values},
      mark_(place_) {}

Result<bool> ColumnCursor::read_rows(std::uint64_t rows, Cells& into, std::size_t most, Excess excess) {
    std::uint64_t begun = 0, uncharged = 0;
    const auto charge = [&]() -> Result<void> {
        if (!allowance_->take_decoded(std::exchange(uncharged, 0) * kCellCost))
            return fail(ErrorCode::kLimit, "too many decoded values");
        return {};
    };
    while (begun != rows || column_->most_repetition != 0) {
        const auto more = has_next();
        if (!more) return fail(more.error());
        if (!*more && begun != rows)
            return fail(ErrorCode::kInvalid, "a column with fewer rows than its row group");
        const std::uint32_t repetition = *more ? page_->repetition() : 0;
        if (repetition == 0 && begun == rows) break;
        if (repetition == 0) ++begun;
        if (begun == 0) return fail(ErrorCode::kInvalid, "a column that does not begin with a row");
        const std::size_t before = into.texts.size();
        if (auto taken = page_->take(into.texts); !taken) return fail(taken.error());
        ++place_.taken;
        --place_.left;
        into.cells.push_back({static_cast<std::uint32_t>(into.texts.size()), repetition});
        uncharged += 1 + (into.texts.size() - before) / kCellCost;
        if (uncharged >= kCellsAtOnce)
            if (auto done = charge(); !done) return fail(done.error());
        has_cut_ = has_cut_ || page_->has_cut();
        if (into.bytes() <= most) continue;
        if (excess == Excess::kRefused) return false;
        has_cut_ = true;
        into.texts.resize(before);
        into.cells.pop_back();
    }
    if (auto done = charge(); !done) return fail(done.error());
    return true;
}

Result<bool> ColumnCursor::has_next() {
    while (!page_ || page_->left() == 0) {
        if (place_.left == 0) return false;
        if (auto opened = open_page(); !opened) return fail(opened.error());
    }
    return place_.left != 0;
}

// The next one; after let_go() the same, from where it was left.
Result<void> ColumnCursor::open_page() {
    if (!looked_for_dictionary_)
        if (auto done = read_dictionary_page(); !done) return done;
    if (page_) {
        if (auto done = page_->skip(); !done) return done;
        place_ = {.page = page_->end(), .taken = 0, .left = place_.left};
    }
    if (place_.page >= chunk_.end)
        return fail(ErrorCode::kInvalid, "a column with fewer values than it says");
    page_ = page_ ? std::make_unique<ColumnPage>(std::move(page_))
                  : std::make_unique<ColumnPage>(*source_, place_.page, chunk_.end);
    if (auto done = page_->read_header(chunk_); !done) return done;
    const PageKind kind = page_->header().kind;
    if (kind != PageKind::kData && kind != PageKind::kDataV2) return {};
    const Dictionary* dictionary = dictionary_ ? &*dictionary_ : nullptr;
    if (auto done = page_->open_values(*column_, chunk_.codec, dictionary, *allowance_); !done) return done;
    std::string passed_over;
    for (std::uint64_t i = 0; i < place_.taken && page_->left() != 0; ++i) {
        passed_over.clear();
        if (auto taken = page_->take(passed_over); !taken) return taken;
        if (i % kCellsAtOnce == 0 && !allowance_->take_decoded(kCellsAtOnce * kCellCost))
            return fail(ErrorCode::kLimit, "too many decoded values");
    }
    return {};
}

// It is the first page, if there is one; the page stays where the next one is to be read.
Result<void> ColumnCursor::read_dictionary_page() {
    looked_for_dictionary_ = true;
    if (chunk_.begin == chunk_.end) return {};
    auto first = std::make_unique<ColumnPage>(*source_, chunk_.begin, chunk_.end);
    if (auto done = first->read_header(chunk_); !done) return done;
    if (first->header().kind != PageKind::kDictionary) return {};
    const auto body = first->open_body(chunk_.codec, *allowance_);
    if (!body) return fail(body.error());
    auto dictionary = read_dictionary(*column_, **body, first->header().values);
    if (!dictionary) return fail(dictionary.error());
    if (!allowance_->take_decoded(dictionary->size() * kCellCost))
        return fail(ErrorCode::kLimit, "too many decoded values");
    dictionary_ = std::move(*dictionary);
    has_cut_ = has_cut_ || dictionary_->has_cut();
    if (place_.page == chunk_.begin) page_ = std::move(first);
    return {};
}

void ColumnCursor::go_back() {
    if (place_.left == mark_.left) return;
    page_.reset();
    place_ = mark_;
}

void ColumnCursor::let_go() {
    page_.reset();
    dictionary_.reset();
    looked_for_dictionary_ = false;
}

std::size_t ColumnCursor::bytes() const {
    return (page_ ? page_->bytes() : 0) + (dictionary_ ? dictionary_->bytes() : 0);
}

}  // namespace modelward::fingerprint
