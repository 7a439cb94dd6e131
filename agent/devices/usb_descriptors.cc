// SPDX-License-Identifier: Apache-2.0
#include "agent/devices/usb_descriptors.h"

#include <cstdint>

namespace modelward::agent {
namespace {

// Descriptor types (USB 2.0, table 9-5), interface classes (usb.org, "Defined class codes").
constexpr std::uint8_t kInterface = 4;
constexpr std::uint8_t kStillImage = 0x06;
constexpr std::uint8_t kMassStorage = 0x08;
constexpr std::uint8_t kVendorSpecific = 0xff;

// bInterfaceClass, bInterfaceSubClass, bInterfaceProtocol are at 5, 6 and 7 (table 9-12).
constexpr std::size_t kInterfaceBytes = 9;
constexpr std::size_t kClassAt = 5;

bool is_storage(std::uint8_t interface_class, std::uint8_t subclass, std::uint8_t protocol) {
    if (interface_class == kMassStorage || interface_class == kStillImage) return true;
    // Android's MTP function; adapters and serial lines of that class have another protocol.
    return interface_class == kVendorSpecific && subclass == kVendorSpecific && protocol == 0;
}

}  // namespace

bool may_store_files(std::span<const std::byte> descriptors) {
    const auto byte_at = [&](std::size_t at) { return std::to_integer<std::uint8_t>(descriptors[at]); };
    bool has_interface = false;
    while (!descriptors.empty()) {
        if (descriptors.size() < 2) return true;
        const std::size_t length = byte_at(0);
        if (length < 2 || length > descriptors.size()) return true;
        if (byte_at(1) == kInterface) {
            if (length < kInterfaceBytes) return true;
            if (is_storage(byte_at(kClassAt), byte_at(kClassAt + 1), byte_at(kClassAt + 2))) return true;
            has_interface = true;
        }
        descriptors = descriptors.subspan(length);
    }
    return !has_interface;
}

}  // namespace modelward::agent
