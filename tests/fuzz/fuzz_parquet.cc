// SPDX-License-Identifier: Apache-2.0
// Any bytes as Parquet: records are no greater than they may be, and nothing costs more than the allowance.
#include <cstdlib>

#include "fingerprint/columns/limited_source.h"
#include "fingerprint/columns/parquet_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace modelward::fingerprint;
    const MemorySource source({data, size});
    const CountingSource counted(source);
    WrappingLimits limits;
    limits.ratio_grace = std::uint64_t{1} << 20;  // so that an input costs little
    Allowance allowance(limits, counted);
    std::vector<Unseen> unseen;
    const auto done = visit_parquet_rows(
        counted, allowance,
        [](std::string_view record) {
            if (record.empty() || record.size() > kMostRecordBytes) std::abort();
        },
        unseen);
    if (!done || counted.bytes_read() > kMostReads * size + (std::uint64_t{2} << 20)) std::abort();
    return 0;
}
