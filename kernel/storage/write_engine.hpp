#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "kernel/storage/session.hpp"

namespace eschool::storage {

/// What the writer asks of an engine, all of it on the writer's thread. It owns the writing session.
class WriteEngine {
 public:
  virtual ~WriteEngine() = default;

  virtual Session& session() = 0;
  virtual void begin() = 0;  ///< the transaction of a batch; connects anew where the connection is lost
  /// In front of a body and behind it: its savepoint. What the commit would find broken is thrown by end_body().
  virtual void begin_body() = 0;
  virtual void end_body() = 0;
  /// Takes back what the body has done, whether it ended or not. Throws nothing: where it cannot be done, the engine
  /// has rolled back the whole transaction or the commit will fail.
  virtual void undo_body() noexcept = 0;
  /// Returns when the transaction is durable. Throws when it is not, and also when nobody can know.
  virtual void commit() = 0;

  /// After a batch, between two commits.
  virtual void batch_over() = 0;
  /// How long nothing must be written until idle() has work to do; nothing: it has none.
  virtual std::optional<std::chrono::milliseconds> idle_after() const = 0;
  virtual void idle() = 0;
  virtual void close() = 0;                      ///< after the last batch
  virtual std::int64_t checkpoints() const = 0;  ///< of any thread
};

}  // namespace eschool::storage
