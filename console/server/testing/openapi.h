// SPDX-License-Identifier: Apache-2.0
// openapi.yaml as a measure of real answers.
#pragma once

#include <string>
#include <string_view>

namespace modelward::console {

// Why an answer to `method` `target` (a query may follow the path) with this status contradicts the document;
// empty: it does not. Paths that are no call at all, as the page's, are not the document's matter.
std::string undocumented(std::string_view method, std::string_view target, int status);

}  // namespace modelward::console
