// SPDX-License-Identifier: Apache-2.0
// Any bytes as text: the records are the same however the bytes are cut, and no greater than they may be.
#include <cstdlib>
#include <string>
#include <vector>

#include "fingerprint/records/record_stream.h"

namespace {

using namespace modelward::fingerprint;

std::vector<std::string> records_of(std::span<const std::uint8_t> bytes, std::size_t piece) {
    std::vector<std::string> records;
    RecordStream stream([&](std::string_view record) { records.emplace_back(record); });
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        stream.push(bytes.subspan(at, std::min(piece, bytes.size() - at)));
    stream.finish();
    return records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::span bytes(data, size);
    const auto whole = records_of(bytes, size);
    if (records_of(bytes, 1 + data[0]) != whole) std::abort();
    for (const std::string& record : whole)
        if (record.empty() || record.size() > kMostRecordBytes) std::abort();
    return 0;
}
