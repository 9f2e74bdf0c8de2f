# shellcheck shell=bash disable=SC2154
# Two builds side by side, by turns, over the same instruments: source this file from scripts/bench, whose functions it uses.
#
#   against_compare ENGINE BINARY     the build of before is BINARY; its examples/bench stands beside it and loads its database

declare -A side_binary side_url side_data side_port side_process side_token

# against_start SIDE: a service of its own, with its own database and keys
against_start() {
    local side=$1
    local beside
    beside=$(dirname "${side_binary[$side]}")/examples/bench
    export CHUANYU_DATABASE_URL=${side_url[$side]} CHUANYU_KEYS_DIR=$folder/keys-$side
    say "$side: loading $count instruments"
    "$beside" load "$CHUANYU_DATABASE_URL" "$count" "${side_data[$side]}"
    against_files "${side_data[$side]}"
    side_port[$side]=$(free_port)
    CHUANYU_LISTEN=127.0.0.1:${side_port[$side]} "${side_binary[$side]}" serve >"$folder/serve-$side.log" 2>&1 &
    side_process[$side]=$!
    running+=("${side_process[$side]}")
    wait_for "${side_port[$side]}" "${side_process[$side]}"
    curl -sS --retry 20 --retry-delay 1 --retry-all-errors -f -o /dev/null "http://127.0.0.1:${side_port[$side]}/readyz"
    side_token[$side]=$("${side_binary[$side]}" token cq-agency --minutes 60 | tail -n 1)
}

# against_files FOLDER: the paths of the shapes that the loader does not write
against_files() {
    local category list=/api/v1/instruments
    category=$(sed -n 's/.*?category=\([0-9]*\)$/\1/p' "$1/page" | head -n 1)
    sed 's/$/?expand=host/' "$1/one" >"$1/expand"
    printf "$list?province=%s&category=$category&sort=-commissioned_on\n" 500000 510000 >"$1/newest"
    printf "$list?share_mode=2&running_status=1&province=%s&sort=-commissioned_on\n" 500000 510000 >"$1/newest3"
    # Each is asked for once in a while, so that no kept answer helps; the added filter leaves nearly all.
    seq 1 40000 | sed "s|.*|$list?province=500000\&category=$category\&original_value_gte=&\&sort=-commissioned_on|" >"$1/varied"
    printf "$list?expand=host,owner&share_mode=%s\n" 1 2 >"$1/expanded"
    printf "$list?limit=200&share_mode=%s\n" 1 2 >"$1/long"
}

# against_turns NAME CONNECTIONS VERB FILE [with-token]: rounds by turns, then one line of the table
against_turns() {
    local name=$1 connections=$2 verb=$3 file=$4 token=${5:-} round side wrong=0
    [[ $name =~ ${BENCH_ONLY:-} ]] || return 0
    local ratios="" costs="" cpu_before="" cpu_now="" rate_before="" rate_now="" p99_before="" p99_now=""
    for round in $(seq "$rounds"); do
        local order="before now"
        [ $((round % 2)) -eq 1 ] || order="now before"
        local -A rate=() cpu=() p99=()
        for side in $order; do
            BENCH_RUN="a$round" BENCH_TOKEN=${token:+${side_token[$side]}} \
                load "${side_process[$side]}" "${side_port[$side]}" "$connections" "$verb" "${side_data[$side]}/$file"
            read -r "rate[$side]" "cpu[$side]" "p99[$side]" errors <<<"$result"
            wrong=$((wrong + errors))
        done
        say "$engine, $name, round $round: before ${rate[before]}/s ${cpu[before]} µs; now ${rate[now]}/s ${cpu[now]} µs"
        ratios+="$(calculate "${rate[now]} / ${rate[before]}" %.3f)"$'\n'
        costs+="$(calculate "${cpu[now]} / ${cpu[before]}" %.3f)"$'\n'
        rate_before+="${rate[before]}"$'\n' rate_now+="${rate[now]}"$'\n'
        cpu_before+="${cpu[before]}"$'\n' cpu_now+="${cpu[now]}"$'\n'
        p99_before+="${p99[before]}"$'\n' p99_now+="${p99[now]}"$'\n'
    done
    local of
    of() { printf '%s' "$1" | median; }
    local ratio
    ratio=$(of "$ratios")
    row "$engine" "$name: requests a second, now to before" "$ratio ($(of "$rate_now") to $(of "$rate_before"))" ">= 0.95" "$ratio >= 0.95"
    row "$engine" "$name: p99 now and before" "$(of "$p99_now") and $(of "$p99_before") ms" ""
    row "$engine" "$name: CPU a request, now to before" "$(of "$costs") ($(of "$cpu_now") to $(of "$cpu_before") µs)" ""
    [ "$wrong" -eq 0 ] || row "$engine" "$name: refused or failed" "$wrong" "0" "0 >= 1"
}

