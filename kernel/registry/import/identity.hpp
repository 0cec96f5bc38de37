/// Telling which record a row is about, by the schema's groups of identifying fields, strongest first. The one rule
/// above all: no second record of the same person, and no row written into another person's record, silently.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kernel/access/predicate.hpp"
#include "kernel/registry/record_writer.hpp"

namespace eschool::importing {

/// A record that could be the one. Of a facet, `id` may be 0: the base record is there, the facet is not yet.
struct Candidate {
  std::int64_t id = 0;
  std::int64_t base = 0;               ///< 0 when the registry is not a facet
  std::vector<storage::Value> values;  ///< of Identity's fields, in the form in which they are compared
};

struct Match {
  enum class Kind {
    found,
    none,           ///< nobody, and the row says enough to be sure of it
    missing,        ///< nobody, but the row does not say enough
    ambiguous,      ///< several
    contradiction,  ///< the identifier belongs to a record whose other identifying fields differ
    conflict,       ///< found by a weaker group, while a stronger identifier differs
    similar,        ///< a record that differs only in that one of the two has no patronymic
  };
  Kind kind = Kind::missing;
  Candidate record;                   ///< of found, contradiction and conflict
  std::vector<Candidate> candidates;  ///< of ambiguous and similar
  std::vector<std::string>
      fields;  ///< names: by which it was found; of a conflict, what differs; of missing, what lacks first
};

/// Compiled for one registry; statements are prepared through the session, whose cache keeps them. One thread.
class Identity {
 public:
  Identity(const schema::Catalogue&, const schema::Registry&);

  bool empty() const { return groups_.empty(); }
  /// Names of the identifying fields, group by group.
  const std::vector<std::vector<std::string>>& groups() const { return names_; }

  /// Who the values describe, when he may be made: a group counts when all its values are given (a patronymic may be
  /// absent and is then compared as absent), and a base record without the facet is found too.
  Match identify(storage::Session&, const registry::Values& given);
  /// Who the values name, when he must be there: what is given of a group is enough if it fits exactly one.
  Match look_up(storage::Session&, const registry::Values& given);
  /// Full namesakes of a record about to be made that nothing given tells apart from it.
  std::vector<Candidate> namesakes(storage::Session&, const registry::Values& given);
  /// Records that look_up() could find, with the text of one of the registry's own fields and in its order.
  std::vector<std::pair<std::int64_t, std::string>> known(storage::Session&, const schema::Field&, int most) const;

 private:
  struct IdentityField {
    const schema::Field* field = nullptr;
    std::string column;  ///< as it is compared in SQL
  };
  using Group = std::vector<std::size_t>;  ///< indexes into fields_

  std::vector<storage::Value> keys_of(const registry::Values& given) const;
  std::vector<Candidate> search(storage::Session&, const Group&, const std::vector<storage::Value>& keys,
                                bool existing);
  Match judge(std::size_t group, std::vector<Candidate>, const std::vector<storage::Value>& keys) const;
  Match search_groups(storage::Session&, const std::vector<storage::Value>& keys, bool existing);
  bool is_patronymic(std::size_t field) const { return field == patronymic_; }

  std::vector<std::vector<std::string>> names_;
  std::vector<IdentityField> fields_;
  std::vector<Group> groups_;
  Group name_fields_;       ///< surname and given name, if the registry has them
  std::size_t patronymic_;  ///< index into fields_; beyond its end when there is none
  access::Sql among_;  ///< the registry's identity_among as a condition; binds nothing that differs from call to call
  std::string select_, from_existing_, from_any_, where_existing_, where_any_;
  std::map<Group, std::string> sql_existing_, sql_any_;
};

}  // namespace eschool::importing
