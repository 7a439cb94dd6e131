// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/chunks/full_pass.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

namespace modelward::fingerprint {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;

class Hasher {
  public:
    explicit Hasher(bool wanted) {
        if (!wanted) return;
        context_.reset(EVP_MD_CTX_new());
        sound_ = context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
    }
    void update(std::span<const std::uint8_t> bytes) {
        if (context_) sound_ = sound_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
    }
    Result<Sha256> finish() {
        Sha256 digest{};
        if (context_) sound_ = sound_ && EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1;
        if (!sound_) return fail(ErrorCode::kInternal, "OpenSSL cannot compute SHA-256");
        return digest;
    }

  private:
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context_;
    bool sound_ = true;
};

}  // namespace

Result<Sha256> full_pass(const ByteSource& source, const PassThrough& through, const ChunkVisitor& visit) {
    Hasher hasher(through.hash);
    ChunkStream chunks(kBlock, visit);
    for (std::uint64_t at = 0; at < source.size();) {
        const auto room = chunks.room();
        const auto block = room.first(std::min<std::uint64_t>(room.size(), source.size() - at));
        if (auto read = source.read(at, block); !read) return fail(read.error());
        hasher.update(block);
        if (through.search != nullptr) through.search->push(block);
        if (through.records != nullptr) through.records->push(block);
        if (through.landmarks != nullptr) through.landmarks->push(block);
        chunks.added(block.size());
        at += block.size();
    }
    chunks.finish();
    if (through.records != nullptr) through.records->finish();
    if (through.landmarks != nullptr) through.landmarks->finish();
    return hasher.finish();
}

}  // namespace modelward::fingerprint
