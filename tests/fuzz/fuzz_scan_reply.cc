// SPDX-License-Identifier: Apache-2.0
// Any record of a taken-over scanner: what is believed is within its limits.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "agent/scanner/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace modelward::agent;
    std::vector<std::uint8_t> record(encode_reply({}).size());
    std::copy_n(data, std::min(size, record.size()), record.begin());
    const auto reply = decode_reply(record);
    if (!reply) return 0;
    if (reply->matches.size() > kMaxScanMatches) std::abort();
    for (const auto& match : reply->matches)
        if (!std::isfinite(match.score) || match.score < 0 || match.score > 1 ||
            to_string(match.method).empty())
            std::abort();
    return 0;
}
