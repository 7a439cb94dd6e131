// SPDX-License-Identifier: Apache-2.0
// Any bytes as the first that a connection sends, and as a DNS message: what the kernel programs read names
// from (bpf/name_packet.h, the same lines). Nothing may be read outside; a name that is found is one.
#include <cstdlib>

#include "agent/sensor/testing/name_reader.h"

namespace {

using namespace modelward::agent::testing;

void check_name(std::string_view name) {
    if (name.empty() || name.size() > 253) std::abort();
    for (const char letter : name) {
        const bool known = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                           letter == '-' || letter == '.' || letter == '_';
        if (!known) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const SaidName said = said_by(bytes);
    if (said.found == modelward::kernel::kNameFound) {
        check_name(said.name);
        if (said.prefix_bits != 8 * (said.name.size() + 1)) std::abort();
    }
    for (const auto& [address, name] : answered_by(bytes).names)
        check_name(name);
    return 0;
}
