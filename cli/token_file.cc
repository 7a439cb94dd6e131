// SPDX-License-Identifier: Apache-2.0
#include "cli/token_file.h"

#include "wire/secret_file.h"

namespace modelward::cli {
namespace {

constexpr std::size_t kLongest = 4096;
constexpr const char* kBlank = " \t\r\n";

Result<std::string> read_stream(std::istream& stream) {
    std::string text(kLongest + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kLongest)
        return fail(ErrorCode::kLimit,
                    "standard input holds more than " + std::to_string(kLongest) + " bytes");
    return text;
}

}  // namespace

Result<std::string> read_token(const std::string& path, std::istream& standard_input) {
    const auto text = path == "-" ? read_stream(standard_input) : wire::read_small_file(path, kLongest);
    if (!text) return text;
    const std::size_t begin = text->find_first_not_of(kBlank);
    if (begin == std::string::npos)
        return fail(ErrorCode::kInvalid, (path == "-" ? "standard input" : path) + " holds no token");
    return text->substr(begin, text->find_last_not_of(kBlank) - begin + 1);
}

}  // namespace modelward::cli
