// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/installation.h"

namespace modelward::agent {

namespace {

constexpr std::uint32_t kOnlyEntry = 0;

}  // namespace

Result<kernel::installation> installed_in(const UniqueFd& map) {
    kernel::installation installed{};
    if (::bpf_map_lookup_elem(map.get(), &kOnlyEntry, &installed) == 0) return installed;
    return fail_errno("read what is installed");
}

Result<void> note_installed(const UniqueFd& map, kernel::installation installed, std::uint64_t build,
                            AttachMode mode) {
    installed.build = build;
    installed.layout = kernel::kLayout;
    installed.mode = static_cast<std::uint32_t>(mode);
    return map_put(map, kOnlyEntry, installed, "note what is installed");
}

}  // namespace modelward::agent
