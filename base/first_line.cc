// SPDX-License-Identifier: Apache-2.0
#include "base/first_line.h"

#include <fstream>

namespace modelward {

std::string first_line(const std::filesystem::path& path) {
    std::string text(kLongestFirstLine, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text.substr(0, text.find('\n'));
}

}  // namespace modelward
