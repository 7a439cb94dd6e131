// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/containers/unseen.h"

#include <algorithm>

namespace modelward::fingerprint {

std::string_view to_string(Unseen unseen) {
    switch (unseen) {
        case Unseen::kEncrypted:
            return "encrypted";
        case Unseen::kCorrupt:
            return "corrupt";
        case Unseen::kDepth:
            return "depth limit";
        case Unseen::kEntries:
            return "entry limit";
        case Unseen::kDecodedBytes:
            return "size limit";
        case Unseen::kRatio:
            return "ratio limit";
        case Unseen::kMemory:
            return "memory limit";
        case Unseen::kHeader:
            return "header limit";
        case Unseen::kSeek:
            return "seek limit";
        case Unseen::kPlaces:
            return "place limit";
        case Unseen::kSampled:
            return "sampled";
        case Unseen::kUnsupported:
            return "unsupported";
        case Unseen::kMissing:
            return "missing files";
    }
    return "unknown";
}

void note(std::vector<Unseen>& reasons, Unseen reason) {
    const auto at = std::ranges::lower_bound(reasons, reason);
    if (at == reasons.end() || *at != reason) reasons.insert(at, reason);
}

}  // namespace modelward::fingerprint
