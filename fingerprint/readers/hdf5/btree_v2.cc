// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/btree_v2.h"

#include <bit>
#include <vector>

#include "fingerprint/readers/hdf5/node_walk.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kNodeOverhead = 10;  // signature, version, type, checksum
constexpr std::uint16_t kMaxDepth = 16;

struct Node {
    std::uint64_t position;
    std::uint64_t records;
    std::uint16_t level;
};

std::uint64_t bytes_for(std::uint64_t limit) {
    return limit == 0 ? 1 : static_cast<std::uint64_t>((std::bit_width(limit) - 1) / 8 + 1);
}

class Walk {
  public:
    using Visit = std::function<Result<void>(Hdf5Cursor record)>;
    Walk(Hdf5File& file, BtreeV2Type type, std::uint64_t most, const Visit& visit)
        : file_(file), type_(type), most_(most), visit_(visit) {}

    Result<void> from(std::uint64_t header) {
        if (auto done = read_header(header); !done) return done;
        if (!root_) return {};
        return walk_nodes<Node>(file_, *root_, stopped_, [&](const Node& node, std::vector<Node>& children) {
            return look_at(node, children);
        });
    }

  private:
    Result<void> read_header(std::uint64_t header) {
        Hdf5Cursor cursor(file_, header);
        cursor.signature("BTHD");
        cursor.skip(1);
        if (cursor.number<std::uint8_t>() != static_cast<std::uint8_t>(type_))
            cursor.refuse(ErrorCode::kInvalid, "a B-tree of another type");
        node_bytes_ = cursor.number<std::uint32_t>();
        record_bytes_ = cursor.number<std::uint16_t>();
        const auto depth = cursor.number<std::uint16_t>();
        cursor.skip(2);
        const std::uint64_t root = cursor.address();
        const auto records = cursor.number<std::uint16_t>();
        if (record_bytes_ == 0 || node_bytes_ < kNodeOverhead + record_bytes_)
            cursor.refuse(ErrorCode::kInvalid, "a node of a B-tree holds no record");
        if (depth > kMaxDepth) cursor.refuse(ErrorCode::kLimit, "a B-tree is too deep");
        if (!cursor.ok()) return fail(cursor.error().with_context("B-tree"));
        lay_out(depth);
        if (root != kUndefinedPosition) root_ = Node{root, records, depth};
        return {};
    }

    // How wide the numbers beside an address are depends on how many records fit into a node and what is
    // below it.
    void lay_out(std::uint16_t depth) {
        const std::uint64_t in_leaf = (node_bytes_ - kNodeOverhead) / record_bytes_;
        count_bytes_ = bytes_for(in_leaf);
        total_bytes_.push_back(0);
        std::uint64_t below = in_leaf;  // records of a node and all below it
        for (std::uint16_t level = 1; level <= depth; ++level) {
            const std::uint64_t pointer = file_.address_bytes() + count_bytes_ + total_bytes_[level - 1];
            const std::uint64_t room = node_bytes_ - kNodeOverhead;
            const std::uint64_t most = room < pointer ? 0 : (room - pointer) / (record_bytes_ + pointer);
            if (__builtin_mul_overflow(most + 1, below, &below) ||
                __builtin_add_overflow(below, most, &below))
                below = ~std::uint64_t{0};
            total_bytes_.push_back(bytes_for(below));
        }
    }

    Result<void> look_at(const Node& node, std::vector<Node>& below) {
        Hdf5Cursor cursor(file_, node.position, node_bytes_);
        cursor.signature(node.level == 0 ? "BTLF" : "BTIN");
        if (node.records > (node_bytes_ - kNodeOverhead) / record_bytes_)
            cursor.refuse(ErrorCode::kInvalid, "a node of a B-tree has more records than room");
        cursor.skip(2);
        for (std::uint64_t i = 0; i < node.records && cursor.ok(); ++i) {
            if (++records_ > most_) return fail(ErrorCode::kLimit, "a B-tree has too many records");
            const Hdf5Cursor record(file_, cursor.position(), record_bytes_);
            cursor.skip(record_bytes_);
            if (auto done = visit_(record); !done) {
                stopped_ = true;
                return done;
            }
        }
        for (std::uint64_t i = 0; node.level > 0 && i <= node.records && cursor.ok(); ++i) {
            const std::uint64_t child = cursor.address();
            const std::uint64_t records = cursor.sized(count_bytes_);
            cursor.skip(total_bytes_[node.level - 1]);
            if (cursor.ok() && child != kUndefinedPosition)
                below.push_back({child, records, static_cast<std::uint16_t>(node.level - 1)});
        }
        if (!cursor.ok()) return fail(cursor.error().with_context("B-tree"));
        return {};
    }

    Hdf5File& file_;
    BtreeV2Type type_;
    std::uint64_t most_;
    const Visit& visit_;
    std::uint64_t node_bytes_ = 0;
    std::uint16_t record_bytes_ = 0;
    std::uint64_t records_ = 0;  // that were visited
    std::uint64_t count_bytes_ = 0;
    std::vector<std::uint64_t> total_bytes_;  // by the level of the node that is pointed to
    std::optional<Node> root_;
    bool stopped_ = false;
};

}  // namespace

Result<void> walk_btree_v2(Hdf5File& file, BtreeV2Type type, std::uint64_t header, std::uint64_t most,
                           const std::function<Result<void>(Hdf5Cursor record)>& visit) {
    return Walk(file, type, most, visit).from(header);
}

}  // namespace modelward::fingerprint
