/// What a school holds on one person, for the person who asks for it; and its end, when the term has passed.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// GET /api/v1/persons/{id}/dossier: {person, made_at, sections: [{registry, label, fields: [{name, label, type,
/// values}], records: [{id, …}]}], mentions: [{registry, label, id, display}], account, roles, history: [{at, by,
/// registry, action}], views: [{at, by}]}. Records are whole as far as the caller reads them: the person, the facets,
/// what lives with them; what only names the person is mentioned.
http::Reply dossier(Context&);
/// GET /api/v1/persons/expired: {items: [{person, display, roles: [labels]}]}.
http::Reply list_expired(Context&);
/// POST /api/v1/persons/{id}/erase {act, before_term?}: `act` names the paper on which the erasure stands. 409 while
/// the person is still here, and before the term without before_term.
http::Reply erase_person(Context&);

}  // namespace eschool::api
