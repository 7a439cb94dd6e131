// SPDX-License-Identifier: Apache-2.0
// Any bytes, sealed with the right checksum so that the parser behind it is reached: what parses is written
// back to bytes that parse to the same.
#include <cstdlib>
#include <vector>

#include "fingerprint/file_format.h"
#include "fingerprint/fingerprint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace modelward::fingerprint;
    std::vector<std::uint8_t> file(data, data + size);
    if (parse_fingerprint(file)) return 0;
    const auto digest = file_digest(file).value();
    file.insert(file.end(), digest.begin(), digest.end());
    const auto parsed = parse_fingerprint(file);
    if (!parsed) return 0;
    const auto written = serialize(*parsed);
    const auto again = parse_fingerprint(written);
    if (!again || serialize(*again) != written) std::abort();
    return 0;
}
