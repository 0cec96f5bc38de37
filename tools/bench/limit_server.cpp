#include "limit_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <cstdio>
#include <memory>

namespace bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Error = boost::system::error_code;
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

struct Thread {
  asio::io_context context{1};
  std::unique_ptr<Reader> reader;
  std::thread thread;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Thread& owner, Socket socket, Writer& writer) : owner_(owner), socket_(std::move(socket)), writer_(writer) {}

  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_, [self = shared_from_this()](Error error, std::size_t) {
      if (!error) self->answer();
    });
  }

 private:
  void answer() {
    const auto raw = request_.target();
    const std::string_view target(raw.data(), raw.size());
    Write write;
    if (target.starts_with("/list?class=")) {
      std::int64_t id = 0;
      std::from_chars(target.data() + 12, target.data() + target.size(), id);
      reply(owner_.reader->list(id));
    } else if (target.starts_with("/get?id=")) {
      std::int64_t id = 0;
      std::from_chars(target.data() + 8, target.data() + target.size(), id);
      reply(owner_.reader->get(id));
    } else if (target == "/write1" && parse_write(request_.body(), write)) {
      reply(writer_.write_alone(write));
    } else if (target == "/writeg" && parse_write(request_.body(), write)) {
      writer_.write_grouped(std::move(write), [self = shared_from_this()](std::string body) {
        asio::post(self->owner_.context, [self, body = std::move(body)]() mutable { self->reply(std::move(body)); });
      });
    } else if (target == "/figures") {
      reply(writer_.figures());
    } else if (target == "/ping") {
      reply("{\"ok\":true}");
    } else {
      reply({});
    }
  }

  /// An empty body is "no such thing".
  void reply(std::string body) {
    response_ = {};
    response_.result(body.empty() ? http::status::not_found : http::status::ok);
    response_.set(http::field::content_type, "application/json; charset=utf-8");
    response_.body() = std::move(body);
    response_.keep_alive(request_.keep_alive());
    response_.prepare_payload();
    http::async_write(socket_, response_, [self = shared_from_this()](Error error, std::size_t) {
      if (!error && self->response_.keep_alive()) self->read();
    });
  }

  Thread& owner_;
  Socket socket_;
  Writer& writer_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

void accept(Acceptor& acceptor, std::vector<std::unique_ptr<Thread>>& threads, std::size_t next, Writer& writer) {
  Thread& owner = *threads[next % threads.size()];
  acceptor.async_accept(owner.context, [&, next](Error error, Socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      Error gone;
      socket.set_option(tcp::no_delay(true), gone);
      const auto session = std::make_shared<Session>(owner, std::move(socket), writer);
      asio::post(owner.context, [session] { session->read(); });
    }
    accept(acceptor, threads, next + 1, writer);
  });
}

}  // namespace

void serve(const LimitOptions& options) {
  Writer writer(options.database->writes(options.write_sql));
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < options.threads; ++i) {
    threads.push_back(std::make_unique<Thread>());
    threads.back()->reader = options.database->reader(options.list, options.get);
  }
  Acceptor acceptor(threads.front()->context, tcp::endpoint(asio::ip::make_address("127.0.0.1"), options.port));
  asio::signal_set signals(threads.front()->context, SIGINT, SIGTERM);
  signals.async_wait([&](Error, int) {
    for (const auto& thread : threads) thread->context.stop();
  });
  accept(acceptor, threads, 0, writer);
  std::fprintf(stderr, "limit: http://127.0.0.1:%u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
  for (const auto& thread : threads) {
    thread->thread = std::thread([&context = thread->context] {
      const auto work = asio::make_work_guard(context);
      context.run();
    });
  }
  for (const auto& thread : threads) thread->thread.join();
}

}  // namespace bench
