#include "fleet.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace eschool::test {
namespace {

namespace json = boost::json;

/// Digits are no letters of a name.
std::string letters(const std::string& mark) {
  static constexpr const char* alphabet[] = {"а", "б", "в", "г", "д", "е", "ж", "з", "и", "к"};
  std::string name = "Т";
  for (const char c : mark) name += c >= '0' && c <= '9' ? alphabet[c - '0'] : "о";
  return name;
}

json::object student(const std::string& mark) {
  return {{"surname", surname}, {"given_name", letters(mark)}, {"admission_order_no", mark}};
}

json::object values(const Change& change) { return {{"address", change.address}, {"file_no", change.file_no}}; }

Order create(const std::string& key) {
  Order order{key, "POST", records("people.student"), {}, {key + ".1"}, {}};
  order.body = json::serialize(student(order.creates[0]));
  return order;
}

Order update(const std::string& key, const std::string& mark, std::int64_t id) {
  Order order{key, "PATCH", records("people.student", id), {}, {}, {{mark, "дом " + key, key}}};
  order.body = json::serialize(values(order.changes[0]));
  return order;
}

/// Two students and a change of an earlier one, all or nothing.
Order batch(const std::string& key, const std::string& mark, std::int64_t id) {
  Order order{key, "POST", "/api/v1/batch", {}, {key + ".1", key + ".2"}, {{mark, "дом " + key, key}}};
  json::array operations;
  for (const auto& made : order.creates)
    operations.push_back(json::object{{"op", "create"}, {"registry", "people.student"}, {"values", student(made)}});
  operations.push_back(
      json::object{{"op", "update"}, {"registry", "people.student"}, {"id", id}, {"values", values(order.changes[0])}});
  order.body = json::serialize(json::object{{"operations", std::move(operations)}});
  return order;
}

}  // namespace

bool send(Connection& connection, Order& order, Ledger& ledger) {
  const auto reply = connection.request(order.method, order.target, order.body,
                                        {{"Idempotency-Key", order.key}, {"Prefer", "return=minimal"}});
  if (!reply) return false;
  if (reply->status != 200 && reply->status != 201) {
    ledger.unexpected = fmt::format("{} {}: {} {}", order.method, order.target, reply->status, reply->body);
    return false;
  }
  order.acknowledged = true;
  const auto document = reply->json();
  if (const auto* results = document.as_object().if_contains("results")) {
    for (std::size_t i = 0; i < order.creates.size(); ++i)
      ledger.students[order.creates[i]] = results->as_array()[i].at("id").as_int64();
  } else if (!order.creates.empty()) {
    ledger.students[order.creates[0]] = document.at("id").as_int64();
  }
  return true;
}

Fleet::Fleet(std::uint16_t port, const std::string& token, int round, std::vector<Ledger>& ledgers)
    : before_([&] {
        std::vector<std::size_t> sizes;
        for (const auto& ledger : ledgers) sizes.push_back(ledger.orders.size());
        return sizes;
      }()),
      acknowledged_(ledgers.size()) {
  for (std::size_t client = 0; client < ledgers.size(); ++client)
    threads_.emplace_back([=, this, &ledgers] { work(port, token, round, client, ledgers[client]); });
}

Fleet::~Fleet() { stop(); }

std::int64_t Fleet::acknowledged() const {
  std::int64_t sum = 0;
  for (const auto& count : acknowledged_) sum += static_cast<std::int64_t>(count.load());
  return sum;
}

std::vector<std::size_t> Fleet::progress() const {
  auto counts = before_;
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += acknowledged_[i].load();
  return counts;
}

void Fleet::stop() {
  stopping_ = true;
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Fleet::work(std::uint16_t port, const std::string& token, int round, std::size_t client, Ledger& ledger) {
  try {
    Connection connection(port, token);
    std::string mark;
    for (int number = 0; !stopping_; ++number) {
      const auto key = fmt::format("{}-{}-{}", round, client, number);
      // The first makes somebody whom the next two change, the third makes two more.
      const auto kind = number % 3;
      auto order = kind == 0   ? create(key)
                   : kind == 1 ? update(key, mark, ledger.students.at(mark))
                               : batch(key, mark, ledger.students.at(mark));
      ledger.orders.push_back(std::move(order));
      if (!send(connection, ledger.orders.back(), ledger)) return;
      ++acknowledged_[client];
      if (kind == 0) mark = ledger.orders.back().creates[0];
    }
  } catch (const std::exception& failure) {
    // Nobody listens any more: the server was killed before this client had come to it.
    if (std::string_view(failure.what()) != "no connection") ledger.unexpected = failure.what();
  }
}

}  // namespace eschool::test
