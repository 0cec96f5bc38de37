/// A PostgreSQL server of this test program alone.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace eschool::test {

/// A cluster in a temporary folder, reachable by a socket in it and by nothing else. It runs as another user when the
/// tests run as root, whom PostgreSQL refuses, and ends with the program, however that ends. Its own order of text is
/// that of Russian ICU, not of bytes, so that whoever relies on the database's collation is found out.
class Cluster {
 public:
  Cluster();   ///< throws std::runtime_error
  ~Cluster();  ///< ends the server, removes the folder
  Cluster(const Cluster&) = delete;

  /// What libpq takes to connect.
  std::string connection(const std::string& database = "postgres") const;
  void create_database(const std::string& name) const;
  /// As the superuser "eschool". Throws std::runtime_error.
  void run_sql(const std::string& database, const std::string& sql) const;

  void start();
  void stop();  ///< SIGQUIT to the server: connections break off, as when it is killed

 private:
  std::filesystem::path folder_, programs_;
  pid_t server_ = 0;
};

/// The one of this program, started by the first who asks.
Cluster& shared_cluster();

}  // namespace eschool::test
