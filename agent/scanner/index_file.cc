// SPDX-License-Identifier: Apache-2.0
#include "agent/scanner/index_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "fingerprint/fingerprint.h"

namespace modelward::agent {
namespace {

struct EntryHeader {
    std::uint32_t artifact;
    std::uint32_t zero;
    std::uint64_t length;
};

Result<void> write_all(int fd, const void* data, std::size_t size) {
    const auto* at = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = ::write(fd, at, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return fail_errno("write the index for the scanner");
        at += written;
        size -= static_cast<std::size_t>(written);
    }
    return {};
}

struct Mapping {
    void* address = MAP_FAILED;
    std::size_t size = 0;
    ~Mapping() {
        if (address != MAP_FAILED) ::munmap(address, size);
    }
};

}  // namespace

Result<UniqueFd> make_index_file(std::span<const IndexEntry> entries) {
    UniqueFd fd(::memfd_create("modelward-index", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!fd) return fail_errno("memfd_create");
    for (const auto& entry : entries) {
        const EntryHeader header{entry.artifact, 0, entry.fingerprint.size()};
        if (auto done = write_all(fd.get(), &header, sizeof header); !done) return fail(done.error());
        if (auto done = write_all(fd.get(), entry.fingerprint.data(), entry.fingerprint.size()); !done)
            return fail(done.error());
    }
    if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        return fail_errno("seal the index for the scanner");
    return fd;
}

Result<fingerprint::Index> read_index_file(int fd) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) return fail_errno("stat the index");
    fingerprint::Index index;
    Mapping mapping;
    mapping.size = static_cast<std::size_t>(status.st_size);
    if (mapping.size == 0) return index;
    mapping.address = ::mmap(nullptr, mapping.size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (mapping.address == MAP_FAILED) return fail_errno("map the index");
    std::span bytes(static_cast<const std::uint8_t*>(mapping.address), mapping.size);
    while (!bytes.empty()) {
        EntryHeader header;
        if (bytes.size() < sizeof header)
            return fail(ErrorCode::kInvalid, "the index ends inside an entry's header");
        std::memcpy(&header, bytes.data(), sizeof header);
        bytes = bytes.subspan(sizeof header);
        if (header.zero != 0 || header.length > bytes.size())
            return fail(ErrorCode::kInvalid, "the index ends inside an entry");
        auto fingerprint = fingerprint::parse_fingerprint(bytes.first(header.length));
        if (!fingerprint)
            return fail(fingerprint.error().with_context("artifact " + std::to_string(header.artifact)));
        index.add(header.artifact, std::move(*fingerprint));
        bytes = bytes.subspan(header.length);
    }
    return index;
}

}  // namespace modelward::agent
