#include "kernel/registry/record_search.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "kernel/registry/search_words.hpp"
#include "text/words.hpp"

namespace eschool::registry {

using access::Source;
using access::Sql;
using schema::Field;
using schema::FieldType;
using schema::Registry;

namespace {

/// The records in which a query's term is found, as subqueries of ids that each go along one index: a condition over
/// several tables, joined by OR, would go through all rows. Access is asked inside, field by field.
class Search {
 public:
  Search(const RecordQuery& query, const access::Principal& who, const text::SearchTerm& term)
      : query_(query), catalogue_(query.policy().catalogue()), guard_(query.policy(), who), term_(term) {}

  /// AND t.id IN (...): what the term is beside its words goes first, where the caller reads such a field.
  void add_to(const Registry& registry, Sql& where) {
    if (!term_.phone.empty() && add_found(of_phone(registry, {"+7" + term_.phone}), where)) return;
    if (!term_.date.empty() && add_found(of_date(registry), where)) return;
    for (const auto& word : term_.words) {
      const auto begun = catalogue_.base(registry) ? Branches{} : begun_here(registry, word);
      const auto elsewhere = of_word(registry, word, true, !begun.empty());
      if (begun.empty() && elsewhere.empty()) {
        where << " AND 1=0";
        continue;
      }
      where << " AND (";
      for (std::size_t i = 0; i < begun.size(); ++i) where << (i ? " OR " : "") << "(" << begun[i] << ")";
      if (!elsewhere.empty()) where << (begun.empty() ? "" : " OR ") << "t.id IN (" << together(elsewhere) << ")";
      where << ")";
    }
  }

 private:
  using Branches = std::vector<Sql>;

  static bool add_found(const Branches& branches, Sql& where) {
    if (branches.empty()) return false;
    where << " AND t.id IN (" << together(branches) << ")";
    return true;
  }

  static Sql together(const Branches& branches) {
    Sql all;
    for (std::size_t i = 0; i < branches.size(); ++i) all << (i ? " UNION ALL " : "") << branches[i];
    return all;
  }

  Source next(const Registry& registry) { return access::source(catalogue_, registry, fmt::format("q{}", ++sources_)); }

  /// Ids of the registry's records for which `condition` holds and the field may be read.
  void add(Branches& branches, const Source& at, const Field& field, const Sql& condition,
           const std::string& also = {}) {
    const auto readable = guard_.field(at, field);
    if (readable.is_never()) return;
    const bool own = at.base_alias.empty() || catalogue_.locate(*at.registry, field.name).owner == at.registry;
    Sql sql;
    sql << "SELECT " << at.alias << ".id FROM ";
    if (readable.is_always() && own)
      sql << fmt::format("\"{}\" {}", at.registry->table(), at.alias);
    else
      sql << at.from(catalogue_);
    sql << also << " WHERE " << condition;
    if (!readable.is_always()) sql << " AND " << readable.as_sql();
    branches.push_back(std::move(sql));
  }

  static Sql begins(const std::string& column, const std::string& with) {
    Sql sql;
    (sql << column << " >= ").bind(storage::Value(with));
    (sql << " AND " << column << " < ").bind(storage::Value(with + "\xF4\x8F\xBF\xBF"));
    return sql;
  }

  Branches of_phone(const Registry& registry, const std::vector<std::string>& spellings) {
    Branches branches;
    for (const auto* field : query_.columns_of(registry)) {
      if (!field->search || !is_phone(*field)) continue;
      for (const auto& spelling : spellings) {
        const auto at = next(registry);
        add(branches, at, *field, begins(at.column(catalogue_, *field, "_key"), spelling));
      }
    }
    return branches;
  }

  Branches of_date(const Registry& registry) {
    Branches branches;
    for (const auto* field : query_.columns_of(registry)) {
      if (!field->search || field->type != FieldType::date) continue;
      const auto at = next(registry);
      Sql same;
      (same << at.column(catalogue_, *field) << " = ").bind(storage::Value(term_.date));
      add(branches, at, *field, same);
    }
    return branches;
  }

