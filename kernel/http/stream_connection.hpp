/// The transports of a connection: TCP, TLS over TCP, Unix.
#pragma once

#include <sys/socket.h>

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <type_traits>
#include <utility>

#include "kernel/http/connection.hpp"

namespace eschool::http {

template <class Protocol>
using Socket = boost::asio::basic_stream_socket<Protocol, boost::asio::io_context::executor_type>;
using TcpSocket = Socket<boost::asio::ip::tcp>;
using UnixSocket = Socket<boost::asio::local::stream_protocol>;
using TlsStream = boost::asio::ssl::stream<TcpSocket>;

template <class Stream>
class StreamConnection final : public Connection {
  static constexpr bool tls = std::is_same_v<Stream, TlsStream>;
  using Error = boost::system::error_code;

 public:
  template <class... Arguments>  // what Stream is made of
  StreamConnection(IoThread& io, std::string peer, Admission::Verdict verdict, bool control, Arguments&&... arguments)
      : Connection(io, std::move(peer), verdict, tls, control), stream_(std::forward<Arguments>(arguments)...) {}

 private:
  std::shared_ptr<StreamConnection> self() { return std::static_pointer_cast<StreamConnection>(shared_from_this()); }

  void open() override {
    if constexpr (tls) {
      stream_.async_handshake(boost::asio::ssl::stream_base::server,
                              [self = self()](Error error) { self->on_open(!error); });
    } else {
      boost::asio::post(stream_.get_executor(), [self = self()] { self->on_open(true); });
    }
  }

  void read(char* place, std::size_t size) override {
    stream_.async_read_some(boost::asio::buffer(place, size),
                            [self = self()](Error error, std::size_t got) { self->on_read(!error, got); });
  }

  void write(std::string_view head, std::string_view body) override {
    const std::array<boost::asio::const_buffer, 2> parts = {boost::asio::buffer(head), boost::asio::buffer(body)};
    boost::asio::async_write(stream_, parts, [self = self()](Error error, std::size_t) { self->on_write(!error); });
  }

  void end_output() override {
    if constexpr (tls) {
      stream_.async_shutdown([self = self()](Error) {});
    } else {
      Error ignored;  // a client that is gone already
      stream_.shutdown(boost::asio::socket_base::shutdown_send, ignored);
    }
  }

  void close_socket() override {
    Error ignored;
    stream_.lowest_layer().close(ignored);
  }

  void break_socket() override { ::shutdown(stream_.lowest_layer().native_handle(), SHUT_RDWR); }

  // native_handle() only reads a number that is set once: safe beside the io thread's operations.
  int descriptor() const override {
    if constexpr (tls) {
      return -1;
    } else {
      return const_cast<Stream&>(stream_).native_handle();
    }
  }

  Stream stream_;
};

}  // namespace eschool::http
