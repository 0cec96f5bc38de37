/// What the server does around the institution and its licences: its type in the dictionary, and the simple fields of
/// the card, which the file «Учреждение» fills, in step with the rows of licences and accreditations.
#pragma once

#include <eschool/plugin.hpp>

namespace eschool::school {

/// The type of the dictionary by the type as text, and the text by the dictionary. [write]
void derive_institution(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// A number of a licence or accreditation that has no row yet gets one. [write]
void after_institution(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// The institution, of which there is one, where a file does not name it. [write]
void derive_permit(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// It does not end before it begins. [write]
void validate_permit(plugin::Call&, const plugin::Change&, plugin::HookOut&);
/// The newest licence and the newest accreditation stand in the card. [write]
void after_permit(plugin::Call&, const plugin::Change&, plugin::HookOut&);

}  // namespace eschool::school
