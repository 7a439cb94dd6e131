// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/zip/zip_archive.h"

#include <algorithm>
#include <unordered_map>

#include "fingerprint/readers/tensor_table.h"
#include "fingerprint/readers/zip/zip_directory.h"
#include "fingerprint/readers/zip/zip_search.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint16_t kStored = 0;
constexpr std::uint64_t kMostLocalHeader = 30 + 2 * std::uint64_t{65535};
// What nearly every local header fits into: a large model has thousands, so little is read of each.
constexpr std::uint64_t kUsualLocalHeader = 512;

struct LocalMember {
    ZipEntry entry;
    std::uint64_t data;
};

class ArchiveReader {
  public:
    explicit ArchiveReader(const ByteSource& source) : source_(source), search_(source, kMaxZipSearch) {}

    Result<ZipArchive> read() {
        auto directory = read_zip_directory(source_);
        if (!directory) return fail(directory.error());
        archive_.defect = std::move(directory->defect);
        for (const ZipEntry& entry : directory->entries)
            listed_.try_emplace(entry.local_header, &entry);
        for (const ZipEntry& entry : directory->entries) {
            if (auto added = add_listed(entry); !added) return fail(added.error());
        }
        if (auto walked = walk(); !walked) return fail(walked.error());
        return std::move(archive_);
    }

  private:
    void note(ErrorCode code, const std::string& what) {
        if (!archive_.defect) archive_.defect = Error(code, "zip: " + what);
    }

    void add(std::string name, std::uint64_t offset, std::uint64_t bytes, bool is_stored) {
        name_bytes_ += name.size();
        if (archive_.members.size() == kMaxZipMembers || name_bytes_ > kMaxHeaderBytes) {
            note(ErrorCode::kLimit, "too many members");
            return;
        }
        offset = std::min(offset, source_.size());
        if (bytes > source_.size() - offset) {
            note(ErrorCode::kInvalid, "the file is truncated in or before member '" + name + "'");
            bytes = source_.size() - offset;
        }
        archive_.members.push_back({std::move(name), offset, bytes, is_stored});
    }

    // nullopt when the header is cut off.
    Result<std::optional<LocalMember>> read_local(std::uint64_t offset) {
        for (const std::uint64_t most : {kUsualLocalHeader, kMostLocalHeader}) {
            HeaderCursor cursor(source_, offset, offset + most);
            cursor.skip(4);
            ZipEntry entry = read_zip_local_header(cursor);
            if (cursor.ok()) return LocalMember{std::move(entry), cursor.position()};
            if (cursor.error().code() == ErrorCode::kIo) return fail(cursor.error());
        }
        return std::nullopt;
    }

    // A member that the directory lists; and as its local header has it, when that differs.
    Result<void> add_listed(const ZipEntry& entry) {
        auto local = read_local(entry.local_header);
        if (!local) return fail(local.error());
        if (!*local) {
            note(ErrorCode::kInvalid, "the header of member '" + entry.name + "' is cut off");
            return {};
        }
        auto& [header, data] = **local;
        const bool sizes_known = !header.sizes_follow || header.compressed_bytes != 0;
        const bool agree = header.name == entry.name && header.method == entry.method &&
                           (!sizes_known || header.compressed_bytes == entry.compressed_bytes);
        add(entry.name, data, entry.compressed_bytes, entry.method == kStored);
        if (listed_.at(entry.local_header) != &entry) return {};
        if (!agree) {
            note(ErrorCode::kInvalid, "the directory and the header of member '" + entry.name + "' disagree");
            add(std::move(header.name), data, sizes_known ? header.compressed_bytes : entry.compressed_bytes,
                header.method == kStored);
        }
        header.name.clear();
        seen_.emplace(entry.local_header, std::move(**local));
        return {};
    }

    // Follows the local headers from the front, as far as they follow each other.
    Result<void> walk() {
        std::uint64_t offset = 0;
        for (std::size_t members = 0; members < kMaxZipMembers; ++members) {
            const auto signature = zip_signature_at(source_, offset);
            if (!signature) return fail(signature.error());
            if (*signature != kZipLocalHeader) return {};
            const auto seen = seen_.find(offset);
            auto local =
                seen != seen_.end() ? Result<std::optional<LocalMember>>(seen->second) : read_local(offset);
            if (!local) return fail(local.error());
            if (!*local) return {};
            auto& [header, data] = **local;
            const auto listed = listed_.find(offset);
            const auto end = end_of_data(header, data, listed == listed_.end() ? nullptr : listed->second);
            if (!end) return fail(end.error());
            if (listed == listed_.end())
                add(std::move(header.name), data, *end - data, header.method == kStored);
            const auto next = search_.next_record(*end, header.sizes_follow);
            if (!next) return fail(next.error());
            if (!*next) return {};
            offset = **next;
        }
        return {};
    }

    Result<std::uint64_t> end_of_data(const ZipEntry& header, std::uint64_t data, const ZipEntry* listed) {
        std::uint64_t bytes = header.compressed_bytes;
        if (header.sizes_follow && bytes == 0) {
            if (listed == nullptr) return search_.end_of_data(data);
            bytes = listed->compressed_bytes;
        }
        return data + std::min(bytes, ~std::uint64_t{0} - data);
    }

    const ByteSource& source_;
    ZipSearch search_;
    ZipArchive archive_;
    std::unordered_map<std::uint64_t, const ZipEntry*> listed_;  // by the offset of the local header
    std::unordered_map<std::uint64_t, LocalMember> seen_;        // their local headers, without the names
    std::uint64_t name_bytes_ = 0;
};

}  // namespace

Result<ZipArchive> read_zip_archive(const ByteSource& source) {
    return ArchiveReader(source).read();
}

}  // namespace modelward::fingerprint
