#include "limit_postgres.hpp"

#include <array>

#include "limit_json.hpp"
#include "raw_postgres.hpp"

namespace bench {
namespace {

/// All rows come at once, as text: numbers need no further writing.
struct PostgresRow {
  const PGresult* result;
  int row = -1;

  bool next() { return ++row < PQntuples(result); }
  bool null(int column) const { return PQgetisnull(result, row, column) != 0; }
  std::string_view text(int column) const {
    return {PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))};
  }
  bool truth(int column) const { return text(column) == "1" || text(column) == "t"; }
  void append_integer(std::string& out, int column) const { out += text(column); }
  void append_real(std::string& out, int column) const { out += text(column); }
};

class PostgresReader final : public Reader {
 public:
  PostgresReader(Postgres database, const Question& list, const Question& get)
      : database_(std::move(database)), list_(list.shape), get_(get.shape) {
    begin("list", list);
    if (!get.sql.empty()) begin("get", get);
  }

  std::string list(std::int64_t class_id) override { return answer("list", list_, class_id); }
  std::string get(std::int64_t id) override { return answer("get", get_, id); }

 private:
  void begin(const char* name, const Question& question) {
    prepare(database_.get(), name, question.sql);
    const auto described = checked(PQdescribePrepared(database_.get(), name), database_.get());
    if (PQnfields(described.get()) != question.shape.width())
      throw std::runtime_error(std::string(name) + ": the shape has other columns than the SQL");
  }

  std::string answer(const char* name, const ListShape& shape, std::int64_t parameter) {
    const auto digits = std::to_string(parameter);
    const char* const values[] = {digits.c_str()};
    const auto result = checked(PQexecPrepared(database_.get(), name, 1, values, nullptr, nullptr, 0), database_.get());
    std::string out;
    out.reserve(8192);
    PostgresRow row{result.get()};
    append_rows(out, shape, row);
    return out;
  }

  const Postgres database_;
  const ListShape list_, get_;
};

class PostgresWrites final : public WriteConnections {
 public:
  PostgresWrites(Postgres alone, Postgres group, const std::string& sql)
      : alone_(std::move(alone)), group_(std::move(group)) {
    prepare(alone_.get(), "write", sql);
    prepare(group_.get(), "write", sql);
    prepare(group_.get(), "begin", "BEGIN");
    prepare(group_.get(), "commit", "COMMIT");
    if (PQenterPipelineMode(group_.get()) != 1) throw std::runtime_error("no pipeline mode");
  }

  std::string alone(const Write& write) override {
    const auto digits = std::to_string(write.id);
    const char* const values[] = {digits.c_str(), write.phone.c_str()};
    const auto result = checked(PQexecPrepared(alone_.get(), "write", 2, values, nullptr, nullptr, 0), alone_.get());
    return answer(write, result.get());
  }

  std::vector<std::string> together(const std::vector<Write>& writes) override {
    send("begin", 0, nullptr);
    for (const Write& write : writes) {
      const auto digits = std::to_string(write.id);
      const char* const values[] = {digits.c_str(), write.phone.c_str()};
      send("write", 2, values);
    }
    send("commit", 0, nullptr);
    if (PQpipelineSync(group_.get()) != 1) fail();
    std::vector<std::string> answers;
    receive();
    for (const Write& write : writes) answers.push_back(answer(write, receive().get()));
    receive();
    checked(PQgetResult(group_.get()), group_.get());  // of the synchronisation, which has no end mark
    return answers;
  }

 private:
  [[noreturn]] void fail() { throw std::runtime_error(PQerrorMessage(group_.get())); }

  void send(const char* name, int count, const char* const* values) {
    if (PQsendQueryPrepared(group_.get(), name, count, values, nullptr, nullptr, 0) != 1) fail();
  }

  /// The result of the next statement in the pipeline and the mark of its end.
  PostgresResult receive() {
    auto result = checked(PQgetResult(group_.get()), group_.get());
    if (PQgetResult(group_.get()) != nullptr) throw std::runtime_error("a statement with two results");
    return result;
  }

  static std::string answer(const Write& write, const PGresult* result) {
    return PQntuples(result) == 0 ? std::string() : write_answer(write.id, PQgetvalue(result, 0, 0));
  }

  const Postgres alone_, group_;
};

}  // namespace

std::unique_ptr<Reader> PostgresLimit::reader(const Question& list, const Question& get) const {
  return std::make_unique<PostgresReader>(connect(connection_, schema_), list, get);
}

std::unique_ptr<WriteConnections> PostgresLimit::writes(const std::string& sql) const {
  return std::make_unique<PostgresWrites>(connect(connection_, schema_), connect(connection_, schema_), sql);
}

}  // namespace bench
