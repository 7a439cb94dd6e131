// SPDX-License-Identifier: Apache-2.0
// Zip archives whose members are stored: what torch.save and torch.jit.save write (a pickle NAME/data.pkl or
// NAME/constants.pkl, storages in NAME/data/KEY or NAME/constants/KEY), and .npz of NumPy. The table's format
// says which; "zip" when it holds neither. Several archives may stand one behind the other (zip/zip_chain.h).
// Members that are compressed are the business of whoever unpacks archives (of several, one); here they
// are noted.
#include <algorithm>
#include <optional>
#include <unordered_set>

#include "fingerprint/range_source.h"
#include "fingerprint/readers/bitsandbytes.h"
#include "fingerprint/readers/element_layout.h"
#include "fingerprint/readers/numpy/npy_header.h"
#include "fingerprint/readers/packed_matrix.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/readers/shared_bytes.h"
#include "fingerprint/readers/torch/torch_archive.h"
#include "fingerprint/readers/zip/zip_archive.h"
#include "fingerprint/readers/zip/zip_chain.h"

namespace modelward::fingerprint {
namespace {

void read_npy_member(const ByteSource& source, const ZipMember& member, TensorTable& table) {
    HeaderCursor cursor(source, member.offset, member.offset + std::min(member.bytes, kMaxNpyHeader));
    auto array = read_npy_header(cursor);
    if (!array) return note_defect(table, array.error().with_context("member '" + member.name + "'"));
    const auto bytes = data_bytes(*array);
    if (!bytes || *bytes > member.bytes - (cursor.position() - member.offset)) {
        return note_defect(table, Error(ErrorCode::kInvalid, "member '" + member.name + "' is truncated"));
    }
    array->name = member.name.substr(0, member.name.size() - std::string_view(".npy").size());
    add_numpy_array(table, std::move(*array));
}

// Notes compressed arrays in `compressed`: what else is wrong comes first.
void read_npy_members(const ByteSource& source, const ZipArchive& archive, TensorTable& table,
                      std::optional<Error>& compressed) {
    std::unordered_set<std::uint64_t> done;  // offsets
    for (const ZipMember& member : archive.members) {
        if (!member.name.ends_with(".npy")) continue;
        if (table.format == "zip") table.format = "npz";
        if (!member.is_stored) {
            if (!compressed)
                compressed =
                    Error(ErrorCode::kUnsupported,
                          "member '" + member.name + "' is compressed; unpack the archive to see it");
        } else if (done.insert(member.offset).second && table.tensors.size() < kMaxTensors) {
            read_npy_member(source, member, table);
        }
    }
}

// Each archive has its names for itself: those of another one beside it must not keep its packed matrices
// apart.
Result<TensorTable> read_archive(const ByteSource& source) {
    const auto archive = read_zip_archive(source);
    if (!archive) return fail(archive.error());
    TensorTable table{.format = "zip", .data_start = 0, .tensors = {}, .defect = archive->defect};
    if (auto read = read_torch_archive(source, *archive, table); !read) return fail(read.error());
    std::optional<Error> compressed;
    read_npy_members(source, *archive, table, compressed);
    if (auto settled = settle_shared(table, source.size()); !settled) return fail(settled.error());
    if (compressed && !table.defect) {
        table.defect = std::move(compressed);
        table.is_only_compressed = true;
    }
    find_packed_matrices(table);
    find_bitsandbytes(table);
    return table;
}

Result<TensorTable> parse(const ByteSource& source) {
    auto archives = find_zip_archives(source);
    if (!archives) return fail(archives.error());
    if (archives->size() == 1) return read_archive(source);
    archives->push_back({0, source.size()});
    TensorTable table{.format = "zip", .data_start = 0, .tensors = {}, .defect = {}};
    TensorNames names;
    for (const auto& [begin, end] : *archives) {
        auto part = read_archive(RangeSource(source, begin, end - begin));
        if (!part) return fail(part.error());
        if (table.format == "zip") table.format = part->format;
        if (part->defect) note_defect(table, *part->defect);
        for (Tensor& tensor : part->tensors) {
            if (table.tensors.size() >= kMaxTensors) break;
            shift(tensor, begin);
            std::string(names.keep(tensor.name)).swap(tensor.name);
            append(table, std::move(tensor));
        }
        if (table.tensors.size() >= kMaxTensors) {
            note_defect(table,
                        Error(ErrorCode::kLimit, "more than " + std::to_string(kMaxTensors) + " tensors"));
            break;
        }
    }
    if (auto settled = settle_shared(table, source.size()); !settled) return fail(settled.error());
    return table;
}

// A local header; or the end record of an empty archive, which may have been put in front of another.
bool claims(std::span<const std::uint8_t> head) {
    return head.size() >= 4 && head[0] == 'P' && head[1] == 'K' &&
           ((head[2] == 3 && head[3] == 4) || (head[2] == 5 && head[3] == 6));
}

}  // namespace

const Reader kZipReader{"zip", claims, parse, true};

}  // namespace modelward::fingerprint
