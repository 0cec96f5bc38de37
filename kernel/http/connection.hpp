/// One client: reads a request, has it dispatched, writes the reply, one at a time. The transport (TCP, TLS, Unix) is a
/// subclass: stream_connection.hpp.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/http/io_thread.hpp"
#include "kernel/http/wire_reply.hpp"

namespace eschool::http {

struct GateRefusal;

/// Threads: everything runs on the connection's io thread, but deliver(), which is called on the thread of the handler.
///
/// While a handler works, the io thread keeps one read outstanding: so it sees the client go, and the next request may
/// already wait in the buffer (it is not looked at before the reply: pipelining depth 1). On plain sockets deliver()
/// writes the reply itself and hands the turn back by one compare-and-swap; the io thread need not be woken. Only when
/// the io thread has left a note (`input_waits`), or the socket took a part only, the rest is posted to it.
/// The socket is therefore never closed by the io thread while the turn is the handler's: its number could be reused by
/// another client while deliver() writes.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(IoThread& io, std::string peer, Admission::Verdict verdict, bool tls, bool control);
  virtual ~Connection();
  Connection(const Connection&) = delete;

  void start();
  /// The reply to the request under way; once a request; any thread.
  void deliver(WireReply&& reply);
  /// Looks at the clock: closes what is overdue and, while the server stops, what is idle.
  void sweep();
  /// The hard stop.
  void abort();

 protected:
  // The transport's side. Each operation ends in the callback of its name, on the io thread, never inside the call.
  virtual void open() = 0;
  virtual void read(char* place, std::size_t size) = 0;
  virtual void write(std::string_view head, std::string_view body) = 0;
  virtual void end_output() = 0;  ///< says that nothing more is sent; the input stays open; no callback
  virtual void close_socket() = 0;
  virtual void break_socket() = 0;  ///< makes pending operations fail and keeps the descriptor
  /// The descriptor on which another thread may write the reply; -1: none may (TLS).
  virtual int descriptor() const = 0;

  void on_open(bool ok);
  void on_read(bool ok, std::size_t size);
  void on_write(bool ok);

 private:
  enum class Stage { opening, head, body, streaming, draining, closed };
  enum class Turn { io, handler, input_waits };
  enum class Writing { nothing, go_ahead, reply };
  using Milliseconds = std::chrono::milliseconds;

  void process();
  bool take_head();
  bool take_body();
  void read_more();
  void consume(std::size_t size);
  void dispatch();
  void refuse(const GateRefusal& refusal);
  void send(WireReply&& reply);
  void reply_written(bool close);
  void begin_stream(WireReply&& reply);
  void stream_more();
  void drain();
  void close();
  void settle_body_account(std::size_t bytes);
  bool turn_is_handlers();
  void set_deadline(Milliseconds from_now);

  IoThread& io_;
  Core& core_;
  const std::string peer_;
  const Admission::Verdict verdict_;
  const bool tls_, control_;

  Stage stage_ = Stage::opening;
  Writing writing_ = Writing::nothing;
  bool reading_ = false;      // a read is outstanding
  bool input_ended_ = false;  // the client sends nothing more
  bool request_closes_ = false;
  std::vector<char> buffer_;
  std::size_t filled_ = 0;    // bytes in buffer_
  std::size_t searched_ = 0;  // of them looked through for the end of the header
  bool empty_line_forgiven_ = false;
  std::size_t drained_ = 0;
  std::shared_ptr<Request> request_;
  std::size_t body_size_ = 0;
  std::size_t body_account_ = 0;  // bytes of ours in Core::bodies_bytes
  Milliseconds body_began_{};
  WireReply out_;
  std::shared_ptr<EventStream> stream_;
  std::atomic<Turn> turn_{Turn::io};
  std::atomic<std::int64_t> deadline_{0};  // milliseconds of the steady clock
};

}  // namespace eschool::http
