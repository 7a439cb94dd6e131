// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "rules/limits.h"
#include "rules/rules.h"

namespace modelward::rules {
namespace {

namespace fs = std::filesystem;

Result<Document> read_document(const fs::path& path, const std::string& name, std::size_t max_bytes) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail_errno("open " + path.string());
    std::string text(max_bytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return fail_errno("read " + path.string());
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > max_bytes) {
        return fail(ErrorCode::kLimit,
                    path.string() + " is longer than " + std::to_string(max_bytes) + " bytes; split it");
    }
    return Document{name, std::move(text)};
}

bool means_yaml(std::string extension) {
    std::ranges::transform(extension, extension.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return extension == ".yaml" || extension == ".yml";
}

// The regular *.yaml files of one folder, in name order. Another ending that means YAML would be left out in
// silence.
Result<std::vector<fs::path>> yaml_files(const fs::path& directory) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        const fs::path extension = it->path().extension();
        if (extension == ".yaml" && !it->is_regular_file(ignored)) {
            return fail(
                ErrorCode::kInvalid,
                it->path().string() + ": not a file that can be read (a folder, or a link to nothing)");
        }
        if (!it->is_regular_file(ignored)) continue;
        if (means_yaml(extension.string()) && extension != ".yaml") {
            return fail(ErrorCode::kInvalid,
                        it->path().string() + ": files of a pack end in .yaml; rename it");
        }
        if (extension != ".yaml") continue;
        if (files.size() == kMaxDocuments) {
            return fail(ErrorCode::kLimit, directory.string() + " holds more than " +
                                               std::to_string(kMaxDocuments) + " documents");
        }
        files.push_back(it->path());
    }
    if (error) return fail(ErrorCode::kIo, "read " + directory.string() + ": " + error.message());
    std::ranges::sort(files);
    return files;
}

Result<std::vector<Document>> read_documents(const fs::path& directory, const std::string& prefix,
                                             std::size_t max_bytes) {
    const auto files = yaml_files(directory);
    if (!files) return fail(files.error());
    std::vector<Document> documents;
    for (const fs::path& path : *files) {
        auto document = read_document(path, prefix + path.filename().string(), max_bytes);
        if (!document) return fail(document.error());
        documents.push_back(std::move(*document));
    }
    return documents;
}

}  // namespace

Result<Pack> read_pack(const std::filesystem::path& directory) {
    std::error_code error;
    if (!fs::is_directory(directory, error)) {
        return fail(ErrorCode::kNotFound,
                    directory.string() + " is no directory; a rule pack is one with a classes.yaml");
    }
    auto documents = read_documents(directory, "", kMaxDocumentBytes);
    if (!documents) return fail(documents.error());
    Pack pack;
    const auto classes = std::ranges::find(*documents, "classes.yaml", &Document::name);
    if (classes == documents->end()) {
        return fail(ErrorCode::kNotFound,
                    directory.string() + " has no classes.yaml; every rule pack needs one");
    }
    pack.classes = std::move(*classes);
    documents->erase(classes);
    pack.rules = std::move(*documents);
    if (pack.rules.empty()) {
        return fail(ErrorCode::kInvalid,
                    directory.string() + " holds no rule: every host would enforce nothing");
    }
    if (fs::exists(directory / "lists", error)) {
        auto lists = read_documents(directory / "lists", "lists/", kMaxListBytes);
        if (!lists) return fail(lists.error());
        pack.lists = std::move(*lists);
    }
    return pack;
}

}  // namespace modelward::rules
