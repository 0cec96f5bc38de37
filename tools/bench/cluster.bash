# A private PostgreSQL server, as tests/engine starts one, but with fsync: sourced. It is reached by a socket in its
# folder and by nothing else, and runs as another user where root measures, whom PostgreSQL refuses.

cluster= postmaster= postgres_programs=
start_cluster() { # sets cluster (its folder) and postmaster
  postgres_programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
  [ -x "$postgres_programs/initdb" ] || { echo "PostgreSQL is not installed: tools/prepare" >&2; exit 1; }
  cluster=$(mktemp -d)
  if [ "$(id -u)" -eq 0 ]; then
    local user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    chown "$user" "$cluster"
    as_server=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups)
  else
    as_server=()
  fi
  (cd / && "${as_server[@]}" "$postgres_programs/initdb" -D "$cluster/data" -U eschool -A trust --no-instructions -E UTF8 \
    --locale=C.UTF-8 >"$work/initdb.log" 2>&1) || { cat "$work/initdb.log" >&2; exit 1; }
  # exec: the process that is known here is the server itself, which ends with this script however that ends.
  (cd / && exec "${as_server[@]}" setpriv --pdeathsig QUIT "$postgres_programs/postgres" -D "$cluster/data" \
    -c listen_addresses= -c unix_socket_directories="$cluster" >"$work/postgres.log" 2>&1) &
  postmaster=$!
  until grep -q ready "$cluster/data/postmaster.pid" 2>/dev/null; do
    kill -0 "$postmaster" 2>/dev/null || { cat "$work/postgres.log" >&2; exit 1; }
    sleep 0.05
  done
}

stop_cluster() {
  [ -n "$cluster" ] || return 0
  # Fast: who is still connected is let go.
  [ -z "$postmaster" ] || kill -INT "$postmaster" 2>/dev/null || true
  [ -z "$postmaster" ] || wait "$postmaster" 2>/dev/null || true
  rm -rf "$cluster"
  cluster= postmaster=
}

create_database() { # name, template
  "$postgres_programs/createdb" -h "$cluster" -U eschool ${2:+-T "$2"} "$1"
}
connection_to() { echo "host=$cluster user=eschool dbname=$1"; } # database
