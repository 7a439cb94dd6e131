// SPDX-License-Identifier: Apache-2.0
#include "agent/scanner/index_file.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "base/write_all.h"

namespace modelward::agent {

Result<UniqueFd> make_index_file(const fingerprint::IndexBuilder& index) {
    UniqueFd fd(::memfd_create("modelward-index", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!fd) return fail_errno("memfd_create");
    const auto written =
        index.write([&](std::span<const std::uint8_t> bytes) { return write_all(fd.get(), bytes); });
    if (!written) return fail(written.error().with_context("the index for the scanner"));
    if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        return fail_errno("seal the index for the scanner");
    return fd;
}

}  // namespace modelward::agent
