// SPDX-License-Identifier: Apache-2.0
// ONNX: a protobuf message, ModelProto, with the tensors' bytes inside. Tensors stand in graphs as
// initialisers (also sparse ones) and in the attributes of nodes, which may hold graphs themselves.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
//
// Protobuf has no magic. What begins like a model and turns out to hold no graph is of unknown format, which
// is no defect.
#include <algorithm>
#include <array>

#include "fingerprint/readers/companions/joined_files.h"
#include "fingerprint/readers/onnx/external_data.h"
#include "fingerprint/readers/onnx/onnx_tensor.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/readers/shared_bytes.h"

namespace modelward::fingerprint {
namespace {

constexpr int kMaxGraphDepth = 16;
// Many tensors of a node may take their name from its output.
constexpr std::uint64_t kMaxOutputName = 256;

class ModelReader {
  public:
    ModelReader(HeaderCursor& cursor, TensorTable& table, ExternalFiles& external)
        : cursor_(cursor), table_(table), external_(external) {}

    void read_model(std::uint64_t end) {
        enum Field : std::uint64_t { kGraph = 7, kTrainingInfo = 20, kFunctions = 25 };
        while (const auto field = next_field(cursor_, end)) {
            if (field->is_bytes(kGraph)) {
                table_.format = "onnx";
                read_graph(field->end, 0);
            } else if (field->is_bytes(kTrainingInfo)) {
                read_training(field->end);
            } else if (field->is_bytes(kFunctions)) {
                read_function(field->end);
            }
            leave_field(cursor_, *field);
        }
    }

  private:
    void read_training(std::uint64_t end) {
        enum Field : std::uint64_t { kInitialization = 1, kAlgorithm = 2 };
        while (const auto field = next_field(cursor_, end)) {
            if (field->is_bytes(kInitialization) || field->is_bytes(kAlgorithm)) read_graph(field->end, 0);
            leave_field(cursor_, *field);
        }
    }

    void read_function(std::uint64_t end) {
        enum Field : std::uint64_t { kNode = 7 };
        while (const auto field = next_field(cursor_, end)) {
            if (field->is_bytes(kNode)) read_node(field->end, 0);
            leave_field(cursor_, *field);
        }
    }

    void read_graph(std::uint64_t end, int depth) {
        enum Field : std::uint64_t { kNode = 1, kInitializer = 5, kSparseInitializer = 15 };
        if (depth == kMaxGraphDepth) {
            cursor_.refuse(ErrorCode::kLimit, "graphs are nested deeper than " + std::to_string(depth));
            return;
        }
        while (const auto field = next_field(cursor_, end)) {
            if (field->is_bytes(kNode)) {
                read_node(field->end, depth);
            } else if (field->is_bytes(kInitializer)) {
                read_onnx_tensor(cursor_, field->end, {}, table_, external_);
            } else if (field->is_bytes(kSparseInitializer)) {
                read_sparse_tensor(field->end, {});
            }
            leave_field(cursor_, *field);
        }
    }

    void read_node(std::uint64_t end, int depth) {
        enum Field : std::uint64_t { kOutput = 2, kAttribute = 5 };
        std::string output;
        while (const auto field = next_field(cursor_, end)) {
            if (field->is_bytes(kOutput) && field->end - cursor_.position() <= kMaxOutputName) {
                output = cursor_.text(field->end - cursor_.position());
            } else if (field->is_bytes(kAttribute)) {
                read_attribute(field->end, output, depth);
            }
            leave_field(cursor_, *field);
        }
    }

    void read_attribute(std::uint64_t end, const std::string& name, int depth) {
        enum Field : std::uint64_t {
            kTensor = 5,
            kGraph = 6,
            kTensors = 10,
            kGraphs = 11,
            kSparseTensor = 22,
            kSparseTensors = 23,
        };
        while (const auto field = next_field(cursor_, end)) {
            if (field->is_bytes(kTensor) || field->is_bytes(kTensors)) {
                read_onnx_tensor(cursor_, field->end, name, table_, external_);
            } else if (field->is_bytes(kGraph) || field->is_bytes(kGraphs)) {
                read_graph(field->end, depth + 1);
            } else if (field->is_bytes(kSparseTensor) || field->is_bytes(kSparseTensors)) {
                read_sparse_tensor(field->end, name);
            }
            leave_field(cursor_, *field);
        }
    }

    // The values that are not zero.
    void read_sparse_tensor(std::uint64_t end, const std::string& name) {
        enum Field : std::uint64_t { kValues = 1 };
        while (const auto field = next_field(cursor_, end)) {
            if (field->is_bytes(kValues)) read_onnx_tensor(cursor_, field->end, name, table_, external_);
            leave_field(cursor_, *field);
        }
    }

    HeaderCursor& cursor_;
    TensorTable& table_;
    ExternalFiles& external_;
};

Result<TensorTable> parse_model(const ByteSource& source, ExternalFiles& external) {
    TensorTable table{.format = kUnknownFormat, .data_start = 0, .tensors = {}, .defect = {}};
    const std::uint64_t end = external.joined == nullptr ? source.size() : external.joined->header_bytes();
    HeaderCursor cursor(source, 0, end);
    ModelReader(cursor, table, external).read_model(end);
    if (!cursor.ok() && cursor.error().code() == ErrorCode::kIo) return fail(cursor.error());
    if (table.format == kUnknownFormat)
        return TensorTable{.format = kUnknownFormat, .data_start = 0, .tensors = {}, .defect = {}};
    if (!cursor.ok()) note_defect(table, cursor.error().with_context("ONNX"));
    return table;
}

Result<TensorTable> parse(const ByteSource& source) {
    ExternalFiles external{source.joined()};
    auto table = parse_model(source, external);
    if (!table || table->format == kUnknownFormat) return table;
    if (auto settled = settle_shared(*table, source.size()); !settled) return fail(settled.error());
    return table;
}

// ir_version, a small number, and one of the fields that exporters write next; or the graph at once.
bool claims(std::span<const std::uint8_t> head) {
    static constexpr std::uint8_t kIrVersion = 0x08;
    static constexpr std::uint8_t kNewestVersion = 32;
    // producer_name, producer_version, domain, model_version, doc_string, graph, opset_import, metadata_props
    static constexpr std::array<std::uint8_t, 8> kNext = {0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42, 0x72};
    static constexpr std::uint8_t kGraph = 0x3A;
    if (head.size() < 3) return false;
    if (head[0] == kGraph) return (head[1] & 0x80) != 0;  // of 128 bytes or more
    return head[0] == kIrVersion && head[1] > 0 && head[1] <= kNewestVersion &&
           std::ranges::find(kNext, head[2]) != kNext.end();
}

}  // namespace

Result<std::vector<std::string>> external_files(const ByteSource& model) {
    ExternalFiles external;
    const auto table = parse_model(model, external);
    if (!table) return fail(table.error());
    return table->format == kUnknownFormat ? std::vector<std::string>{} : std::move(external.names);
}

const Reader kOnnxReader{"onnx", claims, parse};

}  // namespace modelward::fingerprint
