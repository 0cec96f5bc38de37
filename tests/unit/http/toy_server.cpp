#include "toy_server.hpp"

#include <chrono>
#include <stdexcept>

namespace eschool::http::test {

using namespace std::chrono_literals;

ToyServer::ToyServer(ServerOptions options) {
  options.port = 0;
  server_ = std::make_unique<Server>(
      std::move(options), [this](auto request, Send send) { dispatch(std::move(request), std::move(send)); });
  server_->start();
  worker_ = std::thread([this] { work(); });
}

ToyServer::~ToyServer() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  changed_.notify_all();
  worker_.join();
  server_->stop(1);
  server_.reset();
  held_.clear();
}

void ToyServer::dispatch(std::shared_ptr<const Request> request, Send send) {
  Reply reply;
  if (request->path == "/inline") {
    reply.body = "\"inline\"";
    return send(std::move(reply));
  }
  if (request->path == "/lost") return;
  if (request->path == "/throws") throw std::runtime_error("toy dispatcher throws, as it was asked to");
  const std::lock_guard lock(mutex_);
  if (request->path == "/held") {
    held_.push_back(std::move(send));
    return;
  }
  queue_.emplace_back([request = std::move(request), send = std::move(send)] {
    Reply answer;
    if (request->path == "/delayed") std::this_thread::sleep_for(100ms);
    if (request->path == "/big") {
      answer.body = "[" + std::string(200'000, '1') + "]";
    } else if (request->path == "/huge") {
      answer.mime = "application/octet-stream";
      answer.body = std::string(32 * 1024 * 1024, 'x');
    } else if (request->path == "/tagged") {
      answer.cacheable = true;
      answer.body = "{\"tagged\":true}";
    } else {
      answer.mime = "text/plain";
      answer.body = request->body;
      answer.headers = {{"X-Method", request->method},
                        {"X-Path", request->path},
                        {"X-Query", request->query},
                        {"X-Remote", request->remote},
                        {"X-Secure", request->secure ? "1" : "0"},
                        {"X-Control", request->control ? "1" : "0"}};
    }
    send(std::move(answer));
  });
  changed_.notify_one();
}

void ToyServer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return done_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

void ToyServer::release() {
  std::deque<Send> sends;
  {
    const std::lock_guard lock(mutex_);
    sends.swap(held_);
  }
  for (const Send& send : sends) {
    Reply reply;
    reply.body = "\"held\"";
    send(std::move(reply));
  }
}

int ToyServer::held() {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(held_.size());
}

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return condition();
}

}  // namespace eschool::http::test
