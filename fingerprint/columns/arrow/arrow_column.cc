// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/arrow/arrow_column.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fingerprint/columns/cell_text.h"
#include "fingerprint/dtypes/little_endian.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kCellCost = 8;  // of the allowance: a null costs time, too
constexpr std::uint64_t kCellsAtOnce = 1024;
constexpr std::uint64_t kViewBytes = 16;
constexpr std::uint32_t kMostBytesInView = 12;
constexpr std::size_t kAppendedAtOnce = std::size_t{64} << 10;

std::uint64_t widened(std::span<const std::uint8_t> bytes, bool is_signed) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        value |= std::uint64_t{bytes[i]} << (8 * i);
    const std::size_t bits = 8 * bytes.size();
    if (is_signed && bits < 64 && (value >> (bits - 1) & 1U) != 0) value |= ~std::uint64_t{0} << bits;
    return value;
}

std::array<std::uint8_t, 8> bytes_of(std::uint64_t number) {
    std::array<std::uint8_t, 8> bytes{};
    for (unsigned i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return bytes;
}

}  // namespace

ArrowColumn::ArrowColumn(const BatchParts& parts, std::size_t column, const Dictionary* dictionary)
    : parts_(parts), dictionary_(dictionary), has_cut_(dictionary != nullptr && dictionary->has_cut()) {
    for (std::uint32_t at = parts.schema.of_columns[column];; at = parts.schema.fields[at].parent) {
        steps_.push_back({.field = &parts.schema.fields[at], .of_batch = &parts.batch.fields[at]});
        if (parts.schema.fields[at].parent == at) break;
    }
    std::ranges::reverse(steps_);
}

Result<bool> ArrowColumn::read_rows(std::uint64_t rows, Cells& into, std::size_t most, Excess excess) {
    const Reading reading{into, most, excess};
    bool fits = true;
    for (const std::uint64_t end = row_ + rows; fits && row_ != end; ++row_)
        fits = read_value(0, row_, 0, reading);
    if (!charge()) fits = false;
    if (error_) return fail(*std::exchange(error_, std::nullopt));
    return fits;
}

// False, here and in what follows: an error, or too many bytes.
bool ArrowColumn::read_value(std::size_t step, std::uint64_t at, std::uint32_t repetition,
                             const Reading& reading) {
    Step& what = steps_[step];
    const std::size_t before = reading.into.texts.size();
    const bool nothing = is_null(what, at);
    if (error_) return false;
    if (nothing) return put_cell(repetition, before, reading);
    if (step + 1 == steps_.size())
        return append_value(what, at, reading.into.texts) && put_cell(repetition, before, reading);
    if (what.field->layout == ArrowLayout::kStruct) return read_value(step + 1, at, repetition, reading);
    const auto values = span_of(what, at);
    if (!values) return false;
    if (values->begin == values->end) return put_cell(repetition, before, reading);
    return read_list(step, *values, repetition, reading);
}

bool ArrowColumn::read_list(std::size_t step, const Span& span, std::uint32_t repetition,
                            const Reading& reading) {
    if (span.end > steps_[step + 1].of_batch->length)
        return refuse(ErrorCode::kInvalid, "a list that lies outside of its values");
    for (std::uint64_t i = span.begin; i != span.end; ++i)
        if (!read_value(step + 1, i, i == span.begin ? repetition : steps_[step].field->repetition, reading))
            return false;
    return true;
}

bool ArrowColumn::put_cell(std::uint32_t repetition, std::size_t before, const Reading& reading) {
    Cells& into = reading.into;
    into.cells.push_back({static_cast<std::uint32_t>(into.texts.size()), repetition});
    uncharged_ += 1 + (into.texts.size() - before) / kCellCost;
    if (uncharged_ >= kCellsAtOnce && !charge()) return false;
    if (into.bytes() <= reading.most) return true;
    if (reading.excess == Excess::kRefused) return false;
    has_cut_ = true;
    into.texts.resize(before);
    into.cells.pop_back();
    return true;
}

bool ArrowColumn::charge() {
    if (parts_.allowance.take_decoded(std::exchange(uncharged_, 0) * kCellCost)) return true;
    return refuse(ErrorCode::kLimit, "too many decoded values");
}

bool ArrowColumn::is_null(Step& step, std::uint64_t at) {
    if (step.field->layout == ArrowLayout::kNull && !step.field->dictionary) return true;
    const BufferPlace& place = parts_.batch.buffers[step.of_batch->first_buffer];
    if (!step.of_batch->has_nulls || place.begin == place.end) return false;
    std::array<std::uint8_t, 1> bits{};
    if (!read(open(step.nulls, step, 0), at / 8, bits)) return false;
    return (bits[0] >> at % 8 & 1U) == 0;
}

// Of a list or a text: where it begins and ends.
std::optional<ArrowColumn::Span> ArrowColumn::span_of(Step& step, std::uint64_t at) {
    if (step.field->layout == ArrowLayout::kFixedList)
        return Span{at * step.field->width, (at + 1) * step.field->width};
    const bool is_wide =
        step.field->layout == ArrowLayout::kOffsets64 || step.field->layout == ArrowLayout::kList64;
    const std::size_t width = is_wide ? 8 : 4;
    std::array<std::uint8_t, 16> ends{};
    if (!read(open(step.places, step, 1), at * width, std::span(ends).first(2 * width))) return std::nullopt;
    const Span span{widened(std::span(ends).first(width), false),
                    widened(std::span(ends).subspan(width, width), false)};
    if (span.begin <= span.end) return span;
    refuse(ErrorCode::kInvalid, "an end that lies before its beginning");
    return std::nullopt;
}

