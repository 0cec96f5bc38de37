#include "kernel/storage/writer.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace eschool::storage {

namespace {

constexpr std::size_t batch_limit = 256;  // bounds how long the first of a batch waits for its commit

}  // namespace

Writer::Writer(std::unique_ptr<WriteEngine> engine, std::size_t queue) : engine_(std::move(engine)), limit_(queue) {
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::submit(Body body, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= limit_) throw Error(ErrorKind::busy, "the writer's queue is full");
    queue_.push_back({std::move(body), std::move(done)});
  }
  wake_.notify_one();
}

void Writer::write(Body body) {
  if (std::this_thread::get_id() == thread_.get_id())
    throw std::logic_error("Database::write() on the writer's thread would wait for itself");
  // Not a std::promise: it lets go of the exception after it has woken the waiter, which destroys it meanwhile; the
  // reference count makes that right, but no race detector can see it.
  std::mutex mutex;
  std::condition_variable changed;
  bool over = false;
  std::exception_ptr failure;
  submit(std::move(body), [&](std::exception_ptr error) {
    const std::lock_guard lock(mutex);
    failure = std::move(error);
    over = true;
    changed.notify_one();  // under the lock: the waiter owns all of this and leaves once it sees `over`
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return over; });
  if (failure) std::rethrow_exception(failure);
}

void Writer::on_commit(std::function<void()> committed) {
  const std::lock_guard lock(committed_mutex_);
  committed_ = std::move(committed);
}

WriterFigures Writer::figures() const { return {commits_.load(), bodies_.load(), engine_->checkpoints()}; }

void Writer::run() {
  std::vector<Task> batch;
  std::unique_lock lock(mutex_);
  while (true) {
    const auto ready = [this] { return stopping_ || !queue_.empty(); };
    if (const auto pause = engine_->idle_after(); pause && !wake_.wait_for(lock, *pause, ready)) {
      lock.unlock();
      engine_->idle();
      lock.lock();
    }
    wake_.wait(lock, ready);
    if (queue_.empty()) break;
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), batch_limit));
    batch.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    lock.unlock();
    run_batch(batch);
    batch.clear();
    engine_->batch_over();
    lock.lock();
  }
  engine_->close();
}

void Writer::run_batch(std::vector<Task>& batch) {
  std::vector<std::exception_ptr> errors(batch.size());
  std::size_t first = 0;  // of the open transaction
  bool open = false;
  const auto fail = [&](std::size_t from, std::size_t to, const std::exception_ptr& error) {
    for (auto i = from; i < to; ++i)
      if (!errors[i]) errors[i] = error;
  };
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!open) {
      try {
        engine_->begin();
      } catch (const Error&) {
        fail(i, batch.size(), std::current_exception());
        break;
      }
      open = true;
      first = i;
    }
    errors[i] = run_body(batch[i].body);
    if (engine_->session().in_transaction()) continue;
    // Out of space, an I/O error, the connection lost: the engine may have rolled back everything, what earlier bodies
    // wrote included.
    open = false;
    if (!errors[i])
      errors[i] = std::make_exception_ptr(Error(ErrorKind::other, "a write body ended the writer's transaction"));
    fail(first, i, errors[i]);
  }
  if (open) {
    const auto written = std::count(errors.begin() + static_cast<std::ptrdiff_t>(first), errors.end(), nullptr);
    try {
      engine_->commit();
      if (written > 0) ++commits_;
      bodies_ += written;
    } catch (const Error&) {
      fail(first, batch.size(), std::current_exception());
      try {
        if (engine_->session().in_transaction()) engine_->session().execute("ROLLBACK");
      } catch (const Error&) {
        // Then the next BEGIN fails too and says so to those who wait for it.
      }
    }
  }
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (batch[i].done) batch[i].done(std::move(errors[i]));
  const std::lock_guard lock(committed_mutex_);
  if (committed_) committed_();
}

std::exception_ptr Writer::run_body(const Body& body) {
  try {
    engine_->begin_body();
    body(engine_->session());
    engine_->end_body();
    return nullptr;
  } catch (...) {
    auto error = std::current_exception();
    engine_->undo_body();
    return error;
  }
}

}  // namespace eschool::storage
