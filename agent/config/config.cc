// SPDX-License-Identifier: Apache-2.0
#include "agent/config/config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>

#include "wire/https_client.h"

namespace modelward::agent {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1 << 20;
constexpr std::size_t kMaxTrees = 64;
constexpr std::uint64_t kSmallestSpool = 64 << 10;
constexpr std::uint64_t kLargestSpool = 1ULL << 40;
constexpr std::array<std::string_view, 5> kLogLevels = {"trace", "debug", "info", "warning", "error"};

using Setters = std::map<std::string, std::function<Result<void>(const YAML::Node&)>>;

class Reader {
  public:
    explicit Reader(std::string_view file) : file_(file) {}

    std::unexpected<Error> wrong(const YAML::Node& node, const std::string& why) const {
        return fail(ErrorCode::kInvalid, file_ + ":" + std::to_string(node.Mark().line + 1) + ": " + why);
    }

    // Calls the setter of every key that is present; each may be present once.
    Result<void> read_map(const YAML::Node& node, const std::string& where, const Setters& setters) const {
        if (!node.IsMap()) return wrong(node, where + " must be a mapping of settings");
        std::vector<std::string> seen;
        for (const auto& entry : node) {
            if (!entry.first.IsScalar()) return wrong(entry.first, where + " has a key that is not a word");
            const std::string key = entry.first.Scalar();
            const auto setter = setters.find(key);
            if (setter == setters.end())
                return wrong(entry.first, "unknown setting '" + key + "' in " + where +
                                              " (known: " + names(setters) + ")");
            if (std::ranges::find(seen, key) != seen.end())
                return wrong(entry.first, "setting '" + key + "' is given twice");
            seen.push_back(key);
            if (auto done = setter->second(entry.second); !done) return done;
        }
        return {};
    }

    Result<void> text(const YAML::Node& node, const char* key, std::string& into) const {
        if (!node.IsScalar() || node.Scalar().empty())
            return wrong(node, std::string(key) + " must be a word, not a list, a mapping or nothing");
        into = node.Scalar();
        return {};
    }

    Result<void> path(const YAML::Node& node, const char* key, std::filesystem::path& into) const {
        std::string value;
        if (auto read = text(node, key, value); !read) return read;
        if (value.front() != '/')
            return wrong(node, std::string(key) + " must be an absolute path, not '" + value + "'");
        into = std::filesystem::path(value).lexically_normal();
        if (!into.has_filename() && into != "/") into = into.parent_path();  // "/a/" is the tree "/a"
        return {};
    }

    Result<void> seconds(const YAML::Node& node, const char* key, std::int64_t least, std::int64_t most,
                         std::chrono::seconds& into) const {
        std::string value;
        if (auto read = text(node, key, value); !read) return read;
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc{} || end != value.data() + value.size() || number < least || number > most)
            return wrong(node, std::string(key) + " must be a whole number of seconds from " +
                                   std::to_string(least) + " to " + std::to_string(most) + ", not '" + value +
                                   "'");
        into = std::chrono::seconds(number);
        return {};
    }

    // "1048576", "512KiB", "256MiB", "2GiB"
    Result<void> bytes(const YAML::Node& node, const char* key, std::uint64_t least,
                       std::uint64_t& into) const {
        std::string value;
        if (auto read = text(node, key, value); !read) return read;
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        const std::string_view unit(end, value.data() + value.size());
        const int shift = unit.empty()    ? 0
                          : unit == "KiB" ? 10
                          : unit == "MiB" ? 20
                          : unit == "GiB" ? 30
                                          : -1;
        if (error != std::errc{} || shift < 0 || number > (kLargestSpool >> shift) ||
            (number << shift) < least)
            return wrong(node, std::string(key) + " must be a size such as 256MiB, at least " +
                                   std::to_string(least) + " bytes, not '" + value + "'");
        into = number << shift;
        return {};
    }

    Result<void> trees(const YAML::Node& node, std::vector<std::filesystem::path>& into) const {
        if (!node.IsSequence()) return wrong(node, "watch must be a list of directories");
        if (node.size() > kMaxTrees)
            return wrong(node, "watch has more than " + std::to_string(kMaxTrees) + " directories");
        for (const auto& entry : node) {
            std::filesystem::path tree;
            if (auto read = path(entry, "a watched directory", tree); !read) return read;
            into.push_back(std::move(tree));
        }
        return {};
    }

