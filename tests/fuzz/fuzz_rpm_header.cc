// SPDX-License-Identifier: Apache-2.0
// Any bytes as a header of rpm's database (agent/sensor/rpm_header.h). Nothing is read outside; what is found
// lies inside.
#include <cstdlib>

#include "agent/sensor/rpm_header.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto files = modelward::agent::files_of_rpm_header(bytes);
    if (files && files->size() > size) std::abort();  // each has at least the end of its name
    return 0;
}
