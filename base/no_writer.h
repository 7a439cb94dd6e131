// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelward {

// True when no descriptor is open for writing and no writable shared mapping exists. False also when the file
// system cannot say. `fd` is open for reading only, of a file of this user or with CAP_LEASE. On an overlay a
// mapping is the lower file's and is not noticed.
bool has_no_writer(int fd);

}  // namespace modelward
