// SPDX-License-Identifier: Apache-2.0
// TensorFlow's graphs with their weights inside: a frozen graph (GraphDef), and the constants of a
// SavedModel's saved_model.pb. Weights stand in the attributes of nodes, in the graph and in its functions.
// Those of a SavedModel's variables are in a checkpoint (companions/tensorflow_checkpoint.cc).
// https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/framework: graph.proto,
// node_def.proto, attr_value.proto, function.proto, tensor.proto; ../protobuf: meta_graph.proto,
// saved_model.proto
//
// Protobuf has no magic. What begins like a graph and turns out to hold no node is of unknown format, which
// is no defect.
#include <algorithm>
#include <array>
#include <optional>

#include "fingerprint/readers/protobuf_fields.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/readers/shared_bytes.h"
#include "fingerprint/readers/tensorflow_types.h"

namespace modelward::fingerprint {
namespace {

// Where a run of bytes lies that is a field.
struct Run {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

struct Constant {
    std::optional<std::uint64_t> type;
    std::optional<TensorFlowShape> shape;
    Run content;                    // tensor_content, which counts when it is not empty
    Run floats;                     // the last run of float_val or double_val
    std::uint64_t value_bytes = 0;  // of all runs and numbers of all value fields
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
        enum Field : std::uint64_t { kName = 1, kAttribute = 5 };
        std::string name;
        each(end, [&](const ProtobufField& field) {
            if (field.is_bytes(kName) && field.end - cursor_.position() <= kMaxNameBytes)
                name = cursor_.text(field.end - cursor_.position());
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
            kTexts = 8
        };
        Constant constant;
        each(end, [&](const ProtobufField& field) {
            const bool is_run = field.kind == ProtobufField::Kind::kBytes;
            const Run run{cursor_.position(), is_run ? field.end - cursor_.position() : 0};
            if (field.is_number(kType)) {
                constant.type = field.number;
            } else if (field.is_bytes(kShape)) {
                constant.shape = read_tensorflow_shape(cursor_, field.end);
            } else if (field.is_bytes(kContent)) {
                if (run.bytes > 0) constant.content = run;
            } else if (field.field > kContent && field.field != kTexts) {
                if (field.is_bytes(kFloats) || field.is_bytes(kDoubles)) constant.floats = run;
                constant.value_bytes += is_run ? run.bytes : sizeof(std::uint64_t);
            }
        });
        return constant;
    }

    void add(const std::string& name, Constant constant) {
        const auto note = [&](ErrorCode code, const std::string& what) {
            note_defect(table_, Error(code, "TensorFlow: the constant '" + name + "' " + what));
        };
        // Anything may look like a node; this does not come about by accident.
        if (!cursor_.ok() || !constant.type || !constant.shape) return;
        table_.format = "tensorflow";
        const std::uint64_t type = *constant.type;
        if (type == kTensorFlowString || (constant.content.bytes == 0 && constant.value_bytes == 0)) return;
        const auto dtype = tensorflow_type(type);
        if (!dtype) return note(ErrorCode::kUnsupported, "has the unknown type " + std::to_string(type));
        if (constant.shape->has_too_many_dimensions || table_.tensors.size() >= kMaxTensors)
            return note(ErrorCode::kLimit, "has too many dimensions, or there are too many constants");
        const auto extent = extent_of(*dtype, constant.shape->extents);
        if (!extent) return note(ErrorCode::kInvalid, "is too large");
        Run data = constant.content;
        if (data.bytes == 0) {
            if (constant.floats.bytes == extent->bytes && constant.value_bytes == extent->bytes) {
                data = constant.floats;
            } else {
                // A few values, of which the last is repeated, are nothing that was learnt, nor are integers.
                if (constant.value_bytes > kMostRepeated && info(*dtype).decode != nullptr)
                    note(ErrorCode::kUnsupported, "has its elements written one by one, or in pieces");
                return;
            }
        }
        if (data.bytes < extent->bytes && data.bytes <= kMostRepeated) return;
        if (data.bytes != extent->bytes)
            return note(ErrorCode::kInvalid, "needs " + std::to_string(extent->bytes) + " bytes and has " +
                                                 std::to_string(data.bytes));
        append(table_, {names_.keep(name.empty() ? "constant" : name), *dtype, constant.shape->extents,
                        extent->elements, data.offset, extent->bytes});
    }

    static constexpr std::uint64_t kMostRepeated = 64;

    HeaderCursor& cursor_;
    TensorTable& table_;
    TensorNames names_;
};

// Weak signs: what turns out to hold no constant is somebody else's.

// schema_version and a MetaGraphDef.
bool is_saved_model(std::span<const std::uint8_t> head) {
    return head.size() >= 4 && head[0] == 0x08 && head[1] < 0x80 && head[2] == 0x12;
}

// A node, whose fields may come in any order: name, operation, input, device or attribute.
bool is_graph(std::span<const std::uint8_t> head) {
    constexpr std::uint8_t kNode = 0x0A;
    constexpr std::array<std::uint8_t, 5> kFields = {0x0A, 0x12, 0x1A, 0x22, 0x2A};
    if (head.size() < 4 || head[0] != kNode) return false;
    std::size_t at = 1;
    while (at + 1 < head.size() && at < 10 && (head[at] & 0x80) != 0)
        ++at;
    return at + 1 < head.size() && std::ranges::find(kFields, head[at + 1]) != kFields.end();
}

Result<TensorTable> parse(const ByteSource& source) {
    std::array<std::uint8_t, kHeadBytes> buffer{};
    const auto head = std::span(buffer).first(std::min<std::uint64_t>(source.size(), kHeadBytes));
    if (auto read = source.read(0, head); !read) return fail(read.error());
    TensorTable table{.format = kUnknownFormat, .data_start = 0, .tensors = {}, .defect = {}};
    HeaderCursor cursor(source);
    GraphReader reader(cursor, table);
    if (is_saved_model(head))
        reader.read_saved_model(source.size());
    else
        reader.read_graph(source.size());
    if (!cursor.ok() && cursor.error().code() == ErrorCode::kIo) return fail(cursor.error());
    if (table.format == kUnknownFormat)
        return TensorTable{.format = kUnknownFormat, .data_start = 0, .tensors = {}, .defect = {}};
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
