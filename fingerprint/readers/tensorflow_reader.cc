// SPDX-License-Identifier: Apache-2.0
// TensorFlow's graphs with their weights inside: a frozen graph (GraphDef), and the constants of a
// SavedModel's saved_model.pb. Weights stand in the attributes of nodes, in the graph and in its functions.
// Those of a SavedModel's variables are in files beside it, which are not opened.
// https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/framework: graph.proto,
// node_def.proto, attr_value.proto, function.proto, tensor.proto; ../protobuf: meta_graph.proto,
// saved_model.proto
//
// Protobuf has no magic. What begins like a graph and turns out to hold no node is of unknown format, which
// is no defect.
#include <algorithm>
#include <array>

#include "fingerprint/readers/protobuf_fields.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/readers/shared_bytes.h"

namespace modelward::fingerprint {
namespace {

// Indexed by DataType; kCount marks what is not read.
constexpr std::array kTypes = {
    DType::kCount, DType::kF32, DType::kF64, DType::kI32,    DType::kU8,     DType::kI16, DType::kI8,
    DType::kCount, DType::kC64, DType::kI64, DType::kBool,   DType::kI8,     DType::kU8,  DType::kI32,
    DType::kBF16,  DType::kI16, DType::kU16, DType::kU16,    DType::kC128,   DType::kF16, DType::kCount,
    DType::kCount, DType::kU32, DType::kU64, DType::kF8E5M2, DType::kF8E4M3,
};
constexpr std::uint64_t kString = 7;

struct Constant {
    std::uint64_t type = 0;
    std::vector<std::uint64_t> shape;
    bool has_too_many_dimensions = false;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    bool is_one_by_one = false;  // numbers of varying length
};

class GraphReader {
  public:
    GraphReader(HeaderCursor& cursor, TensorTable& table) : cursor_(cursor), table_(table) {}

    void read_graph(std::uint64_t end) {
        enum Field : std::uint64_t { kNode = 1, kLibrary = 2 };
        each(end, [&](const ProtobufField& field) {
            if (field.is_bytes(kNode)) read_node(field.end);
            if (field.is_bytes(kLibrary)) read_library(field.end);
        });
    }

    void read_saved_model(std::uint64_t end) {
        enum Field : std::uint64_t { kMetaGraph = 2, kGraph = 2 };
        each(end, [&](const ProtobufField& meta_graph) {
            if (!meta_graph.is_bytes(kMetaGraph)) return;
            each(meta_graph.end, [&](const ProtobufField& field) {
                if (field.is_bytes(kGraph)) read_graph(field.end);
            });
        });
    }

  private:
    // Calls read(field) for each field of the message that ends at `end`.
    template <typename Read>
    void each(std::uint64_t end, const Read& read) {
        while (const auto field = next_field(cursor_, end)) {
            read(*field);
            leave_field(cursor_, *field);
        }
    }

    void read_library(std::uint64_t end) {
        enum Field : std::uint64_t { kFunction = 1, kNode = 3 };
        each(end, [&](const ProtobufField& function) {
            if (!function.is_bytes(kFunction)) return;
            each(function.end, [&](const ProtobufField& field) {
                if (field.is_bytes(kNode)) read_node(field.end);
            });
        });
    }

    void read_node(std::uint64_t end) {
        enum Field : std::uint64_t { kName = 1, kOperation = 2, kAttribute = 5 };
        std::string name;
        each(end, [&](const ProtobufField& field) {
            if (field.is_bytes(kName) && field.end - cursor_.position() <= kMaxNameBytes)
                name = cursor_.text(field.end - cursor_.position());
            if (field.is_bytes(kOperation)) table_.format = "tensorflow";
            if (field.is_bytes(kAttribute)) read_attribute(field.end, name);
        });
    }

    // An entry of a map, whose value holds a tensor.
    void read_attribute(std::uint64_t end, const std::string& name) {
        enum Field : std::uint64_t { kValue = 2, kTensor = 8 };
        each(end, [&](const ProtobufField& entry) {
            if (!entry.is_bytes(kValue)) return;
            each(entry.end, [&](const ProtobufField& field) {
                if (field.is_bytes(kTensor)) add(name, read_tensor(field.end));
            });
        });
    }

    Constant read_tensor(std::uint64_t end) {
        enum Field : std::uint64_t {
            kType = 1,
            kShape = 2,
            kContent = 4,
            kFloats = 5,
            kDoubles = 6,
            kHalves = 13
        };
        Constant constant;
        each(end, [&](const ProtobufField& field) {
            if (field.is_number(kType)) constant.type = field.number;
            if (field.is_bytes(kShape)) read_shape(field.end, constant);
            if (field.is_bytes(kContent) || field.is_bytes(kFloats) || field.is_bytes(kDoubles)) {
                constant.offset = cursor_.position();
                constant.bytes = field.end - constant.offset;
            }
            if (field.is_bytes(kHalves))
                constant.is_one_by_one = field.end - cursor_.position() > kMostRepeated;
        });
        return constant;
    }

