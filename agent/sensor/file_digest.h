// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"

typedef struct evp_md_ctx_st EVP_MD_CTX;  // OpenSSL's own

namespace modelward::agent {

inline constexpr std::uint64_t kMaxPinnedBytes = 1ULL << 30;

// SHA-256 of what is behind a descriptor, read in parts: whoever reads it has other things to do.
class FileDigest {
  public:
    static Result<FileDigest> begin();

    // Reads on where the last call ended, at most `left` bytes, and takes from it what was read. The digest
    // in lower-case hex when that was the end of the file; empty when there may be more. kLimit beyond
    // kMaxPinnedBytes.
    Result<std::string> read_on(int fd, std::uint64_t& left);

  private:
    using Context = std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)>;
    explicit FileDigest(Context context) : context_(std::move(context)) {}

    Context context_;
    std::uint64_t at_ = 0;
};

// All of it at once.
Result<std::string> sha256_of_file(int fd);

}  // namespace modelward::agent
