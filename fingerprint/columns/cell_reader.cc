// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/columns/cell_reader.h"

#include <algorithm>
#include <array>
#include <limits>

#include "fingerprint/columns/bit_runs.h"
#include "fingerprint/columns/cell_text.h"
#include "fingerprint/columns/delta_numbers.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kMostHeldLengths = std::uint64_t{1} << 20;

bool is_bytes(const Column& column) {
    return column.stored == StoredType::kBytes || column.stored == StoredType::kFixedBytes;
}

// Texts are long: they go where they are wanted at once.
bool is_text(const Column& column) {
    return column.stored == StoredType::kBytes && column.meaning == Meaning::kAsItIs;
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class PlainCells final : public CellReader {
  public:
    PlainCells(const Column& column, ByteReader& page)
        : column_(column), page_(page), value_(stored_bytes(column)) {}
    void next(std::string& text) override {
        if (column_.stored == StoredType::kBytes) return next_bytes(text);
        if (column_.stored == StoredType::kBoolean) {
            const std::array<std::uint8_t, 1> bit{static_cast<std::uint8_t>(bits_.next(page_, 1))};
            if (page_.ok()) append_cell(text, column_, bit);
            return;
        }
        page_.take(value_);
        if (page_.ok()) append_cell(text, column_, value_);
    }

  private:
    void next_bytes(std::string& text) {
        const auto length = page_.number<std::uint32_t>();
        if (!page_.ok()) return;
        const std::uint64_t taken = taken_of(length);
        if (is_text(column_)) {
            page_.append(text, taken);
        } else {
            value_.resize(taken);
            page_.take(value_);
        }
        page_.skip(length - taken);
        if (page_.ok() && !is_text(column_)) append_cell(text, column_, value_);
    }

    const Column& column_;
    ByteReader& page_;
    std::vector<std::uint8_t> value_;
    PackedBits bits_;
};

class BooleanRuns final : public CellReader {
  public:
    BooleanRuns(const Column& column, ByteReader& page) : column_(column), page_(page), runs_(page, 1) {
        page_.number<std::uint32_t>();  // of how many bytes
    }
    void next(std::string& text) override {
        const std::array<std::uint8_t, 1> bit{static_cast<std::uint8_t>(runs_.next())};
        if (page_.ok()) append_cell(text, column_, bit);
    }

  private:
    const Column& column_;
    ByteReader& page_;
    BitRuns runs_;
};

class DictionaryCells final : public CellReader {
  public:
    DictionaryCells(ByteReader& page, const Dictionary& dictionary)
        : page_(page), dictionary_(dictionary), places_(page, width_of(page)) {}
    void next(std::string& text) override {
        const std::uint32_t place = places_.next();
        if (place >= dictionary_.size())
            page_.refuse(ErrorCode::kInvalid, "a value that is not in the dictionary");
        if (page_.ok()) text += dictionary_[place];
    }

  private:
    static unsigned width_of(ByteReader& page) {
        const unsigned width = page.byte();
        if (width > 32) page.refuse(ErrorCode::kInvalid, "places in a dictionary of more than 32 bits");
        return std::min(width, 32U);
    }

    ByteReader& page_;
    const Dictionary& dictionary_;
    BitRuns places_;
};

class DeltaCells final : public CellReader {
  public:
    DeltaCells(const Column& column, ByteReader& page) : column_(column), page_(page), numbers_(page) {}
    void next(std::string& text) override {
        const std::uint64_t number = numbers_.next();
        std::array<std::uint8_t, 8> value{};
        for (unsigned i = 0; i < value.size(); ++i)
            value[i] = static_cast<std::uint8_t>(number >> (8 * i));
        if (page_.ok()) append_cell(text, column_, std::span(value).first(stored_bytes(column_)));
    }

  private:
    const Column& column_;
    ByteReader& page_;
    DeltaNumbers numbers_;
};

// Lengths that stand before the bytes which they are of.
std::vector<std::uint32_t> read_lengths(ByteReader& page, std::uint64_t most) {
    DeltaNumbers numbers(page);
    std::vector<std::uint32_t> lengths;
    if (numbers.left() > most) page.refuse(ErrorCode::kInvalid, "more lengths than values");
    while (page.ok() && numbers.left() != 0) {
        const std::uint64_t length = numbers.next();
        if (length > std::numeric_limits<std::uint32_t>::max())
            page.refuse(ErrorCode::kInvalid, "a value of an impossible length");
        lengths.push_back(static_cast<std::uint32_t>(length));
    }
    numbers.finish();
    return lengths;
}

// DELTA_LENGTH_BYTE_ARRAY and, with prefixes, DELTA_BYTE_ARRAY.
class LengthsFirst final : public CellReader {
  public:
    LengthsFirst(const Column& column, ByteReader& page, std::uint64_t values, bool has_prefixes)
        : column_(column),
          page_(page),
          prefixes_(has_prefixes ? read_lengths(page, values) : std::vector<std::uint32_t>{}),
          lengths_(read_lengths(page, values)) {
        if (has_prefixes && prefixes_.size() != lengths_.size())
            page_.refuse(ErrorCode::kInvalid, "not as many prefixes as values");
    }
    void next(std::string& text) override {
        if (place_ == lengths_.size()) page_.refuse(ErrorCode::kInvalid, "fewer lengths than values");
        if (!page_.ok()) return;
        const std::uint64_t prefix = prefixes_.empty() ? 0 : prefixes_[place_];
        if (prefix > length_) page_.refuse(ErrorCode::kInvalid, "a prefix that is longer than its text");
        if (!page_.ok()) return;
        const std::uint64_t own = lengths_[place_++];
        length_ = prefix + own;
        const std::uint64_t taken = taken_of(length_), kept = std::min(prefix, taken);
        value_.resize(kept);
        page_.append(value_, taken - kept);
        page_.skip(own - (taken - kept));
        if (page_.ok()) append_cell(text, column_, bytes_of(value_));
    }
    std::size_t bytes() const override { return 4 * (prefixes_.capacity() + lengths_.capacity()); }

  private:
    const Column& column_;
    ByteReader& page_;
    std::vector<std::uint32_t> prefixes_, lengths_;
    std::size_t place_ = 0;
    std::string value_;         // as much of it as was taken
    std::uint64_t length_ = 0;  // and how long it is
};

// The first bytes of all values, then the second bytes, and so on.
class SplitCells final : public CellReader {
  public:
    SplitCells(const Column& column, ByteReader& page)
        : column_(column), page_(page), value_(stored_bytes(column)) {
        std::array<std::uint8_t, 4096> block;
        while (page_.ok()) {
            const auto got = page_.read(block);
            if (!got) page_.refuse(got.error().code(), got.error().message());
            if (!got || *got == 0) break;
            if (bytes_.size() + *got > kMostHeldPageBytes)
                page_.refuse(ErrorCode::kLimit, "a page of split bytes that is too large");
            bytes_.insert(bytes_.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(*got));
        }
    }
    void next(std::string& text) override {
        const std::size_t values = bytes_.size() / value_.size();
        if (place_ == values) page_.refuse(ErrorCode::kInvalid, "fewer split bytes than values");
        if (!page_.ok()) return;
        for (std::size_t i = 0; i < value_.size(); ++i)
            value_[i] = bytes_[i * values + place_];
        ++place_;
        append_cell(text, column_, value_);
    }
    std::size_t bytes() const override { return bytes_.capacity(); }

  private:
    const Column& column_;
    ByteReader& page_;
    std::vector<std::uint8_t> value_, bytes_;
    std::size_t place_ = 0;
};

std::unique_ptr<CellReader> reader_of(PageEncoding encoding, const Column& column, ByteReader& page,
                                      std::uint64_t values, const Dictionary* dictionary) {
    const bool is_integer = column.stored == StoredType::kInt32 || column.stored == StoredType::kInt64;
    switch (encoding) {
        case PageEncoding::kPlain:
            return std::make_unique<PlainCells>(column, page);
        case PageEncoding::kPlainDictionary:
        case PageEncoding::kRunsDictionary:
            if (dictionary == nullptr) break;
            return std::make_unique<DictionaryCells>(page, *dictionary);
        case PageEncoding::kRuns:
            if (column.stored != StoredType::kBoolean) break;
            return std::make_unique<BooleanRuns>(column, page);
        case PageEncoding::kDelta:
            if (!is_integer) break;
            return std::make_unique<DeltaCells>(column, page);
        case PageEncoding::kDeltaLength:
        case PageEncoding::kDeltaBytes:
            if (!is_bytes(column)) break;
            if (values > kMostHeldLengths) page.refuse(ErrorCode::kLimit, "a page of too many lengths");
            return std::make_unique<LengthsFirst>(column, page, std::min(values, kMostHeldLengths),
                                                  encoding == PageEncoding::kDeltaBytes);
        case PageEncoding::kByteStreamSplit:
            if (stored_bytes(column) == 0) break;
            return std::make_unique<SplitCells>(column, page);
        case PageEncoding::kBitPacked:
            break;
    }
    return nullptr;
}

}  // namespace