    void read_shape(std::uint64_t end, Constant& constant) {
        enum Field : std::uint64_t { kDimension = 2, kSize = 1 };
        each(end, [&](const ProtobufField& dimension) {
            if (!dimension.is_bytes(kDimension)) return;
            std::uint64_t size = 0;  // not written when it is 0
            each(dimension.end, [&](const ProtobufField& field) {
                if (field.is_number(kSize)) size = field.number;
            });
            constant.has_too_many_dimensions |= constant.shape.size() == kMaxDimensions;
            if (!constant.has_too_many_dimensions) constant.shape.push_back(size);
        });
    }

    void add(const std::string& name, Constant constant) {
        const auto note = [&](ErrorCode code, const std::string& what) {
            note_defect(table_, Error(code, "TensorFlow: the constant '" + name + "' " + what));
        };
        if (!cursor_.ok() || constant.type == kString) return;
        if (constant.is_one_by_one)
            return note(ErrorCode::kUnsupported, "has its elements written one by one");
        if (constant.bytes == 0) return;
        if (constant.type >= kTypes.size() || kTypes[constant.type] == DType::kCount)
            return note(ErrorCode::kUnsupported, "has the unknown type " + std::to_string(constant.type));
        if (constant.has_too_many_dimensions || table_.tensors.size() >= kMaxTensors)
            return note(ErrorCode::kLimit, "has too many dimensions, or there are too many constants");
        const DType dtype = kTypes[constant.type];
        const auto extent = extent_of(dtype, constant.shape);
        if (!extent) return note(ErrorCode::kInvalid, "is too large");
        // A few values, of which the last is repeated: nothing that was learnt.
        if (constant.bytes < extent->bytes && constant.bytes <= kMostRepeated) return;
        if (constant.bytes != extent->bytes)
            return note(ErrorCode::kInvalid, "needs " + std::to_string(extent->bytes) + " bytes and has " +
                                                 std::to_string(constant.bytes));
        append(table_, {names_.keep(name.empty() ? "constant" : name), dtype, std::move(constant.shape),
                        extent->elements, constant.offset, extent->bytes});
    }

    static constexpr std::uint64_t kMostRepeated = 64;

    HeaderCursor& cursor_;
    TensorTable& table_;
    TensorNames names_;
};

// schema_version, and a MetaGraphDef that begins with a message (an ONNX model has the producer's name
// there).
bool is_saved_model(std::span<const std::uint8_t> head) {
    if (head.size() < 8 || head[0] != 0x08 || head[2] != 0x12) return false;
    std::size_t at = 3;
    while (at < 8 && (head[at] & 0x80) != 0)
        ++at;
    return at + 1 < head.size() && at < 8 && head[at + 1] == 0x0A;
}

// A node, of which comes first its name, a text that ends with it or before, and then its operation.
bool is_graph(std::span<const std::uint8_t> head) {
    constexpr std::uint8_t kFirstField = 0x0A, kOperation = 0x12;
    if (head.size() < 8 || head[0] != kFirstField) return false;
    std::size_t at = 1;
    while (at < 6 && (head[at] & 0x80) != 0)
        ++at;
    if (head[++at] != kFirstField) return false;
    const std::size_t name_bytes = head[at + 1];
    if (name_bytes == 0 || name_bytes >= 0x80) return false;
    const auto name = head.subspan(at + 2).first(std::min(name_bytes, head.size() - at - 2));
    if (!std::ranges::all_of(name, [](std::uint8_t c) { return c > ' ' && c <= '~'; })) return false;
    const std::size_t behind = at + 2 + name_bytes;
    return behind >= head.size() || head[behind] == kOperation;
}

Result<TensorTable> parse(const ByteSource& source) {
    std::array<std::uint8_t, kHeadBytes> buffer{};
    const auto head = std::span(buffer).first(std::min<std::uint64_t>(source.size(), kHeadBytes));
    if (auto read = source.read(0, head); !read) return fail(read.error());
    TensorTable table{.format = "unknown", .data_start = 0, .tensors = {}, .defect = {}};
    HeaderCursor cursor(source);
    GraphReader reader(cursor, table);
    if (is_saved_model(head))
        reader.read_saved_model(source.size());
    else
        reader.read_graph(source.size());
    if (!cursor.ok() && cursor.error().code() == ErrorCode::kIo) return fail(cursor.error());
    if (table.format == "unknown")
        return TensorTable{.format = "unknown", .data_start = 0, .tensors = {}, .defect = {}};
    if (!cursor.ok()) note_defect(table, cursor.error().with_context("TensorFlow"));
    if (auto settled = settle_shared(table, source.size()); !settled) return fail(settled.error());
    return table;
}

bool claims(std::span<const std::uint8_t> head) {
    return is_saved_model(head) || is_graph(head);
}

}  // namespace

const Reader kTensorFlowReader{"tensorflow", claims, parse};

}  // namespace modelward::fingerprint
