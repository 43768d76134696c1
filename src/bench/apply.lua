-- The load of all HTTP contenders. BODY has the call; its answer must be `expected`, whichever function gives it.
-- After "--": nothing, or "check" to compare every answer, which costs wrk some speed.
local expected = "2432902008176640000"
local threads = {}

wrk.method = "POST"
wrk.body = os.getenv("BODY")
wrk.headers["Content-Type"] = "application/json"

function setup(thread)
   table.insert(threads, thread)
end

function init(args)
   wrong = 0
   if args[1] == "check" then
      -- Defined only here: wrk calls a response function wherever there is one.
      function response(status, headers, body)
         if status ~= 200 or body:match("^%s*(.-)%s*$") ~= expected then
            wrong = wrong + 1
            sample = status .. " " .. body:sub(1, 200)
         end
      end
   end
end

function done(summary, latency, requests)
   local wrong, sample = 0, ""
   for _, thread in ipairs(threads) do
      wrong = wrong + thread:get("wrong")
      sample = thread:get("sample") or sample
   end
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests":%d,"seconds":%.6f,"p50":%d,"p99":%d,"wrong":%d,"sample":"%s",' ..
      '"errors":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), wrong,
      sample:gsub('[^%w%s%p]', '?'):gsub('[%c"\\]', '.'),
      errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
