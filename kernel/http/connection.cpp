#include "kernel/http/connection.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <cstring>
#include <limits>

#include "kernel/http/event_stream.hpp"
#include "kernel/http/forwarded.hpp"
#include "kernel/http/gzip.hpp"
#include "kernel/http/problem.hpp"
#include "kernel/http/request_gate.hpp"
#include "kernel/http/request_parser.hpp"

namespace eschool::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t first_buffer = 2048, full_buffer = 16 * 1024;
constexpr milliseconds linger{2000};
constexpr std::size_t linger_bytes = 1024 * 1024;
// A comment now and then: proxies cut what is silent for a minute, and a client that is gone shows when it is written
// to.
constexpr seconds heartbeat{20};

milliseconds now() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

Problem plain_problem(int status, std::string_view code, std::string_view title) {
  return {status, std::string(code), std::string(title), {}, {}, {}};
}

/// The handler's end of one request: whoever holds it owes a reply, and when it is lost unanswered the client gets 500
/// instead of silence.
class Ticket {
 public:
  Ticket(std::shared_ptr<IoThread> io, std::weak_ptr<Connection> connection, std::shared_ptr<const Request> request,
         bool close)
      : io_(std::move(io)), connection_(std::move(connection)), request_(std::move(request)), close_(close) {}
  Ticket(const Ticket&) = delete;
  ~Ticket() {
    if (!answered_) answer(to_reply(plain_problem(500, "internal_error", "Внутренняя ошибка сервера")));
  }

  void answer(Reply&& reply) {
    if (answered_.exchange(true)) return;
    const std::shared_ptr<Connection> connection = connection_.lock();
    if (!connection) return;  // the client is gone
    WireContext context;
    context.method = request_->method;
    context.gzip = accepts_gzip(request_->header("accept-encoding"));
    context.secure = request_->secure;
    context.close = close_ || io_->core->stopping.load(std::memory_order_relaxed);
    context.if_none_match = request_->header("if-none-match");
    connection->deliver(to_wire(std::move(reply), context));
  }

 private:
  const std::shared_ptr<IoThread> io_;  // first: the connection must not outlive its context
  const std::weak_ptr<Connection> connection_;
  const std::shared_ptr<const Request> request_;
  const bool close_;
  std::atomic<bool> answered_{false};
};

bool takes_uploads(const Request& request) {
  return request.path.ends_with("/import") || request.path.ends_with("/import/headers") ||
         request.path.ends_with("/import/annotated") || request.path.ends_with("/api/v1/files") ||
         (request.control && request.path.starts_with("/control/"));
}

}  // namespace

Connection::Connection(IoThread& io, std::string peer, Admission::Verdict verdict, bool tls, bool control)
    : io_(io),
      core_(*io.core),
      peer_(std::move(peer)),
      verdict_(verdict),
      tls_(tls),
      control_(control),
      buffer_(first_buffer) {}

Connection::~Connection() {
  if (stage_ == Stage::closed) return;
  settle_body_account(0);
  core_.admission.leave(peer_, verdict_);
}

void Connection::set_deadline(milliseconds from_now) {
  deadline_.store((now() + from_now).count(), std::memory_order_relaxed);
}

void Connection::start() {
  io_.connections.insert(shared_from_this());
  set_deadline(seconds(core_.options.limits.header_seconds));
  open();
}

void Connection::on_open(bool ok) {
  if (stage_ == Stage::closed) return;
  if (!ok) return close();
  stage_ = Stage::head;
  if (verdict_ != Admission::Verdict::admitted) {
    return refuse({503, "too_many_connections", "Слишком много соединений. Повторите через несколько секунд."});
  }
  read_more();
}

bool Connection::turn_is_handlers() {
  Turn expected = Turn::handler;
  return turn_.compare_exchange_strong(expected, Turn::input_waits, std::memory_order_acq_rel) ||
         expected == Turn::input_waits;
}

