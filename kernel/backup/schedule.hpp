/// When a backup is due and which old ones may go: plain functions of moments, without clock and files.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/config/config.hpp"

namespace eschool::backup {

/// A moment of the school's day as the name of a backup tells it; by local time, as people look for backups.
struct Stamp {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  auto operator<=>(const Stamp&) const = default;
};

/// "2026-11-25_03-00-00"
std::string text(const Stamp&);
/// nullopt for anything else than such a text of a possible moment.
std::optional<Stamp> parse_stamp(std::string_view);

/// Of a day "2026-11-25" and the seconds since it began.
Stamp stamp_of(std::string_view day, int second_of_day);

/// The last moment not after `now` at which the schedule wants a backup.
Stamp last_due(const config::BackupSettings&, const Stamp& now);

/// Whether a backup is to be taken now. Backups from the future, made while a clock was wrong, do not count.
bool due(const config::BackupSettings&, const std::vector<Stamp>& taken, const Stamp& now);

enum class Kept { newest, daily, weekly, monthly, future, expired };
std::string_view label(Kept);  ///< Russian

/// Why each backup is kept, in the order given, or that it has expired: the newest of each of the last `keep_daily`
/// days that have one, of the last `keep_weekly` weeks (from Monday) and of the last `keep_monthly` months. The newest
/// of all and those from the future never expire.
std::vector<Kept> retention(const config::BackupSettings&, const std::vector<Stamp>& taken, const Stamp& now);

}  // namespace eschool::backup
