// SPDX-License-Identifier: Apache-2.0
// The word that was meant as a command and is none, with the nearest one there is. The argument parser itself
// says only that a command is missing.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <span>
#include <string>

namespace modelward {

// A sentence, or nothing when every leading word is a command.
std::optional<std::string> unknown_command(const CLI::App& app, std::span<char* const> arguments);

}  // namespace modelward
