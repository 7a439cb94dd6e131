// SPDX-License-Identifier: Apache-2.0
// Any bytes as an index file, behind a header that opens: asking it reads nothing outside.
#include <cstring>
#include <vector>

#include "fingerprint/index/index.h"
#include "fingerprint/index/index_format.h"
#include "fingerprint/match/chunk_evidence.h"
#include "fingerprint/match/row_evidence.h"
#include "fingerprint/match/tensor_evidence.h"

namespace {

using namespace modelward::fingerprint;

void ask(const IndexTables& tables) {
    const Sketch sketch{1, 2, 3, 4};
    std::vector<TensorSketch> tensors;
    for (const TensorRecord& record :
         tables.tensors.records().first(std::min<std::size_t>(tables.tensors.records().size(), 64)))
        tensors.push_back({"t", record.key, true, record.sketch});
    tensors.push_back({"t", 1, true, sketch});
    (void)TensorEvidence(tables, tensors).weigh();
    ChunkEvidence chunks(tables);
    for (const ChunkSlot& slot : tables.chunks.slots())
        chunks.add({slot.hash, slot.length});
    (void)chunks.weigh();
    RowEvidence rows(tables);
    for (const VectorRecord& record :
         tables.vectors.records().first(std::min<std::size_t>(tables.vectors.records().size(), 64)))
        rows.add(1000, {{record.tensor, record.key, {record.sketch}}});
    (void)rows.weigh(1000);
    for (std::uint32_t place = 0; place < 8; ++place)
        (void)tables.name_of(place);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Aligned as a mapped file is.
    std::vector<std::uint64_t> room(size / 8 + 1);
    std::memcpy(room.data(), data, size);
    const std::span file(reinterpret_cast<const std::uint8_t*>(room.data()), size);
    if (const auto tables = tables_in(file)) ask(*tables);
    IndexHeader header;
    if (size < sizeof header) return 0;
    std::memcpy(&header, room.data(), sizeof header);
    header.magic = kIndexMagic;
    header.version = kIndexVersion;
    header.bytes = size;
    for (auto& section : header.sections) {
        section.offset = section.offset % size / kIndexAlignment * kIndexAlignment;
        section.bytes %= size - section.offset;
    }
    std::memcpy(room.data(), &header, sizeof header);
    if (const auto tables = tables_in(file)) ask(*tables);
    return 0;
}
