// SPDX-License-Identifier: Apache-2.0
#include "console/server/console.h"

#include <fcntl.h>
#include <sys/file.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <thread>

#include "base/unique_fd.h"
#include "console/server/agent_service.h"
#include "console/server/clock.h"
#include "console/server/http/connection_limits.h"
#include "console/server/http/listener.h"
#include "console/server/incident_json.h"
#include "console/server/log.h"
#include "console/server/people_service.h"
#include "console/server/store/refused_sign_ins.h"
#include "console/server/upkeep.h"

namespace modelward::console {
namespace {

// Workers wait for disks more than they compute. Agents have some of their own: however many searches run,
// events come in and bundles go out.
constexpr std::size_t kWorkers = 8;
constexpr std::size_t kAgentWorkers = 8;
constexpr std::size_t kSignInWorkers = 2;  // password hashes: 19 MiB and 30 ms of a core each

std::string sse_message(const StoredIncident& incident) {
    const std::string json = incident_json(incident).dump(-1, ' ', false, Json::error_handler_t::replace);
    return "event: incident\ndata: " + json + "\n\n";
}

void settle_sign_ins(Resources& resources) {
    const std::uint64_t turned_away = resources.backoff.take_turned_away();
    const auto settled = settle_refused_sign_ins(resources.config, turned_away, resources.now_ms());
    if (settled) return;
    resources.backoff.turned_away(turned_away);  // the next time
    log_error("refused sign-ins are not in the audit log yet: " + settled.error().message());
}

}  // namespace

// In the order of dependence: what is below uses what is above and is gone first.
struct Console::Parts {
    UniqueFd lock;  // of the state directory
    wire::CertificateAuthority authority;
    wire::TlsContext people_tls;
    wire::TlsContext agents_tls;
    std::unique_ptr<ConfigDatabase> config;
    std::unique_ptr<BundlePublisher> publisher;
    IncidentStream stream{};
    LoginBackoff backoff{};
    boost::asio::io_context io{};
    boost::asio::thread_pool workers{kWorkers};
    boost::asio::thread_pool agent_workers{kAgentWorkers};
    boost::asio::thread_pool sign_in_workers{kSignInWorkers};
    std::unique_ptr<EventStore> events{};
    std::unique_ptr<Resources> resources{};
    std::unique_ptr<PeopleService> people{};
    std::unique_ptr<AgentService> agents{};
    std::unique_ptr<RepeatedWork> upkeep{}, settling{};
    std::unique_ptr<Listener> people_listener{};
    std::unique_ptr<Listener> agents_listener{};
    std::vector<std::thread> threads{};
};

Console::Console(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Console::~Console() {
    stop();
}

Result<std::unique_ptr<Console>> Console::open(const ConsoleOptions& options) {
    const StateDirectory& state = options.state;
    const auto now_ms = options.now_ms ? options.now_ms : std::function<std::int64_t()>(unix_ms_now);
    // First, because its error says what to do in a directory that was never initialised.
    auto config = ConfigDatabase::open(state.config_database(), false);
    if (!config) return fail(config.error());
    UniqueFd lock(::open((state.path / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock) return fail_errno("open " + (state.path / "lock").string());
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return fail(ErrorCode::kConflict, "another console serves " + state.path.string() + " already");
    auto authority = load_authority(state);
    if (!authority) return fail(authority.error());
    const auto identity = load_server_identity(state);
    if (!identity) return fail(identity.error());
    const auto ca_pem = authority->certificate().to_pem();
    if (!ca_pem) return fail(ca_pem.error());
    auto people_tls = wire::TlsContext::server(*identity);
    if (!people_tls) return fail(people_tls.error());
    auto agents_tls = wire::TlsContext::server(*identity, *ca_pem);
    if (!agents_tls) return fail(agents_tls.error());
    auto bundle_key = load_bundle_key(state);
    if (!bundle_key) return fail(bundle_key.error());
    const auto public_key = wire::bundle_public_key(*bundle_key);
    if (!public_key) return fail(public_key.error());
    auto publisher = BundlePublisher::open(**config, std::move(*bundle_key), now_ms);
    if (!publisher) return fail(publisher.error());

    auto parts = std::make_unique<Parts>(std::move(lock), std::move(*authority), std::move(*people_tls),
                                         std::move(*agents_tls), std::move(*config), std::move(*publisher));
    const auto announce = [&stream = parts->stream](const StoredIncident& incident) {
        stream.publish(sse_message(incident));
    };
    const auto anyone_listens = [&stream = parts->stream] { return stream.has_subscribers(); };
    auto events = EventStore::open(
        state.path, {.now_ms = now_ms, .on_incident = announce, .anyone_listens = anyone_listens});
    if (!events) return fail(events.error());
    parts->events = std::move(*events);
    parts->resources =
        std::make_unique<Resources>(*parts->config, *parts->events, *parts->publisher, parts->stream,
                                    parts->backoff, parts->authority, now_ms, options.stream_check);
    parts->people =
        std::make_unique<PeopleService>(*parts->resources, parts->workers, parts->sign_in_workers);
    parts->agents =
        std::make_unique<AgentService>(AgentResources{*parts->config, *parts->events, *parts->publisher,
                                                      parts->authority, *public_key, now_ms},
                                       parts->agent_workers);
    parts->upkeep = std::make_unique<RepeatedWork>(
        parts->io, parts->workers, std::chrono::hours(24),
        [&events = *parts->events, &config = *parts->config, state, now_ms,
         kept = Retention{options.retention_months, options.audit_months}] {
            for (const std::string& sentence : upkeep(events, config, state, kept, now_ms()))
                log_info(sentence);
        });
    parts->settling =
        std::make_unique<RepeatedWork>(parts->io, parts->workers, std::chrono::minutes(1),
                                       [&resources = *parts->resources] { settle_sign_ins(resources); });
    const ConnectionLimits limits = connection_limits(descriptor_limit());
    auto listener =
        Listener::open(parts->io, options.listen, parts->people_tls, *parts->people, limits.people);
    if (!listener) return fail(listener.error());
    parts->people_listener = std::move(*listener);
    listener =
        Listener::open(parts->io, options.agents_listen, parts->agents_tls, *parts->agents, limits.agents);
    if (!listener) return fail(listener.error());
    parts->agents_listener = std::move(*listener);
    return std::unique_ptr<Console>(new Console(std::move(parts)));
}

void Console::start() {
    parts_->upkeep->start();
    parts_->settling->start();
    parts_->people_listener->start();
    parts_->agents_listener->start();
    const unsigned int count = std::max(2u, std::thread::hardware_concurrency());
    for (unsigned int i = 0; i < count; ++i)
        parts_->threads.emplace_back([this] { parts_->io.run(); });
}

void Console::stop() {
    parts_->io.stop();
    for (std::thread& thread : parts_->threads)
        thread.join();
    parts_->threads.clear();
    // Workers may wait for the store, and the store's callbacks post to `io`: each ends before what it uses.
    parts_->workers.join();
    parts_->agent_workers.join();
    parts_->sign_in_workers.join();
    settle_sign_ins(*parts_->resources);
}

std::uint16_t Console::people_port() const {
    return parts_->people_listener->port();
}
std::uint16_t Console::agents_port() const {
    return parts_->agents_listener->port();
}

}  // namespace modelward::console
