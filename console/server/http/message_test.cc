// SPDX-License-Identifier: Apache-2.0
// Requests, responses and routes as values.
#include "console/server/http/message.h"

#include <gtest/gtest.h>

#include "console/server/http/router.h"

namespace modelward::console {
namespace {

TEST(Request, FindsHeadersCookiesAndParameters) {
    Request request;
    request.headers = {{"COOKIE", "a=1; modelward_session=tok; modelward_session2=x"}, {"X-A", "b"}};
    request.query = "q=a%20b+c&limit=5&empty=&%71x=1";
    EXPECT_EQ(request.header("x-a"), "b");
    EXPECT_EQ(request.cookie("modelward_session"), "tok");
    EXPECT_EQ(request.cookie("session"), "");
    EXPECT_EQ(request.parameter("q"), "a b c");
    EXPECT_EQ(request.parameter("limit"), "5");
    EXPECT_EQ(request.parameter("empty"), "");
    EXPECT_EQ(request.parameter("qx"), "1");
    EXPECT_EQ(request.parameter("absent"), "");
}

TEST(Request, MalformedEscapesStayAsTheyAre) {
    EXPECT_EQ(percent_decoded("%"), "%");
    EXPECT_EQ(percent_decoded("%4"), "%4");
    EXPECT_EQ(percent_decoded("%zz%41"), "%zzA");
}

TEST(Response, HeadSaysLengthAndEnd) {
    Response response{.status = 201, .content_type = "text/plain"};
    response.body = std::string("abc");
    EXPECT_EQ(response_head(response, true),
              "HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n");
    EXPECT_EQ(response_head({.status = 204}, false), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST(Router, MatchesWholePathsByMethod) {
    Router router;
    const Handler handler = [](const Call&) { return Response(); };
    router.add("GET", "/a", Access::kPublic, handler);
    router.add("GET", "/a/{id}", Access::kPublic, handler);
    router.add("GET", "/a/{id}/b", Access::kPublic, handler);
    EXPECT_EQ(router.find("GET", "/a").route->pattern, "/a");
    EXPECT_EQ(router.find("HEAD", "/a").route->pattern, "/a");
    EXPECT_EQ(router.find("GET", "/a/x%2Fy").parameters, std::vector<std::string>{"x/y"});
    EXPECT_EQ(router.find("GET", "/a/x/b").route->pattern, "/a/{id}/b");
    EXPECT_TRUE(router.find("POST", "/a").other_method);
    for (const char* path : {"", "/", "/a/", "/a//b", "/a/x/c", "/a/x/b/c", "/ab"}) {
        EXPECT_EQ(router.find("GET", path).route, nullptr) << path;
    }
}

}  // namespace
}  // namespace modelward::console
