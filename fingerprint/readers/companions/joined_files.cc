// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/companions/joined_files.h"

#include <algorithm>

namespace modelward::fingerprint {

JoinedFiles::JoinedFiles(const ByteSource& header, const Reader& reader, std::vector<Companion> companions)
    : header_(header), reader_(reader), companions_(std::move(companions)), size_(header.size()) {
    for (const Companion& companion : companions_) {
        files_.push_back({companion.name, size_, companion.source->size()});
        size_ += companion.source->size();
    }
}

Result<void> JoinedFiles::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
    if (offset > size_ || into.size() > size_ - offset)
        return fail(ErrorCode::kInvalid, "read outside of the joined files");
    if (offset < header_.size()) {
        const auto part = into.first(std::min<std::uint64_t>(into.size(), header_.size() - offset));
        if (auto read = header_.read(offset, part); !read) return read;
        offset += part.size();
        into = into.subspan(part.size());
    }
    const auto after = std::ranges::upper_bound(files_, offset, {}, &File::begin);
    for (auto file = after == files_.begin() ? after : after - 1; !into.empty(); ++file) {
        const std::uint64_t at = offset - file->begin;
        const auto part = into.first(std::min<std::uint64_t>(into.size(), file->bytes - at));
        const ByteSource& source = *companions_[static_cast<std::size_t>(file - files_.begin())].source;
        if (auto read = source.read(at, part); !read) return fail(read.error().with_context(file->name));
        offset += part.size();
        into = into.subspan(part.size());
    }
    return {};
}

const JoinedFiles::File* JoinedFiles::find(std::string_view name) const {
    const auto file = std::ranges::find(files_, name, &File::name);
    return file == files_.end() ? nullptr : &*file;
}

}  // namespace modelward::fingerprint
