// SPDX-License-Identifier: Apache-2.0
// A record as a hash. Evidence is what is long and not the same few words again.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fingerprint/hash_sample.h"

namespace modelward::fingerprint {

// Of a record in its canonical form (record_words.h). Null: it has a few bytes only.
std::optional<std::uint64_t> record_hash(std::string_view canonical);

// The same, into a sample.
void add_record(HashSampler& sampler, std::string_view canonical);

}  // namespace modelward::fingerprint
