// SPDX-License-Identifier: Apache-2.0
// Finds the handler of a call. Patterns are paths with {parameters} that take one segment each.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "console/server/http/message.h"
#include "console/server/store/users.h"

namespace modelward::console {

enum class Access { kPublic, kSignedIn, kAdmin };

// What a handler gets.
struct Call {
    const Request& request;
    std::vector<std::string> parameters{};  // of the path, decoded, in order
    std::optional<User> user{};             // set unless the route is public
};

using Handler = std::function<Response(const Call&)>;

struct Route {
    std::string method;
    std::string pattern;
    Access access;
    Handler handler;
};

struct Found {
    const Route* route = nullptr;  // null: no such call
    bool other_method = false;     // the path exists, the method does not
    std::vector<std::string> parameters{};
};

class Router {
  public:
    void add(std::string method, std::string pattern, Access access, Handler handler);
    Found find(std::string_view method, std::string_view path) const;
    const std::vector<Route>& routes() const { return routes_; }

  private:
    std::vector<Route> routes_;
};

}  // namespace modelward::console
