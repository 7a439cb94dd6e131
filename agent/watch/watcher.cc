// SPDX-License-Identifier: Apache-2.0
#include "agent/watch/watcher.h"

#include <algorithm>

#include "agent/watch/file_system_kind.h"

namespace modelward::agent {
namespace {

constexpr std::size_t kEntriesPerStep = 256;

}  // namespace

Watcher::~Watcher() {
    if (events_) loop_->remove(events_->fd());
}

void Watcher::set_trees(std::vector<std::filesystem::path> trees) {
    trees_ = std::move(trees);
    begin_walk();
}

void Watcher::walk() {
    if (walking())
        once_more_ = true;
    else
        begin_walk();
}

void Watcher::begin_walk() {
    ++counters_.walks;
    once_more_ = false;
    current_.reset();
    to_walk_.assign(trees_.begin(), trees_.end());
    tree_problems_.clear();
    mark_trees();
}

// Each time anew: a tree may have appeared, or another file system may have been mounted on it.
void Watcher::mark_trees() {
    if (events_) loop_->remove(events_->fd());
    events_.reset();
    events_problem_.clear();
    if (trees_.empty()) return;
    auto events = FileEvents::create();
    if (events) {
        if (auto added = loop_->add(events->fd(), [this] { read_events(); }); added) {
            events_ = std::move(*events);
            for (const auto& tree : trees_)
                mark(tree);
            return;
        }
    }
    events_problem_ = "New files are found by the periodic walk only" +
                      (events ? std::string() : " (" + events.error().message() + ")") + ".";
}

void Watcher::mark(const std::filesystem::path& tree) {
    if (!events_) return;
    std::error_code error;  // whoever may rename a tree may make its path unreadable
    if (auto marked = events_->watch(tree); !marked && std::filesystem::exists(tree, error))
        tree_problems_.push_back("New files in " + tree.string() + " are found by the periodic walk only (" +
                                 marked.error().message() + ").");
}

// A mount that is a tree of its own in the configuration is walked as one anyway.
void Watcher::take_mounts(const std::vector<std::filesystem::path>& mounts) {
    for (const auto& mount : mounts) {
        if (std::ranges::find(trees_, mount) != trees_.end()) continue;
        switch (file_system_kind(mount)) {
            case FileSystemKind::kLocal:
                mark(mount);
                to_walk_.push_back(mount);
                break;
            case FileSystemKind::kVirtual:
                break;
            case FileSystemKind::kRemote:
            case FileSystemKind::kUnknown:
                tree_problems_.push_back("Files in " + mount.string() +
                                         " are not scanned: it is not a local file system.");
                break;
        }
    }
}

void Watcher::read_events() {
    auto batch = events_->read();
    if (!batch) {
        events_problem_ = "New files are found by the periodic walk only (" + batch.error().message() + ").";
        loop_->remove(events_->fd());
        events_.reset();
        return;
    }
    for (const auto& path : batch->written)
        handlers_.written(path);
    if (batch->overflow) {
        ++counters_.events_overflowed;
        walk();
    }
}

bool Watcher::step() {
    if (current_) {
        if (!current_->step(kEntriesPerStep, handlers_.found)) {
            counters_.directories_skipped += current_->skipped();
            const auto done = std::move(*current_);
            current_.reset();
            take_mounts(done.mounts());
            if (!walking() && once_more_) begin_walk();
        }
        return walking();
    }
    if (to_walk_.empty()) return false;
    const auto tree = std::move(to_walk_.front());
    to_walk_.pop_front();
    if (auto started = TreeWalk::start(tree))
        current_ = std::move(*started);
    else
        tree_problems_.push_back("A watched tree cannot be read: " + started.error().message() + ".");
    return walking();
}

std::vector<std::string> Watcher::problems() const {
    auto all = tree_problems_;
    if (trees_.empty())
        all.push_back("No tree is watched: files are labelled by lineage only (setting 'watch').");
    if (!events_problem_.empty()) all.push_back(events_problem_);
    return all;
}

}  // namespace modelward::agent
