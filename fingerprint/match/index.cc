// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/match/index_tables.h"

namespace modelward::fingerprint {

Index::Index() : tables_(std::make_unique<Tables>()) {}
Index::~Index() = default;
Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;

void Index::add(std::uint32_t artifact, Fingerprint fingerprint) {
    Tables::Artifact& entry = tables_->artifacts[artifact];
    entry.file_bytes = fingerprint.file_bytes;
    entry.sha256 = fingerprint.sha256;
    entry.chunk_bytes = tables_->chunks.add(artifact, fingerprint.chunks);
    tables_->sketches.add(artifact, fingerprint.tensors);
    entry.tensors = std::move(fingerprint.tensors);
    tables_->sizes.insert(fingerprint.file_bytes);
}

std::size_t Index::size() const {
    return tables_->artifacts.size();
}

}  // namespace modelward::fingerprint
