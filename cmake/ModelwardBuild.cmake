# SPDX-License-Identifier: Apache-2.0
# How every target of the project is compiled, and the functions that components use.

option(MODELWARD_FUZZ "Build the libFuzzer targets (needs clang)" OFF)
set(MODELWARD_SANITIZE "" CACHE STRING "Sanitizers for the whole build: address,undefined or thread")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE}")
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

add_library(modelward_options INTERFACE)
target_compile_options(modelward_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                       -Wnon-virtual-dtor -Woverloaded-virtual -Werror -fstack-protector-strong
                       $<$<CONFIG:RelWithDebInfo>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
target_link_options(modelward_options INTERFACE -Wl,-z,relro,-z,now)
target_include_directories(modelward_options INTERFACE "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}")
target_link_libraries(modelward_options INTERFACE Threads::Threads)

if(MODELWARD_SANITIZE)
    add_compile_options(-fsanitize=${MODELWARD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${MODELWARD_SANITIZE})
    if(MODELWARD_SANITIZE MATCHES undefined)
        # Its runtime tries addresses by writing them to a pipe, which the scanner's sandbox refuses.
        add_compile_options(-fno-sanitize=vptr)
    endif()
    if(MODELWARD_SANITIZE MATCHES thread)
        # ThreadSanitizer does not know fences; Asio's are only needed for memory that handlers share without it.
        add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
    endif()
elseif(MODELWARD_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=address,undefined)
endif()

find_package(GTest REQUIRED)
include(GoogleTest)

# A test's own lines are enough for a stack trace; the types of GoogleTest are most of the rest.
add_library(modelward_test_options INTERFACE)
target_compile_options(modelward_test_options INTERFACE $<$<CONFIG:RelWithDebInfo>:-g1>)

# modelward_compile_apart(SOURCES...): these name something as another source of their target does, so that they are
# not compiled in one piece with it. (Most sources are, eight at a time, except in the preset dev: two thirds of a
# build's time were the same headers again and again.)
function(modelward_compile_apart)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# modelward_library(NAME SOURCES... [LINK lib...])
function(modelward_library name)
    cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
    add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PUBLIC modelward_options ${arg_LINK})
endfunction()

# modelward_program(NAME SOURCES... [LINK lib...]): lands in <build>/bin.
function(modelward_program name)
    cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE modelward_options ${arg_LINK})
endfunction()

# modelward_test_program(NAME SOURCES... [LINK lib...]): a GoogleTest program in <build>/tests.
function(modelward_test_program name)
    cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE modelward_options modelward_test_options ${arg_LINK} GTest::gmock GTest::gtest_main)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
endfunction()

# modelward_test(NAME SOURCES... [LINK lib...]): one whose tests CTest runs under the label "unit".
function(modelward_test name)
    if(MODELWARD_FUZZ)
        return()
    endif()
    modelward_test_program(${name} ${ARGN})
    gtest_discover_tests(${name} TEST_PREFIX "${name}." PROPERTIES LABELS unit DISCOVERY_MODE PRE_TEST)
endfunction()
