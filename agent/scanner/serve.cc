// SPDX-License-Identifier: Apache-2.0
#include "agent/scanner/serve.h"

#include <time.h>

#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "agent/scanner/innocent_content.h"
#include "fingerprint/readers/companions/companions.h"

namespace modelward::agent {
namespace {

std::uint64_t cpu_seconds_used() {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<std::uint64_t>(used.tv_sec);
}

// Files beside the one that is looked at, which the agent opens.
class AskedSiblings final : public fingerprint::Siblings {
  public:
    AskedSiblings(int socket, std::uint64_t id) : socket_(socket), id_(id) {}
    Result<std::unique_ptr<fingerprint::ByteSource>> open(const std::string& name) override {
        if (auto sent = send_question(socket_, {id_, name}); !sent) return fail(sent.error());
        auto file = receive_answer(socket_, id_);
        if (!file) return fail(file.error());
        if (!*file) return fail(ErrorCode::kNotFound, name);
        auto source = fingerprint::FileSource::from_fd(file->get());
        if (!source) return fail(source.error());
        files_.push_back(std::move(*file));
        return std::make_unique<fingerprint::FileSource>(*source);
    }

  private:
    int socket_;
    std::uint64_t id_;
    std::vector<UniqueFd> files_;
};

using Classified = Result<fingerprint::Classification>;

bool says_nothing(const fingerprint::Classification& found) {
    return found.matches.empty() && found.public_matches.empty() && found.same_seed.empty();
}

// What a header's own bytes say, and what it says together with its files. That those are a public model
// says nothing of the rest of the header.
Classified put_together(Classified alone, Classified joined) {
    // By itself a header lacks what was seen beside it.
    if (!alone && alone.error().code() == ErrorCode::kUnsupported) return joined;
    if (!alone) return alone;
    if (!alone->matches.empty()) return alone;
    if (!joined) return joined;
    if (says_nothing(*joined)) std::swap(*joined, *alone);
    for (const fingerprint::Unseen reason : alone->unseen)
        fingerprint::note(joined->unseen, reason);
    return joined;
}

Classified classify_all(const fingerprint::ByteSource& source, int socket, const ScanRequest& request,
                        const fingerprint::Index& index) {
    if (request.file_name.empty()) return fingerprint::classify(source, index, request.depth);
    AskedSiblings siblings(socket, request.id);
    const auto companions = fingerprint::find_companions(source, request.file_name, siblings);
    if (!companions) return fail(companions.error());
    std::optional<Classified> joined;
    if (companions->joined)
        joined = fingerprint::classify(*companions->joined, index, fingerprint::Depth::kSampled);
    Classified found;
    if (joined && *joined && !(*joined)->matches.empty()) {
        found = std::move(*joined);
    } else {
        found = fingerprint::classify(source, index, request.depth);
        if (joined) found = put_together(std::move(found), std::move(*joined));
    }
    // Where none is there, there is none to be seen.
    const bool some = companions->joined || companions->are_too_many;
    if (const auto unseen = fingerprint::unseen_of(*companions); found && unseen && some)
        fingerprint::note(found->unseen, *unseen);
    return found;
}

Result<ScanReply> classify_file(int socket, const ScanRequest& request, int file,
                                const fingerprint::Index& index) {
    auto source = fingerprint::FileSource::from_fd(file);
    if (!source) return fail(source.error());
    ScanReply reply;
    reply.id = request.id;
    auto found = classify_all(*source, socket, request, index);
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

ScanReply scan_file(int socket, const ScanRequest& request, int file, const fingerprint::Index& index) {
    ScanReply reply;
    try {
        auto result = classify_file(socket, request, file, index);
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
        const ScanReply reply = scan_file(socket, received->request, received->file.get(), index);
        if (auto sent = send_reply(socket, reply); !sent) return sent;
    } while (cpu_seconds_used() < cpu_seconds);
    return {};
}

}  // namespace modelward::agent
