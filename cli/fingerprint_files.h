// SPDX-License-Identifier: Apache-2.0
// Fingerprint files (.mwfp) by name: reading and writing.
#pragma once

#include <string>

#include "base/error.h"
#include "fingerprint/fingerprint.h"

namespace modelward::cli {

Result<fingerprint::Fingerprint> read_fingerprint_file(const std::string& path);

// Makes that of a model file. Errors carry the path.
Result<fingerprint::Fingerprint> fingerprint_of(const std::string& path);

// What of the file will not be recognised after it was changed, as a warning to who registers it; empty:
// nothing.
std::string warning_of(const fingerprint::Fingerprint& fingerprint, const std::string& path);

// By its first bytes, whatever its name. False for what cannot be read.
bool is_fingerprint_file(const std::string& path);

// A fingerprint may replace a fingerprint and nothing else: what lies at `path` must be absent, or a regular
// file (no link) that holds a fingerprint and is not `input`, which the new one is made of. kInvalid,
// kConflict, kIo.
Result<void> may_write_fingerprint(const std::string& path, const std::string& input);

// Replaces the file at once: a reader sees the old content or the new. Mode 0644 less the umask. Refuses what
// may_write_fingerprint() refuses.
Result<void> write_fingerprint_file(const std::string& path, const fingerprint::Fingerprint& fingerprint);

}  // namespace modelward::cli
