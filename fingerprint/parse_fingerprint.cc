// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "fingerprint/chunks/chunker.h"
#include "fingerprint/dtypes/little_endian.h"
#include "fingerprint/file_format.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/readers/tensor_table.h"

namespace modelward::fingerprint {
namespace {

// Takes fields off the front of a part of the file. Errors stick, as in HeaderCursor.
class Fields {
  public:
    Fields(std::span<const std::uint8_t> bytes, std::size_t file_offset)
        : bytes_(bytes), base_(file_offset) {}

    template <std::unsigned_integral T>
    T number() {
        const auto bytes = take(sizeof(T));
        return bytes.empty() ? T{0} : load_le<T>(bytes.data());
    }
    std::span<const std::uint8_t> take(std::uint64_t length) {
        if (error_ || length > left()) {
            refuse("it ends where " + std::to_string(length) + " more bytes are needed");
            return {};
        }
        const auto taken = bytes_.subspan(at_, length);
        at_ += length;
        return taken;
    }
    void refuse(const std::string& what, ErrorCode code = ErrorCode::kInvalid) {
        if (!error_) {
            error_ = Error(
                code, "not a sound fingerprint file: at byte " + std::to_string(base_ + at_) + ": " + what);
        }
    }
    void adopt(const Error& error) {
        if (!error_) error_ = error;
    }
    std::size_t left() const { return bytes_.size() - at_; }
    std::size_t position() const { return base_ + at_; }
    bool ok() const { return !error_; }
    const Error& error() const { return *error_; }

