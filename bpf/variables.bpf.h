/* SPDX-License-Identifier: GPL-2.0-only */
/* Variables of the programs that the agent writes too, through a mapping. Unlike a map they are read without
 * a look-up, so what every open asks for is here. Zero at first, and pinned like the maps. Static, or the
 * generated header would name their type; volatile, for the compiler sees nobody write some of them. */
#pragma once

#include "bpf/maps.bpf.h"

static volatile struct variables variables;
