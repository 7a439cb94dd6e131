// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/torch/torch_archive.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "fingerprint/readers/numpy/pickled_arrays.h"
#include "fingerprint/readers/torch/torch_table.h"

namespace modelward::fingerprint {
namespace {

constexpr std::string_view kPickle = ".pkl";
// More of one name than this are not an archive for any loader.
constexpr std::size_t kMostPlaces = 4;

class TorchArchiveReader {
  public:
    TorchArchiveReader(const ByteSource& source, const ZipArchive& archive, TensorTable& table)
        : source_(source), archive_(archive), table_(table) {}

    Result<void> read() {
        for (const ZipMember& member : archive_.members) {
            std::vector<const ZipMember*>& same = by_name_[member.name];
            if (same.size() < kMostPlaces) same.push_back(&member);
        }
        std::set<std::uint64_t> done;  // offsets
        for (const ZipMember& member : archive_.members) {
            if (!member.name.ends_with(kPickle) || !done.insert(member.offset).second) continue;
            if (auto read = read_pickle_member(member); !read) return read;
        }
        return {};
    }

  private:
    Result<void> read_pickle_member(const ZipMember& member) {
        const std::string folder = member.name.substr(0, member.name.rfind('/') + 1);
        const std::string stem = member.name.substr(0, member.name.size() - kPickle.size());
        if (member.name.ends_with("/data.pkl") || member.name.ends_with("/constants.pkl"))
            table_.format = "pytorch";
        if (!member.is_stored) {
            note_defect(table_, Error(ErrorCode::kUnsupported, "member '" + member.name + "' is compressed"));
            return {};
        }
        if (header_bytes_ >= kMaxHeaderBytes) {
            note_defect(table_, Error(ErrorCode::kLimit, "the pickles of the archive are too long"));
            return {};
        }
        HeaderCursor cursor(source_, member.offset, member.offset + member.bytes);
        const TorchTensors tensors = find_torch_tensors(read_pickle_with_arrays(cursor, table_));
        header_bytes_ += cursor.header_bytes();
        if (!cursor.ok()) {
            if (cursor.error().code() == ErrorCode::kIo) return fail(cursor.error());
            note_defect(table_, cursor.error().with_context("member '" + member.name + "'"));
        }
        if (tensors.storages.empty()) return {};
        table_.format = "pytorch";
        const auto big_endian = is_big_endian(folder);
        if (!big_endian) return fail(big_endian.error());
        if (*big_endian) {
            note_defect(table_, Error(ErrorCode::kUnsupported, "PyTorch: the data is big-endian"));
            return {};
        }
        const std::string top = member.name.substr(0, member.name.find('/') + 1);
        add_torch_tensors(table_, tensors, [&](const std::string& key) {
            return places_of({folder + "data/" + key, stem + "/" + key, top + ".data/" + key + ".storage"});
        });
        return {};
    }

    // Of the first name under which something is stored.
    std::vector<StorageBytes> places_of(const std::array<std::string, 3>& names) const {
        std::vector<StorageBytes> places;
        for (const std::string& name : names) {
            const auto found = by_name_.find(name);
            if (found == by_name_.end()) continue;
            for (const ZipMember* member : found->second) {
                if (member->is_stored) places.push_back({member->offset, member->bytes});
            }
            if (!places.empty()) break;
        }
        return places;
    }

    Result<bool> is_big_endian(const std::string& folder) const {
        static constexpr std::string_view kBig = "big";
        const auto found = by_name_.find(folder + "byteorder");
        if (found == by_name_.end()) return false;
        std::array<std::uint8_t, kBig.size()> text{};
        const ZipMember& member = *found->second.front();
        if (member.bytes != text.size()) return false;
        if (auto read = source_.read(member.offset, text); !read) return fail(read.error());
        return std::ranges::equal(text, kBig);
    }

    const ByteSource& source_;
    const ZipArchive& archive_;
    TensorTable& table_;
    std::unordered_map<std::string, std::vector<const ZipMember*>> by_name_;
    std::uint64_t header_bytes_ = 0;
};

}  // namespace

Result<void> read_torch_archive(const ByteSource& source, const ZipArchive& archive, TensorTable& table) {
    return TorchArchiveReader(source, archive, table).read();
}

}  // namespace modelward::fingerprint
