// SPDX-License-Identifier: Apache-2.0
// Fingerprint files (.mwfp) by name: reading, writing, and loading an index from files and folders.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "fingerprint/classify.h"
#include "fingerprint/fingerprint.h"

namespace modelward::cli {

Result<fingerprint::Fingerprint> read_fingerprint_file(const std::string& path);

// Replaces the file at once: a reader sees the old content or the new. Mode 0644 less the umask.
Result<void> write_fingerprint_file(const std::string& path, const fingerprint::Fingerprint& fingerprint);

struct NamedIndex {
    fingerprint::Index index;
    std::vector<std::string> names;  // by artifact number: the file's name without .mwfp
};

// `paths` are .mwfp files and folders of them (not searched deeper). kNotFound when they hold no fingerprint.
Result<NamedIndex> load_index(const std::vector<std::string>& paths);

}  // namespace modelward::cli