void Dictionary::add(std::string_view text) {
    texts_ += text;
    ends_.push_back(static_cast<std::uint32_t>(texts_.size()));
}

std::string_view Dictionary::operator[](std::size_t place) const {
    const std::size_t begin = place == 0 ? 0 : ends_[place - 1];
    return std::string_view(texts_).substr(begin, ends_[place] - begin);
}

Result<std::unique_ptr<CellReader>> open_cells(PageEncoding encoding, const Column& column, ByteReader& page,
                                               std::uint64_t values, const Dictionary* dictionary) {
    auto reader = reader_of(encoding, column, page, values, dictionary);
    if (!page.ok()) return fail(page.error());
    if (!reader)
        return fail(ErrorCode::kUnsupported,
                    "pages in encoding " + std::to_string(static_cast<unsigned>(encoding)) + " are not read");
    return reader;
}

Result<Dictionary> read_dictionary(const Column& column, ByteReader& page, std::uint64_t values) {
    Dictionary dictionary;
    PlainCells cells(column, page);
    std::string text;
    for (; values != 0; --values) {
        text.clear();
        cells.next(text);
        if (!page.ok()) return fail(page.error());
        dictionary.add(text);
        if (dictionary.text_bytes() > kMostDictionaryBytes)
            return fail(ErrorCode::kLimit,
                        "a dictionary of more than " + std::to_string(kMostDictionaryBytes) + " bytes");
    }
    if (cells.has_cut()) dictionary.set_cut();
    return dictionary;
}

}  // namespace modelward::fingerprint
