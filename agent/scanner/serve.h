// SPDX-License-Identifier: Apache-2.0
// The scanner's work inside its sandbox: answer requests until the agent hangs up.
#pragma once

#include <cstdint>

#include "agent/scanner/protocol.h"
#include "fingerprint/classify.h"

namespace modelward::agent {

// One file: classified at the depth asked for; what matched nothing in full is judged for innocence. A header
// whose tensors are in files beside it is also looked at with them, which are asked for through `socket`, and
// then sampled only: in full they are looked at by themselves.
ScanReply scan_file(int socket, const ScanRequest& request, int file, const fingerprint::Index& index);

// Returns when the agent has hung up, or after a reply once `cpu_seconds` are used: a process that ends
// between two files is replaced without one of them being suspected. An error means that the socket broke.
Result<void> serve(int socket, const fingerprint::Index& index, std::uint64_t cpu_seconds);

}  // namespace modelward::agent
