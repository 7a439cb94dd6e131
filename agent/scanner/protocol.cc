// SPDX-License-Identifier: Apache-2.0
#include "agent/scanner/protocol.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "fingerprint/readers/companions/companions.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kNameBytes = fingerprint::kMostFileName + 1;

struct RequestRecord {
    std::uint64_t id;
    std::uint8_t depth;
    std::uint8_t padding[7];
    std::array<char, kNameBytes> file_name;  // NUL-terminated
};

struct QuestionRecord {
    std::uint64_t id;
    std::array<char, kNameBytes> name;
};

struct AnswerRecord {
    std::uint64_t id;
};

struct MatchRecord {
    double score;
    double share;
    double distance;
    double p_accident;
    std::uint32_t artifact;
    std::uint32_t count;
    std::uint8_t method;
    std::uint8_t standing;
    std::uint8_t padding[6];
};

// Which list of a reply a match is in.
enum Standing : std::uint8_t { kAccuses, kOfPublic, kOfOneSeed, kStandings };

auto& list_of(auto& reply, std::uint8_t standing) {
    return standing == kAccuses    ? reply.matches
           : standing == kOfPublic ? reply.public_matches
                                   : reply.same_seed;
}

MatchRecord record_of(const fingerprint::Match& match, std::uint8_t standing) {
    MatchRecord record{};
    record.score = match.score;
    record.share = match.share;
    record.distance = match.distance;
    record.p_accident = match.p_accident;
    record.artifact = match.artifact;
    record.count = match.count;
    record.method = static_cast<std::uint8_t>(match.method);
    record.standing = standing;
    return record;
}

struct ReplyRecord {
    std::uint64_t id;
    std::uint64_t bytes_read;
    std::uint32_t match_count;
    std::uint8_t failed;
    std::uint8_t failure_code;
    std::uint8_t innocent;
    std::uint8_t padding;
    std::uint32_t unseen;  // bit n: the fingerprint::Unseen n
    std::uint32_t more_padding;
    std::array<char, 32> format;  // NUL-terminated, like `failure`
    std::array<char, 256> failure;
    std::array<MatchRecord, kMaxScanMatches> matches;
};
static_assert(std::is_trivially_copyable_v<RequestRecord> && std::is_trivially_copyable_v<ReplyRecord>);
static_assert(sizeof(QuestionRecord) != sizeof(ReplyRecord));  // which tells them apart

template <std::size_t N>
void put_text(std::array<char, N>& into, std::string_view text) {
    into.fill('\0');
    std::copy_n(text.begin(), std::min(text.size(), N - 1), into.begin());
}

template <std::size_t N>
std::optional<std::string> get_name(const std::array<char, N>& from) {
    const auto end = std::ranges::find(from, '\0');
    if (end == from.end()) return std::nullopt;
    return std::string(from.begin(), end);
}

// Printable ASCII only: the text ends up in logs and on the console.
template <std::size_t N>
std::optional<std::string> get_text(const std::array<char, N>& from) {
    auto text = get_name(from);
    if (!text) return std::nullopt;
    for (auto& c : *text)
        if (c < 0x20 || c > 0x7e) c = '?';
    return text;
}

bool is_share(double value) {
    return std::isfinite(value) && value >= 0 && value <= 1;
}

std::unexpected<Error> socket_error(const char* what) {
    if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN)
        return fail(ErrorCode::kUnavailable, std::string(what) + ": the other side is gone");
    return fail_errno(what);
}

// `file` -1: none. Never waits for room: whoever has so much unread has stopped to read, and must not stop
// the agent too.
template <typename Record>
Result<void> send_with_file(int socket, const Record& record, int file, const char* what) {
    Record copy = record;
    iovec data{&copy, sizeof copy};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    if (file >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(header), &file, sizeof file);
    }
    if (::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return socket_error(what);
    return {};
}

// The file that came with the record, if one did.
template <typename Record>
Result<UniqueFd> receive_with_file(int socket, Record& record) {
    iovec data{&record, sizeof record};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t size;
    do
        size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size < 0) return socket_error("receive from the agent");
    if (size == 0) return fail(ErrorCode::kUnavailable, "the agent is gone");
    UniqueFd file;
    if (const cmsghdr* header = CMSG_FIRSTHDR(&message);
        header && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(int))) {
        int number = -1;
        std::memcpy(&number, CMSG_DATA(header), sizeof number);
        file.reset(number);
    }
    if (size != sizeof record || (message.msg_flags & MSG_TRUNC) != 0)
        return fail(ErrorCode::kInvalid, "a record of a wrong size");
    return file;
}

// The bytes of one record.
Result<std::vector<std::uint8_t>> receive_record(int socket) {
    std::vector<std::uint8_t> bytes(sizeof(ReplyRecord) + 1);
    ssize_t size;
    do
        size = ::recv(socket, bytes.data(), bytes.size(), 0);
    while (size < 0 && errno == EINTR);
    if (size < 0) return socket_error("receive from the scanner");
    if (size == 0) return fail(ErrorCode::kUnavailable, "the scanner is gone");
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
}

}  // namespace

std::string_view to_string(InnocentKind kind) {
    switch (kind) {
        case InnocentKind::kNone:
            return "none";
        case InnocentKind::kTiny:
            return "tiny file";
        case InnocentKind::kText:
            return "text";
        case InnocentKind::kImage:
            return "image";
    }
    return "none";
}

