# What the scripts of this folder share; sourced. Expects bin (the programs), config (the settings) and work (a folder
# of the run) to be set, keeps the process of the server in `server`.

stop() { # process
  [ -n "$1" ] || return 0
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

serve() { # data folder, log; sets server and port
  "$bin/eschool" serve --config "$config" --data "$1" --listen 127.0.0.1:0 >"$2" 2>&1 &
  server=$!
  until grep -qs listening "$2"; do
    kill -0 "$server" || { cat "$2" >&2; exit 1; }
    sleep 0.05
  done
  port=$(sed -n 's/^listening.*://p' "$2")
}

token() { # login
  curl -s -X POST "http://127.0.0.1:$port/api/v1/session" -H 'Content-Type: application/json' \
    -d "{\"login\":\"$1\",\"password\":\"пароль для измерений\",\"token\":true}" | jq -r .token
}

result() { # what, unit, ours, limit or null, ratio or null, goal, condition on .ours and .ratio
  jq -n --arg what "$1" --arg unit "$2" --argjson ours "$3" --argjson limit "$4" --argjson ratio "$5" --arg goal "$6" \
    "{what: \$what, unit: \$unit, ours: \$ours, limit: \$limit, ratio: \$ratio, goal: \$goal} | .met = ($7)" >"$work/result"
  cat "$work/result" >>"$work/results"
  jq -r '"\(.what): \(.ours) \(.unit)"
    + (if .limit then ", limit \(.limit)" else "" end)
    + (if .ratio then ", ratio \(.ratio)" else "" end)
    + "; goal \(.goal): \(if .met then "met" else "MISSED" end)"' "$work/result"
}

figure() { jq "$1" <<<"$2"; }
ratio() { jq -n "$1 / $2 * 100 | round / 100"; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
middle() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
