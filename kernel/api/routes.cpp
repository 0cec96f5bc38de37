#include "kernel/api/accounts/access_forms.hpp"
#include "kernel/api/accounts/accounts.hpp"
#include "kernel/api/accounts/issue.hpp"
#include "kernel/api/accounts/own_roles.hpp"
#include "kernel/api/accounts/role_year.hpp"
#include "kernel/api/accounts/security.hpp"
#include "kernel/api/accounts/session.hpp"
#include "kernel/api/application.hpp"
#include "kernel/api/events.hpp"
#include "kernel/api/guides.hpp"
#include "kernel/api/imports/import_journal.hpp"
#include "kernel/api/imports/imports.hpp"
#include "kernel/api/menu.hpp"
#include "kernel/api/records/completeness.hpp"
#include "kernel/api/records/dossier.hpp"
#include "kernel/api/records/files.hpp"
#include "kernel/api/records/fill_order.hpp"
#include "kernel/api/records/history.hpp"
#include "kernel/api/records/persons.hpp"
#include "kernel/api/records/records.hpp"
#include "kernel/api/records/schemas.hpp"
#include "kernel/api/records/search.hpp"
#include "kernel/api/upkeep/health.hpp"
#include "kernel/api/upkeep/system.hpp"
#include "kernel/api/upkeep/upkeep.hpp"

