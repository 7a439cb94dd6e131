// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/btree_v1.h"

#include "fingerprint/readers/hdf5/node_walk.h"

namespace modelward::fingerprint {
namespace {

struct Node {
    std::uint64_t position;
    int level;  // that it must have; -1: any, of the root
};

class Walk {
  public:
    Walk(Hdf5File& file, BtreeV1Type type, std::uint64_t key_bytes, const BtreeV1Visit& visit)
        : file_(file), type_(type), key_bytes_(key_bytes), visit_(visit) {}

    Result<void> from(std::uint64_t root) {
        return walk_nodes<Node>(
            file_, {root, -1}, stopped_,
            [&](const Node& node, std::vector<Node>& children) { return look_at(node, children); });
    }

  private:
    Result<void> look_at(const Node& node, std::vector<Node>& below) {
        Hdf5Cursor cursor(file_, node.position);
        cursor.signature("TREE");
        if (cursor.number<std::uint8_t>() != static_cast<std::uint8_t>(type_))
            cursor.refuse(ErrorCode::kInvalid, "a B-tree of another type");
        const int level = cursor.number<std::uint8_t>();
        if (node.level != -1 && level != node.level)
            cursor.refuse(ErrorCode::kInvalid, "a node of a B-tree has the wrong level");
        const auto children = cursor.number<std::uint16_t>();
        cursor.skip(2 * file_.address_bytes());  // siblings
        for (std::uint16_t i = 0; i < children && cursor.ok(); ++i) {
            const Hdf5Cursor key(file_, cursor.position(), key_bytes_);
            cursor.skip(key_bytes_);
            const std::uint64_t child = cursor.address();
            if (!cursor.ok() || child == kUndefinedPosition) continue;
            if (level > 0) {
                below.push_back({child, level - 1});
            } else if (auto done = visit_(key, child); !done) {
                stopped_ = true;
                return done;
            }
        }
        if (!cursor.ok()) return fail(cursor.error().with_context("B-tree"));
        return {};
    }

    Hdf5File& file_;
    BtreeV1Type type_;
    std::uint64_t key_bytes_;
    const BtreeV1Visit& visit_;
    bool stopped_ = false;
};

}  // namespace

Result<void> walk_btree_v1(Hdf5File& file, BtreeV1Type type, std::uint64_t key_bytes, std::uint64_t root,
                           const BtreeV1Visit& visit) {
    return Walk(file, type, key_bytes, visit).from(root);
}

}  // namespace modelward::fingerprint
