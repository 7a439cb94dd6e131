// SPDX-License-Identifier: Apache-2.0
// Opens the file that the kernel speaks of. The path of an event is its writer's: in another mount namespace,
// or after a rename, it leads elsewhere, and whoever makes namespaces may choose where. It is believed only
// if it leads to the inode.
//
// kNotFound: no such file here, or another one. Otherwise as open_file().
#pragma once

#include <algorithm>

#include "agent/sensor/sensor.h"
#include "agent/watch/open_file.h"

namespace modelward::agent {

inline Result<OpenFile> open_named(Sensor& sensor, const std::filesystem::path& path, const InodeKey& key) {
    auto file = open_file(path);
    if (!file) return file;
    const auto keys = sensor.keys_of(file->fd.get());
    if (!keys) return fail(keys.error());
    if (std::ranges::find(*keys, key) == keys->end())
        return fail(ErrorCode::kNotFound, path.string() + " is another file here");
    return file;
}

}  // namespace modelward::agent
