-- wrk's part of scripts/bench.
--   wrk … -s load.lua URL -- get FILE    paths of FILE, one after the other, each thread from a place of its own
--   wrk … -s load.lua URL -- post FILE   the body in FILE with @KEY@ made unique
-- BENCH_TOKEN is sent as Bearer token, BENCH_ACCEPT as Accept-Encoding. Prints one line: requests, microseconds, wrong answers, p50 and p99 in microseconds.
local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

function init(arguments)
    local verb, file = arguments[1], assert(io.open(arguments[2]))
    local token = os.getenv("BENCH_TOKEN")
    if token and token ~= "" then
        wrk.headers["Authorization"] = "Bearer " .. token
    end
    local accept = os.getenv("BENCH_ACCEPT")
    if accept and accept ~= "" then
        wrk.headers["Accept-Encoding"] = accept
    end
    if verb == "get" then
        local ready = {}
        for path in file:lines() do
            ready[#ready + 1] = wrk.format("GET", path)
        end
        local next = number * 997
        request = function()
            next = next % #ready + 1
            return ready[next]
        end
    else
        local body = file:read("*a")
        wrk.headers["Content-Type"] = "application/json"
        local run, count = os.getenv("BENCH_RUN") or "0", 0
        request = function()
            count = count + 1
            local key = "p" .. run .. "-" .. number .. "-" .. count
            return wrk.format("POST", "/api/v1/instruments", nil, (body:gsub("@KEY@", key)))
        end
    end
    file:close()
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
        e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