# against_start_times: stops both services, and starts each by turns
against_start_times() {
    local round side path
    local -A times=([before]="" [now]="")
    for side in before now; do stop "${side_process[$side]}"; done
    for round in $(seq "$rounds"); do
        for side in before now; do
            export CHUANYU_DATABASE_URL=${side_url[$side]} CHUANYU_KEYS_DIR=$folder/keys-$side
            export CHUANYU_LISTEN=127.0.0.1:${side_port[$side]}
            path=$(head -n 1 "${side_data[$side]}/one")
            times[$side]+="$("$helper" startup "${side_binary[$side]}" "${side_port[$side]}" "$path")"$'\n'
        done
    done
    local before now
    before=$(printf '%s' "${times[before]}" | median) now=$(printf '%s' "${times[now]}" | median)
    row "$engine" "start to first answer, now and before" "$now and $before ms" "<= before" "$now <= $before * 1.05 + 5"
}

# Creates the databases of both sides and sets side_url.
against_databases() {
    local side
    for side in before now; do
        side_data[$side]=$folder/$engine-$side
        if [ "$engine" = postgres ]; then
            "$PG_BIN/psql" -qAtX "$POSTGRES_URL" -c "CREATE DATABASE $side"
            side_url[$side]=${POSTGRES_URL%/*}/$side
        else
            side_url[$side]=sqlite:$folder/bench-$side.db
        fi
    done
}

against_compare() {
    local engine=$1 side memory_before memory_now
    side_binary=([before]=$2 [now]=$binaries/chuanyu)
    against_databases
    for side in before now; do against_start "$side"; done
    # Once around, so that caches are warm.
    for side in before now; do
        BENCH_TOKEN="" load "${side_process[$side]}" "${side_port[$side]}" 32 get "${side_data[$side]}/one"
    done
    against_turns "one record" 32 get one
    against_turns "one record with its host" 32 get expand
    against_turns "50 of one filter" 32 get page
    against_turns "50 of two or three filters" 32 get page2
    against_turns "500 changes with records" 32 get feed with-token
    against_turns "50 of province and category, newest first" 32 get newest
    against_turns "the same, each asked for the first time" 32 get varied
    against_turns "50 of three filters, newest first" 32 get newest3
    against_turns "50 with expand=host,owner" 32 get expanded
    against_turns "200 rows" 32 get long
    BENCH_ACCEPT=gzip against_turns "200 rows, gzip" 32 get long
    BENCH_ACCEPT=br against_turns "200 rows, br" 32 get long
    memory_before=$(memory "${side_process[before]}" VmHWM) memory_now=$(memory "${side_process[now]}" VmHWM)
    row "$engine" "memory after reading, now and before" "$memory_now and $memory_before MiB" "<= before" "$memory_now <= $memory_before * 1.05"
    against_turns "create, one writer" 1 post body.json with-token
    against_turns "create, 8 writers" 8 post body.json with-token
    against_turns "create, 32 writers" 32 post body.json with-token
    against_start_times
    rm -f "$folder"/bench-*.db*
}