  private:
    static std::string names(const Setters& setters) {
        std::string all;
        for (const auto& [name, setter] : setters)
            all += (all.empty() ? "" : ", ") + name;
        return all;
    }

    std::string file_;
};

Result<Config> read_document(const YAML::Node& document, const Reader& reader) {
    Config config;
    const Setters spool = {
        {"max_bytes",
         [&](const auto& n) {
             return reader.bytes(n, "spool.max_bytes", kSmallestSpool, config.spool_max_bytes);
         }},
        {"block_reserve_bytes",
         [&](const auto& n) {
             return reader.bytes(n, "spool.block_reserve_bytes", 0, config.spool_block_reserve_bytes);
         }},
    };
    const Setters top = {
        {"state_dir", [&](const auto& n) { return reader.path(n, "state_dir", config.state_dir); }},
        {"run_dir", [&](const auto& n) { return reader.path(n, "run_dir", config.run_dir); }},
        {"pin_dir", [&](const auto& n) { return reader.path(n, "pin_dir", config.pin_dir); }},
        {"scanner_path", [&](const auto& n) { return reader.path(n, "scanner_path", config.scanner_path); }},
        {"scanner_user", [&](const auto& n) { return reader.text(n, "scanner_user", config.scanner_user); }},
        {"watch", [&](const auto& n) { return reader.trees(n, config.watch); }},
        {"heartbeat_seconds",
         [&](const auto& n) { return reader.seconds(n, "heartbeat_seconds", 1, 3600, config.heartbeat); }},
        {"rescan_seconds",
         [&](const auto& n) { return reader.seconds(n, "rescan_seconds", 1, 86400, config.rescan); }},
        {"scan_timeout_seconds",
         [&](const auto& n) {
             return reader.seconds(n, "scan_timeout_seconds", 1, 3600, config.scan_timeout);
         }},
        {"spool", [&](const auto& n) { return reader.read_map(n, "spool", spool); }},
        {"console",
         [&](const auto& n) -> Result<void> {
             if (auto read = reader.text(n, "console", config.console); !read) return read;
             if (auto endpoint = wire::parse_endpoint(config.console); !endpoint)
                 return reader.wrong(n, "console: " + endpoint.error().message());
             return {};
         }},
        {"guard",
         [&](const auto& n) -> Result<void> {
             std::string value;
             if (auto read = reader.text(n, "guard", value); !read) return read;
             if (value != "on" && value != "off")
                 return reader.wrong(n, "guard must be on or off, not '" + value + "'");
             config.guard = value == "on";
             return {};
         }},
        {"log_level",
         [&](const auto& n) -> Result<void> {
             if (auto read = reader.text(n, "log_level", config.log_level); !read) return read;
             if (std::ranges::find(kLogLevels, config.log_level) == kLogLevels.end())
                 return reader.wrong(n, "log_level must be trace, debug, info, warning or error, not '" +
                                            config.log_level + "'");
             return {};
         }},
    };
    if (auto read = reader.read_map(document, "the configuration", top); !read) return fail(read.error());
    if (config.spool_block_reserve_bytes >= config.spool_max_bytes)
        return reader.wrong(document, "spool.block_reserve_bytes must be smaller than spool.max_bytes");
    return config;
}

}  // namespace

Result<Config> parse_config(std::string_view text, std::string_view file_name) {
    const Reader reader(file_name);
    try {
        const YAML::Node document = YAML::Load(std::string(text));
        if (document.IsNull()) return Config{};
        return read_document(document, reader);
    } catch (const YAML::Exception& error) {
        return fail(ErrorCode::kInvalid,
                    std::string(file_name) + ":" + std::to_string(error.mark.line + 1) + ": " + error.msg);
    }
}

Result<Config> read_config(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        const auto error = Error::from_errno("cannot read " + path.string(), errno);
        return errno == ENOENT ? fail(ErrorCode::kNotFound, error.message()) : fail(error);
    }
    std::string text(kMaxFileBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return fail(Error::from_errno("cannot read " + path.string(), errno));  // a directory
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMaxFileBytes)
        return fail(ErrorCode::kLimit,
                    path.string() + ": larger than " + std::to_string(kMaxFileBytes) + " bytes");
    auto config = parse_config(text, path.string());
    if (config) config->file = std::filesystem::absolute(path);
    return config;
}

}  // namespace modelward::agent
