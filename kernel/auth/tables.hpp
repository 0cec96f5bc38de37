#pragma once

#include "kernel/storage/session.hpp"

namespace eschool::auth {

/// Makes es_account, es_session and es_role_grant where they are missing. Call it inside a write body.
void create_tables(storage::Session&);

}  // namespace eschool::auth
