// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/companions/companions.h"

#include <array>
#include <utility>

#include "fingerprint/readers/companions/companion_format.h"

namespace modelward::fingerprint {
namespace {

constexpr std::array kFormats = {&kGgufSplit, &kOnnxExternalData, &kTensorFlowCheckpoint, &kShardIndex,
                                 &kTensorFlowJs};

// Beyond the size of any disk: that places in the joined files are numbers.
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 62;

Result<Companions> join(const ByteSource& header, const CompanionFormat& format,
                        std::vector<std::string> names, Siblings& siblings) {
    Companions found{.joined = nullptr, .are_too_many = names.size() > kMostCompanions};
    if (found.are_too_many) return found;
    std::uint64_t bytes = header.size();
    std::vector<Companion> there;
    for (std::string& name : names) {
        auto opened = is_sibling_name(name) ? siblings.open(name) : fail(ErrorCode::kDenied, "is elsewhere");
        if (!opened || (*opened)->size() > kMostBytes - bytes) {
            found.missing.push_back(std::move(name));
            continue;
        }
        bytes += (*opened)->size();
        there.push_back({std::move(name), std::move(*opened)});
    }
    if (!there.empty())
        found.joined = std::make_unique<JoinedFiles>(header, *format.reader, std::move(there));
    return found;
}

}  // namespace

bool is_sibling_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.size() <= kMostFileName &&
           !name.contains('/') && !name.contains('\0');
}

Result<Companions> find_companions(const ByteSource& header, std::string_view file_name, Siblings& siblings) {
    for (const CompanionFormat* format : kFormats) {
        auto names = format->names(header, file_name);
        if (!names) return fail(names.error());
        if (!names->empty()) return join(header, *format, std::move(*names), siblings);
    }
    return Companions{};
}

std::optional<Unseen> unseen_of(const Companions& found) {
    if (found.are_too_many) return Unseen::kEntries;
    if (!found.missing.empty()) return Unseen::kMissing;
    return std::nullopt;
}

}  // namespace modelward::fingerprint
