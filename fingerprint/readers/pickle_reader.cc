// SPDX-License-Identifier: Apache-2.0
// Files that are pickles: of scikit-learn and joblib, with the arrays' data inside; and what torch.save wrote
// before 1.6, where the data follows the pickles.
//
// torch.save's old format: five pickles (a magic number, the protocol 1001, facts about the machine, the
// object, the list of storage keys), then for each key a 64-bit count of elements and the elements.
// Documented by its code: torch/serialization.py, _legacy_save.
#include <algorithm>

#include "fingerprint/readers/bitsandbytes.h"
#include "fingerprint/readers/numpy/pickled_arrays.h"
#include "fingerprint/readers/packed_matrix.h"
#include "fingerprint/readers/pickle/pickle_opcodes.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/readers/shared_bytes.h"
#include "fingerprint/readers/torch/torch_legacy.h"

namespace modelward::fingerprint {
namespace {

// Objects are often dumped one behind the other.
constexpr std::size_t kMaxPickles = 4096;
constexpr std::uint8_t kProtocol = 0x80;
constexpr std::uint8_t kNewestProtocol = 5;
// How PyTorch's magic number looks when it is written with protocol 0 or 1.
constexpr std::string_view kMagicAsText = "L119547037146038801333356L\n.";

Result<TensorTable> parse(const ByteSource& source) {
    TensorTable table{.format = "pickle", .data_start = 0, .tensors = {}, .defect = {}};
    HeaderCursor cursor(source);
    for (std::size_t i = 0; cursor.ok() && !cursor.at_end(); ++i) {
        if (i == kMaxPickles) {
            cursor.refuse(ErrorCode::kLimit, "more than " + std::to_string(kMaxPickles) + " pickles");
            break;
        }
        const Pickle pickle = read_pickle_with_arrays(cursor, table);
        if (i == 1 && is_torch_protocol(pickle)) {
            table.format = "pytorch";
            read_torch_legacy(cursor, table);
            break;
        }
    }
    if (!cursor.ok()) {
        if (cursor.error().code() == ErrorCode::kIo) return fail(cursor.error());
        note_defect(table, cursor.error());
    }
    if (auto settled = settle_shared(table, source.size()); !settled) return fail(settled.error());
    find_packed_matrices(table);
    find_bitsandbytes(table);
    return table;
}

bool claims(std::span<const std::uint8_t> head) {
    if (std::ranges::equal(head.first(std::min(head.size(), kMagicAsText.size())), kMagicAsText)) return true;
    return head.size() > 2 && head[0] == kProtocol && head[1] >= 2 && head[1] <= kNewestProtocol &&
           argument_of(head[2]).has_value();
}

}  // namespace

const Reader kPickleReader{"pickle", claims, parse};

}  // namespace modelward::fingerprint
