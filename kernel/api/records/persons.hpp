/// Two records of one person become one, for those who hold the capability persons.merge.
#pragma once

#include "kernel/api/context.hpp"

namespace eschool::api {

/// GET /api/v1/persons/merge?kept=1&merged=2: what it would do. Nothing is changed.
///   {"kept":{id,version,display},"merged":{…},
///    "fields":[{"field":"people.person.phone","label","kept","merged","wins":"kept"|"merged"}],
///    "moves":[{"registry","label","record","display"}], "archived":[…], "account":"none"|"moves"|"closed"}
/// Values that the caller may not read are left out of `fields`.
http::Reply preview_merge(Context&);
/// POST /api/v1/persons/merge {kept, merged, kept_version?, merged_version?, choices?:
/// {"people.person.phone":"merged"}}: answers {"merge":n}. 412 when a version is not what the caller saw.
http::Reply merge_persons(Context&);
/// GET /api/v1/persons/merges: the last hundred.
http::Reply list_merges(Context&);
/// POST /api/v1/persons/merges/{id}/undo
http::Reply undo_merge(Context&);

}  // namespace eschool::api
