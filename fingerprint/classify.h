// SPDX-License-Identifier: Apache-2.0
// Says which registered artifacts a file contains, by content alone.
//
// An Index holds the fingerprints of the registered artifacts. classify() reads a file through a ByteSource
// (it is handed a descriptor; it never opens anything), and returns what matches. Sampled reads a header plus
// at most 16 KiB a tensor, and 64 KiB of a file that no reader claims; full reads the file once more. Hostile
// files cost at most the stated limits and give an Error, never a crash. Archives, compression and text
// encodings are looked into, nested in each other, within limits (containers/unwrap.h), and so are models
// that begin somewhere inside the file (carving/carve.h; of what is wrapped, only those at the front); what
// was not seen is named in the result. Index is immutable and may be shared between threads.
//
// When a file matches an artifact (of a wrapped file, "the file" is what is inside, all parts together;
// chunks are weighed over its own bytes too, and the better counts):
// - exact: same size and SHA-256 (kFull only).
// - chunks: distinct chunks that both hold make up 10 % of the bytes of the file or of the artifact (kFull
//   only). Chunks of metadata and of constant or formula-made tensors do not count.
// - tensors: at least 3 different eligible tensors are at Hamming distance 56 or less, and they are at least
//   50 % of the eligible elements of the file or of the artifact. "Of the file" catches shards and parts of
//   the artifact, "of the artifact" catches files that hold the artifact among other things. Tensors that
//   equal each other (a tied embedding) are one tensor.
// - rows: asked only where no registered artifact matches otherwise. A tensor of the file is found when 3 of
//   its rows or columns, different from each other, are near rows or columns of the artifact (Hamming
//   distance 28 of 128 or less). The tensors that are found are at least 50 % of the elements of the 16
//   largest that could be (kSampled: of every second of these), or stand for 50 % of the artifact, and have 9
//   different vectors in at least 3 tensors of the artifact. Finds matrices that were transposed, permuted,
//   cut, stacked or extended.
// - records: rows, lines and entries of text, in whatever order and notation (records/record_stream.h; kFull
//   only). 32 that both hold and that are evidence (long, not the same word again) make up 50 % of those of
//   the file or 25 % of the artifact's; or the file is the same document: 90 % of the records that either
//   has, both have, and 64 of them; 16 where all are the same. Finds datasets and logs that were shuffled,
//   cut, extended or turned into another format, and configurations, tokenizers and notebooks.
// - landmarks: places of numbers that are greater than all near them (landmarks/landmark_finder.h; kFull
//   only, and where nothing matches but records). 16 groups of them that both hold make up 10 % of those of
//   the file or of the artifact. Finds numbers without any header, or in a format that is not read, after a
//   change of type.
//
// A public artifact accuses nobody: where it makes up half of the file, that is said apart. A file whose
// tensors are near a registered artifact and near a public one, as those of a fine-tune of the public one
// are, matches the registered one when the tensors that no public artifact has are enough, or when it was
// trained as that one was (match/lineage.h). So does a file whose rows and columns are near both; all this
// whatever share of the file the public one makes up. A chunk that a public artifact holds
// counts for that one only, and not for the registered one (whose share is still taken of all its bytes), and
// so do a row and a group of landmarks. A document is the registered one's only where it is nearer to that
// than to every public one.
//
// Same seed: as tensors, at distance 76 or less, where nothing matches: trained from the same initial values.
// Weaker than a match, and said apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "fingerprint/byte_source.h"
#include "fingerprint/containers/unseen.h"
#include "fingerprint/fingerprint.h"
#include "fingerprint/index/index.h"

namespace modelward::fingerprint {

enum class Depth { kSampled, kFull };
enum class Method { kExact, kChunks, kTensors, kRows, kRecords, kLandmarks };  // strongest evidence first
inline constexpr Method kLastMethod = Method::kLandmarks;

struct Match {
    std::uint32_t artifact;  // the number under which it was added to the index
    Method method;
    double score;         // 0..1: exact 1; chunks: share of the file's bytes; tensors: share of the file's
                          // eligible elements; rows: of those that were looked at;
                          // records, landmarks: share of the file's
    double share;         // 0..1: how much of the artifact is present in the file
    std::uint32_t count;  // chunks, tensors, or of a sample, that agree
    double distance = 0;  // tensors, rows: mean Hamming distance of what agrees, in bits of 256; others: 0
    double p_accident =
        0;  // how likely as much as this is found in a file that has nothing to do with the artifact
};

// Conversions to other element types stay below this mean distance (2-bit quantisation: 26); what is above
// was changed on purpose: pruned, trained further, merged.
inline constexpr double kConversionDistance = 28;

struct Classification {
    std::string format;          // "safetensors", "gguf", the outermost wrapping ("tar", "gzip"), "unknown"
    std::vector<Match> matches;  // one an artifact and method; strongest method first, then greatest share
    std::uint64_t bytes_read = 0;
    // Why parts of a wrapped file were not looked into; each reason once. Empty: all of it was seen.
    std::vector<Unseen> unseen{};
    std::vector<Match> public_matches{};  // with public artifacts; in the order of `matches`
    std::vector<Match> same_seed{};       // with registered artifacts that do not match
};

// kInvalid: the file claims to be a format and breaks it; kUnsupported: it has tensors of an unknown type, or
// compressed ones that are not looked into; kLimit: it is beyond a limit. Such a file is still matched by the
// tensors that are sound and, when depth is kFull, by its bytes; the error is returned only if nothing
// matched. kIo: reading failed.
Result<Classification> classify(const ByteSource& source, const Index& index, Depth depth);

std::string_view to_string(Method method);  // "exact", "chunks", "tensors", "rows", "records", "landmarks"

}  // namespace modelward::fingerprint
