// SPDX-License-Identifier: Apache-2.0
// safetensors: u64 length of a JSON header, the header, then the tensors' data. The header maps each name to
// {"dtype", "shape", "data_offsets": [begin, end]}, offsets counted from the end of the header;
// "__metadata__" maps strings to strings. https://huggingface.co/docs/safetensors
#include <algorithm>
#include <array>
#include <utility>

#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/readers/bitsandbytes.h"
#include "fingerprint/readers/json_cursor.h"
#include "fingerprint/readers/packed_matrix.h"
#include "fingerprint/readers/reader.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kLengthBytes = 8;

struct NamedType {
    std::string_view name;
    DType dtype;
};
constexpr std::array kTypes = {
    NamedType{"F32", DType::kF32},
    NamedType{"F16", DType::kF16},
    NamedType{"BF16", DType::kBF16},
    NamedType{"F64", DType::kF64},
    NamedType{"I8", DType::kI8},
    NamedType{"U8", DType::kU8},
    NamedType{"F8_E4M3", DType::kF8E4M3},
    NamedType{"F8_E5M2", DType::kF8E5M2},
    NamedType{"BOOL", DType::kBool},
    NamedType{"I16", DType::kI16},
    NamedType{"U16", DType::kU16},
    NamedType{"I32", DType::kI32},
    NamedType{"U32", DType::kU32},
    NamedType{"I64", DType::kI64},
    NamedType{"U64", DType::kU64},
    NamedType{"F8_E4M3FNUZ", DType::kF8E4M3FNUZ},
    NamedType{"F8_E5M2FNUZ", DType::kF8E5M2FNUZ},
    NamedType{"F8_E8M0", DType::kF8E8M0},
    NamedType{"C64", DType::kC64},
};

std::optional<DType> dtype_named(std::string_view name) {
    for (const NamedType& type : kTypes) {
        if (type.name == name) return type.dtype;
    }
    return std::nullopt;
}

std::unexpected<Error> broken(const std::string& name, const std::string& what) {
    return fail(ErrorCode::kInvalid, "safetensors header: tensor '" + name + "': " + what);
}

std::unexpected<Error> not_json(const JsonCursor& json) {
    return fail(json.error().with_context("safetensors header"));
}

// Calls read() for each item of the object or list that comes next.
template <typename Read>
Result<void> each_item(JsonCursor& json, char begin, char end, const Read& read) {
    json.expect(begin);
    if (json.take(end)) return {};
    do {
        if (auto done = read(); !done) return done;
    } while (json.take(','));
    json.expect(end);
    if (!json.ok()) return not_json(json);
    return {};
}

Result<std::string> read_name(JsonCursor& json) {
    std::string name(json.text(kMaxNameBytes));
    json.expect(':');
    if (!json.ok()) return not_json(json);
    return name;
}

Result<void> check_metadata(JsonCursor& json) {
    const auto kind_of_all = json.next();
    if (!json.ok()) return not_json(json);
    if (kind_of_all != JsonCursor::Kind::kObject)
        return fail(ErrorCode::kInvalid, "safetensors header: __metadata__ is not an object");
    return each_item(json, '{', '}', [&]() -> Result<void> {
        json.skip_text();  // of any length
        json.expect(':');
        const auto kind = json.next();
        if (!json.ok()) return not_json(json);
        if (kind != JsonCursor::Kind::kText)
            return fail(ErrorCode::kInvalid,
                        "safetensors header: __metadata__ holds something that is not a string");
        json.skip_text();
        return {};
    });
}

// A list of at most `limit` unsigned integers; `of` is the tensor's.
Result<std::vector<std::uint64_t>> read_numbers(JsonCursor& json, const std::string& name,
                                                const std::string& of, std::size_t limit) {
    const auto kind = json.next();
    if (!json.ok()) return not_json(json);
    if (kind != JsonCursor::Kind::kList) return broken(name, of + ": is not a list");
    std::vector<std::uint64_t> numbers;
    const auto read = each_item(json, '[', ']', [&]() -> Result<void> {
        const auto number = json.unsigned_integer();
        if (!json.ok()) return not_json(json);
        if (!number) return broken(name, of + ": holds something that is not an unsigned integer");
        if (numbers.size() == limit)
            return fail(ErrorCode::kLimit, "safetensors header: tensor '" + name + "': " + of +
                                               ": has more than " + std::to_string(limit) + " entries");
        numbers.push_back(*number);
        return {};
    });
    if (!read) return fail(read.error());
    return numbers;
}

struct Entry {
    std::optional<std::string> dtype;
    std::optional<std::vector<std::uint64_t>> shape;
    std::optional<std::vector<std::uint64_t>> offsets;
};

