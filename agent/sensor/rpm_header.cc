// SPDX-License-Identifier: Apache-2.0
#include "agent/sensor/rpm_header.h"

#include <cstdint>
#include <optional>

namespace modelward::agent {
namespace {

constexpr std::size_t kIntroduction = 8, kEntry = 16;
enum Tag : std::uint32_t { kDirectoryIndexes = 1116, kBaseNames = 1117, kDirectoryNames = 1118 };
enum Type : std::uint32_t { kInt32 = 4, kStringArray = 8 };

// The caller has checked that they are there.
std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number = (number << 8) | static_cast<std::uint8_t>(bytes[at + i]);
    return number;
}

struct Header {
    std::string_view entries, data;
};

// What an entry points to: from its offset to the end of the data, for its elements say themselves where they
// end.
struct Elements {
    std::string_view data;
    std::uint32_t count = 0;
};

Result<Header> parse_introduction(std::string_view bytes) {
    if (bytes.size() > kMostRpmHeader) return fail(ErrorCode::kLimit, "RPM header: larger than 256 MiB");
    if (bytes.size() < kIntroduction) return fail(ErrorCode::kInvalid, "RPM header: shorter than 8 bytes");
    const std::size_t entries = number_at(bytes, 0), data = number_at(bytes, 4);
    if (entries > kMostRpmEntries) return fail(ErrorCode::kLimit, "RPM header: more than 65535 entries");
    if (bytes.size() != kIntroduction + entries * kEntry + data)
        return fail(ErrorCode::kInvalid, "RPM header: its length is not what it says");
    return Header{bytes.substr(kIntroduction, entries * kEntry),
                  bytes.substr(kIntroduction + entries * kEntry)};
}

// Without data when there is no such entry.
Result<Elements> find(const Header& header, Tag tag, Type type) {
    for (std::size_t at = 0; at < header.entries.size(); at += kEntry) {
        if (number_at(header.entries, at) != tag) continue;
        const std::uint32_t offset = number_at(header.entries, at + 8),
                            count = number_at(header.entries, at + 12);
        if (number_at(header.entries, at + 4) != type || offset > header.data.size())
            return fail(ErrorCode::kInvalid,
                        "RPM header: a list of files of the wrong type or outside the data");
        if (count > kMostRpmFiles) return fail(ErrorCode::kLimit, "RPM header: more than 1000000 files");
        return Elements{header.data.substr(offset), count};
    }
    return Elements{};
}

Result<std::vector<std::string_view>> strings(const Elements& elements) {
    std::vector<std::string_view> found;
    auto rest = elements.data;
    while (found.size() < elements.count) {
        const auto end = rest.find('\0');
        if (end == std::string_view::npos)
            return fail(ErrorCode::kInvalid, "RPM header: a name goes beyond the data");
        found.push_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    return found;
}

}  // namespace

Result<std::vector<std::string>> files_of_rpm_header(std::string_view bytes) {
    const auto header = parse_introduction(bytes);
    if (!header) return fail(header.error());
    const auto base_elements = find(*header, kBaseNames, kStringArray);
    const auto directory_elements = find(*header, kDirectoryNames, kStringArray);
    const auto indexes = find(*header, kDirectoryIndexes, kInt32);
    for (const auto* one : {&base_elements, &directory_elements, &indexes})
        if (!*one) return fail(one->error());
    const auto names = strings(*base_elements);
    const auto directories = strings(*directory_elements);
    for (const auto* one : {&names, &directories})
        if (!*one) return fail(one->error());
    if (indexes->count != names->size() || indexes->data.size() / 4 < indexes->count)
        return fail(ErrorCode::kInvalid, "RPM header: not every file has a folder");

    std::vector<std::string> files;
    files.reserve(names->size());
    std::size_t length = 0;
    for (std::size_t i = 0; i < names->size(); ++i) {
        const std::size_t directory = number_at(indexes->data, i * 4);
        if (directory >= directories->size())
            return fail(ErrorCode::kInvalid, "RPM header: a file lies in a folder that is not listed");
        // One folder's name may stand before all of them.
        length += (*directories)[directory].size() + (*names)[i].size();
        if (length > kMostRpmHeader)
            return fail(ErrorCode::kLimit, "RPM header: the files' names are longer than 256 MiB");
        files.emplace_back((*directories)[directory]).append((*names)[i]);
    }
    return files;
}

}  // namespace modelward::agent
