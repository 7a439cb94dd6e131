// SPDX-License-Identifier: Apache-2.0
// Finds files that may have to be labelled: walks the watched trees when asked, hears of written files
// between the walks, and walks again from time to time, because some changes nobody is told of. Local file
// systems that are mounted inside a tree belong to it; network and virtual ones do not, and the former are
// named as a problem. Owned by the main loop.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/loop/event_loop.h"
#include "agent/watch/file_events.h"
#include "base/tree_walk.h"

namespace modelward::agent {

struct WatcherCounters {
    std::uint64_t walks = 0, directories_skipped = 0, events_overflowed = 0;
};

class Watcher {
  public:
    struct Handlers {
        TreeWalk::Visit found;
        std::function<void(const std::filesystem::path&)> written;
    };

    Watcher(EventLoop& loop, Handlers handlers) : loop_(&loop), handlers_(std::move(handlers)) {}
    Watcher(const Watcher&) = delete;
    ~Watcher();

    // Replaces the trees. A tree that is missing is a problem until it is there at a later walk.
    void set_trees(std::vector<std::filesystem::path> trees);
    // From the beginning. While a walk is under way: one more after it, so that a busy disk is walked to its
    // end.
    void walk();
    // A part of the walk. False: nothing to do.
    bool step();

    bool walking() const { return current_ || !to_walk_.empty(); }
    // Sentences: what is not seen at present.
    std::vector<std::string> problems() const;
    const WatcherCounters& counters() const { return counters_; }

  private:
    void begin_walk();
    void mark_trees();
    void mark(const std::filesystem::path& tree);
    void take_mounts(const std::vector<std::filesystem::path>& mounts);
    void read_events();

    EventLoop* loop_;
    Handlers handlers_;
    std::vector<std::filesystem::path> trees_;
    std::optional<FileEvents> events_;
    std::string events_problem_;
    std::vector<std::string> tree_problems_;
    std::deque<std::filesystem::path> to_walk_;
    std::optional<TreeWalk> current_;
    bool once_more_ = false;
    WatcherCounters counters_;
};

}  // namespace modelward::agent
