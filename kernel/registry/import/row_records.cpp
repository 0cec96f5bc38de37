/// SheetImport: the records of a row, found, made or changed.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "kernel/registry/field_value.hpp"
#include "kernel/registry/import/match_messages.hpp"
#include "kernel/registry/import/pending_reference.hpp"
#include "kernel/registry/import/row_import.hpp"

namespace eschool::importing {

using registry::is_null;
using registry::Outcome;
using registry::Values;
using schema::Registry;
using storage::Value;

// --- records that must be there

void SheetImport::look_up(NodeIndex node) {
  const auto& at = plan_.nodes[node];
  auto& part = parts_[node];
  std::string key = std::to_string(node);
  for (const auto& [name, value] : part.given) {
    key += '\x1f' + name + '\x1e';
    registry::append_json(key, *tools_.catalogue.locate(*at.registry, name).field, value);
  }
  if (const auto known = lookups_.find(key); known != lookups_.end()) {
    std::tie(part.id, part.display) = known->second;
    return;
  }
  auto& search = identity(*at.registry);
  auto match = search.look_up(tools_.session, part.given);
  hide_unseen(node, match);
  if (match.kind == Match::Kind::ambiguous)
    if (auto one = narrowed(node, match)) match = std::move(*one);
  const bool absent = match.kind == Match::Kind::none;
  if (match.kind == Match::Kind::found) {
    part.id = match.record.id;
    part.display = tools_.query.display(tools_.session, *at.registry, part.id);
    warn_of_differences(node);
    effects_.lookups.push_back({std::move(key), {part.id, part.display}});
    return;
  }
  CellNote note = absent ? CellNote{"unknown_reference", unknown_message(node)}
                         : match_error(tools_.catalogue, *at.registry, search, match, part.given,
                                       [&](const Candidate& candidate) { return describe(*at.registry, candidate); });
  const auto field = absent ? first_given(node) : telling_field(node, match);
  if (at.mode == Node::Mode::deferred) {
    if (absent) note = {"deferred", note.message + "; ссылка запомнена и заполнится, когда запись появится"};
    warning(node, field, std::move(note));
    return;
  }
  part.failed = true;
  error(node, field, std::move(note));
}

void SheetImport::hide_unseen(NodeIndex node, Match& match) {
  const auto& registry = *plan_.nodes[node].registry;
  const auto unseen = [&](const Candidate& candidate) {
    return !candidate.id || !sight_.sees(registry, candidate.id, parts_[node].given);
  };
  std::erase_if(match.candidates, unseen);
  const bool about_one = match.kind == Match::Kind::found || match.kind == Match::Kind::contradiction ||
                         match.kind == Match::Kind::conflict;
  const bool about_several = match.kind == Match::Kind::ambiguous || match.kind == Match::Kind::similar;
  if ((about_one && unseen(match.record)) || (about_several && match.candidates.empty())) {
    match.kind = Match::Kind::none;
  } else if (match.kind == Match::Kind::ambiguous && match.candidates.size() == 1) {
    match.kind = Match::Kind::found;
    match.record = match.candidates.front();
  }
}

/// Of several candidates the one with which all else in the row agrees: of two namesakes the one in that class.
std::optional<Match> SheetImport::narrowed(NodeIndex node, const Match& match) {
  const auto& at = plan_.nodes[node];
  std::vector<Candidate> agreeing;
  for (const auto& candidate : match.candidates) {
    const auto values = tools_.writer.load(tools_.session, *at.registry, candidate.id);
    if (values && std::all_of(parts_[node].given.begin(), parts_[node].given.end(), [&](const auto& item) {
          const auto there = values->find(item.first);
          return there != values->end() && same(*at.registry, item.first, there->second, item.second);
        }))
      agreeing.push_back(candidate);
  }
  if (agreeing.size() != 1) return {};
  Match one;
  one.kind = Match::Kind::found;
  one.record = std::move(agreeing.front());
  return one;
}

/// What the row says beyond what identifies is not written by a look-up, but a difference is worth a word.
void SheetImport::warn_of_differences(NodeIndex node) {
  const auto& at = plan_.nodes[node];
  const auto& groups = identity(*at.registry).groups();
  std::optional<Values> values;
  for (const auto& [name, value] : parts_[node].given) {
    const auto identifies = [&](const auto& group) {
      return std::find(group.begin(), group.end(), name) != group.end();
    };
    if (std::any_of(groups.begin(), groups.end(), identifies)) continue;
    if (!values) values = tools_.writer.load(tools_.session, *at.registry, parts_[node].id);
    const auto there = values ? values->find(name) : Values::iterator();
    if (!values || there == values->end() || is_null(there->second) || same(*at.registry, name, there->second, value))
      continue;
    const auto* field = tools_.catalogue.locate(*at.registry, name).field;
    warning(node, name,
            {"differs", fmt::format("«{}» в строке не такое, как в записи «{}»: запись не изменена", field->label,
                                    parts_[node].display)});
  }
}

std::string SheetImport::unknown_message(NodeIndex node) {
  const auto& at = plan_.nodes[node];
  const auto& given = parts_[node].given;
  auto text = fmt::format("в реестре «{}» нет записи «{}»", at.registry->label,
                          describe_given(tools_.catalogue, *at.registry, given));
  const auto* field = given.size() == 1 ? at.registry->find(given.begin()->first) : nullptr;
  // What is listed must be what everybody reads who reads the record at all.
  if (!field || !field->has_key() || field->sensitivity != schema::Sensitivity::open) return text;
  auto& known = known_[node];
  if (known.empty()) {
    constexpr int most_shown = 10;
    int shown = 0;
    for (const auto& [id, name] : identity(*at.registry).known(tools_.session, *field, most_shown + 1)) {
      if (!tools_.query.readable(tools_.session, tools_.asker, *at.registry, id)) continue;
      if (shown == most_shown) {
        known += " и другие";
        break;
      }
      known += fmt::format("{}{}", shown++ ? ", " : "; есть: ", name);
    }
    if (known.empty()) known = "; он пока пуст";
  }
  return text + known;
}

// --- records that are made or changed

void SheetImport::write(NodeIndex node) {
  const auto& at = plan_.nodes[node];
  auto& part = parts_[node];
  try {
    if (at.registry->singleton) {
      const auto id =
          tools_.session.integer(fmt::format("SELECT id FROM \"{}\" WHERE archived = 0 LIMIT 1", at.registry->table()));
      id ? update(node, id) : create(node, 0);
    } else {
      auto& search = identity(*at.registry);
      const auto match = search.identify(tools_.session, part.given);
      if (match.kind == Match::Kind::found && match.record.id && !sight_.sees(*at.registry, match.record.id, {})) {
        error(node, first_given(node), {"denied", "такая запись есть, но она вам не видна"});
      } else if (decided(node, match)) {
        // as a person said
      } else if (match.kind == Match::Kind::found && match.record.id) {
        if (repeats(node, match.record.id)) {
          // said already
        } else if (mode_ == ImportMode::add && node == 0) {
          keep(node, match.record.id);
        } else {
          update(node, match.record.id);
        }
      } else if (mode_ == ImportMode::update && node == 0 &&
                 (match.kind == Match::Kind::found || match.kind == Match::Kind::none)) {
        error(node, first_given(node),
              {"not_there", fmt::format("в реестре «{}» такой записи нет, а при обновлении новые не создаются",
                                        at.registry->label)});
      } else if (match.kind == Match::Kind::found) {
        create(node, match.record.base);
      } else if (match.kind == Match::Kind::none) {
        for (const auto& namesake : search.namesakes(tools_.session, part.given))
          warning(node, surname,
                  {"namesake", fmt::format("есть полный тёзка ({}): проверьте, не тот же ли это человек",
                                           describe(*at.registry, namesake))});
        create(node, 0);
      } else {
        error(node, telling_field(node, match),
              match_error(tools_.catalogue, *at.registry, search, match, part.given,
                          [&](const Candidate& candidate) { return describe(*at.registry, candidate); }));
        offer_choices(node, match);
      }
    }
  } catch (const http::ProblemError& thrown) {
    problem(node, thrown);
  }
  if (!part.id) {
    part.failed = true;
    return;
  }
  effects_.seen.push_back({{at.registry, part.id}, part.given});
  keep_deferred(node);
}

/// Whether a row before has spoken of the record and said something else: then which of the two is right is not ours to
/// decide. The same said again is a warning for the row's own record; siblings' rows repeat their parents by nature.
bool SheetImport::repeats(NodeIndex node, std::int64_t id) {
  const auto& at = plan_.nodes[node];
  const auto seen = seen_.find({at.registry, id});
  if (seen == seen_.end()) return false;
  bool contradicts = false;
  for (const auto& [name, value] : parts_[node].given) {
    const auto before = seen->second.given.find(name);
    if (before == seen->second.given.end() || same(*at.registry, name, before->second, value)) continue;
    const auto* field = tools_.catalogue.locate(*at.registry, name).field;
    contradicts = true;
    error(node, name,
          {"duplicate_in_file", fmt::format("та же запись стоит в строке {}, но «{}» там другое: оставьте одно",
                                            seen->second.row, field ? field->label : name)});
  }
  if (!contradicts && node == 0)
    warning(node, {}, {"duplicate_row", fmt::format("повторяет строку {}", seen->second.row)});
  return contradicts;
}

/// The record stays as it is.
void SheetImport::keep(NodeIndex node, std::int64_t id) {
  auto& part = parts_[node];
  auto current = tools_.writer.load(tools_.session, *plan_.nodes[node].registry, id);
  if (!current) return;
  part.whole = std::move(*current);
  part.display = display_of(node, part.whole);
  part.id = id;
}

/// Whether a person said which record the row is about; what was offered then must still be what fits.
bool SheetImport::decided(NodeIndex node, const Match& match) {
  if (node != 0 || !decisions_ || match.kind == Match::Kind::found || match.kind == Match::Kind::none) return false;
  const auto found = decisions_->find(rows_.front());
  if (found == decisions_->end()) return false;
  const auto record = found->second.record;
  auto candidates = match.candidates;
  if (match.kind == Match::Kind::contradiction || match.kind == Match::Kind::conflict)
    candidates.push_back(match.record);
  const bool namesakes = match.kind == Match::Kind::ambiguous || match.kind == Match::Kind::similar;
  if (record == 0 && namesakes && mode_ != ImportMode::update) {
    create(node, 0);
    return true;
  }
  for (const auto& candidate : candidates) {
    if (record == 0 || record != (candidate.id ? candidate.id : -candidate.base)) continue;
    if (!candidate.id)
      create(node, candidate.base);
    else if (!repeats(node, candidate.id))
      update(node, candidate.id);
    return true;
  }
  return false;
}

/// Adds to the error just made which records a person may choose from; of a facet's base that has no facet yet the
/// number is negative.
void SheetImport::offer_choices(NodeIndex node, const Match& match) {
  if (node != 0 || errors_.empty()) return;
  const auto& at = plan_.nodes[node];
  const auto* base = tools_.catalogue.base(*at.registry);
  const auto offer = [&](const Candidate& candidate) {
    const auto& shown_as = candidate.id || !base ? *at.registry : *base;
    const auto id = candidate.id || !base ? candidate.id : candidate.base;
    if (!id || !tools_.query.readable(tools_.session, tools_.asker, shown_as, id)) return;
    errors_.back().choices.push_back({candidate.id ? id : -id, describe(*at.registry, candidate)});
  };
  for (const auto& candidate : match.candidates) offer(candidate);
  if (match.kind == Match::Kind::contradiction || match.kind == Match::Kind::conflict) offer(match.record);
}

/// What of a record that was there became different, as far as the caller may read it.
void SheetImport::note_differences(const Registry& registry, std::int64_t id, const Values& before, const Values& after,
                                   const std::vector<std::string>& names) {
  if (names.empty() || result_.changes.items.size() >= most_remarks) return;
  std::string text;
  try {
    tools_.query.get(tools_.session, tools_.asker, registry, id, text);
  } catch (const http::ProblemError&) {  // the caller may change the record and not read it
  }
  const auto visible = text.empty() ? boost::json::object() : boost::json::parse(text).as_object();
  const auto value_in = [](const Values& values, const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? Value() : found->second;
  };
  for (const auto& name : names) {
    const auto* field = tools_.catalogue.locate(registry, name).field;
    if (!field) continue;
    Difference difference{field->label, {}, {}};
    if (visible.contains(name)) {
      difference.before = shown(*field, value_in(before, name));
      difference.after = shown(*field, value_in(after, name));
    }
    effects_.differences.push_back(std::move(difference));
  }
}

void SheetImport::create(NodeIndex node, std::int64_t base_id) {
  const auto& at = plan_.nodes[node];
  auto& part = parts_[node];
  auto values = part.given;
  const auto* base = tools_.catalogue.base(*at.registry);
  std::optional<Values> there;
  std::vector<std::string> base_changes;
  if (base_id) {
    there = tools_.writer.load(tools_.session, *base, base_id);
    std::erase_if(values, [&](const auto& item) {
      const auto known = there->find(item.first);
      if (known == there->end()) return false;
      if (same(*base, item.first, known->second, item.second)) return true;
      base_changes.push_back(item.first);
      return false;
    });
    values[at.registry->facet_by] = base_id;
  }
  part.whole = there.value_or(Values{});
  for (const auto& [name, value] : values) part.whole.insert_or_assign(name, value);
  const auto written = tools_.writer.create(tools_.session, tools_.asker, *at.registry, std::move(values));
  for (const auto& text : written.warnings) warning(node, {}, {"note", text});
  part.id = written.id;
  part.outcome = Outcome::created;
  part.display = display_of(node, part.whole);
  effects_.made.push_back({at.registry, part.id});
  if (!base) return;
  if (!base_id) {
    base_id = tools_.session.integer(
        fmt::format("SELECT \"{}\" FROM \"{}\" WHERE id = ?", at.registry->facet_by, at.registry->table()), {part.id});
    effects_.made.push_back({base, base_id});
  } else if (!base_changes.empty()) {
    effects_.changed.push_back({base, base_id});
    note_differences(*base, base_id, *there, part.whole, base_changes);
  }
}

void SheetImport::update(NodeIndex node, std::int64_t id) {
  const auto& at = plan_.nodes[node];
  auto& part = parts_[node];
  auto current = tools_.writer.load(tools_.session, *at.registry, id);
  if (!current) return;
  // What is there already needs no writing, but it needs the right to know: who has not every right is asked for it by
  // the writer, with the value as it is.
  const bool unrestricted = sight_.unrestricted(*at.registry);
  Values changes;
  for (const auto& [name, value] : part.given) {
    const auto there = current->find(name);
    if (there == current->end() || !same(*at.registry, name, there->second, value))
      changes.insert_or_assign(name, value);
    else if (!unrestricted)
      changes.insert_or_assign(name, there->second);
  }
  part.whole = *current;
  for (const auto& [name, value] : changes) part.whole.insert_or_assign(name, value);
  part.display = display_of(node, part.whole);
  if (!changes.empty()) {
    const auto written = tools_.writer.update(tools_.session, tools_.asker, *at.registry, id, std::move(changes), {});
    for (const auto& text : written.warnings) warning(node, {}, {"note", text});
    part.outcome = written.outcome;
    const auto* base = tools_.catalogue.base(*at.registry);
    for (const auto& name : written.changed) {
      const auto located = tools_.catalogue.locate(*at.registry, name);
      if (!located) continue;
      const bool of_base = base && located.owner == base;
      effects_.changed.push_back(of_base ? Key{base, std::get<std::int64_t>(part.whole.at(at.registry->facet_by))}
                                         : Key{at.registry, id});
    }
    const auto now = tools_.writer.load(tools_.session, *at.registry, id);
    if (now) note_differences(*at.registry, id, *current, *now, written.changed);
  }
  part.id = id;
}

/// A reference that could not be found yet is remembered while the field is empty, and forgotten once it was found.
void SheetImport::keep_deferred(NodeIndex node) {
  const auto& at = plan_.nodes[node];
  for (const auto child : at.children) {
    const auto& to = plan_.nodes[child];
    const auto& part = parts_[child];
    if (to.mode != Node::Mode::deferred || part.given.empty()) continue;
    const auto value = parts_[node].whole.find(to.reference->name);
    const bool filled = value != parts_[node].whole.end() && !is_null(value->second);
    if (filled)
      forget_reference(tools_.session, at.registry->id, parts_[node].id, to.reference->name);
    else
      remember_reference(tools_.session, *at.registry, parts_[node].id, *to.reference, *to.registry, part.given,
                         tools_.asker.now);
  }
}

}  // namespace eschool::importing
