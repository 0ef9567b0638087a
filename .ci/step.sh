# Runs steps one after the other, each in a bounded time, prints one line for each and counts them.
# Sourced by .ci/run; $work is the directory for logs.

passed=0
failed=0
number=0
started=$SECONDS
# Twenty minutes in all, less what it takes to stop and to clean up.
total_seconds=1170

is_full() { [ "${CAMPAIGN:-}" = full ]; }

# The time limit of a campaign: $1 seconds for a sample, a day for the whole.
campaign_seconds() { if is_full; then echo 86400; else echo "$1"; fi; }

# step <name> <seconds> <command...>
step() {
  local name=$1 limit=$2 log left status began=$SECONDS
  shift 2
  number=$((number + 1))
  log="$work/step-$number.log"
  left=$((total_seconds - (SECONDS - started)))
  if ! is_full && [ "$left" -lt "$limit" ]; then limit=$left; fi
  if [ "$limit" -le 0 ]; then
    echo "FAIL  $name: no time left"
    failed=$((failed + 1))
    return
  fi
  timeout --kill-after=20 "$limit" "$@" >"$log" 2>&1
  status=$?
  if [ "$status" -eq 0 ]; then
    echo "ok    $name ($((SECONDS - began)) s)"
    passed=$((passed + 1))
    return
  fi
  [ "$status" -eq 124 ] && name="$name: ended after $limit s"
  echo "FAIL  $name (exit $status, $((SECONDS - began)) s)"
  # What failed by name, which a long log would push out of the excerpt, then its end.
  { grep -E '^ *FAIL |^ +× ' "$log" | sort -u | head -n 20; tail -n 60 "$log"; } | sed 's/^/      /'
  failed=$((failed + 1))
}

# skip <name> <why>: said plainly, counted neither way.
skip() { echo "skipped  $1: $2"; }

finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit $?
}
