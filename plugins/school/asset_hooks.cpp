#include "school/asset_hooks.hpp"

namespace eschool::school {
namespace {

using plugin::Call;
using plugin::Change;
using plugin::Fields;
using plugin::HookOut;
using plugin::Value;

constexpr char building_sql[] = "SELECT building FROM school_room WHERE id = ?";

}  // namespace

void derive_asset(Call& call, const Change& change, HookOut& out) {
  const auto room = change.after()["room"].integer();
  if (!room) return;
  call.query().run(
      building_sql,
      [&](Fields row) {
        if (const auto building = row["building"].integer()) out.set("building", Value::id(*building));
      },
      *room);
}

void validate_asset(Call&, const Change& change, HookOut& out) {
  const auto after = change.after();
  const auto written_off = after["written_off_on"];
  if (after["state"].text() != "written_off" && (!written_off.is_null() || !after["write_off_act"].is_null()))
    out.reject("state", "not_written_off",
               "указаны дата или акт списания: выберите состояние «списано» или уберите их");
  if (!written_off.is_null() && !after["commissioned_on"].is_null() &&
      written_off.text() < after["commissioned_on"].text())
    out.reject("written_off_on", "before_commission", "списано раньше, чем введено в эксплуатацию: исправьте дату");
}

}  // namespace eschool::school
