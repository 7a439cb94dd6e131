// SPDX-License-Identifier: Apache-2.0
// The REST API behind a valid session: any method, target and body, against a real store. Input: method,
// target and body, each ended by a line feed but the last.
#include <cstdint>

#include "base/testing/temporary_directory.h"
#include "console/server/people_service.h"
#include "console/server/store/sessions.h"

namespace {

using namespace modelward::console;
using namespace modelward;

constexpr std::int64_t kNow = 1'800'000'000'000;

// A console without sockets, in a directory that lives as long as the process.
struct World {
    TemporaryDirectory temporary{};
    std::filesystem::path directory = temporary.path();
    std::unique_ptr<ConfigDatabase> config = ConfigDatabase::open(directory / "console.db", true).value();
    std::unique_ptr<EventStore> events =
        EventStore::open(directory, {.now_ms = [] { return kNow; }, .on_incident = {}}).value();
    std::unique_ptr<BundlePublisher> publisher =
        BundlePublisher::open(*config, wire::PrivateKey::generate_ed25519().value(), [] {
            return kNow;
        }).value();
    wire::CertificateAuthority authority = wire::CertificateAuthority::create("fuzz", 1).value();
    IncidentStream stream{};
    LoginBackoff backoff{};
    boost::asio::thread_pool workers{1};
    Resources resources{*config, *events, *publisher, stream, backoff, authority, [] { return kNow; }};
    PeopleService service{resources, workers, workers};
    std::string token = sign_in();

    std::string sign_in() {
        (void)add_user(*config, "admin", "no password matches this", "admin", kNow, {"tester", ""});
        return start_session(*config, {1, "admin", "admin"}, kNow, "").value();
    }
};

std::string_view next_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static World world;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    Request request;
    request.method = next_line(rest);
    const std::string_view target = next_line(rest);
    const std::size_t question = std::min(target.find('?'), target.size());
    request.path = target.substr(0, question);
    request.query = target.substr(std::min(question + 1, target.size()));
    request.headers = {{"X-Requested-With", "modelward"}, {"Cookie", "modelward_session=" + world.token}};
    request.body = rest;
    const Response response = world.service.answer(request);
    if (response.status < 200 || response.status >= 500) std::abort();
    (void)response_head(response, true);
    // Signing out is a call like any other; the next input is signed in again.
    if (request.method == "DELETE")
        world.token = start_session(*world.config, {1, "admin", "admin"}, kNow, "").value();
    return 0;
}
