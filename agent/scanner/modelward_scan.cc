// SPDX-License-Identifier: Apache-2.0
// modelward-scan UID GID: started by modelwardd only, with the socket and the index as inherited descriptors.
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <optional>

#include "agent/scanner/sandbox.h"
#include "agent/scanner/serve.h"
#include "fingerprint/containers/before_sandbox.h"
#include "fingerprint/index/index.h"

namespace {

using namespace modelward;
using namespace modelward::agent;

constexpr int kUsage = 2;

std::optional<unsigned> number(const char* text) {
    unsigned value = 0;
    const char* end = text + std::strlen(text);
    const auto [stopped, error] = std::from_chars(text, end, value);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return value;
}

int complain(const Error& error) {
    std::fprintf(stderr, "modelward-scan: %s\n", error.message().c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    const auto uid = argc == 3 ? number(argv[1]) : std::nullopt;
    const auto gid = argc == 3 ? number(argv[2]) : std::nullopt;
    if (!uid || !gid) {
        std::fputs(
            "modelward-scan reads files for modelwardd, which starts it; it is not meant to be called.\n",
            stderr);
        return kUsage;
    }
    // The index is signed content. What follows the sandbox is not.
    const auto index = fingerprint::Index::map(kScannerIndex);
    if (!index) return complain(index.error());
    ::close(kScannerIndex);
    if (auto loaded = fingerprint::load_before_sandbox(); !loaded) return complain(loaded.error());
    SandboxLimits limits;
    limits.memory_bytes += index->file().size();  // it is mapped
    if (auto entered = enter_sandbox(SandboxUser{*uid, *gid}, limits); !entered)
        return complain(entered.error());
    const auto served = serve(kScannerSocket, *index, limits.cpu_seconds / 2);
    ::_exit(served ? 0 : 1);  // the sandbox does not allow what exit handlers may do
}
