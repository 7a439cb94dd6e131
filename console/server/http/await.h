// SPDX-License-Identifier: Apache-2.0
// Two ways for a coroutine to wait for something that is not Asio's.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>

namespace modelward::console {

// start(done) begins something that calls done(T) once, from any thread; the coroutine goes on, on its own
// executor.
template <typename T, typename Start>
boost::asio::awaitable<T> await_callback(Start start) {
    namespace asio = boost::asio;
    return asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
        [](auto handler, Start begin) {
            const auto executor = asio::get_associated_executor(handler);
            auto kept = std::make_shared<decltype(handler)>(std::move(handler));
            auto work = asio::make_work_guard(executor);
            begin(std::function<void(T)>([kept, executor, work](T value) {
                asio::post(executor,
                           [kept, result = std::move(value)]() mutable { (*kept)(std::move(result)); });
            }));
        },
        asio::use_awaitable, std::move(start));
}

// Runs `work` on the pool and gives its result.
template <typename T, typename Work>
boost::asio::awaitable<T> on_worker(boost::asio::thread_pool& pool, Work work) {
    return await_callback<T>([&pool, task = std::move(work)](std::function<void(T)> done) mutable {
        boost::asio::post(pool,
                          [job = std::move(task), finish = std::move(done)]() mutable { finish(job()); });
    });
}

}  // namespace modelward::console
