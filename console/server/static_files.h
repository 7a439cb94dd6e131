// SPDX-License-Identifier: Apache-2.0
// The page, embedded in the program at build time (embed_web.cmake).
#pragma once

#include <span>
#include <string_view>

#include "console/server/http/message.h"

namespace modelward::console {

struct EmbeddedFile {
    std::string_view path;  // "/assets/index-BX1f.js"
    std::string_view bytes;
};

std::span<const EmbeddedFile> embedded_files();  // defined in the generated web_files.cc

// The file of that path; the page itself for every path that is no file, since the page routes by itself. A
// missing file under /assets/ is a 404.
Response static_response(const Request& request);

}  // namespace modelward::console