  private:
    std::span<const std::uint8_t> bytes_;
    std::size_t base_;
    std::size_t at_ = 0;
    std::optional<Error> error_;
};

std::string as_text(std::span<const std::uint8_t> bytes) {
    return {bytes.begin(), bytes.end()};
}

void read_source(Fields& fields, Fingerprint& into) {
    into.file_bytes = fields.number<std::uint64_t>();
    const auto digest = fields.take(into.sha256.size());
    if (!fields.ok()) return;
    std::ranges::copy(digest, into.sha256.begin());
    const auto length = fields.number<std::uint16_t>();
    if (length > kMaxFormatName) fields.refuse("the format's name is too long");
    into.format = as_text(fields.take(length));
}

void read_chunks(Fields& fields, Fingerprint& into) {
    const auto count = fields.number<std::uint64_t>();
    if (count > fields.left() / kChunkRecordBytes)
        return fields.refuse("it announces more chunks than it holds");
    into.chunks.reserve(count);
    for (std::uint64_t i = 0; i < count && fields.ok(); ++i) {
        const auto hash = fields.number<std::uint64_t>();
        const auto length = fields.number<std::uint32_t>();
        if (length == 0 || length > kMostChunk) return fields.refuse("a chunk has an impossible length");
        into.chunks.push_back({hash, length});
    }
}

void read_tensors(Fields& fields, Fingerprint& into) {
    const auto count = fields.number<std::uint64_t>();
    if (count > kMaxTensors || count > fields.left() / kLeastTensorRecordBytes) {
        return fields.refuse("it announces more tensors than it holds");
    }
    into.tensors.reserve(count);
    for (std::uint64_t i = 0; i < count && fields.ok(); ++i) {
        const auto name_length = fields.number<std::uint16_t>();
        const auto flags = fields.number<std::uint16_t>();
        if ((flags & ~kEligibleFlag) != 0) return fields.refuse("a tensor has unknown flags");
        TensorSketch tensor{{}, fields.number<std::uint64_t>(), flags == kEligibleFlag, {}};
        for (std::uint64_t& word : tensor.sketch)
            word = fields.number<std::uint64_t>();
        tensor.name = as_text(fields.take(name_length));
        into.tensors.push_back(std::move(tensor));
    }
}

void read_vectors(Fields& fields, Fingerprint& into) {
    const auto count = fields.number<std::uint64_t>();
    if (count > fields.left() / kVectorGroupBytes)
        return fields.refuse("it announces more rows than it holds");
    for (std::uint64_t i = 0; i < count && fields.ok(); ++i) {
        VectorSketches group{fields.number<std::uint32_t>(), 0, {}};
        const auto sketches = fields.number<std::uint32_t>();
        group.length = fields.number<std::uint64_t>();
        if (sketches > fields.left() / kVectorRecordBytes)
            return fields.refuse("it announces more rows than it holds");
        group.sketches.resize(sketches);
        for (VectorSketch& sketch : group.sketches) {
            for (std::uint64_t& word : sketch)
                word = fields.number<std::uint64_t>();
        }
        into.vectors.push_back(std::move(group));
    }
}

void read_sample(Fields& fields, HashSample& into) {
    into.scale = fields.number<std::uint32_t>();
    const auto count = fields.number<std::uint32_t>();
    if (into.scale > kMostSampleScale) return fields.refuse("a sample has an impossible scale");
    if (count > kMostSampledHashes || count > fields.left() / sizeof(std::uint64_t))
        return fields.refuse("a sample announces more hashes than it holds");
    into.hashes.resize(count);
    for (std::uint64_t& hash : into.hashes)
        hash = fields.number<std::uint64_t>();
    const auto is_unsorted = [](std::uint64_t hash, std::uint64_t next) { return hash >= next; };
    if (std::ranges::adjacent_find(into.hashes, is_unsorted) != into.hashes.end())
        return fields.refuse("the hashes of a sample are not in order");
    if (count > 0 && into.scale > 0 && into.hashes.back() >> (64 - into.scale) != 0)
        return fields.refuse("the hashes of a sample are not of its scale");
}

void read_section(Fields& file, Fingerprint& into, std::vector<std::uint32_t>& seen) {
    const auto tag = file.number<std::uint32_t>();
    if (file.number<std::uint32_t>() != 0) return file.refuse("a reserved field is not zero");
    const auto length = file.number<std::uint64_t>();
    const std::size_t start = file.position();
    Fields payload(file.take(length), start);
    if (!file.ok()) return;
    if (std::ranges::find(seen, tag) != seen.end()) return file.refuse("a section is given twice");
    seen.push_back(tag);
    switch (tag) {
        case kSourceSection:
            read_source(payload, into);
            break;
        case kChunkSection:
            read_chunks(payload, into);
            break;
        case kTensorSection:
            read_tensors(payload, into);
            break;
        case kVectorSection:
            read_vectors(payload, into);
            break;
        case kRecordSection:
            read_sample(payload, into.records);
            break;
        case kLandmarkSection:
            read_sample(payload, into.landmarks);
            break;
        default:
            if (may_skip_section(tag)) return;
            return file.refuse("a section is unknown to this version; update Modelward",
                               ErrorCode::kUnsupported);
    }
    if (payload.ok() && payload.left() != 0) payload.refuse("a section is longer than its content");
    if (!payload.ok()) file.adopt(payload.error());
}

Result<void> check_envelope(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < kFileHeaderBytes + kFileTrailerBytes ||
        !std::ranges::equal(bytes.first(kFileMagic.size()), kFileMagic)) {
        return fail(ErrorCode::kInvalid, "not a fingerprint file: at byte 0: the magic number is missing");
    }
    const auto version = load_le<std::uint32_t>(&bytes[kFileMagic.size()]);
    if (version != kFileVersion) {
        return fail(version > kFileVersion ? ErrorCode::kUnsupported : ErrorCode::kInvalid,
                    "fingerprint file of version " + std::to_string(version) + "; version 1 is read");
    }
    const std::size_t end = bytes.size() - kFileTrailerBytes;
    const auto digest = file_digest(bytes.first(end));
    if (!digest) return fail(digest.error());
    if (!std::ranges::equal(bytes.subspan(end), *digest)) {
        return fail(ErrorCode::kInvalid, "fingerprint file is damaged: the checksum at byte " +
                                             std::to_string(end) + " does not agree with the content");
    }
    return {};
}

}  // namespace

Result<Fingerprint> parse_fingerprint(std::span<const std::uint8_t> bytes) {
    if (auto sound = check_envelope(bytes); !sound) return fail(sound.error());
    constexpr std::size_t kCountAt = kFileMagic.size() + sizeof(kFileVersion);
    Fields file(bytes.subspan(kCountAt, bytes.size() - kFileTrailerBytes - kCountAt), kCountAt);
    const auto sections = file.number<std::uint32_t>();
    if (sections > file.left() / kSectionHeaderBytes) file.refuse("it announces more sections than it holds");
    Fingerprint fingerprint;
    std::vector<std::uint32_t> seen;
    for (std::uint32_t i = 0; i < sections && file.ok(); ++i)
        read_section(file, fingerprint, seen);
    if (file.ok() && file.left() != 0) file.refuse("there are bytes after the last section");
    for (const std::uint32_t tag : {kSourceSection, kChunkSection, kTensorSection}) {
        if (std::ranges::find(seen, tag) == seen.end()) file.refuse("a section is missing");
    }
    const auto is_lost = [&](const VectorSketches& group) {
        return group.tensor >= fingerprint.tensors.size();
    };
    if (std::ranges::any_of(fingerprint.vectors, is_lost))
        file.refuse("rows belong to a tensor that is not there");
    if (!file.ok()) return fail(file.error());
    return fingerprint;
}

}  // namespace modelward::fingerprint
