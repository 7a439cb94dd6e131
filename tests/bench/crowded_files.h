// SPDX-License-Identifier: Apache-2.0
// Files that make whoever reads them hold much: as many tensors as a table may have, long names, archives.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::bench {

struct CrowdedFile {
    std::string what;
    std::function<fingerprint::testing::Bytes()> make;
};

std::vector<CrowdedFile> crowded_files();

}  // namespace modelward::bench
