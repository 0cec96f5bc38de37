/// Brings the tables of a school's database to what the catalogue declares.
#pragma once

#include "kernel/storage/session.hpp"
#include "schema/catalogue.hpp"
#include "schema/plan.hpp"

namespace eschool::registry {

/// The kernel's own tables of the registry engine; idempotent. Called inside a write body.
void create_tables(storage::Session&);

/// What migrate() would do; empty when the database is up to date. Needs the tables of create_tables().
schema::Plan plan_migration(storage::Session&, const schema::Catalogue&);

/// Runs the automatic changes, and the lossy ones when asked; answers what it ran and what it left. Called inside one
/// write body: all or nothing. Throws storage::Error with the change's description in the log.
schema::Plan migrate(storage::Session&, const schema::Catalogue&, bool lossy);

}  // namespace eschool::registry
