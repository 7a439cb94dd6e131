// SPDX-License-Identifier: Apache-2.0
#include "agent/guard/maintenance.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "base/unique_fd.h"

namespace modelward::agent {
namespace {

Result<void> append_line(const std::filesystem::path& path, const std::string& line) {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!file) return fail_errno("open " + path.string());
    const std::string text = line + "\n";
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(file.get()) != 0)
        return fail_errno("write " + path.string());
    return {};
}

bool has_line(const std::filesystem::path& path, const std::string& line) {
    std::ifstream file(path);
    for (std::string known; std::getline(file, known);)
        if (known == line) return true;
    return false;
}

}  // namespace

Result<wire::MaintenanceToken> Maintenance::redeem(const std::string& text, const wire::BundlePublicKey& key,
                                                   const std::string& host_id,
                                                   std::int64_t now_unix_s) const {
    auto token = wire::check_maintenance_token(text, key, host_id, now_unix_s);
    if (!token) return token;
    if (has_line(used_, token->id()))
        return fail(ErrorCode::kConflict, "the token was used before; the console makes another");
    if (auto noted = append_line(used_, token->id()); !noted) return fail(noted.error());
    return token;
}

}  // namespace modelward::agent
