#include "kernel/http/server.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <stdexcept>

#include "kernel/http/control_socket.hpp"
#include "kernel/http/forwarded.hpp"
#include "kernel/http/stream_connection.hpp"
#include "kernel/http/tls.hpp"

namespace eschool::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;
using Error = boost::system::error_code;

template <class Protocol>
using Acceptor = asio::basic_socket_acceptor<Protocol, asio::io_context::executor_type>;

constexpr std::chrono::milliseconds sweep_every{250};

// The import's parser and other children must not inherit a client's socket.
void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

std::vector<std::string> canonical_proxies(const std::vector<std::string>& listed) {
  std::vector<std::string> proxies;
  for (const std::string& text : listed) {
    std::string address = canonical_address(text);
    if (address.empty()) throw std::runtime_error("Адрес доверенного прокси «" + text + "» записан неверно");
    proxies.push_back(std::move(address));
  }
  return proxies;
}

void sweep(const std::shared_ptr<IoThread>& io) {
  io->sweeper.expires_after(sweep_every);
  io->sweeper.async_wait([weak = std::weak_ptr(io)](Error error) {
    const auto alive = weak.lock();
    if (error || !alive) return;
    // Over a copy: a connection that is closed leaves the set.
    const std::vector<std::shared_ptr<Connection>> connections(alive->connections.begin(), alive->connections.end());
    for (const auto& connection : connections) connection->sweep();
    sweep(alive);
  });
}

void run(IoThread& io) {
  const auto work = asio::make_work_guard(io.context);
  while (true) {
    try {
      io.context.run();
      return;
    } catch (const std::exception& error) {
      // The request that caused it was answered by its ticket; the other connections of this thread go on.
      std::fprintf(stderr, "http: %s\n", error.what());
    }
  }
}

}  // namespace

struct Server::Impl {
  Impl(ServerOptions options, Dispatch dispatch) {
    auto proxies = canonical_proxies(options.trusted_proxies);
    core = std::make_shared<Core>(std::move(options), std::move(dispatch), std::move(proxies));
  }

  void bind();
  void accept_tcp();
  void accept_control();
  void pause_accepting(void (Impl::*accept)());
  template <class Stream, class... Arguments>
  void begin(IoThread& io, std::string peer, Admission::Verdict verdict, bool control, Arguments&&... arguments);

  std::shared_ptr<Core> core;
  std::vector<std::shared_ptr<IoThread>> threads;
  std::unique_ptr<asio::ssl::context> tls;
  std::unique_ptr<Acceptor<tcp>> acceptor;
  std::unique_ptr<Acceptor<stream_protocol>> control;
  std::unique_ptr<asio::steady_timer> pause;
  std::uint16_t port = 0;
  std::size_t next = 0;
  bool running = false;
};

void Server::Impl::bind() {
  const ServerOptions& options = core->options;
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    throw std::runtime_error("Для TLS нужны оба файла: сертификат и ключ");
  }
  if (!options.tls_certificate.empty()) {
    tls = std::make_unique<asio::ssl::context>(make_tls_context(options.tls_certificate, options.tls_key));
  }
  const std::string where = options.address + ":" + std::to_string(options.port);
  Error error;
  const auto address = asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, error);
  if (error) throw std::runtime_error("Адрес «" + options.address + "» записан неверно: нужен IP-адрес");
  const tcp::endpoint endpoint(address, options.port);
  asio::io_context& context = threads.front()->context;
  acceptor = std::make_unique<Acceptor<tcp>>(context);
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(1024, error);
  if (error) throw std::runtime_error("Не удалось занять адрес " + where + ": " + error.message());
  close_on_exec(acceptor->native_handle());
  port = acceptor->local_endpoint().port();
  if (!options.control_socket.empty()) {
    control = std::make_unique<Acceptor<stream_protocol>>(context, stream_protocol(),
                                                          listen_control_socket(options.control_socket));
  }
  pause = std::make_unique<asio::steady_timer>(context);
}

template <class Stream, class... Arguments>
void Server::Impl::begin(IoThread& io, std::string peer, Admission::Verdict verdict, bool is_control,
                         Arguments&&... arguments) {
  core->connections.fetch_add(1, std::memory_order_relaxed);
  if (verdict == Admission::Verdict::dropped) {
    core->refused.fetch_add(1, std::memory_order_relaxed);
    return;  // the socket closes with its arguments
  }
  const auto connection = std::make_shared<StreamConnection<Stream>>(io, std::move(peer), verdict, is_control,
                                                                     std::forward<Arguments>(arguments)...);
  asio::post(io.context, [connection] { connection->start(); });
}

