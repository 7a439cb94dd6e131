// SPDX-License-Identifier: Apache-2.0
#include "agent/devices/usb_device.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <span>
#include <vector>

#include "agent/devices/device_text.h"
#include "agent/devices/usb_descriptors.h"
#include "base/unique_fd.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kMostDescriptorBytes = 1 << 17;  // the kernel's own limit is 8 configurations of 64 KiB

std::optional<std::uint16_t> hexadecimal(const std::string& text) {
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::vector<char> content(const std::filesystem::path& path) {
    std::vector<char> bytes(kMostDescriptorBytes);
    std::ifstream file(path, std::ios::binary);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
}

}  // namespace

std::string UsbDevice::describe() const {
    std::string text = fmt::format("{:04x}:{:04x}", vendor, product);
    std::string words = manufacturer;
    if (!name.empty()) words += (words.empty() ? "" : " ") + name;
    if (!serial.empty()) words += (words.empty() ? "" : ", ") + ("serial " + serial);
    return words.empty() ? text : text + " (" + words + ")";
}

std::optional<UsbDevice> read_usb_device(const std::filesystem::path& folder) {
    // Root hubs are called usb1, usb2, ...; an interface has no idVendor.
    if (folder.filename().string().starts_with("usb")) return std::nullopt;
    const auto vendor = hexadecimal(device_text(folder / "idVendor"));
    const auto product = hexadecimal(device_text(folder / "idProduct"));
    if (!vendor || !product) return std::nullopt;
    UsbDevice device;
    device.folder = folder;
    device.vendor = *vendor;
    device.product = *product;
    device.manufacturer = device_text(folder / "manufacturer");
    device.name = device_text(folder / "product");
    device.serial = device_text(folder / "serial");
    const std::vector<char> descriptors = content(folder / "descriptors");
    device.storage = may_store_files(std::as_bytes(std::span(descriptors)));
    device.authorized = device_text(folder / "authorized") == "1";
    return device;
}

Result<void> set_authorized(const std::filesystem::path& folder, bool authorized) {
    const auto path = folder / "authorized";
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file || ::write(file.get(), authorized ? "1" : "0", 1) != 1)
        return fail_errno("write " + path.string());
    return {};
}

}  // namespace modelward::agent
