// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/file_digest.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/hex.h"

namespace modelward::agent {

Result<std::string> sha256_of_file(int fd) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> digest(::EVP_MD_CTX_new(), ::EVP_MD_CTX_free);
    if (!digest || ::EVP_DigestInit_ex(digest.get(), ::EVP_sha256(), nullptr) != 1)
        return fail(ErrorCode::kInternal, "SHA-256 is not available");
    std::vector<std::uint8_t> bytes(1 << 20);
    for (std::uint64_t at = 0;;) {
        const ssize_t size = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (size < 0) return fail_errno("read a program");
        if (size == 0) break;
        at += static_cast<std::uint64_t>(size);
        if (at > kMaxPinnedBytes) return fail(ErrorCode::kLimit, "a pinned program is longer than 1 GiB");
        if (::EVP_DigestUpdate(digest.get(), bytes.data(), static_cast<std::size_t>(size)) != 1)
            return fail(ErrorCode::kInternal, "SHA-256 failed");
    }
    std::array<std::uint8_t, 32> result{};
    if (::EVP_DigestFinal_ex(digest.get(), result.data(), nullptr) != 1)
        return fail(ErrorCode::kInternal, "SHA-256 failed");
    return to_hex(result);
}

}  // namespace modelward::agent
