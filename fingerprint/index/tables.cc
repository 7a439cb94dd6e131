// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/index/tables.h"

#include <cstring>

#include "fingerprint/file_format.h"
#include "fingerprint/index/index_format.h"

namespace modelward::fingerprint {
namespace {

Result<IndexHeader> header_of(std::span<const std::uint8_t> file) {
    IndexHeader header;
    if (file.size() < sizeof header + kIndexTrailerBytes)
        return fail(ErrorCode::kInvalid, "too short for an index");
    std::memcpy(&header, file.data(), sizeof header);
    if (header.magic != kIndexMagic) return fail(ErrorCode::kInvalid, "not an index file");
    if (header.version != kIndexVersion)
        return fail(ErrorCode::kUnsupported, "an index of version " + std::to_string(header.version) +
                                                 "; this program reads version " +
                                                 std::to_string(kIndexVersion));
    if (header.bytes != file.size())
        return fail(ErrorCode::kInvalid, "the index should have " + std::to_string(header.bytes) +
                                             " bytes and has " + std::to_string(file.size()));
    return header;
}

template <typename Record>
Result<std::span<const Record>> section(std::span<const std::uint8_t> file,
                                        const IndexHeader::Section& section) {
    if (section.offset % kIndexAlignment != 0 || section.bytes % sizeof(Record) != 0 ||
        section.offset > file.size() || section.bytes > file.size() - section.offset)
        return fail(ErrorCode::kInvalid, "a table of the index lies outside it");
    const std::uint8_t* begin = file.data() + section.offset;
    return std::span(reinterpret_cast<const Record*>(begin), section.bytes / sizeof(Record));
}

template <typename Record>
Result<NearTable<Record>> near_table(std::span<const std::uint8_t> file, const IndexHeader::Section& records,
                                     const IndexHeader::Section& directory) {
    const auto of_records = section<Record>(file, records);
    const auto of_directory = section<std::uint32_t>(file, directory);
    if (!of_records) return fail(of_records.error());
    if (!of_directory) return fail(of_directory.error());
    if (!NearTable<Record>::fits(of_records->size(), of_directory->size()))
        return fail(ErrorCode::kInvalid, "a directory of the index has the wrong size");
    return NearTable<Record>(*of_records, *of_directory);
}

}  // namespace

Result<IndexTables> tables_in(std::span<const std::uint8_t> file) {
    const auto header = header_of(file);
    if (!header) return fail(header.error());
    if (reinterpret_cast<std::uintptr_t>(file.data()) % alignof(ArtifactRecord) != 0)
        return fail(ErrorCode::kInternal, "the index is not aligned");
    const auto& sections = header->sections;
    const auto artifacts = section<ArtifactRecord>(file, sections[0]);
    const auto names = section<char>(file, sections[1]);
    const auto tensors = near_table<TensorRecord>(file, sections[2], sections[3]);
    const auto vectors = near_table<VectorRecord>(file, sections[4], sections[5]);
    const auto chunks = section<ChunkSlot>(file, sections[6]);
    const auto records = section<ChunkSlot>(file, sections[7]);
    const auto landmarks = section<ChunkSlot>(file, sections[8]);
    if (!artifacts) return fail(artifacts.error());
    if (!names) return fail(names.error());
    if (!tensors) return fail(tensors.error());
    if (!vectors) return fail(vectors.error());
    if (!chunks) return fail(chunks.error());
    if (!records) return fail(records.error());
    if (!landmarks) return fail(landmarks.error());
    const auto fits = [](std::span<const ChunkSlot> slots) {
        return slots.empty() || std::has_single_bit(slots.size());
    };
    if (!fits(*chunks) || !fits(*records) || !fits(*landmarks))
        return fail(ErrorCode::kInvalid, "a hash table of the index has the wrong size");
    return IndexTables{*artifacts,
                       *names,
                       *tensors,
                       *vectors,
                       ChunkTable(*chunks),
                       ChunkTable(*records),
                       ChunkTable(*landmarks)};
}

std::span<const TensorRecord> IndexTables::tensors_of(std::uint32_t place) const {
    const ArtifactRecord& record = artifact(place);
    const auto all = tensors.records();
    if (record.first_tensor > all.size() || record.tensors > all.size() - record.first_tensor) return {};
    return all.subspan(record.first_tensor, record.tensors);
}

std::string_view IndexTables::name_of(std::uint32_t place) const {
    const ArtifactRecord& record = artifact(place);
    if (record.name_offset > names.size() || record.name_bytes > names.size() - record.name_offset) return {};
    return {names.data() + record.name_offset, record.name_bytes};
}

const ArtifactRecord& IndexTables::artifact(std::uint32_t place) const {
    static constexpr ArtifactRecord kNone{};
    return place < artifacts.size() ? artifacts[place] : kNone;
}

Result<void> verify_index_file(std::span<const std::uint8_t> file) {
    if (auto tables = tables_in(file); !tables) return fail(tables.error());
    const std::size_t end = file.size() - kIndexTrailerBytes;
    const auto digest = file_digest(file.first(end));
    if (!digest) return fail(digest.error());
    if (!std::ranges::equal(file.subspan(end), *digest))
        return fail(ErrorCode::kInvalid,
                    "the index is damaged: its checksum does not agree with its content");
    return {};
}

}  // namespace modelward::fingerprint