void Connection::on_read(bool ok, std::size_t size) {
  reading_ = false;
  if (stage_ == Stage::closed) return;
  if (!ok) input_ended_ = true;
  if (stage_ == Stage::draining) {
    drained_ += size;
    if (writing_ == Writing::reply) return;  // drain() goes on from there
    if (input_ended_ || drained_ > linger_bytes) return close();
    return read_more();
  }
  if (stage_ == Stage::streaming) {  // what a client says now belongs to no request
    if (!ok) return close();
    return read_more();
  }
  filled_ += size;
  // A client that has only ended its sending side still waits for the reply.
  if (turn_is_handlers()) return;
  if (!ok) return close();
  process();
}

void Connection::read_more() {
  if (reading_ || stage_ == Stage::closed) return;
  if (input_ended_) return close();
  if (filled_ == buffer_.size()) {
    buffer_.resize(std::max({buffer_.size() * 2, full_buffer, core_.options.limits.header_bytes + 1}));
  }
  reading_ = true;
  if (stage_ == Stage::draining || stage_ == Stage::streaming) filled_ = 0;
  read(buffer_.data() + filled_, buffer_.size() - filled_);
}

void Connection::consume(std::size_t size) {
  std::memmove(buffer_.data(), buffer_.data() + size, filled_ - size);
  filled_ -= size;
}

void Connection::process() {
  if (stage_ == Stage::head && !take_head()) return;
  if (stage_ == Stage::body && writing_ == Writing::nothing && take_body()) dispatch();
}

/// True when the stage moved on to the body.
bool Connection::take_head() {
  const Limits& limits = core_.options.limits;
  // An empty line before a request is forgiven (RFC 9112 §2.2): old clients end a body with one.
  // Only one: the clock of the header would start anew with each.
  if (!empty_line_forgiven_ && filled_ >= 2 && buffer_[0] == '\r' && buffer_[1] == '\n') {
    consume(2);
    searched_ = 0;
    empty_line_forgiven_ = true;
  }
  const std::string_view bytes(buffer_.data(), filled_);
  const std::size_t end = find_header_end(bytes, searched_);
  if (end == std::string_view::npos) {
    if (filled_ >= limits.header_bytes) {
      refuse(oversized_header(bytes, limits));
      return false;
    }
    // The clock runs from the first byte and is not wound up by later ones.
    if (searched_ == 0 && filled_ > 0) set_deadline(seconds(limits.header_seconds));
    searched_ = filled_;
    read_more();
    return false;
  }

  const std::string_view block = bytes.substr(0, end);
  const GateResult result = check_header_block(block, limits);
  if (const auto* refusal = std::get_if<GateRefusal>(&result)) {
    refuse(*refusal);
    return false;
  }
  const GatePass& pass = std::get<GatePass>(result);
  request_ = parse_header_block(block, limits);
  if (!request_) {
    refuse({400, "bad_request", "Адрес или заголовки запроса записаны неверно."});
    return false;
  }
  if (control_) {
    request_->remote = "control";
    request_->control = true;
  } else {
    apply_forwarded(*request_, peer_, tls_, core_.proxies);
  }
  request_closes_ = pass.close;
  if (pass.content_length > (takes_uploads(*request_) ? limits.upload_bytes : limits.body_bytes)) {
    refuse({413, "body_too_large", "Тело запроса слишком велико."});
    return false;
  }
  body_size_ = static_cast<std::size_t>(pass.content_length);
  consume(end);
  searched_ = 0;
  empty_line_forgiven_ = false;
  stage_ = Stage::body;
  body_began_ = now();
  set_deadline(seconds(limits.header_seconds));
  if (pass.expect_continue && body_size_ > filled_) {
    writing_ = Writing::go_ahead;
    write("HTTP/1.1 100 Continue\r\n\r\n", {});
  }
  return true;
}

void Connection::settle_body_account(std::size_t bytes) {
  if (bytes >= body_account_) {
    core_.bodies_bytes.fetch_add(bytes - body_account_, std::memory_order_relaxed);
  } else {
    core_.bodies_bytes.fetch_sub(body_account_ - bytes, std::memory_order_relaxed);
  }
  body_account_ = bytes;
}

