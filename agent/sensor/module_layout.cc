// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/module_layout.h"

#include <bpf/btf.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

namespace modelward::agent {

namespace {

// The types of a module, or of the kernel when it is built in.
class ModuleTypes {
  public:
    explicit ModuleTypes(const std::string& module) {
        kernel_.reset(::btf__load_vmlinux_btf());
        if (kernel_) own_.reset(::btf__load_module_btf(module.c_str(), kernel_.get()));
    }

    // In bytes.
    std::optional<std::uint64_t> offset(const char* structure, const char* member) const {
        const btf* types = own_ ? own_.get() : kernel_.get();
        const int id = types ? ::btf__find_by_name_kind(types, structure, BTF_KIND_STRUCT) : 0;
        if (id <= 0) return std::nullopt;
        const btf_type* type = ::btf__type_by_id(types, static_cast<std::uint32_t>(id));
        const btf_member* members = btf_members(type);
        for (std::uint32_t i = 0; i < btf_vlen(type); ++i)
            if (std::strcmp(::btf__name_by_offset(types, members[i].name_off), member) == 0)
                return btf_member_bit_offset(type, i) / 8;
        return std::nullopt;
    }

  private:
    struct Free {
        void operator()(btf* types) const { ::btf__free(types); }
    };
    std::unique_ptr<btf, Free> kernel_, own_;
};

bool exists(const char* path) {
    std::error_code error;
    return std::filesystem::exists(path, error);
}

}  // namespace

bool loop_is_loaded() {
    return exists("/sys/module/loop");
}

// Built in, it has no folder among the modules.
bool btrfs_is_loaded() {
    return exists("/sys/fs/btrfs");
}

std::optional<std::uint64_t> loop_layout() {
    const auto file = ModuleTypes("loop").offset("loop_device", "lo_backing_file");
    return file ? std::optional(*file + 1) : std::nullopt;
}

std::optional<std::uint64_t> btrfs_layout() {
    const ModuleTypes types("btrfs");
    const std::optional<std::uint64_t> places[] = {
        types.offset("btrfs_fs_info", "fs_devices"), types.offset("btrfs_fs_devices", "devices"),
        types.offset("btrfs_device", "dev_list"), types.offset("btrfs_device", "bdev")};
    std::uint64_t layout = 0;
    for (int i = 0; i < 4; ++i) {
        if (!places[i] || *places[i] > 0xffff) return std::nullopt;
        layout |= *places[i] << 16 * i;
    }
    return layout & 0xffff ? std::optional(layout) : std::nullopt;
}

}  // namespace modelward::agent
