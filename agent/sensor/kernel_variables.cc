// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/kernel_variables.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>

namespace modelward::agent {

namespace {

// One page of them: all would be 257, for each label that is set.
class MappedPage {
  public:
    MappedPage(const UniqueFd& variables, std::size_t offset)
        : size_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))), within_(offset % size_) {
        start_ = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, variables.get(),
                        static_cast<off_t>(offset - within_));
    }
    ~MappedPage() {
        if (*this) ::munmap(start_, size_);
    }
    MappedPage(const MappedPage&) = delete;
    MappedPage& operator=(const MappedPage&) = delete;

    explicit operator bool() const { return start_ != MAP_FAILED; }
    void* place() const { return static_cast<std::byte*>(start_) + within_; }

  private:
    std::size_t size_, within_;
    void* start_;
};

}  // namespace

Result<void> set_label_hint(const UniqueFd& variables, const kernel::inode_key& key) {
    const std::uint64_t slot = MODELWARD_LABEL_SLOT(key.inode);
    const MappedPage page(variables,
                          offsetof(kernel::variables, label_hints) + slot / 32 * sizeof(std::uint32_t));
    if (!page) return fail_errno("map the hints of labels");
    std::atomic_ref(*static_cast<std::uint32_t*>(page.place())) |= 1U << (slot % 32);
    return {};
}

Result<void> set_variable(const UniqueFd& variables, std::size_t place, std::uint64_t value) {
    const MappedPage page(variables, place);
    if (!page) return fail_errno("map the variables of the kernel programs");
    std::atomic_ref(*static_cast<std::uint64_t*>(page.place())) = value;
    return {};
}

Result<std::vector<kernel::inode_key>> keys_of_open(const UniqueFd& variables, const char* path) {
    const MappedPage page(variables, offsetof(kernel::variables, learning));
    if (!page) return fail_errno("map what is asked for an inode's key");
    auto& learning = *static_cast<kernel::learning*>(page.place());
    const std::atomic_ref thread(learning.thread);
    thread = 0;  // an agent that was killed here may have left another's number
    learning.count = 0;
    thread = static_cast<std::uint32_t>(::gettid());
    const UniqueFd opened(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    const int error = errno;
    thread = 0;
    if (!opened) return fail(Error::from_errno(std::string("open ") + path, error));
    const auto count = std::min<std::size_t>(learning.count, kernel::kLearnedKeys);
    return std::vector(learning.keys, learning.keys + count);
}

}  // namespace modelward::agent
