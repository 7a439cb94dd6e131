// SPDX-License-Identifier: Apache-2.0
#include "cli/rules_requests.h"

namespace modelward::cli {
namespace {

namespace fs = std::filesystem;

bool is_lists_folder(const fs::path& folder) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    return !error && real.filename() == "lists" && !fs::exists(folder / "classes.yaml", error) &&
           fs::exists(folder / ".." / "classes.yaml", error);
}

}  // namespace

Result<std::map<fs::path, RulesRequest>> rules_requests(const std::vector<std::string>& paths) {
    std::map<fs::path, RulesRequest> requests;
    for (const std::string& text : paths) {
        const fs::path path(text);
        std::error_code error;
        if (fs::is_directory(path, error)) {
            requests[path].whole = true;
        } else if (fs::is_regular_file(path, error) && path.extension() == ".yaml") {
            const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
            if (is_lists_folder(parent)) {
                // "lists" has a name to take off; "." and "a/.." have not.
                const fs::path pack = parent.filename() == "lists" ? parent.parent_path() : parent / "..";
                requests[pack.empty() ? fs::path(".") : pack].files.insert("lists/" +
                                                                           path.filename().string());
            } else {
                requests[parent].files.insert(path.filename().string());
            }
        } else if (fs::exists(path, error)) {
            return fail(ErrorCode::kInvalid, text + " is neither a directory nor a .yaml file");
        } else {
            return fail(ErrorCode::kNotFound, text + " does not exist");
        }
    }
    return requests;
}

}  // namespace modelward::cli
