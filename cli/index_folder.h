// SPDX-License-Identifier: Apache-2.0
// An index on this machine: a folder of fingerprints (NAME.mwfp), one an artifact, and beside them
// index.mwix, which is made of them and is what gets asked. The fingerprints are the truth: an index.mwix
// that is missing, damaged or behind is made anew from them, and what it already holds is taken over without
// being computed again.
//
// Those in its folder public/ are of models that everybody may have: they accuse nobody, and what they have
// in common with an artifact is no evidence for it. Their names begin with "public/".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"
#include "fingerprint/classify.h"

namespace modelward::cli {

struct NamedIndex {
    fingerprint::Index index;
    std::vector<std::string> names;  // by artifact number
};

// `paths` are .mwfp files and folders of them (not searched deeper). A single folder with an index.mwix that
// is up to date is mapped, not read. kNotFound when they hold no fingerprint.
Result<NamedIndex> load_index(const std::vector<std::string>& paths);

struct IndexChange {
    std::size_t kept = 0;     // artifacts that index.mwix held already
    std::size_t added = 0;    // from fingerprints that it did not hold
    std::size_t dropped = 0;  // whose fingerprints are gone
};

// Brings a folder's index.mwix up to date with its fingerprints. The caller holds lock_folder().
Result<IndexChange> update_index(const std::string& folder);

// Waits until nobody else changes the folder, until the result is destroyed. kNotFound, kIo.
Result<UniqueFd> lock_folder(const std::string& folder);

// The folder's fingerprints by name (without .mwfp), sorted. kIo.
Result<std::vector<std::string>> fingerprint_names(const std::string& folder);

std::string fingerprint_path(const std::string& folder, const std::string& name);
std::string index_path(const std::string& folder);

inline constexpr std::string_view kPublicPrefix = "public/";

// A name that becomes a file's, behind the prefix or without it: not empty, no '/', not beginning with '.',
// at most 200 bytes, no control characters. kInvalid with the reason.
Result<void> check_artifact_name(const std::string& name);

// Whether index.mwix is as it was written and made of the folder's fingerprints. kInvalid, kConflict with
// what to do, kNotFound.
Result<void> verify_index(const std::string& folder);

}  // namespace modelward::cli
