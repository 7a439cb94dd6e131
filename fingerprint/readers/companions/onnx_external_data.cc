// SPDX-License-Identifier: Apache-2.0
// ONNX with its weights in other files, which is how models of more than 2 GB are stored.
// https://github.com/onnx/onnx/blob/main/docs/ExternalData.md
#include <algorithm>
#include <array>

#include "fingerprint/readers/companions/companion_format.h"
#include "fingerprint/readers/onnx/external_data.h"

namespace modelward::fingerprint {
namespace {

Result<std::vector<std::string>> names(const ByteSource& header, std::string_view /*file_name*/) {
    std::array<std::uint8_t, kHeadBytes> buffer{};
    const auto head = std::span(buffer).first(std::min<std::uint64_t>(header.size(), kHeadBytes));
    if (auto read = header.read(0, head); !read) return fail(read.error());
    if (!kOnnxReader.claims(head)) return std::vector<std::string>{};
    return external_files(header);
}

}  // namespace

const CompanionFormat kOnnxExternalData{names, &kOnnxReader};

}  // namespace modelward::fingerprint
