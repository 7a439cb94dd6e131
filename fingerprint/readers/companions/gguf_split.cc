// SPDX-License-Identifier: Apache-2.0
// GGUF in parts: NAME-00001-of-0000N.gguf holds all metadata and perhaps tensors, the others hold tensors.
// https://github.com/ggml-org/llama.cpp/tree/master/tools/gguf-split
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "fingerprint/readers/companions/companion_format.h"
#include "fingerprint/readers/companions/companions.h"
#include "fingerprint/readers/companions/numbered_files.h"
#include "fingerprint/readers/companions/whole_files.h"

namespace modelward::fingerprint {
namespace {

constexpr std::string_view kEnding = ".gguf";
constexpr std::string_view kFirst = "-00001-of-";

// Of "00012": 12.
std::optional<std::uint64_t> number_of(std::string_view digits) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

Result<std::vector<std::string>> names(const ByteSource& header, std::string_view file_name) {
    std::vector<std::string> others;
    std::array<std::uint8_t, 4> magic{};
    if (header.size() < magic.size() || !file_name.ends_with(kEnding)) return others;
    file_name.remove_suffix(kEnding.size());
    if (file_name.size() < kFirst.size() + kFileNumberDigits) return others;
    const auto parts = number_of(file_name.substr(file_name.size() - kFileNumberDigits));
    file_name.remove_suffix(kFileNumberDigits);
    if (!parts || !file_name.ends_with(kFirst)) return others;
    file_name.remove_suffix(kFirst.size());
    if (auto read = header.read(0, magic); !read) return fail(read.error());
    if (!kGgufReader.claims(magic)) return others;
    // One more than may be joined: that there are more is for the caller to say.
    for (std::uint64_t part = 2; part <= std::min<std::uint64_t>(*parts, kMostCompanions + 2); ++part)
        others.push_back(std::string(file_name) + "-" + numbered(part, *parts) + std::string(kEnding));
    return others;
}

Result<TensorTable> read(const ByteSource& source) {
    return read_whole_files(source, true);
}

constexpr Reader kReader{"gguf", nullptr, read};

}  // namespace

const CompanionFormat kGgufSplit{names, &kReader};

}  // namespace modelward::fingerprint