namespace eschool::api {

using http::Mode;
using http::Policy;

void add_routes(http::Router<Endpoint>& router) {
  const auto read = [&](const char* method, const char* pattern, Handler handler, const char* summary) {
    router.add(method, pattern, Policy::session, Mode::read, {handler, nullptr, summary});
  };
  const auto guarded = [](Handler handler, const char* summary) {
    Endpoint endpoint{handler, nullptr, summary};
    endpoint.guarded = true;
    return endpoint;
  };
  const auto write = [&](const char* method, const char* pattern, Handler handler, const char* summary) {
    router.add(method, pattern, Policy::session, Mode::write, {handler, nullptr, summary});
  };
  const auto detached = [&](const char* method, const char* pattern, Policy policy, DetachedHandler handler,
                            const char* summary) {
    router.add(method, pattern, policy, Mode::detached, {nullptr, handler, summary});
  };
  const auto managed = [&](const char* method, const char* pattern, Mode mode, Handler handler, const char* capability,
                           const char* summary) {
    router.add(method, pattern, Policy::capability, mode, {handler, nullptr, summary}, capability);
  };

  const auto installation = [&](const char* pattern, InstallationHandler handler, const char* summary) {
    Endpoint endpoint;
    endpoint.installation = handler;
    endpoint.summary = summary;
    router.add("GET", pattern, Policy::open, Mode::detached, endpoint);
  };
  installation("/healthz", healthz, "Is the process alive?");
  installation("/readyz", readyz, "Can it serve?");
  installation("/metrics", metrics, "Counters for Prometheus");
  installation("/api/v1/demo-accounts", demo_accounts, "Whom one may sign in as, on a demo school");

  detached("POST", "/api/v1/session", Policy::open, sign_in, "Sign in");
  read("GET", "/api/v1/session", who_am_i, "Who am I, what may I do?");
  write("DELETE", "/api/v1/session", sign_out, "Sign out");
  detached("PUT", "/api/v1/session/password", Policy::session, change_password, "Change the own password");
  read("GET", "/api/v1/session/list", list_sessions, "The own sessions");
  write("DELETE", "/api/v1/session/list", sign_out_everywhere, "Sign out everywhere");
  write("DELETE", "/api/v1/session/list/{session}", end_own_session, "End one of the own sessions");

  write("POST", "/api/v1/session/second-factor", begin_second_factor, "A secret for the authenticator on the phone");
  write("PUT", "/api/v1/session/second-factor", confirm_second_factor, "Switch the second factor on");
  write("DELETE", "/api/v1/session/second-factor", remove_second_factor, "Switch the own second factor off");
  read("GET", "/api/v1/explain", explain, "Why something is allowed or not");

  read("GET", "/api/v1/schemas", list_schemas, "Registries that the caller reads");
  read("GET", "/api/v1/schemas/{registry}", get_schema, "A registry's fields and views");
  read("GET", "/api/v1/menu", menu, "What the caller finds in the menu");
  read("GET", "/api/v1/fill-order", fill_order, "Registries in the order of filling, with counts");
  read("GET", "/api/v1/guides", list_guides, "Chapters of the guides, or those with some words");
  read("GET", "/api/v1/guides/{id}", get_guide, "A chapter as HTML");
  read("GET", "/api/v1/openapi.json", openapi, "This description");

  router.add("GET", "/api/v1/records/{registry}", Policy::session, Mode::read,
             guarded(list_records, "List with filter, search, sort, paging"));
  write("POST", "/api/v1/records/{registry}", create_record, "Create a record");
  router.add("GET", "/api/v1/records/{registry}/{id}", Policy::session, Mode::read,
             guarded(get_record, "One record with its child rows"));
  write("PATCH", "/api/v1/records/{registry}/{id}", update_record, "Change a record");
  write("DELETE", "/api/v1/records/{registry}/{id}", archive_record, "Archive a record");
  read("GET", "/api/v1/records/{registry}/{id}/rights", rights_on_record, "What the caller may do with a record");
  read("GET", "/api/v1/records/{registry}/{id}/history", record_history, "What was changed, when and by whom");
  const auto guarded_read = [&](const char* pattern, Handler handler, const char* summary) {
    router.add("GET", pattern, Policy::session, Mode::read, guarded(handler, summary));
  };
  guarded_read("/api/v1/completeness", completeness_of_all, "How complete the registries are that the caller reads");
  guarded_read("/api/v1/completeness/{registry}", completeness_of_registry, "What a registry lacks, and whose it is");
  guarded_read("/api/v1/records/{registry}/{id}/completeness", completeness_of_record, "What one record lacks");
  guarded_read("/api/v1/records/{registry}/summary", summary, "How many records have each value of a field");
  read("GET", "/api/v1/records/{registry}/{id}/files/{field}", give_file, "The file that a field holds");
  write("POST", "/api/v1/files", take_file, "A file for a field to hold");
  guarded_read("/api/v1/search", search, "A word in everything that the caller reads");
  write("POST", "/api/v1/batch", batch, "Several writes in one transaction");
  router.add("GET", "/api/v1/records/{registry}/export", Policy::capability, Mode::read,
             guarded(export_file, "A registry as XLSX or CSV"), "export");
  managed("GET", "/api/v1/records/{registry}/template", Mode::read, template_file, "import",
          "An empty XLSX to fill in");
  router.add(
      "POST", "/api/v1/records/{registry}/import", Policy::capability, Mode::detached,
      {nullptr, import_file,
       "Import a table; answers a job. Where nothing was written, its result or problem names in `suggested` the "
       "registry whose file this rather is"},
      "import");
  router.add("POST", "/api/v1/records/{registry}/import/headers", Policy::capability, Mode::detached,
             {nullptr, import_headers,
              "How a table's columns would be understood, what is missing, and in `suggested` the registry whose file "
              "this rather is; answers a job"},
             "import");
  router.add("POST", "/api/v1/records/{registry}/import/annotated", Policy::capability, Mode::detached,
             {nullptr, import_annotated, "The table back with what is wrong in each row; answers a job"}, "import");
  managed("GET", "/api/v1/imports", Mode::read, list_imports, "import", "The journal of imports");
  router.add("DELETE", "/api/v1/imports/{id}", Policy::capability, Mode::detached,
             {nullptr, undo_import, "Undo an import; answers a job"}, "import");

  managed("GET", "/api/v1/persons/merge", Mode::read, preview_merge, "persons.merge", "What a merge would do");
  managed("POST", "/api/v1/persons/merge", Mode::write, merge_persons, "persons.merge", "Make one person of two");
  managed("GET", "/api/v1/persons/merges", Mode::read, list_merges, "persons.merge", "The last merges");
  managed("POST", "/api/v1/persons/merges/{id}/undo", Mode::write, undo_merge, "persons.merge", "Take a merge back");

  managed("GET", "/api/v1/persons/expired", Mode::read, list_expired, "persons.erase",
          "Whose data are to be kept no longer");
  managed("GET", "/api/v1/persons/{id}/dossier", Mode::read, dossier, "persons.dossier",
          "All that is held on one person");
  managed("POST", "/api/v1/persons/{id}/erase", Mode::write, erase_person, "persons.erase",
          "Erase a person's data for good");

  detached("GET", "/api/v1/events", Policy::session, stream_events, "What changes, as it happens (text/event-stream)");
  detached("GET", "/api/v1/jobs/{id}", Policy::session, get_job, "How far a job is");
  detached("DELETE", "/api/v1/jobs/{id}", Policy::session, cancel_job, "Cancel a job");

  managed("GET", "/api/v1/backups", Mode::read, list_backups, "backup", "The scheduled backups");
  router.add("POST", "/api/v1/backups", Policy::capability, Mode::detached,
             {nullptr, take_backup, "Take a backup now; answers a job"}, "backup");
  router.add("POST", "/api/v1/backups/drill", Policy::capability, Mode::detached,
             {nullptr, drill_backup, "Try to bring a backup back; answers a job"}, "backup");
  managed("GET", "/api/v1/jobs", Mode::read, list_jobs, "backup", "The jobs of the last day");
  managed("GET", "/api/v1/system", Mode::read, system_state, "backup", "The state of the server and of this school");

  managed("GET", "/api/v1/plugins", Mode::read, list_plugins, "plugins.manage", "Plugins and their state");
  managed("PUT", "/api/v1/plugins/{id}", Mode::write, set_plugin, "plugins.manage", "Switch a plugin on or off");

  managed("GET", "/api/v1/accounts", Mode::read, list_accounts, "accounts.manage", "Accounts");
  managed("POST", "/api/v1/accounts", Mode::write, create_account, "accounts.manage", "Create an account");
  managed("PATCH", "/api/v1/accounts/{id}", Mode::write, set_account, "accounts.manage",
          "Enable or disable an account");
  managed("POST", "/api/v1/accounts/{id}/reset", Mode::write, reset_account, "accounts.manage",
          "A new one-time password");
  managed("GET", "/api/v1/accounts/{id}/sessions", Mode::read, list_account_sessions, "accounts.manage",
          "Where an account is signed in");
  managed("DELETE", "/api/v1/accounts/{id}/sessions", Mode::write, end_account_sessions, "accounts.manage",
          "Sign an account out everywhere");
  managed("GET", "/api/v1/accounts/{id}/grants", Mode::read, list_grants, "accounts.manage", "Roles of an account");
  managed("POST", "/api/v1/accounts/{id}/grants", Mode::write, create_grant, "accounts.manage", "Grant a role");
  managed("DELETE", "/api/v1/grants/{id}", Mode::write, revoke_grant, "accounts.manage", "End a grant");
  managed("DELETE", "/api/v1/accounts/{id}/second-factor", Mode::write, reset_second_factor, "accounts.manage",
          "Take off the second factor of who lost it");
  managed("GET", "/api/v1/security-log", Mode::read, list_security_log, "audit",
          "Sign-ins, rights, exports, cards opened");
  managed("GET", "/api/v1/roles", Mode::read, list_roles, "accounts.manage", "The table of roles and rights");
  managed("GET", "/api/v1/roles/{id}", Mode::read, get_role, "roles.grant", "One role, to look at or to begin with");
  managed("PUT", "/api/v1/roles/{id}", Mode::write, put_own_role, "roles.grant", "Make or change a role of one's own");
  managed("DELETE", "/api/v1/roles/{id}", Mode::write, remove_own_role, "roles.grant", "Drop a role of one's own");
  managed("GET", "/api/v1/accounts/holders", Mode::read, list_holders, "accounts.issue",
          "Who is to have a role, and has an account or not");
  managed("POST", "/api/v1/accounts/issue", Mode::write, issue_accounts, "accounts.issue",
          "Accounts and one-time passwords for many at once");
  managed("POST", "/api/v1/accounts/print", Mode::read, print_access, "accounts.issue",
          "Slips with the passwords just issued, or the list to sign, as PDF");
  managed("GET", "/api/v1/role-grants", Mode::read, list_year_grants, "accounts.manage",
          "Who has which role in a school year");
  managed("POST", "/api/v1/role-grants/drafts", Mode::write, copy_grants, "roles.grant",
          "Last year's grants as drafts");
  managed("PATCH", "/api/v1/role-grants/drafts/{id}", Mode::write, change_draft, "roles.grant", "The class of a draft");
  managed("DELETE", "/api/v1/role-grants/drafts/{id}", Mode::write, remove_draft, "roles.grant", "Drop a draft");
  managed("POST", "/api/v1/role-grants/approve", Mode::write, approve_drafts, "roles.grant", "Drafts become grants");
}

}  // namespace eschool::api