/// Out of descriptors: the listener waits for some to come free instead of spinning.
void Server::Impl::pause_accepting(void (Impl::*accept)()) {
  pause->expires_after(std::chrono::milliseconds(100));
  pause->async_wait([this, accept](Error error) {
    if (!error) (this->*accept)();
  });
}

void Server::Impl::accept_tcp() {
  // By reference: a handler that is still queued when the context goes must not keep its own context alive.
  IoThread& io = *threads[next++ % threads.size()];
  acceptor->async_accept(io.context, [this, &io](Error error, TcpSocket socket) {
    if (core->stopping || error == asio::error::operation_aborted) return;
    if (error == asio::error::no_descriptors) return pause_accepting(&Impl::accept_tcp);
    if (!error) {
      close_on_exec(socket.native_handle());
      Error gone;
      socket.set_option(tcp::no_delay(true), gone);
      const auto endpoint = socket.remote_endpoint(gone);
      if (!gone) {
        std::string peer = canonical_address(endpoint.address().to_string());
        const auto verdict = core->admission.enter(peer);
        if (tls) {
          begin<TlsStream>(io, std::move(peer), verdict, false, std::move(socket), *tls);
        } else {
          begin<TcpSocket>(io, std::move(peer), verdict, false, std::move(socket));
        }
      }
    }
    accept_tcp();
  });
}

void Server::Impl::accept_control() {
  IoThread& io = *threads.front();
  control->async_accept(io.context, [this, &io](Error error, UnixSocket socket) {
    if (core->stopping || error == asio::error::operation_aborted) return;
    if (error == asio::error::no_descriptors) return pause_accepting(&Impl::accept_control);
    if (!error) {
      close_on_exec(socket.native_handle());
      if (control_peer_allowed(socket.native_handle())) {
        begin<UnixSocket>(io, {}, core->admission.enter({}), true, std::move(socket));
      } else {
        core->refused.fetch_add(1, std::memory_order_relaxed);
      }
    }
    accept_control();
  });
}

Server::Server(ServerOptions options, Dispatch dispatch)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(dispatch))) {}

Server::~Server() { stop(0); }

void Server::start() {
  if (impl_->running || impl_->core->stopping) throw std::logic_error("http::Server is started once");
  for (int i = 0; i < std::max(1, impl_->core->options.io_threads); ++i) {
    impl_->threads.push_back(std::make_shared<IoThread>(impl_->core));
  }
  impl_->bind();
  impl_->accept_tcp();
  if (impl_->control) impl_->accept_control();
  impl_->running = true;
  for (const auto& io : impl_->threads) {
    sweep(io);
    io->thread = std::thread([&io = *io] { run(io); });
  }
}

std::uint16_t Server::port() const { return impl_->port; }

void Server::stop(int seconds) {
  if (!impl_->running) return;
  impl_->running = false;
  Core& core = *impl_->core;
  core.stopping = true;
  asio::post(impl_->threads.front()->context, [impl = impl_.get()] {
    Error ignored;
    impl->acceptor->close(ignored);
    if (impl->control) {
      // The name goes first: who finds it must find a listener behind it.
      ::unlink(impl->core->options.control_socket.c_str());
      impl->control->close(ignored);
    }
    impl->pause->cancel();
  });
  const auto sweep_now = [](IoThread& io) {
    const std::vector<std::shared_ptr<Connection>> connections(io.connections.begin(), io.connections.end());
    for (const auto& connection : connections) connection->sweep();
  };
  for (const auto& io : impl_->threads) asio::post(io->context, [sweep_now, &io = *io] { sweep_now(io); });
  if (!core.admission.wait_until_empty(std::chrono::seconds(std::max(0, seconds)))) {
    for (const auto& io : impl_->threads) {
      asio::post(io->context, [&io = *io] {
        const std::vector<std::shared_ptr<Connection>> connections(io.connections.begin(), io.connections.end());
        for (const auto& connection : connections) connection->abort();
        io.context.stop();
      });
    }
  } else {
    for (const auto& io : impl_->threads) asio::post(io->context, [&io = *io] { io.context.stop(); });
  }
  for (const auto& io : impl_->threads) io->thread.join();
  core.dispatch = nullptr;  // whatever it holds may hold unanswered requests, and those hold the io threads
  impl_->control.reset();
  impl_->acceptor.reset();
  impl_->pause.reset();
  impl_->threads.clear();
}

ServerFigures Server::figures() const {
  const Core& core = *impl_->core;
  return {core.connections, core.requests, core.refused, core.timeouts, core.admission.open()};
}

}  // namespace eschool::http
