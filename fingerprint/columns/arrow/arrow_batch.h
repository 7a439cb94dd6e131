// SPDX-License-Identifier: Apache-2.0
// A record batch of Arrow's IPC (https://github.com/apache/arrow, format/Message.fbs): how many rows it has,
// and where in the file the buffers of each field are.
#pragma once

#include <cstdint>
#include <vector>

#include "fingerprint/columns/arrow/arrow_schema.h"
#include "fingerprint/columns/page_codec.h"

namespace modelward::fingerprint {

enum class BatchCodec : std::uint8_t { kNone, kLz4Frame, kZstd };

struct BufferPlace {
    std::uint64_t begin = 0, end = 0;  // in the file
};

struct BatchField {
    std::uint64_t length = 0;  // values and nulls
    bool has_nulls = false;
    std::uint32_t first_buffer = 0;
    std::uint32_t view_buffers = 0;  // of kViews: behind its own two
};

struct ArrowBatch {
    std::uint64_t rows = 0;
    BatchCodec codec = BatchCodec::kNone;
    std::vector<BatchField> fields;  // as the schema has them
    std::vector<BufferPlace> buffers;
};

inline constexpr std::size_t kMostBuffers = std::size_t{1} << 18;
inline constexpr std::uint64_t kMostLength = std::uint64_t{1} << 40;  // of a field

// That in the table at `table`, whose body is at `body` of the file. kInvalid: it is not of this schema, or
// lies outside of its body. kUnsupported: its compression. kLimit: more buffers or values. kIo.
Result<ArrowBatch> read_arrow_batch(const Flatbuffer& message, std::uint64_t table, const ArrowSchema& schema,
                                    const BufferPlace& body);

}  // namespace modelward::fingerprint
