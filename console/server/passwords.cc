// SPDX-License-Identifier: Apache-2.0
#include "console/server/passwords.h"

#include <argon2.h>

#include <semaphore>

#include "wire/base64.h"
#include "wire/random.h"

namespace modelward::console {
namespace {

constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kMemoryKib = 19 * 1024;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kMinPasswordBytes = 12;
constexpr std::size_t kMaxPasswordBytes = 1024;

class Slot {
  public:
    Slot() { slots().acquire(); }
    ~Slot() { slots().release(); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

  private:
    static std::counting_semaphore<2>& slots() {
        static std::counting_semaphore<2> semaphore(2);
        return semaphore;
    }
};

Result<std::string> argon2id(std::string_view password) {
    const Slot slot;
    const auto salt = wire::random_bytes(kSaltBytes);
    std::string encoded(argon2_encodedlen(kPasses, kMemoryKib, kLanes, kSaltBytes, kHashBytes, Argon2_id),
                        '\0');
    const int code =
        argon2id_hash_encoded(kPasses, kMemoryKib, kLanes, password.data(), password.size(), salt.data(),
                              salt.size(), kHashBytes, encoded.data(), encoded.size());
    if (code != ARGON2_OK)
        return fail(ErrorCode::kInternal, std::string("argon2: ") + argon2_error_message(code));
    encoded.resize(encoded.find('\0'));
    return encoded;
}

}  // namespace

Result<std::string> hash_password(std::string_view password) {
    if (password.size() < kMinPasswordBytes || password.size() > kMaxPasswordBytes) {
        return fail(ErrorCode::kInvalid, "a password has 12 to 1024 characters");
    }
    return argon2id(password);
}

bool password_matches(std::string_view password, const std::string& hash) {
    if (password.size() > kMaxPasswordBytes) return false;
    const Slot slot;
    return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

const std::string& hash_of_nobody() {
    static const std::string kHash = argon2id(wire::to_base64url(wire::random_bytes(32))).value_or("");
    return kHash;
}

std::string generate_password() {
    return wire::to_base64url(wire::random_bytes(18));
}

}  // namespace modelward::console
