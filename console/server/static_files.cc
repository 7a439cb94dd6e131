// SPDX-License-Identifier: Apache-2.0
#include "console/server/static_files.h"

#include <algorithm>
#include <array>

namespace modelward::console {
namespace {

constexpr std::string_view kPage = "/index.html";
constexpr std::string_view kHashedFolder = "/assets/";  // Vite names these by their content

constexpr char kNoPage[] =
    "<!doctype html><html lang=\"en\"><title>Modelward</title><h1>Modelward console</h1>"
    "<p>This console was built without its page. The REST API works; build console/web and the console again "
    "for "
    "the page.</p></html>";

std::string_view content_type(std::string_view path) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kTypes{{
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".woff", "font/woff"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".txt", "text/plain; charset=utf-8"},
        {".md", "text/plain; charset=utf-8"},
    }};
    const auto found =
        std::ranges::find_if(kTypes, [path](const auto& type) { return path.ends_with(type.first); });
    return found == kTypes.end() ? "application/octet-stream" : found->second;
}

const EmbeddedFile* find_file(std::string_view path) {
    const auto files = embedded_files();
    const auto found = std::ranges::find(files, path, &EmbeddedFile::path);
    return found == files.end() ? nullptr : &*found;
}

}  // namespace

Response static_response(const Request& request) {
    const bool hashed = request.path.starts_with(kHashedFolder);
    const EmbeddedFile* file = find_file(request.path);
    if (file == nullptr && hashed) {
        Response missing{.status = 404, .content_type = "text/plain; charset=utf-8"};
        missing.body = std::string_view("no such file\n");
        return missing;
    }
    if (file == nullptr) file = find_file(kPage);
    Response response;
    response.headers.emplace_back("Cache-Control",
                                  hashed ? "public, max-age=31536000, immutable" : "no-cache");
    response.content_type = file == nullptr ? content_type(kPage) : content_type(file->path);
    response.body = file == nullptr ? std::string_view(kNoPage) : file->bytes;
    return response;
}

}  // namespace modelward::console