Result<void> send_request(int socket, const ScanRequest& request, int file) {
    RequestRecord record{};
    record.id = request.id;
    record.depth = static_cast<std::uint8_t>(request.depth);
    // One that does not fit would be another file's.
    if (request.file_name.size() < kNameBytes) put_text(record.file_name, request.file_name);
    return send_with_file(socket, record, file, "send to the scanner");
}

Result<ReceivedRequest> receive_request(int socket) {
    RequestRecord record{};
    auto file = receive_with_file(socket, record);
    if (!file) return fail(file.error());
    auto name = get_name(record.file_name);
    if (!*file || record.depth > 1 || !name)
        return fail(ErrorCode::kInvalid, "a request without its descriptor");
    return ReceivedRequest{{record.id, static_cast<fingerprint::Depth>(record.depth), std::move(*name)},
                           std::move(*file)};
}

Result<void> send_question(int socket, const SiblingQuestion& question) {
    QuestionRecord record{};
    record.id = question.id;
    put_text(record.name, question.name);
    if (::send(socket, &record, sizeof record, MSG_NOSIGNAL) < 0) return socket_error("send to the agent");
    return {};
}

Result<void> send_answer(int socket, std::uint64_t id, int file) {
    return send_with_file(socket, AnswerRecord{id}, file, "send to the scanner");
}

Result<UniqueFd> receive_answer(int socket, std::uint64_t id) {
    AnswerRecord record{};
    auto file = receive_with_file(socket, record);
    if (file && record.id != id) return fail(ErrorCode::kInvalid, "an answer to another question");
    return file;
}

std::vector<std::uint8_t> encode_reply(const ScanReply& reply) {
    ReplyRecord record{};
    record.id = reply.id;
    record.bytes_read = reply.bytes_read;
    record.failed = reply.failure ? 1 : 0;
    record.failure_code = reply.failure ? static_cast<std::uint8_t>(reply.failure->code()) : 0;
    record.innocent = static_cast<std::uint8_t>(reply.innocent);
    for (const auto unseen : reply.unseen)
        record.unseen |= 1u << static_cast<unsigned>(unseen);
    put_text(record.format, reply.format);
    put_text(record.failure, reply.failure ? reply.failure->message() : "");
    for (std::uint8_t standing = 0; standing < kStandings; ++standing)
        for (const fingerprint::Match& match : list_of(reply, standing))
            if (record.match_count < kMaxScanMatches)
                record.matches[record.match_count++] = record_of(match, standing);
    std::vector<std::uint8_t> bytes(sizeof record);
    std::memcpy(bytes.data(), &record, sizeof record);
    return bytes;
}

Result<ScanReply> decode_reply(std::span<const std::uint8_t> bytes) {
    const auto refuse = [] { return fail(ErrorCode::kInvalid, "the scanner's reply breaks its format"); };
    ReplyRecord record;
    if (bytes.size() != sizeof record) return refuse();
    std::memcpy(&record, bytes.data(), sizeof record);
    const auto format = get_text(record.format);
    const auto failure = get_text(record.failure);
    if (!format || !failure || record.match_count > kMaxScanMatches || record.failed > 1 ||
        record.failure_code > static_cast<std::uint8_t>(ErrorCode::kInternal) ||
        record.innocent > static_cast<std::uint8_t>(InnocentKind::kImage) ||
        record.unseen >> fingerprint::kUnseenKinds != 0 || (record.unseen != 0 && record.innocent) ||
        (record.match_count > 0 && (record.failed || record.innocent)))
        return refuse();
    ScanReply reply;
    reply.id = record.id;
    reply.format = *format;
    reply.bytes_read = record.bytes_read;
    reply.innocent = static_cast<InnocentKind>(record.innocent);
    for (std::uint8_t kind = 0; kind < fingerprint::kUnseenKinds; ++kind)
        if (record.unseen >> kind & 1) reply.unseen.push_back(static_cast<fingerprint::Unseen>(kind));
    if (record.failed) reply.failure = Error(static_cast<ErrorCode>(record.failure_code), *failure);
    for (std::size_t i = 0; i < record.match_count; ++i) {
        const auto& match = record.matches[i];
        if (!is_share(match.score) || !is_share(match.share) || !is_share(match.p_accident) ||
            !is_share(match.distance / fingerprint::kSketchBits) ||
            match.method > static_cast<std::uint8_t>(fingerprint::kLastMethod) ||
            match.standing >= kStandings)
            return refuse();
        list_of(reply, match.standing)
            .push_back({match.artifact, static_cast<fingerprint::Method>(match.method), match.score,
                        match.share, match.count, match.distance, match.p_accident});
    }
    return reply;
}

Result<void> send_reply(int socket, const ScanReply& reply) {
    const auto record = encode_reply(reply);
    if (::send(socket, record.data(), record.size(), MSG_NOSIGNAL) < 0)
        return socket_error("send to the agent");
    return {};
}

Result<ScanReply> receive_reply(int socket) {
    const auto bytes = receive_record(socket);
    if (!bytes) return fail(bytes.error());
    return decode_reply(*bytes);
}

Result<FromScanner> receive_from_scanner(int socket) {
    const auto bytes = receive_record(socket);
    if (!bytes) return fail(bytes.error());
    QuestionRecord record;
    if (bytes->size() != sizeof record) return decode_reply(*bytes);
    std::memcpy(&record, bytes->data(), sizeof record);
    auto name = get_name(record.name);
    if (!name || !fingerprint::is_sibling_name(*name))
        return fail(ErrorCode::kInvalid, "the scanner asks for a file that no folder has");
    return SiblingQuestion{record.id, std::move(*name)};
}

}  // namespace modelward::agent
