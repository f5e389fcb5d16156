# Sourced by the commands in tools/: numbered steps with their time, one log file each, quiet when all goes well.
#
#   steps_begin <log folder> <number of steps>
#   step <log name> <what it does> <command...>      returns the command's exit status
#
# A step prints one line when it starts and one when it ends. In between it shows where the build is: on a terminal
# continuously, elsewhere once a minute, so that a log stays short and a long step is never mistaken for a hang.

steps_begin() {
  STEPS_LOGS=$1 STEPS_TOTAL=$2 STEPS_DONE=0 STEPS_STARTED=$SECONDS
  mkdir -p "$STEPS_LOGS"
}

steps_clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# The newest progress mark in a log: ninja's [12/80] or ctest's "12/80 Test".
steps_mark() { grep -aoE '^(\[[0-9]+/[0-9]+\]| *[0-9]+/[0-9]+ Test)' "$1" 2>/dev/null | tail -n 1 | tr -d '[]' | awk '{print $1}'; }

step() {
  local log="$STEPS_LOGS/$1.log" what=$2 started=$SECONDS status=0 pid
  shift 2
  STEPS_DONE=$((STEPS_DONE + 1))
  local head="[$STEPS_DONE/$STEPS_TOTAL] $what"
  echo "$head"
  # In a group of its own, so that an interrupted step takes its compilers and tests with it.
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  set +m
  trap 'kill -TERM -- "-$pid" 2>/dev/null; exit 130' INT TERM
  local spoke=$SECONDS mark
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    mark=$(steps_mark "$log") || true  # a log without a mark yet is no failure
    if [ -t 1 ]; then
      printf '\r\033[K      %s %s' "$(steps_clock $((SECONDS - started)))" "$mark"
    elif [ $((SECONDS - spoke)) -ge 60 ]; then
      spoke=$SECONDS
      echo "      $(steps_clock $((SECONDS - started))) $mark"
    fi
  done
  wait "$pid" || status=$?
  trap - INT TERM
  [ -t 1 ] && printf '\r\033[K'
  if [ "$status" = 0 ]; then
    echo "      done in $(steps_clock $((SECONDS - started)))"
  else
    echo "      FAILED after $(steps_clock $((SECONDS - started))) (exit status $status); the whole log: $log"
    steps_explain "$log"
  fi
  return "$status"
}

# What of a failed step's log a person needs first: the errors with their surroundings, else its end.
steps_explain() {
  if grep -aqE '(error|FAILED|\*\*\*Failed|Error):? ' "$1"; then
    grep -aE -A 8 '(error:|^FAILED:|CMake Error|ERROR: |SUMMARY: |\*\*\*Failed|\*\*\*Timeout|\*\*\*Exception|The following tests FAILED)' "$1" | head -n 80 | sed 's/^/      | /'
  else
    tail -n 30 "$1" | sed 's/^/      | /'
  fi
}
