// SPDX-License-Identifier: Apache-2.0
// What the agent and modelward-scan say to each other over an inherited SOCK_SEQPACKET pair: one request with
// one descriptor (SCM_RIGHTS), one reply. Before it replies the scanner may ask for files that lie beside the
// one that it was given, if the request allows that; each question has one answer. Fixed-size records, so
// neither side parses anything of variable shape.
//
// The scanner reads hostile files and may be taken over by one: decode_reply() checks every field before
// anything is believed. Both ends come from one build, so the records carry no version.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/unique_fd.h"
#include "fingerprint/classify.h"

namespace modelward::agent {

inline constexpr int kScannerSocket = 3;  // descriptor numbers in the scanner
inline constexpr int kScannerIndex = 4;
inline constexpr std::size_t kMaxScanMatches = 16;

enum class InnocentKind : std::uint8_t { kNone = 0, kTiny, kText, kImage };

struct ScanRequest {
    std::uint64_t id = 0;
    fingerprint::Depth depth = fingerprint::Depth::kSampled;
    // The file's, without a folder. Empty: files beside it may not be asked for.
    std::string file_name{};
};

// Asks for the file of this name in the folder of the file that is looked at.
struct SiblingQuestion {
    std::uint64_t id = 0;  // the request's
    std::string name;
};

struct ScanReply {
    std::uint64_t id = 0;
    std::optional<Error> failure;  // the file could not be classified; no matches then
    std::string format;
    std::uint64_t bytes_read = 0;
    std::vector<fingerprint::Match> matches;  // best first; kMaxScanMatches at most with the next two
    std::vector<fingerprint::Match> public_matches{};
    std::vector<fingerprint::Match> same_seed{};
    InnocentKind innocent = InnocentKind::kNone;  // only judged in a full scan without a match
    std::vector<fingerprint::Unseen> unseen;      // what of a wrapped file was not looked into; ascending
};

// The descriptor is duplicated by the kernel on its way; the caller keeps its own. kUnavailable: the peer is
// gone. Requests and answers never wait; kIo: there is no room, so the scanner does not read what it gets.
Result<void> send_request(int socket, const ScanRequest& request, int file);
struct ReceivedRequest {
    ScanRequest request;
    UniqueFd file;
};
Result<ReceivedRequest> receive_request(int socket);  // waits

Result<void> send_question(int socket, const SiblingQuestion& question);
Result<void> send_answer(int socket, std::uint64_t id, int file);  // -1: there is no such file
Result<UniqueFd> receive_answer(int socket, std::uint64_t id);     // waits; none: there is no such file

Result<void> send_reply(int socket, const ScanReply& reply);
Result<ScanReply> receive_reply(int socket);  // kUnavailable: the scanner is gone
// Of a scanner that may ask. A name is one that a folder's file may have.
using FromScanner = std::variant<ScanReply, SiblingQuestion>;
Result<FromScanner> receive_from_scanner(int socket);

// The record of a reply as bytes, apart from any socket.
std::vector<std::uint8_t> encode_reply(const ScanReply& reply);
Result<ScanReply> decode_reply(std::span<const std::uint8_t> record);

std::string_view to_string(InnocentKind kind);

}  // namespace modelward::agent
