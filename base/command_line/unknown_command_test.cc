// SPDX-License-Identifier: Apache-2.0
#include "base/command_line/unknown_command.h"

#include <gtest/gtest.h>

namespace modelward {
namespace {

std::string said(std::vector<std::string> words) {
    CLI::App app;
    app.require_subcommand(1);
    app.add_flag("--json");
    auto* artifact = app.add_subcommand("artifact")->require_subcommand(1);
    artifact->add_subcommand("list");
    artifact->add_subcommand("add")->add_option("FILE");
    app.add_subcommand("incidents")->require_subcommand(0, 1)->add_subcommand("show");
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    return unknown_command(app, arguments).value_or("");
}

TEST(UnknownCommand, IsNamedWithTheNearestOne) {
    EXPECT_EQ(said({"artifact", "lst"}),
              "there is no command 'lst' (did you mean 'list'?); --help lists them");
    EXPECT_EQ(said({"--json", "artefact"}),
              "there is no command 'artefact' (did you mean 'artifact'?); --help lists them");
    EXPECT_EQ(said({"frobnicate"}), "there is no command 'frobnicate'; --help lists them");
}

TEST(UnknownCommand, OtherWordsAreLeftToTheParser) {
    for (const auto& words : std::vector<std::vector<std::string>>{
             {}, {"artifact"}, {"artifact", "add", "lst"}, {"incidents"}, {"incidents", "shw"}, {"--jsn"}})
        EXPECT_EQ(said(words), "");
}

}  // namespace
}  // namespace modelward
