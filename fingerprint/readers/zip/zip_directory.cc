// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/zip/zip_directory.h"

#include <algorithm>
#include <array>
#include <set>

#include "fingerprint/readers/zip/zip_archive.h"

namespace modelward::fingerprint {
namespace {

constexpr std::uint64_t kMaxComment = 65535;
constexpr std::array<std::uint8_t, 4> kEndSignature = {'P', 'K', 5, 6};

// Offset of the last end record; nullopt when there is none.
Result<std::optional<std::uint64_t>> find_end(const ByteSource& source) {
    if (source.size() >= kZipEndBytes) {  // of an archive without a comment, as nearly all are
        const std::uint64_t position = source.size() - kZipEndBytes;
        const auto signature = zip_signature_at(source, position);
        if (!signature) return fail(signature.error());
        if (*signature == kZipEnd) return std::optional(position);
    }
    std::vector<std::uint8_t> tail(std::min(source.size(), kMaxComment + kZipEndBytes));
    const std::uint64_t start = source.size() - tail.size();
    if (auto read = source.read(start, tail); !read) return fail(read.error());
    const auto found = std::ranges::find_end(tail, kEndSignature);
    if (found.empty() || tail.end() - found.begin() < static_cast<std::ptrdiff_t>(kZipEndBytes)) {
        return std::optional<std::uint64_t>{};
    }
    return std::optional(start + static_cast<std::uint64_t>(found.begin() - tail.begin()));
}

// The zip64 records to which the end record at `end` may belong: the one before the locator, as writers put
// it, and the one where the locator says, counted from the source's begin, where loaders look.
std::vector<ZipEndRecord> find_zip64_ends(const ByteSource& source, std::uint64_t end) {
    std::vector<ZipEndRecord> found;
    if (end < kZip64LocatorBytes) return found;
    const std::uint64_t locator_at = end - kZip64LocatorBytes;
    HeaderCursor locator(source, locator_at, end);
    if (locator.number<std::uint32_t>() != kZip64Locator) return found;
    const std::uint64_t before = locator_at - std::min(locator_at, kZip64EndBytes);
    for (const std::uint64_t position : {before, read_zip64_locator(locator)}) {
        if (!found.empty() && position == found.front().behind_directory) continue;
        HeaderCursor cursor(source, position, source.size());
        if (cursor.number<std::uint32_t>() != kZip64End) continue;
        const ZipEnd record = read_zip64_end(cursor);
        if (cursor.ok()) found.push_back({record, position});
    }
    return found;
}

class DirectoryReader {
  public:
    explicit DirectoryReader(const ByteSource& source) : source_(source) {}

    Result<ZipDirectory> read() {
        const auto end = find_end(source_);
        if (!end) return fail(end.error());
        if (!*end) {
            note(ErrorCode::kInvalid, "the file is truncated: it has no central directory");
            return std::move(directory_);
        }
        HeaderCursor cursor(source_, **end, source_.size());
        cursor.skip(4);
        if (auto done = read_from(read_zip_end(cursor), **end); !done) return fail(done.error());
        for (const auto& [record, behind] : find_zip64_ends(source_, **end))
            if (auto done = read_from(record, behind); !done) return fail(done.error());
        if (directory_.entries.empty() && announced_ != 0) {
            note(ErrorCode::kInvalid, "the central directory is not where the end of the file says");
        }
        return std::move(directory_);
    }

  private:
    void note(ErrorCode code, const std::string& what) {
        if (!directory_.defect) directory_.defect = Error(code, "zip: " + what);
    }

    // `behind` is the offset of the record that follows the directory.
    Result<void> read_from(const ZipEnd& end, std::uint64_t behind) {
        announced_ = std::max(announced_, end.entries);
        if (auto done = read_entries(end.directory, 0); !done) return done;
        if (end.directory_bytes > behind) return {};
        const std::uint64_t before_end = behind - end.directory_bytes;
        return read_entries(before_end, before_end - end.directory);
    }

    // `shift` is what is to be added to the offsets that the entries give.
    Result<void> read_entries(std::uint64_t start, std::uint64_t shift) {
        if (start >= source_.size() || !read_from_.insert(start).second) return {};
        HeaderCursor cursor(source_, start, source_.size());
        while (cursor.number<std::uint32_t>() == kZipCentralEntry) {
            ZipEntry entry = read_zip_central_entry(cursor);
            if (!cursor.ok()) break;
            if (directory_.entries.size() == kMaxZipMembers) {
                note(ErrorCode::kLimit, "more than " + std::to_string(kMaxZipMembers) + " members");
                return {};
            }
            if (auto shifted = point_to_header(entry, shift); !shifted) return shifted;
        }
        if (!cursor.ok() && cursor.error().code() == ErrorCode::kIo) return fail(cursor.error());
        if (!cursor.ok() && cursor.position() != start) {
            note(cursor.error().code(), "central directory: " + cursor.error().message());
        }
        return {};
    }

    Result<void> point_to_header(ZipEntry& entry, std::uint64_t shift) {
        for (const std::uint64_t by : {shift, std::uint64_t{0}}) {
            const auto signature = zip_signature_at(source_, entry.local_header + by);
            if (!signature) return fail(signature.error());
            if (*signature != kZipLocalHeader) continue;
            entry.local_header += by;
            directory_.entries.push_back(std::move(entry));
            return {};
        }
        note(ErrorCode::kInvalid,
             "member '" + entry.name + "' has no header at byte " + std::to_string(entry.local_header));
        return {};
    }

    const ByteSource& source_;
    ZipDirectory directory_;
    std::uint64_t announced_ = 0;
    std::set<std::uint64_t> read_from_;  // starts of directories that are done
};

}  // namespace

Result<std::optional<ZipEndRecord>> find_zip_end(const ByteSource& source) {
    const auto end = find_end(source);
    if (!end) return fail(end.error());
    if (!*end) return std::nullopt;
    if (const auto zip64 = find_zip64_ends(source, **end); !zip64.empty()) return zip64.front();
    HeaderCursor cursor(source, **end, source.size());
    cursor.skip(4);
    return ZipEndRecord{read_zip_end(cursor), **end};
}

Result<ZipDirectory> read_zip_directory(const ByteSource& source) {
    return DirectoryReader(source).read();
}

Result<std::uint32_t> zip_signature_at(const ByteSource& source, std::uint64_t offset) {
    std::array<std::uint8_t, 4> bytes{};
    if (offset > source.size() || source.size() - offset < bytes.size()) return 0;
    if (auto read = source.read(offset, bytes); !read) return fail(read.error());
    return load_le<std::uint32_t>(bytes.data());
}

}  // namespace modelward::fingerprint