/// True when the body is whole.
bool Connection::take_body() {
  const Limits& limits = core_.options.limits;
  const std::size_t taken = std::min(filled_, body_size_ - request_->body.size());
  if (taken > 0) {
    // Grows as bytes come: a length is only a promise, and memory is not given on promises.
    request_->body.append(buffer_.data(), taken);
    consume(taken);
    settle_body_account(request_->body.size());
  }
  if (request_->body.size() == body_size_) {
    settle_body_account(0);
    return true;
  }
  if (core_.bodies_bytes.load(std::memory_order_relaxed) > limits.bodies_bytes) {
    refuse({503, "too_many_uploads", "Сервер занят приёмом файлов. Повторите через несколько секунд."});
    return false;
  }
  const auto earned =
      seconds(request_->body.size() / static_cast<std::size_t>(std::max(1, limits.body_bytes_per_second)));
  set_deadline(body_began_ - now() + seconds(limits.header_seconds) + earned);
  read_more();
  return false;
}

void Connection::dispatch() {
  stage_ = Stage::head;
  searched_ = 0;
  core_.requests.fetch_add(1, std::memory_order_relaxed);
  request_->id = core_.last_request.fetch_add(1, std::memory_order_relaxed) + 1;
  const std::shared_ptr<const Request> request = std::move(request_);
  const bool input_waits = filled_ > 0 || input_ended_;
  auto ticket = std::make_shared<Ticket>(io_.shared_from_this(), weak_from_this(), request, request_closes_);
  turn_.store(input_waits ? Turn::input_waits : Turn::handler, std::memory_order_release);
  try {
    core_.dispatch(request, [ticket](Reply&& reply) { ticket->answer(std::move(reply)); });
  } catch (const ProblemError& error) {
    ticket->answer(to_reply(error.problem));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "http: dispatch of request %llu: %s\n", static_cast<unsigned long long>(request->id),
                 error.what());  // the ticket answers 500
  }
  ticket.reset();
  if (!input_waits) read_more();
}

