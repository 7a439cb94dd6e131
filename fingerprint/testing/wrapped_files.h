// SPDX-License-Identifier: Apache-2.0
// Wraps bytes as people do: archives and compression as libarchive writes them, text encodings.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fingerprint/containers/wrapping.h"
#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint::testing {

using Entries = std::vector<std::pair<std::string, Bytes>>;

// kTar, kZip or k7z. `options` are libarchive's: "compression=store", "encryption=traditional" (with a
// passphrase).
Bytes archive_of(Wrapping wrapping, const Entries& entries, const std::string& options = "");

// In any wrapping; an archive gets one entry.
Bytes wrapped(Wrapping wrapping, const Bytes& content);

// In lines of `line` characters; 0: without line breaks.
Bytes base64_of(const Bytes& content, std::size_t line = 76);
Bytes hex_of(const Bytes& content, std::size_t line = 60);
Bytes uuencode_of(const Bytes& content);

Bytes bytes_of(std::string_view text);

}  // namespace modelward::fingerprint::testing