Result<Entry> read_entry(JsonCursor& json, const std::string& name) {
    const auto kind = json.next();
    if (!json.ok()) return not_json(json);
    if (kind != JsonCursor::Kind::kObject) return broken(name, "is not an object");
    Entry entry;
    const auto read = each_item(json, '{', '}', [&]() -> Result<void> {
        const auto key = read_name(json);
        if (!key) return fail(key.error());
        if (*key == "dtype" && !entry.dtype) {
            const auto kind_of_type = json.next();
            if (!json.ok()) return not_json(json);
            if (kind_of_type != JsonCursor::Kind::kText) return broken(name, "dtype is not a string");
            entry.dtype = json.text(kMaxNameBytes);
        } else if ((*key == "shape" && !entry.shape) || (*key == "data_offsets" && !entry.offsets)) {
            auto numbers = read_numbers(json, name, *key, *key == "shape" ? kMaxDimensions : 2);
            if (!numbers) return fail(numbers.error());
            (*key == "shape" ? entry.shape : entry.offsets) = std::move(*numbers);
        } else {
            return broken(name, "'" + *key + "' is unknown or given twice");
        }
        return {};
    });
    if (!read) return fail(read.error());
    if (!entry.dtype || !entry.shape || !entry.offsets || entry.offsets->size() != 2) {
        return broken(name, "dtype, shape and two data_offsets are needed");
    }
    return entry;
}

Result<void> add_tensor(TensorTable& table, TensorNames& names, JsonCursor& json, const std::string& name) {
    if (table.tensors.size() >= kMaxTensors) {
        return fail(ErrorCode::kLimit,
                    "safetensors header: more than " + std::to_string(kMaxTensors) + " tensors");
    }
    auto entry = read_entry(json, name);
    if (!entry) return fail(entry.error());
    const std::uint64_t begin = (*entry->offsets)[0];
    const std::uint64_t end = (*entry->offsets)[1];
    if (begin > end || end >= std::uint64_t{1} << 62) return broken(name, "data_offsets are not a range");
    const auto dtype = dtype_named(*entry->dtype);
    if (!dtype) {
        note_defect(table, Error(ErrorCode::kUnsupported, "tensor '" + name + "' has the unknown type '" +
                                                              entry->dtype->substr(0, 32) + "'"));
        return {};
    }
    const auto extent = extent_of(*dtype, *entry->shape);
    if (!extent) return broken(name, "shape is too large");
    if (extent->bytes != end - begin) {
        return broken(name, "shape and dtype need " + std::to_string(extent->bytes) +
                                " bytes, data_offsets give " + std::to_string(end - begin));
    }
    append(table, {names.keep(name), *dtype, std::move(*entry->shape), extent->elements,
                   table.data_start + begin, extent->bytes});
    return {};
}

// The format wants the data without holes and ending with the file. What is between tensors is not evidence,
// so a hole is a defect, not an error.
void note_holes(TensorTable& table, std::uint64_t file_bytes) {
    std::uint64_t end = table.data_start;
    for (const Tensor& tensor : table.tensors) {
        if (tensor.offset != end) {
            note_defect(table, Error(ErrorCode::kInvalid, "there is a hole of " +
                                                              std::to_string(tensor.offset - end) +
                                                              " bytes before tensor '" + tensor.name + "'"));
            return;
        }
        end += tensor.bytes;
    }
    if (end != file_bytes) {
        note_defect(table, Error(ErrorCode::kInvalid, "the last tensor ends at byte " + std::to_string(end) +
                                                          ", the file at " + std::to_string(file_bytes)));
    }
}

Result<std::uint64_t> read_header_length(const ByteSource& source) {
    std::array<std::uint8_t, kLengthBytes> bytes{};
    if (auto read = source.read(0, bytes); !read) return fail(read.error());
    const auto length = load_le<std::uint64_t>(bytes.data());
    if (length > source.size() - kLengthBytes) {
        return fail(ErrorCode::kInvalid, "safetensors header: its length is given as " +
                                             std::to_string(length) + " bytes, more than the file has");
    }
    if (length > kMaxHeaderBytes) {
        return fail(ErrorCode::kLimit, "safetensors header: " + std::to_string(length) +
                                           " bytes, the limit is " + std::to_string(kMaxHeaderBytes));
    }
    return length;
}

Result<TensorTable> parse(const ByteSource& source) {
    const auto length = read_header_length(source);
    if (!length) return fail(length.error());
    TensorTable table{
        .format = "safetensors", .data_start = kLengthBytes + *length, .tensors = {}, .defect = {}};
    JsonCursor json(source, kLengthBytes, table.data_start);
    TensorNames names;
    bool metadata_seen = false;
    const auto read = each_item(json, '{', '}', [&]() -> Result<void> {
        const auto name = read_name(json);
        if (!name) return fail(name.error());
        if (*name != "__metadata__") return add_tensor(table, names, json, *name);
        if (std::exchange(metadata_seen, true))
            return fail(ErrorCode::kInvalid, "safetensors header: __metadata__ is given twice");
        return check_metadata(json);
    });
    if (!read) return fail(read.error());
    json.expect_end();
    if (!json.ok()) return not_json(json);
    const bool complete = !table.defect;
    if (auto settled = settle(table, source.size()); !settled) return fail(settled.error());
    if (complete && !table.defect) note_holes(table, source.size());
    find_packed_matrices(table);
    find_bitsandbytes(table);
    return table;
}

bool claims(std::span<const std::uint8_t> head) {
    if (head.size() < kLengthBytes + 2 || head[kLengthBytes] != '{') return false;
    const char second = static_cast<char>(head[kLengthBytes + 1]);
    return std::string_view("\"} \n\r\t").contains(second);
}

}  // namespace

const Reader kSafetensorsReader{"safetensors", claims, parse};

}  // namespace modelward::fingerprint