void Connection::deliver(WireReply&& reply) {
  if (reply.stream) {
    boost::asio::post(io_.context, [self = shared_from_this(), whole = std::move(reply)]() mutable {
      self->begin_stream(std::move(whole));
    });
    return;
  }
  std::size_t sent = 0;
  const std::size_t total = reply.head.size() + reply.body.size();
  if (const int socket = descriptor(); socket >= 0) {
    std::array<iovec, 2> parts = {iovec{reply.head.data(), reply.head.size()},
                                  iovec{reply.body.data(), reply.body.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = reply.body.empty() ? 1 : 2;
    const ssize_t result = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (result > 0) sent = static_cast<std::size_t>(result);
    // A failure shows again, and is dealt with, when the io thread writes the rest.
  }
  if (sent == total) {
    if (!reply.close) {
      set_deadline(seconds(core_.options.limits.keep_alive_seconds));
      Turn expected = Turn::handler;
      if (turn_.compare_exchange_strong(expected, Turn::io, std::memory_order_acq_rel)) return;
    }
    boost::asio::post(io_.context, [self = shared_from_this(), close = reply.close] { self->reply_written(close); });
    return;
  }
  const std::size_t of_head = std::min(sent, reply.head.size());
  reply.head.erase(0, of_head);
  reply.body.erase(0, sent - of_head);
  boost::asio::post(io_.context,
                    [self = shared_from_this(), rest = std::move(reply)]() mutable { self->send(std::move(rest)); });
}

void Connection::send(WireReply&& reply) {
  if (stage_ == Stage::closed) return;
  out_ = std::move(reply);
  writing_ = Writing::reply;
  const std::size_t size = out_.head.size() + out_.body.size();
  const Limits& limits = core_.options.limits;
  set_deadline(seconds(limits.header_seconds) +
               seconds(size / static_cast<std::size_t>(std::max(1, limits.body_bytes_per_second))));
  write(out_.head, out_.body);
}

void Connection::on_write(bool ok) {
  if (stage_ == Stage::closed) return;
  const Writing done = std::exchange(writing_, Writing::nothing);
  if (!ok) return close();
  if (done == Writing::go_ahead) {
    if (stage_ == Stage::body) process();
    return;
  }
  out_.head.clear();
  out_.body = std::string();
  if (stage_ == Stage::streaming) {
    set_deadline(heartbeat);
    return stream_more();
  }
  reply_written(out_.close);
}

void Connection::reply_written(bool close_now) {
  if (stage_ == Stage::closed) return;
  turn_.store(Turn::io, std::memory_order_release);
  if (close_now || stage_ == Stage::draining) return drain();
  set_deadline(seconds(core_.options.limits.keep_alive_seconds));
  if (filled_ > 0) {
    process();
  } else {
    read_more();
  }
}

void Connection::begin_stream(WireReply&& reply) {
  if (stage_ == Stage::closed) return reply.stream->lost();
  turn_.store(Turn::io, std::memory_order_release);
  stage_ = Stage::streaming;
  stream_ = std::move(reply.stream);
  // Weak: the stream is held by who fills it, and must not keep a client that is gone.
  stream_->attach([connection = weak_from_this(), io = io_.shared_from_this()] {
    boost::asio::post(io->context, [connection] {
      if (const auto self = connection.lock()) self->stream_more();
    });
  });
  read_more();
  send(std::move(reply));
}

void Connection::stream_more() {
  if (stage_ != Stage::streaming || writing_ != Writing::nothing) return;
  auto events = stream_->take();
  if (!events.empty()) return send({std::move(events), {}, false, {}});
  if (stream_->ended()) drain();
}

void Connection::refuse(const GateRefusal& refusal) {
  core_.refused.fetch_add(1, std::memory_order_relaxed);
  request_.reset();
  settle_body_account(0);
  stage_ = Stage::draining;
  Reply reply = to_reply(plain_problem(refusal.status, refusal.code, refusal.message));
  if (refusal.status == 503) reply.headers.emplace_back("Retry-After", "5");
  if (refusal.status == 405) reply.headers.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  WireContext context;
  context.close = true;
  context.secure = tls_;
  send(to_wire(std::move(reply), context));
}

/// Closing at once while the client still sends would reset the connection and take the reply with it.
void Connection::drain() {
  stage_ = Stage::draining;
  end_output();
  set_deadline(linger);
  if (input_ended_ || drained_ > linger_bytes) return close();
  read_more();
}

void Connection::sweep() {
  if (stage_ == Stage::closed) return;
  if (stage_ == Stage::streaming) {
    const bool overdue = now().count() >= deadline_.load(std::memory_order_relaxed);
    if (core_.stopping.load(std::memory_order_relaxed) || (overdue && writing_ != Writing::nothing)) return close();
    if (overdue) send({":\n\n", {}, false, {}});
    return;
  }
  if (turn_.load(std::memory_order_acquire) != Turn::io && writing_ == Writing::nothing) return;  // the handler works
  const bool idle = stage_ == Stage::head && filled_ == 0 && writing_ == Writing::nothing;
  if ((idle || stage_ == Stage::opening) && core_.stopping.load(std::memory_order_relaxed)) return close();
  if (now().count() < deadline_.load(std::memory_order_relaxed)) return;
  if (stage_ == Stage::draining || idle) return close();
  core_.timeouts.fetch_add(1, std::memory_order_relaxed);
  if (writing_ != Writing::nothing || stage_ == Stage::opening) return close();
  refuse({408, "request_timeout", "Запрос передаётся слишком медленно."});
}

void Connection::abort() {
  if (stage_ == Stage::closed) return;
  if (turn_.load(std::memory_order_acquire) == Turn::io || writing_ != Writing::nothing) return close();
  break_socket();
}

void Connection::close() {
  if (stage_ == Stage::closed) return;
  const auto self = shared_from_this();
  stage_ = Stage::closed;
  request_.reset();
  if (stream_) stream_->lost();
  settle_body_account(0);
  close_socket();
  io_.connections.erase(self);
  core_.admission.leave(peer_, verdict_);
}

}  // namespace eschool::http
