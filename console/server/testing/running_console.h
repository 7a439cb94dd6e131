// SPDX-License-Identifier: Apache-2.0
// A whole console on loopback ports, and the two kinds of client that it has.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/testing/temporary_directory.h"
#include "console/server/console.h"
#include "wire/https_client.h"
#include "wire/modelward.pb.h"

namespace modelward::console {

inline constexpr char kTestPassword[] = "correct horse battery";

// Initialised once a test program (key making and password hashing take most of the time), copied for each
// console.
class RunningConsole {
  public:
    RunningConsole();

    const StateDirectory& state() const { return state_; }
    const std::string& ca_pem() const { return ca_pem_; }
    void restart();  // the same ports are not kept
    // The console's clock runs this much ahead.
    void advance(std::chrono::milliseconds time) { ahead_ms_ += time.count(); }

    wire::HttpsClient people_client() const;
    wire::HttpsClient agents_client(const std::optional<wire::TlsIdentity>& identity = std::nullopt) const;
    std::string new_token(std::int64_t valid_minutes = 60) const;  // the whole text

  private:
    void start();
    TemporaryDirectory directory_;
    StateDirectory state_;
    std::string ca_pem_;
    std::atomic<std::int64_t> ahead_ms_ = 0;
    std::unique_ptr<Console> console_;
};

// A person: signs in and calls. Every answer must have a status that openapi.yaml gives for the call.
class Person {
  public:
    explicit Person(const RunningConsole& console) : https_(console.people_client()) {}
    wire::HttpsResponse call(const std::string& method, const std::string& target,
                             const std::string& body = "");
    int sign_in(const std::string& username = "admin", const std::string& password = kTestPassword);
    const std::string& cookie() const { return cookie_; }
    bool sends_header = true;  // X-Requested-With

  private:
    wire::HttpsClient https_;
    std::string cookie_;
};

// A host: enrols and delivers.
class Host {
  public:
    explicit Host(const RunningConsole& console, const std::string& name = "ws-17");
    wire::HttpsResponse call(const std::string& method, const std::string& target,
                             const std::string& body = "");
    wire::EventAck deliver(const wire::EventBatch& batch);  // expects 200

    std::string id;
    wire::TlsIdentity identity{};
    wire::EnrollResponse enrolled{};

  private:
    std::optional<wire::HttpsClient> https_;
};

// The call that Host makes, for tests of enrolment itself.
wire::HttpsResponse enroll(const RunningConsole& console, const std::string& token_secret,
                           const std::vector<std::uint8_t>& request_der,
                           const std::string& hostname = "ws-17");

}  // namespace modelward::console
