// SPDX-License-Identifier: Apache-2.0
// Which USB devices a list means: by vendor, by vendor and product, or one device by its serial number too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelward::rules {

struct DevicePattern {
    std::uint16_t vendor = 0;
    std::optional<std::uint16_t> product;
    std::optional<std::string> serial;  // only with a product; compared whole

    bool matches(std::uint16_t its_vendor, std::uint16_t its_product, std::string_view its_serial) const {
        return its_vendor == vendor && (!product || *product == its_product) &&
               (!serial || *serial == its_serial);
    }
    bool operator==(const DevicePattern&) const = default;
};

// "VVVV", "VVVV:PPPP" or "VVVV:PPPP:SERIAL"; vendor and product are four hexadecimal digits, as lsusb shows
// them; a serial number is everything behind the second colon, 1 to 126 printable bytes (USB 2.0, 9.6.7: a
// string descriptor holds 126 characters). nullopt for anything else.
std::optional<DevicePattern> parse_device_pattern(std::string_view text);

}  // namespace modelward::rules