bool ArrowColumn::append_value(Step& step, std::uint64_t at, std::string& text) {
    switch (step.field->layout) {
        case ArrowLayout::kBits: {
            std::array<std::uint8_t, 1> bits{};
            if (!read(open(step.places, step, 1), at / 8, bits)) return false;
            bits[0] = bits[0] >> at % 8 & 1U;
            append_cell(text, step.field->column, bits);
            return true;
        }
        case ArrowLayout::kFixed:
            return append_number(step, at, text);
        case ArrowLayout::kOffsets32:
        case ArrowLayout::kOffsets64: {
            const auto span = span_of(step, at);
            return span &&
                   append_bytes(open(step.bytes, step, 2), span->begin, span->end - span->begin, text);
        }
        case ArrowLayout::kViews:
            return append_view(step, at, text);
        case ArrowLayout::kNull:
        case ArrowLayout::kStruct:
        case ArrowLayout::kList32:
        case ArrowLayout::kList64:
        case ArrowLayout::kFixedList:
            break;
    }
    return refuse(ErrorCode::kInternal, "a column that is none");
}

// Values of a fixed length: numbers, decimals, bytes, and places in a dictionary.
bool ArrowColumn::append_number(Step& step, std::uint64_t at, std::string& text) {
    const ArrowField& field = *step.field;
    value_.resize(field.width);
    if (!read(open(step.places, step, 1), at * field.width, value_)) return false;
    if (field.dictionary) return append_place(value_, text);
    const std::uint32_t stored = stored_bytes(field.column);
    if (field.days_of != 0) {
        const auto parts = static_cast<std::int64_t>(widened(value_, true));
        const std::int64_t days = parts / field.days_of - (parts % field.days_of < 0 ? 1 : 0);
        const auto bytes =
            bytes_of(static_cast<std::uint64_t>(std::clamp<std::int64_t>(days, INT32_MIN, INT32_MAX)));
        append_cell(text, field.column, std::span(bytes).first(stored));
    } else if (field.width < stored) {
        const auto bytes = bytes_of(widened(value_, field.is_signed));
        append_cell(text, field.column, std::span(bytes).first(stored));
    } else {
        if (field.is_reversed) std::ranges::reverse(value_);
        append_cell(text, field.column, value_);
    }
    return true;
}

bool ArrowColumn::append_place(std::span<const std::uint8_t> place, std::string& text) {
    const std::uint64_t at = widened(place, false);
    if (at >= dictionary_->size())
        return refuse(ErrorCode::kInvalid, "a value that is not in the dictionary");
    text += (*dictionary_)[at];
    return true;
}

// A length; then up to twelve bytes, or four of them, which buffer the rest is in, and where.
bool ArrowColumn::append_view(Step& step, std::uint64_t at, std::string& text) {
    std::array<std::uint8_t, kViewBytes> view{};
    if (!read(open(step.places, step, 1), at * kViewBytes, view)) return false;
    const auto length = load_le<std::uint32_t>(view.data());
    if (length <= kMostBytesInView) {
        text.append(view.begin() + 4, view.begin() + 4 + length);
        return true;
    }
    const auto buffer = load_le<std::uint32_t>(view.data() + 8);
    if (buffer >= step.of_batch->view_buffers)
        return refuse(ErrorCode::kInvalid, "a text in a buffer that is not there");
    if (step.view_buffer != buffer) step.bytes.reset();
    step.view_buffer = buffer;
    return append_bytes(open(step.bytes, step, 2 + buffer), load_le<std::uint32_t>(view.data() + 12), length,
                        text);
}

bool ArrowColumn::append_bytes(BatchBuffer& buffer, std::uint64_t begin, std::uint64_t length,
                               std::string& text) {
    const std::uint64_t taken = std::min(length, kMostCellBytes);
    for (std::uint64_t done = 0; done < taken;) {
        value_.resize(std::min<std::uint64_t>(taken - done, kAppendedAtOnce));
        if (!read(buffer, begin + done, value_)) return false;
        text.append(value_.begin(), value_.end());
        done += value_.size();
    }
    has_cut_ = has_cut_ || length > kMostCellBytes;
    return true;
}

BatchBuffer& ArrowColumn::open(std::unique_ptr<BatchBuffer>& buffer, const Step& step, std::uint32_t place) {
    if (!buffer)
        buffer = std::make_unique<BatchBuffer>(parts_.source,
                                               parts_.batch.buffers[step.of_batch->first_buffer + place],
                                               parts_.batch.codec, parts_.window, parts_.allowance);
    return *buffer;
}

bool ArrowColumn::read(BatchBuffer& buffer, std::uint64_t offset, std::span<std::uint8_t> into) {
    auto done = buffer.read(offset, into);
    if (!done && !error_) error_ = done.error();
    return done.has_value();
}

bool ArrowColumn::refuse(ErrorCode code, const std::string& what) {
    if (!error_) error_.emplace(code, what);
    return false;
}

void ArrowColumn::mark() {
    marked_row_ = row_;
    for (Step& step : steps_)
        for (const auto* buffer : {&step.nulls, &step.places, &step.bytes})
            if (*buffer) (*buffer)->keep();
}

void ArrowColumn::let_go() {
    for (Step& step : steps_) {
        step.nulls.reset();
        step.places.reset();
        step.bytes.reset();
    }
}

std::size_t ArrowColumn::bytes() const {
    std::size_t bytes = 0;
    for (const Step& step : steps_)
        for (const auto* buffer : {&step.nulls, &step.places, &step.bytes})
            if (*buffer) bytes += (*buffer)->bytes();
    return bytes;
}

}  // namespace modelward::fingerprint
