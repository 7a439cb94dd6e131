// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/index/index.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <utility>

namespace modelward::fingerprint {

Result<Index> Index::open(std::span<const std::uint8_t> file, std::shared_ptr<const void> owner) {
    auto tables = tables_in(file);
    if (!tables) return fail(tables.error());
    Index index;
    index.tables_ = *tables;
    index.file_ = file;
    index.owner_ = std::move(owner);
    return index;
}

Result<Index> Index::map(int fd) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) return fail_errno("stat the index");
    const auto size = static_cast<std::size_t>(status.st_size);
    if (!S_ISREG(status.st_mode) || size == 0) return fail(ErrorCode::kInvalid, "not an index file");
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (address == MAP_FAILED) return fail_errno("map the index");
    const std::shared_ptr<const void> owner(address, [size](void* at) { ::munmap(at, size); });
    return open({static_cast<const std::uint8_t*>(address), size}, owner);
}

}  // namespace modelward::fingerprint
