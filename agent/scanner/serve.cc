// SPDX-License-Identifier: Apache-2.0
#include "agent/scanner/serve.h"

#include <time.h>

#include <exception>

#include "agent/scanner/innocent_content.h"

namespace modelward::agent {
namespace {

std::uint64_t cpu_seconds_used() {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<std::uint64_t>(used.tv_sec);
}

Result<ScanReply> classify_file(const ScanRequest& request, int file, const fingerprint::Index& index) {
    auto source = fingerprint::FileSource::from_fd(file);
    if (!source) return fail(source.error());
    ScanReply reply;
    reply.id = request.id;
    auto found = fingerprint::classify(*source, index, request.depth);
    if (found) {
        reply.format = found->format;
        reply.bytes_read = found->bytes_read;
        reply.matches = std::move(found->matches);
        reply.public_matches = std::move(found->public_matches);
        reply.same_seed = std::move(found->same_seed);
        reply.unseen = std::move(found->unseen);
    } else if (found.error().code() != ErrorCode::kInvalid) {
        return fail(found.error());
    }
    // A file that breaks its format may still be a log that happens to begin like a model.
    // What could not be looked into is not innocent, whatever it looks like from outside.
    const bool nothing = reply.matches.empty() && reply.public_matches.empty() && reply.same_seed.empty();
    if (request.depth == fingerprint::Depth::kFull && nothing && reply.unseen.empty()) {
        auto innocent = innocent_content(*source);
        if (!innocent) return fail(innocent.error());
        reply.innocent = *innocent;
    }
    if (!found && reply.innocent == InnocentKind::kNone) reply.failure = found.error();
    return reply;
}

}  // namespace

ScanReply scan_file(const ScanRequest& request, int file, const fingerprint::Index& index) {
    ScanReply reply;
    try {
        auto result = classify_file(request, file, index);
        if (result) return *result;
        reply.failure = result.error();
    } catch (const std::exception& error) {  // memory is limited: a hostile file may ask for more
        reply.failure = Error(ErrorCode::kLimit, error.what());
    }
    reply.id = request.id;
    return reply;
}

Result<void> serve(int socket, const fingerprint::Index& index, std::uint64_t cpu_seconds) {
    do {
        auto received = receive_request(socket);
        if (!received && received.error().code() == ErrorCode::kUnavailable) return {};
        if (!received) return fail(received.error());
        const ScanReply reply = scan_file(received->request, received->file.get(), index);
        if (auto sent = send_reply(socket, reply); !sent) return sent;
    } while (cpu_seconds_used() < cpu_seconds);
    return {};
}

}  // namespace modelward::agent
