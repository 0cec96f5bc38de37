#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/storage/postgres_error.hpp"
#include "kernel/storage/postgres_sql.hpp"
#include "kernel/storage/session_engine.hpp"

namespace eschool::storage {

class PostgresSession;

struct ClearResult {
  void operator()(PGresult* result) const { ::PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ClearResult>;

/// A statement prepared in the server. Parameters and cells travel as text; the cells of a row are views of libpq's
/// answer, which holds all rows: a page of records is small, and many statements may be between two rows at once.
class PostgresStatement final : public StatementEngine {
 public:
  PostgresStatement(PostgresSession&, std::string_view text);
  ~PostgresStatement() override;

  void bind_integer(int parameter, std::int64_t) override;
  void bind_real(int parameter, double) override;
  void bind_text(int parameter, std::string_view) override;
  void bind_null(int parameter) override;
  bool step() override;
  void rewind() override;
  void release() override;
  std::int64_t run_whole() override;
  int columns() override;
  bool read_only() const override { return read_only_; }
  std::string_view name(int column) override;
  ColumnKind kind(int column) const override;
  bool null(int column) const override;
  std::int64_t integer(int column) const override;
  double real(int column) const override;
  std::string_view text(int column) const override;

 private:
  enum class State { ready, row, done };
  struct Parameter {
    std::string text;
    bool null = true;
  };

  Parameter& parameter(int number);
  void prepare();
  void run();
  const PGresult* description();

  PostgresSession& session_;
  std::string translated_, name_;
  bool stale_ = false;  ///< the tables are no longer what it was prepared for
  bool read_only_ = false;
  std::vector<Parameter> parameters_;
  std::vector<const char*> values_;  ///< what libpq takes; kept so that a run allocates nothing of its own
  PostgresResult result_, described_;
  int row_ = 0, rows_ = 0;
  State state_ = State::ready;
};

class PostgresSession final : public SessionEngine {
 public:
  struct Options {
    std::size_t statement_cache = 256;
    int lock_timeout_ms = 5000;
    bool writable = false;
    std::string role = {};  ///< whose rights the session has instead of the account's; its row policies apply
  };
  /// Connects and sets what the kernel relies on; the schema need not be there yet. Throws Error(unavailable) when
  /// nobody answers.
  PostgresSession(const Location&, const Options&);
  ~PostgresSession() override;

  Engine engine() const override { return Engine::postgresql; }
  bool in_transaction() const override;
  const char* begin_read() const override { return "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"; }
  void expect_growth() override;
  void forget_growth() { look_after_ = 0; }  ///< a transaction begins
  bool usable() override;
  void read_for(const std::string&) override;

  /// Runs statements without parameters in one round trip; answers the last one's result. Throws Error.
  PostgresResult command(const char* sql);

  PGconn* native = nullptr;

 protected:
  std::unique_ptr<StatementEngine> make(std::string_view sql) override;

 private:
  friend class PostgresStatement;
  std::string next_name() { return "s" + std::to_string(++names_); }
  /// Frees a statement in the server, now or, inside a transaction that has failed, later.
  void deallocate(std::string name) noexcept;
  void deallocate_leftovers();
  /// Lets the server look at what is in the tables that grow, now and then.
  void note_write();

  std::unique_ptr<soci::session> connection_;
  std::int64_t names_ = 0;
  std::int64_t written_ = 0, look_after_ = 0;  ///< statements; 0: nothing grows
  std::vector<std::string> leftovers_;

  struct Slot {
    std::string caller, name;
  };
  std::array<Slot, 128> slots_;
  std::size_t next_slot_ = 0;
};

/// The native session behind a Session of this engine.
PostgresSession& postgres(Session&);

/// A schema's name in double quotes. Throws Error for a name that is none.
std::string quoted_schema(std::string_view name);

}  // namespace eschool::storage
