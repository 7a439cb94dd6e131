// SPDX-License-Identifier: Apache-2.0
// The pin directory: what keeps enforcement alive without an agent, and hands it to the next one.
//
//   DIR/maps/NAME    every map           DIR/links/NAME    every attached program
//   DIR/programs/NAME  the programs themselves, for their counters
//   DIR/next/...     links and programs of an upgrade on their way to their places
//
// The map `installed` says which build is pinned and is written last: a directory whose `installed` is empty
// is the rest of a start that did not finish. One agent at a time: the directory is locked while this object
// lives.
#pragma once

#include <filesystem>
#include <optional>
#include <set>

#include "agent/sensor/attach.h"

namespace modelward::agent {

class Pins {
  public:
    // Makes the directory if needed. kIo: not on a bpffs; kConflict: another agent holds it.
    static Result<Pins> open(const std::filesystem::path& directory);

    // The maps of a finished installation, or nothing. Needs no lock: for a look at what another agent runs.
    static Result<std::optional<KernelMaps>> maps_in(const std::filesystem::path& directory);
    Result<std::optional<KernelMaps>> open_maps() const { return maps_in(directory_); }

    // One of them, of any layout and finished or not. kNotFound: it is not there.
    static Result<UniqueFd> map_in(const std::filesystem::path& directory, std::string_view name);

    // Of the installation that is pinned, finished or not; 0: none.
    std::uint32_t layout() const;

    // Whether a running agent holds the directory.
    static Result<bool> are_held(const std::filesystem::path& directory);

    // The programs at work; empty if none is pinned.
    std::vector<UniqueFd> open_programs() const;
    // One of them; not open if it is not there.
    UniqueFd open_program(const std::string& name) const;

    // Pins maps and links of a first start.
    Result<void> pin(const AttachedPrograms& programs) const;

    // Pins programs over those of the build before: each old one goes only when its successor is in place.
    Result<void> replace_programs(const AttachedPrograms& programs) const;

    // Runs a pinned iterator over all that it visits. kIo: it is not pinned, or broke off.
    Result<void> run_iterator(std::string_view program) const;

    // The kernel's numbers of the pinned links, to ask for them when the pins are gone.
    std::vector<std::uint32_t> link_ids() const;
    std::vector<std::uint32_t> program_ids() const;

    // The programs whose pinned links still attach them: the link of a control group stays when it was
    // detached. kIo or kUnavailable: the pins are there and cannot be read.
    Result<std::set<std::string>> attached() const;
    // The pinned programs that nothing attaches any more.
    std::set<std::string> detached() const;

    // Removes what is pinned; enforcement ends unless a process still holds the links.
    Result<void> clear() const;

    // The same, and the directory.
    Result<void> remove() const;

  private:
    Pins(std::filesystem::path directory, UniqueFd lock)
        : directory_(std::move(directory)), lock_(std::move(lock)) {}

    std::filesystem::path directory_;
    UniqueFd lock_;
};

}  // namespace modelward::agent
