// SPDX-License-Identifier: Apache-2.0
// What a USB device says it is, read from its raw descriptors (USB 2.0, chapter 9). They come from the device
// and are not trusted: every length is checked, and what does not parse counts as storage, so that a device
// cannot talk itself past the list.
#pragma once

#include <cstddef>
#include <span>

namespace modelward::agent {

// Mass storage, still image (PTP, MTP), or MTP under a vendor's own class as Android devices have it.
// `descriptors`: the content of the sysfs file of that name.
bool may_store_files(std::span<const std::byte> descriptors);

}  // namespace modelward::agent
