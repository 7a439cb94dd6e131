// SPDX-License-Identifier: Apache-2.0
// TensorFlow Lite: a FlatBuffers file with the identifier TFL3. The model has subgraphs, whose tensors have a
// shape, a type and the number of a buffer; the model's list of buffers says where each one's bytes are, in
// the table or, past 2 GB, behind it. Tensors without bytes are computed when the model runs.
// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs
#include <algorithm>
#include <array>

#include "fingerprint/readers/flatbuffer.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/readers/shared_bytes.h"

namespace modelward::fingerprint {
namespace {

constexpr std::array<std::uint8_t, 4> kIdentifier = {'T', 'F', 'L', '3'};

// Indexed by TensorType; kCount marks what is not read.
constexpr std::array kTypes = {
    DType::kF32,   DType::kF16, DType::kI32, DType::kU8,    DType::kI64,  DType::kCount, DType::kBool,
    DType::kI16,   DType::kC64, DType::kI8,  DType::kF64,   DType::kC128, DType::kU64,   DType::kCount,
    DType::kCount, DType::kU32, DType::kU16, DType::kCount, DType::kBF16,
};
constexpr std::uint8_t kString = 5;

namespace model_field {
constexpr std::uint16_t kSubgraphs = 2;
constexpr std::uint16_t kBuffers = 4;
}  // namespace model_field
namespace subgraph_field {
constexpr std::uint16_t kTensors = 0;
}
namespace tensor_field {
constexpr std::uint16_t kShape = 0;
constexpr std::uint16_t kType = 1;
constexpr std::uint16_t kBuffer = 2;
constexpr std::uint16_t kName = 3;
constexpr std::uint16_t kSparsity = 6;
}  // namespace tensor_field
namespace buffer_field {
constexpr std::uint16_t kData = 0;
constexpr std::uint16_t kOffset = 1;
constexpr std::uint16_t kSize = 2;
}  // namespace buffer_field

class ModelReader {
  public:
    ModelReader(const Flatbuffer& file, TensorTable& table) : file_(file), table_(table) {}

    void read() {
        const auto model = file_.follow(0);
        if (!model) return note(ErrorCode::kInvalid, "the model lies outside of the file");
        const auto buffers = tables(*model, model_field::kBuffers);
        const auto subgraphs = tables(*model, model_field::kSubgraphs);
        if (!buffers || !subgraphs)
            return note(ErrorCode::kInvalid, "buffers and subgraphs are not in the file");
        buffers_ = *buffers;
        for (std::uint64_t i = 0; i < subgraphs->count; ++i)
            read_subgraph(*subgraphs, i);
    }

  private:
    void note(ErrorCode code, const std::string& what) {
        note_defect(table_, Error(code, "TFLite: " + what));
    }

    std::optional<Flatbuffer::Vector> tables(std::uint64_t table, std::uint16_t index) const {
        const auto position = file_.target(table, index);
        return position ? file_.vector(*position, 4) : std::nullopt;
    }

    void read_subgraph(const Flatbuffer::Vector& subgraphs, std::uint64_t i) {
        const auto subgraph = file_.follow(subgraphs.start + 4 * i);
        const auto tensors = subgraph ? tables(*subgraph, subgraph_field::kTensors) : std::nullopt;
        if (!tensors)
            return note(ErrorCode::kInvalid, "a subgraph has no tensors or lies outside of the file");
        for (std::uint64_t k = 0; k < tensors->count; ++k) {
            // Subgraphs may share their list of tensors: what counts is how often we look.
            if (looked_at_++ >= kMaxTensors)
                return note(ErrorCode::kLimit, "more than " + std::to_string(kMaxTensors) + " tensors");
            const auto tensor = file_.follow(tensors->start + 4 * k);
            if (!tensor) return note(ErrorCode::kInvalid, "a tensor lies outside of the file");
            read_tensor(*tensor);
        }
    }

    struct Bytes {
        std::uint64_t offset;
        std::uint64_t count;
    };

    // nullopt: the buffer is empty, or not in the file (which is noted).
    std::optional<Bytes> bytes_of(std::uint32_t number) {
        if (number >= buffers_.count) {
            note(ErrorCode::kInvalid, "there is no buffer " + std::to_string(number));
            return std::nullopt;
        }
        const auto buffer = file_.follow(buffers_.start + std::uint64_t{4} * number);
        if (buffer && !file_.field(*buffer, buffer_field::kData)) return bytes_behind(*buffer);
        const auto position = buffer ? file_.target(*buffer, buffer_field::kData) : std::nullopt;
        const auto data = position ? file_.vector(*position, 1) : std::nullopt;
        if (!data) {
            note(ErrorCode::kInvalid,
                 "the file is truncated: buffer " + std::to_string(number) + " is not in it");
            return std::nullopt;
        }
        return Bytes{data->start, data->count};
    }

