// SPDX-License-Identifier: Apache-2.0
#include "cli/model_file.h"

#include <filesystem>

#include "fingerprint/readers/companions/companions.h"

namespace modelward::cli {
namespace {

class Folder final : public fingerprint::Siblings {
  public:
    explicit Folder(std::filesystem::path path) : path_(std::move(path)) {}
    Result<std::unique_ptr<fingerprint::ByteSource>> open(const std::string& name) override {
        auto file = InputFile::open(path_ / name);
        if (!file) return fail(file.error());
        return std::move(*file);
    }

  private:
    std::filesystem::path path_;
};

std::string sentence_on(const std::vector<std::string>& missing) {
    constexpr std::size_t kMostNamed = 3;
    std::string names;
    for (std::size_t i = 0; i < std::min(missing.size(), kMostNamed); ++i)
        names += (i == 0 ? "" : ", ") + missing[i];
    if (missing.size() > kMostNamed) names += " and " + std::to_string(missing.size() - kMostNamed) + " more";
    return names.empty()
               ? names
               : "says that its tensors are in " + names +
                     (missing.size() == 1 ? ", which is not beside it" : ", which are not beside it");
}

}  // namespace

Result<ModelFile> ModelFile::open(const std::string& path) {
    auto file = InputFile::open(path);
    if (!file) return fail(file.error());
    const std::filesystem::path place(path);
    Folder folder(place.parent_path());
    auto found = fingerprint::find_companions(**file, place.filename().string(), folder);
    if (!found) return fail(found.error().with_context(path));
    ModelFile model;
    model.file_ = std::move(*file);
    model.joined_ = std::move(found->joined);
    model.unseen_ = fingerprint::unseen_of(*found);
    model.missing_ = found->are_too_many ? "says that its tensors are in more than " +
                                               std::to_string(fingerprint::kMostCompanions) +
                                               " files, which are not looked at together"
                                         : sentence_on(found->missing);
    return model;
}

}  // namespace modelward::cli
