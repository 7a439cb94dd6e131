// SPDX-License-Identifier: Apache-2.0
// HDF5: Keras' .h5 and .weights.h5, what h5py writes, and whatever else keeps arrays in it. Groups are walked
// from the root; each dataset of numbers is a tensor, named by its path. An object that is reached in several
// ways is looked at once, so links back to a group end there. Nothing is followed out of the file.
// HDF5 File Format Specification 3.0,
// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
#include <algorithm>
#include <optional>
#include <unordered_set>

#include "fingerprint/readers/hdf5/dataset.h"
#include "fingerprint/readers/hdf5/links.h"
#include "fingerprint/readers/hdf5/superblock.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/readers/shared_bytes.h"

namespace modelward::fingerprint {
namespace {

// Of groups in each other. Models have some ten.
constexpr int kMaxGroupDepth = 64;

class GroupWalk {
  public:
    GroupWalk(Hdf5File& file, TensorTable& table)
        : file_(file), table_(table), chunks_(Hdf5ChunkAllowance::of_file(file.size())) {}

    void from(std::uint64_t root) {
        objects_.push_back({root, {}, 0});
        while (!objects_.empty() && !file_.ended()) {
            const Object object = std::move(objects_.back());
            objects_.pop_back();
            if (!seen_.insert(object.header).second) continue;
            if (seen_.size() > kMaxTensors)
                return note({ErrorCode::kLimit, "more than " + std::to_string(kMaxTensors) + " objects"});
            look_at(object);
        }
    }

  private:
    struct Object {
        std::uint64_t header;
        std::string path;
        int depth;
    };

    void note(const Error& error) { note_defect(table_, error.with_context("HDF5")); }
    void note(const Object& object, const Error& error) {
        note(error.with_context("'" + (object.path.empty() ? "/" : object.path) + "'"));
    }

    void look_at(const Object& object) {
        std::vector<Hdf5Message> messages;
        if (auto read = read_object_header(file_, object.header, messages); !read) note(object, read.error());
        if (is_dataset(messages)) {
            if (auto added = add_dataset(file_, messages, object.path, chunks_, table_); !added)
                note(object, added.error());
            return;
        }
        Hdf5Links links;
        for (const Hdf5Message& message : messages) {
            if (auto read = read_links(message, links); !read) note(object, read.error());
        }
        if (links.has_external)
            note(object, {ErrorCode::kUnsupported, "there is a link into another file; look at that too"});
        push(object, links);
    }

    Result<void> read_links(const Hdf5Message& message, Hdf5Links& links) {
        switch (message.type) {
            case Hdf5MessageType::kSymbolTable:
                return read_symbol_table(file_, message, links);
            case Hdf5MessageType::kLink:
                return read_link(message.cursor(file_), links);
            case Hdf5MessageType::kLinkInfo:
                return read_dense_links(file_, message, links);
            default:
                return {};
        }
    }

    void push(const Object& group, const Hdf5Links& links) {
        if (links.hard.empty()) return;
        if (group.depth == kMaxGroupDepth)
            return note(group, {ErrorCode::kLimit,
                                "groups are nested deeper than " + std::to_string(kMaxGroupDepth)});
        for (auto link = links.hard.rbegin(); link != links.hard.rend(); ++link) {  // the first one first
            if (seen_.contains(link->header)) continue;
            if (objects_.size() + seen_.size() > kMaxTensors)
                return note(group,
                            {ErrorCode::kLimit, "more than " + std::to_string(kMaxTensors) + " objects"});
            std::string path = group.path.empty() ? link->name : group.path + "/" + link->name;
            if (path.size() > kMaxNameBytes) path = "unnamed";
            path_bytes_ += path.size();
            if (path_bytes_ > kMaxHeaderBytes)
                return note(group, {ErrorCode::kLimit, "the names are too long"});
            objects_.push_back({link->header, std::move(path), group.depth + 1});
        }
    }

    Hdf5File& file_;
    TensorTable& table_;
    Hdf5ChunkAllowance chunks_;
    std::vector<Object> objects_;  // to be looked at, the next one last
    std::unordered_set<std::uint64_t> seen_;
    std::uint64_t path_bytes_ = 0;
};

// Datasets do not share bytes. Where some are made to, those that were listed first stay, in types of weights
// before others: a dataset that is laid over all of them must not take their place unseen.
Result<void> settle_apart(TensorTable& table, std::uint64_t file_bytes) {
    const auto is_outside = [&](const Tensor& tensor) {
        return tensor.bytes > file_bytes || tensor.offset > file_bytes - tensor.bytes;
    };
    const auto first = std::ranges::find_if(table.tensors, is_outside);
    if (first != table.tensors.end())
        note_defect(table, {ErrorCode::kInvalid,
                            "HDF5: truncated: tensor '" + first->name + "' ends outside the file"});
    std::erase_if(table.tensors, is_outside);
    const std::size_t listed = table.tensors.size();
    if (auto settled = settle_shared(table, file_bytes); !settled) return settled;
    if (table.tensors.size() != listed)
        note_defect(table, {ErrorCode::kInvalid, "HDF5: datasets share bytes"});
    // What is stored in chunks has no bytes in one piece, but is no metadata.
    const auto data = std::ranges::find_if(
        table.tensors, [](const Tensor& tensor) { return tensor.bytes != 0 || tensor.chunked() != nullptr; });
    if (data != table.tensors.end()) table.data_start = data->offset;
    return {};
}

Result<TensorTable> parse(const ByteSource& source) {
    TensorTable table{.format = "hdf5", .data_start = 0, .tensors = {}, .defect = {}};
    const auto start = find_superblock(source);
    if (!start) return fail(start.error());
    if (!*start) return fail(ErrorCode::kInvalid, "HDF5: there is no superblock");
    Hdf5File file(source);
    const auto root = read_superblock(file, **start);
    if (!root) return fail(root.error().with_context("HDF5: superblock"));
    GroupWalk(file, table).from(*root);
    if (file.ended() && file.ended()->code() != ErrorCode::kLimit) return fail(*file.ended());
    if (file.too_early()) table.defect = *file.too_early();  // above all else: more of the stream may mend it
    if (auto settled = settle_apart(table, source.size()); !settled) return fail(settled.error());
    return table;
}

// A file with a user block in front is found by find_readers().
bool claims(std::span<const std::uint8_t> head) {
    return starts_with_hdf5_signature(head);
}

}  // namespace

const Reader kHdf5Reader{"hdf5", claims, parse};

}  // namespace modelward::fingerprint