  /// Fields of the registry's own table that begin with the word and that the caller reads on every record: conditions
  /// on the row itself, each with an index, which cost less than a list of all ids for a common beginning.
  Branches begun_here(const Registry& registry, const std::string& word) {
    Branches conditions;
    const auto at = access::source(catalogue_, registry, "t");
    for (const auto* field : query_.columns_of(registry))
      if (is_begun_here(*field, at)) conditions.push_back(begins(at.column(catalogue_, *field, "_key"), word));
    return conditions;
  }
  bool is_begun_here(const Field& field, const Source& at) {
    return field.search && field.has_key() && !is_phone(field) && guard_.field(at, field).is_always();
  }

  /// `deep`: also records whose reference leads to one that is found by the word. `begun`: begun_here() has its part.
  Branches of_word(const Registry& registry, const std::string& word, bool deep, bool begun = false) {
    Branches branches;
    const bool digits = word.find_first_not_of("0123456789") == word.npos;
    for (const auto* field : query_.columns_of(registry)) {
      if (!field->search || is_phone(*field)) continue;
      const auto at = next(registry);
      if (field->has_key()) {
        if (!begun || !is_begun_here(*field, at))
          add(branches, at, *field, begins(at.column(catalogue_, *field, "_key"), word));
        of_inner_word(branches, registry, *field, word);
      } else if (field->type == FieldType::integer && digits && word.size() <= 9) {
        Sql same;
        (same << at.column(catalogue_, *field) << " = ").bind(storage::Value(std::int64_t{std::stoll(word)}));
        add(branches, at, *field, same);
      } else if (field->type == FieldType::reference && deep) {
        const auto& target = catalogue_.at(field->target);
        const auto named = of_word(target, word, false);
        const auto there = next(target);
        const auto seen = guard_.rows(there);
        if (named.empty() || seen.is_never()) continue;
        Sql leads;
        leads << at.column(catalogue_, *field) << " IN (";
        if (seen.is_always())
          leads << together(named);
        else
          leads << "SELECT " << there.alias << ".id FROM " << there.from(catalogue_) << " WHERE " << there.alias
                << ".id IN (" << together(named) << ") AND " << seen.as_sql();
        add(branches, at, *field, leads << ")");
      }
    }
    if (deep && digits && word.size() >= shortest_phone) {
      // As far as it has been typed: with the prefix of the country, with the local one, or without.
      std::vector<std::string> spellings{"+" + word, "+7" + word};
      if (word.front() == '8') spellings.push_back("+7" + word.substr(1));
      for (auto& branch : of_phone(registry, spellings)) branches.push_back(std::move(branch));
    }
    return branches;
  }

  void of_inner_word(Branches& branches, const Registry& registry, const Field& field, const std::string& word) {
    const auto& owner = *catalogue_.locate(registry, field.name).owner;
    const auto at = next(registry);
    const auto words = fmt::format("w{}", sources_);
    Sql condition;
    (condition << words << ".field = ").bind(storage::Value(field.id));
    condition << " AND " << begins(words + ".word", word);
    if (&owner == &registry && guard_.field(at, field).is_always()) {  // the words alone say it
      Sql sql;
      sql << "SELECT " << words << ".record FROM \"" << words_table(owner) << "\" " << words << " WHERE " << condition;
      branches.push_back(std::move(sql));
      return;
    }
    add(branches, at, field, condition,
        fmt::format(" JOIN \"{}\" {} ON {}.record = {}.id", words_table(owner), words, words,
                    &owner == &registry ? at.alias : at.base_alias));
  }

  static constexpr std::size_t shortest_phone = 4;

  const RecordQuery& query_;
  const schema::Catalogue& catalogue_;
  access::CallerGuard guard_;
  const text::SearchTerm& term_;
  int sources_ = 0;
};

}  // namespace

void add_search(const RecordQuery& query, const access::Principal& who, const Registry& registry,
                std::string_view typed, Sql& where) {
  for (const auto& term : text::search_terms(typed)) Search(query, who, term).add_to(registry, where);
}

}  // namespace eschool::registry