    // Of a buffer behind the table; an offset of 0 or 1 says that there is none.
    std::optional<Bytes> bytes_behind(std::uint64_t buffer) const {
        const auto number_in = [&](std::uint16_t index) {
            const auto position = file_.field(buffer, index);
            return position ? file_.number<std::uint64_t>(*position).value_or(0) : 0;
        };
        const std::uint64_t offset = number_in(buffer_field::kOffset);
        if (offset <= 1) return std::nullopt;
        return Bytes{offset, number_in(buffer_field::kSize)};
    }

    std::optional<std::vector<std::uint64_t>> shape_of(std::uint64_t tensor) const {
        const auto position = file_.target(tensor, tensor_field::kShape);
        if (!position) return std::vector<std::uint64_t>{};
        const auto extents = file_.vector(*position, 4);
        if (!extents || extents->count > kMaxDimensions) return std::nullopt;
        std::vector<std::uint64_t> shape;
        for (std::uint64_t i = 0; i < extents->count; ++i)
            shape.push_back(file_.number<std::uint32_t>(extents->start + 4 * i).value_or(0));
        return shape;
    }

    // Tensors may share a long name: what all names take is bounded.
    std::string name_of(std::uint64_t tensor) {
        const auto position = file_.target(tensor, tensor_field::kName);
        const auto name = position ? file_.text(*position) : std::nullopt;
        if (!name || name->empty() || name_bytes_ > kMaxHeaderBytes) return "tensor";
        name_bytes_ += name->size();
        return *name;
    }

    void read_tensor(std::uint64_t tensor) {
        const auto buffer_at = file_.field(tensor, tensor_field::kBuffer);
        const auto data = bytes_of(buffer_at ? file_.number<std::uint32_t>(*buffer_at).value_or(0) : 0);
        if (!data || data->count == 0) return;
        const auto type_at = file_.field(tensor, tensor_field::kType);
        const std::uint8_t type = type_at ? file_.number<std::uint8_t>(*type_at).value_or(0) : 0;
        if (type == kString) return;
        std::string name = name_of(tensor);
        const auto note_tensor = [&](ErrorCode code, const std::string& what) {
            note(code, "tensor '" + name + "' " + what);
        };
        if (type >= kTypes.size() || kTypes[type] == DType::kCount)
            return note_tensor(ErrorCode::kUnsupported, "has the unknown type " + std::to_string(type));
        if (file_.field(tensor, tensor_field::kSparsity))
            return note_tensor(ErrorCode::kUnsupported, "is stored without its zeros");
        auto shape = shape_of(tensor);
        if (!shape) return note_tensor(ErrorCode::kLimit, "has a broken shape or too many dimensions");
        const auto extent = extent_of(kTypes[type], *shape);
        if (!extent || extent->bytes != data->count)
            return note_tensor(ErrorCode::kInvalid,
                               "does not fit its buffer of " + std::to_string(data->count));
        if (data->offset >= std::uint64_t{1} << 62)
            return note_tensor(ErrorCode::kInvalid, "is out of reach");
        table_.tensors.push_back({std::move(name), kTypes[type], std::move(*shape), extent->elements,
                                  data->offset, extent->bytes});
    }

    const Flatbuffer& file_;
    TensorTable& table_;
    Flatbuffer::Vector buffers_{};
    std::uint64_t looked_at_ = 0;
    std::uint64_t name_bytes_ = 0;
};

Result<TensorTable> parse(const ByteSource& source) {
    TensorTable table{.format = "tflite", .data_start = 0, .tensors = {}, .defect = {}};
    const Flatbuffer file(source);
    ModelReader(file, table).read();
    if (file.io_error()) return fail(*file.io_error());
    if (auto settled = settle_shared(table, source.size()); !settled) return fail(settled.error());
    return table;
}

bool claims(std::span<const std::uint8_t> head) {
    return head.size() >= 8 && std::ranges::equal(head.subspan(4, 4), kIdentifier);
}

}  // namespace

const Reader kTfliteReader{"tflite", claims, parse};

}  // namespace modelward::fingerprint
