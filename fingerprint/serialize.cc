// SPDX-License-Identifier: Apache-2.0
#include <openssl/sha.h>

#include <concepts>

#include "fingerprint/file_format.h"
#include "fingerprint/fingerprint.h"

namespace modelward::fingerprint {
namespace {

using Bytes = std::vector<std::uint8_t>;

template <std::unsigned_integral T>
void put(Bytes& out, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put_text(Bytes& out, std::string_view text) {
    out.insert(out.end(), text.begin(), text.end());
}

void put_section(Bytes& out, std::uint32_t tag, const Bytes& payload) {
    put(out, tag);
    put(out, std::uint32_t{0});
    put(out, std::uint64_t{payload.size()});
    out.insert(out.end(), payload.begin(), payload.end());
}

Bytes source_payload(const Fingerprint& fingerprint) {
    Bytes out;
    put(out, fingerprint.file_bytes);
    out.insert(out.end(), fingerprint.sha256.begin(), fingerprint.sha256.end());
    const std::string_view format = std::string_view(fingerprint.format).substr(0, kMaxFormatName);
    put(out, static_cast<std::uint16_t>(format.size()));
    put_text(out, format);
    return out;
}

Bytes chunk_payload(const Fingerprint& fingerprint) {
    Bytes out;
    out.reserve(8 + fingerprint.chunks.size() * kChunkRecordBytes);
    put(out, std::uint64_t{fingerprint.chunks.size()});
    for (const Chunk& chunk : fingerprint.chunks) {
        put(out, chunk.hash);
        put(out, chunk.length);
    }
    return out;
}

Bytes tensor_payload(const Fingerprint& fingerprint) {
    Bytes out;
    put(out, std::uint64_t{fingerprint.tensors.size()});
    for (const TensorSketch& tensor : fingerprint.tensors) {
        const std::string_view name = std::string_view(tensor.name).substr(0, 0xFFFF);
        put(out, static_cast<std::uint16_t>(name.size()));
        put(out, tensor.eligible ? kEligibleFlag : std::uint16_t{0});
        put(out, tensor.elements);
        for (const std::uint64_t word : tensor.sketch)
            put(out, word);
        put_text(out, name);
    }
    return out;
}

Bytes vector_payload(const Fingerprint& fingerprint) {
    Bytes out;
    put(out, std::uint64_t{fingerprint.vectors.size()});
    for (const VectorSketches& group : fingerprint.vectors) {
        put(out, group.tensor);
        put(out, static_cast<std::uint32_t>(group.sketches.size()));
        put(out, group.length);
        for (const VectorSketch& sketch : group.sketches) {
            for (const std::uint64_t word : sketch)
                put(out, word);
        }
    }
    return out;
}

Bytes sample_payload(const HashSample& sample) {
    Bytes out;
    put(out, sample.scale);
    put(out, static_cast<std::uint32_t>(sample.hashes.size()));
    for (const std::uint64_t hash : sample.hashes)
        put(out, hash);
    return out;
}

}  // namespace

Result<std::array<std::uint8_t, kFileTrailerBytes>> file_digest(std::span<const std::uint8_t> bytes) {
    std::array<std::uint8_t, kFileTrailerBytes> digest{};
    if (SHA256(bytes.data(), bytes.size(), digest.data()) == nullptr) {
        return fail(ErrorCode::kInternal, "OpenSSL cannot compute SHA-256");
    }
    return digest;
}

std::vector<std::uint8_t> serialize(const Fingerprint& fingerprint) {
    Bytes out(kFileMagic.begin(), kFileMagic.end());
    put(out, kFileVersion);
    put(out, std::uint32_t{6});
    put_section(out, kSourceSection, source_payload(fingerprint));
    put_section(out, kChunkSection, chunk_payload(fingerprint));
    put_section(out, kTensorSection, tensor_payload(fingerprint));
    put_section(out, kVectorSection, vector_payload(fingerprint));
    put_section(out, kRecordSection, sample_payload(fingerprint.records));
    put_section(out, kLandmarkSection, sample_payload(fingerprint.landmarks));
    // A build without SHA-256 would write files that no reader accepts.
    const auto digest = file_digest(out).value_or(std::array<std::uint8_t, kFileTrailerBytes>{});
    out.insert(out.end(), digest.begin(), digest.end());
    return out;
}

}  // namespace modelward::fingerprint
