// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/chunks/full_pass.h"

#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "fingerprint/chunks/chunker.h"

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

Result<Sha256> full_pass(const ByteSource& source, bool hash, const ChunkVisitor& visit) {
    Hasher hasher(hash);
    std::vector<std::uint8_t> buffer(kBlock + kMostChunk);
    std::uint64_t read_to = 0;
    std::size_t begin = 0;  // [begin, end) of the buffer is read but not yet cut
    std::size_t end = 0;
    while (true) {
        if (end - begin < kMostChunk && read_to < source.size()) {
            std::copy(buffer.begin() + begin, buffer.begin() + end, buffer.begin());
            end -= begin;
            begin = 0;
            const auto block = std::span(buffer).subspan(
                end, std::min<std::uint64_t>(buffer.size() - end, source.size() - read_to));
            if (auto read = source.read(read_to, block); !read) return fail(read.error());
            hasher.update(block);
            read_to += block.size();
            end += block.size();
        }
        if (begin == end) return hasher.finish();
        const std::uint64_t offset = read_to - (end - begin);
        const auto uncut = std::span<const std::uint8_t>(buffer).subspan(begin, end - begin);
        const auto chunk = uncut.first(chunk_length(uncut));
        if (!is_trivial_chunk(chunk)) {
            visit(offset,
                  {XXH3_64bits(chunk.data(), chunk.size()), static_cast<std::uint32_t>(chunk.size())});
        }
        begin += chunk.size();
    }
}

}  // namespace modelward::fingerprint
