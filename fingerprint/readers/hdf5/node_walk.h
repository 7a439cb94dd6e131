// SPDX-License-Identifier: Apache-2.0
// Goes through the nodes of a B-tree in a file that may lie: each once, whatever they say of each other, and
// a bounded number of them.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "fingerprint/readers/hdf5/hdf5_file.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {

// Calls look_at(node, children), which adds the node's children, for `root` and all below it, first child
// first. Of broken nodes the first error is returned after the others have been looked at; `stopped` and the
// end of the file's reading end the walk. Node has `position`.
template <typename Node, typename LookAt>
Result<void> walk_nodes(const Hdf5File& file, const Node& root, const bool& stopped, const LookAt& look_at) {
    std::vector<Node> nodes{root}, children;
    std::unordered_set<std::uint64_t> seen;
    std::optional<Error> first;
    while (!nodes.empty() && !stopped && !file.ended()) {
        const Node node = nodes.back();
        nodes.pop_back();
        if (!seen.insert(node.position).second) continue;
        if (seen.size() > kMaxTensors || nodes.size() > kMaxTensors)
            return fail(ErrorCode::kLimit, "a B-tree has too many nodes");
        children.clear();
        if (auto done = look_at(node, children); !done && !first) first = done.error();
        nodes.insert(nodes.end(), children.rbegin(), children.rend());
    }
    if (first) return fail(*first);
    return {};
}

}  // namespace modelward::fingerprint
