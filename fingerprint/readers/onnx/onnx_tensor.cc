// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/onnx/onnx_tensor.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "fingerprint/readers/companions/companions.h"

namespace modelward::fingerprint {
namespace {

enum Field : std::uint64_t {
    kDims = 1,
    kDataType = 2,
    kFloatData = 4,
    kName = 8,
    kRawData = 9,
    kDoubleData = 10,
    kExternalData = 13,
};

// Indexed by TensorProto.DataType; kCount marks what is not read.
constexpr std::array kTypes = {
    DType::kCount,      DType::kF32,   DType::kU8,     DType::kI8,         DType::kU16,
    DType::kI16,        DType::kI32,   DType::kI64,    DType::kCount,      DType::kBool,
    DType::kF16,        DType::kF64,   DType::kU32,    DType::kU64,        DType::kC64,
    DType::kC128,       DType::kBF16,  DType::kF8E4M3, DType::kF8E4M3FNUZ, DType::kF8E5M2,
    DType::kF8E5M2FNUZ, DType::kCount, DType::kCount,  DType::kCount,      DType::kF8E8M0,
};
constexpr std::uint64_t kString = 8;

struct Data {
    std::uint64_t field = 0;  // which holds the data; 0 when none does
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    bool is_scattered = false;  // in more than one piece
};

// Where a tensor's data is in another file.
struct ExternalData {
    std::string location;
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> length;
    bool is_broken = false;
};

struct OnnxTensor {
    std::string name;
    std::uint64_t type = 0;
    std::vector<std::uint64_t> shape;
    Data data;
    std::optional<ExternalData> external;
    bool has_too_many_dimensions = false;

    void add_dimension(std::uint64_t extent) {
        if (shape.size() == kMaxDimensions) {
            has_too_many_dimensions = true;
        } else {
            shape.push_back(extent);
        }
    }
};

void read_data(HeaderCursor& cursor, const ProtobufField& field, Data& data) {
    // Of several raw_data fields the last one counts; packed numbers are joined.
    data.is_scattered = data.field != 0 && field.field != kRawData;
    data.field = field.field;
    data.offset = cursor.position();
    data.bytes = field.end - data.offset;
}

// One of its entries, a key and a value.
void read_external(HeaderCursor& cursor, std::uint64_t end, ExternalData& data) {
    constexpr std::uint64_t kKey = 1, kValue = 2;
    std::string key;
    std::string value;
    while (const auto field = next_field(cursor, end)) {
        const std::uint64_t length =
            field->kind == ProtobufField::Kind::kBytes ? field->end - cursor.position() : 0;
        if ((field->is_bytes(kKey) || field->is_bytes(kValue)) && length <= kMaxNameBytes)
            (field->is_bytes(kKey) ? key : value) = cursor.text(length);
        leave_field(cursor, *field);
    }
    if (key == "location") {
        data.location = value.starts_with("./") ? value.substr(2) : value;
    } else if (key == "offset" || key == "length") {
        std::uint64_t number = 0;
        const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        data.is_broken |= error != std::errc() || stop != value.data() + value.size();
        if (key == "offset")
            data.offset = number;
        else
            data.length = number;
    }
}

OnnxTensor read_message(HeaderCursor& cursor, std::uint64_t end) {
    OnnxTensor tensor;
    while (const auto field = next_field(cursor, end)) {
        if (field->is_number(kDims)) {
            tensor.add_dimension(field->number);
        } else if (field->is_bytes(kDims)) {
            while (cursor.ok() && cursor.position() < field->end && !tensor.has_too_many_dimensions)
                tensor.add_dimension(read_varint(cursor));
        } else if (field->is_number(kDataType)) {
            tensor.type = field->number;
        } else if (field->is_bytes(kName) && field->end - cursor.position() <= kMaxNameBytes) {
            tensor.name = cursor.text(field->end - cursor.position());
        } else if (field->is_bytes(kRawData) || field->is_bytes(kFloatData) || field->is_bytes(kDoubleData)) {
            read_data(cursor, *field, tensor.data);
        } else if (field->is_bytes(kExternalData)) {
            if (!tensor.external) tensor.external.emplace();
            read_external(cursor, field->end, *tensor.external);
        }
        leave_field(cursor, *field);
    }
    return tensor;
}

// Where its bytes lie in the joined files.
Result<std::uint64_t> place_of(const ExternalData& data, std::uint64_t bytes, ExternalFiles& files) {
    auto& names = files.names;
    if (!data.location.empty() && names.size() <= kMostCompanions &&
        std::ranges::find(names, data.location) == names.end())
        names.push_back(data.location);
    const JoinedFiles::File* file = files.joined == nullptr ? nullptr : files.joined->find(data.location);
    if (file == nullptr)
        return fail(ErrorCode::kUnsupported, "has its data in another file, '" + data.location +
                                                 "', which is not read with it; look at that one");
    if (data.is_broken || data.length.value_or(bytes) != bytes)
        return fail(ErrorCode::kInvalid, "does not fit what it says of its data in '" + data.location + "'");
    if (data.offset > file->bytes || bytes > file->bytes - data.offset)
        return fail(ErrorCode::kInvalid, "ends beyond '" + data.location + "'");
    return file->begin + data.offset;
}

}  // namespace

void read_onnx_tensor(HeaderCursor& cursor, std::uint64_t end, const std::string& default_name,
                      TensorTable& table, ExternalFiles& external) {
    OnnxTensor tensor = read_message(cursor, end);
    if (!cursor.ok()) return;
    if (tensor.name.empty()) tensor.name = default_name.empty() ? "tensor" : default_name;
    const auto note = [&](ErrorCode code, const std::string& what) {
        note_defect(table, Error(code, "ONNX: tensor '" + tensor.name + "' " + what));
    };
    if (tensor.type == kString) return;
    if (tensor.type >= kTypes.size() || kTypes[tensor.type] == DType::kCount)
        return note(ErrorCode::kUnsupported, "has the unknown type " + std::to_string(tensor.type));
    if (tensor.has_too_many_dimensions || table.tensors.size() >= kMaxTensors)
        return note(ErrorCode::kLimit, "has too many dimensions, or there are too many tensors");
    const DType dtype = kTypes[tensor.type];
    const auto extent = extent_of(dtype, tensor.shape);
    if (!extent) return note(ErrorCode::kInvalid, "is too large");
    if (extent->bytes == 0) return;
    if (tensor.external) {
        const auto place = place_of(*tensor.external, extent->bytes, external);
        if (!place) return note(place.error().code(), place.error().message());
        append(table, {std::move(tensor.name), dtype, std::move(tensor.shape), extent->elements, *place,
                       extent->bytes});
        return;
    }
    if (tensor.data.field == 0 || tensor.data.is_scattered) {
        // Integers are often written so, and they are no weights.
        if (info(dtype).decode != nullptr)
            note(ErrorCode::kUnsupported, "has its elements written one by one, or in pieces");
        return;
    }
    if (extent->bytes != tensor.data.bytes) {
        return note(ErrorCode::kInvalid, "needs " + std::to_string(extent->bytes) + " bytes and has " +
                                             std::to_string(tensor.data.bytes));
    }
    append(table, {std::move(tensor.name), dtype, std::move(tensor.shape), extent->elements,
                   tensor.data.offset, extent->bytes});
}

}  // namespace modelward::fingerprint
