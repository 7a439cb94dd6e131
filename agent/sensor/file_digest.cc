// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/file_digest.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "base/hex.h"

namespace modelward::agent {
namespace {

constexpr std::uint64_t kPart = 1 << 20;

std::unexpected<Error> no_digest() {
    return fail(ErrorCode::kInternal, "SHA-256 failed");
}

}  // namespace

Result<FileDigest> FileDigest::begin() {
    Context context(::EVP_MD_CTX_new(), ::EVP_MD_CTX_free);
    if (!context || ::EVP_DigestInit_ex(context.get(), ::EVP_sha256(), nullptr) != 1) return no_digest();
    return FileDigest(std::move(context));
}

Result<std::string> FileDigest::read_on(int fd, std::uint64_t& left) {
    std::vector<std::uint8_t> bytes(kPart);
    while (left > 0) {
        const ssize_t size = ::pread(fd, bytes.data(), std::min(left, kPart), static_cast<off_t>(at_));
        if (size < 0) return fail_errno("read a program");
        if (size == 0) {
            std::array<std::uint8_t, 32> result{};
            if (::EVP_DigestFinal_ex(context_.get(), result.data(), nullptr) != 1) return no_digest();
            return to_hex(result);
        }
        at_ += static_cast<std::uint64_t>(size);
        left -= static_cast<std::uint64_t>(size);
        if (at_ > kMaxPinnedBytes) return fail(ErrorCode::kLimit, "a pinned program is longer than 1 GiB");
        if (::EVP_DigestUpdate(context_.get(), bytes.data(), static_cast<std::size_t>(size)) != 1)
            return no_digest();
    }
    return "";
}

Result<std::string> sha256_of_file(int fd) {
    auto digest = FileDigest::begin();
    if (!digest) return fail(digest.error());
    auto left = std::numeric_limits<std::uint64_t>::max();
    return digest->read_on(fd, left);
}

}  // namespace modelward::agent
