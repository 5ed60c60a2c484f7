-- One person after the other: the form, its answer with a fresh address, the page that it leads to.
-- Run with as many threads as connections, so that each thread is one browser.
local threads = {}
local serial = 0

function setup(thread)
  serial = serial + 1
  thread:set("number", serial)
  table.insert(threads, thread)
end

function init(args)
  form, mark, run = args[1], args[2], args[3]
  step, finished, failed, count = "form", 0, 0, 0
  token, cookie, place = "", "", ""
end

function request()
  if step == "form" then
    return wrk.format("GET", form)
  elseif step == "send" then
    count = count + 1
    local body = "csrfmiddlewaretoken=" .. token .. "&given_name=Amina&family_name=Diallo&scope=all&started=" .. mark
      .. "&email=p" .. run .. "." .. number .. "." .. count .. "%40example.org"
    return wrk.format("POST", form, {
      ["Cookie"] = "csrftoken=" .. cookie, ["Content-Type"] = "application/x-www-form-urlencoded"
    }, body)
  end
  return wrk.format("GET", place, { ["Cookie"] = "csrftoken=" .. cookie })
end

function response(status, headers, body)
  if step == "form" and status == 200 then
    token = string.match(body, 'name="csrfmiddlewaretoken" value="([^"]+)"')
    cookie = string.match(headers["Set-Cookie"] or "", "csrftoken=([^;]+)") or cookie
    step = "send"
  elseif step == "send" and status == 302 then
    place = headers["Location"]
    step = "done"
  elseif step == "done" and status == 200 then
    finished = finished + 1
    step = "form"
  else
    failed = failed + 1
    step = "form"
  end
end

function done(summary)
  local all, bad = 0, 0
  for _, thread in ipairs(threads) do
    all = all + thread:get("finished")
    bad = bad + thread:get("failed")
  end
  io.write(string.format("journeys %d failed %d seconds %.3f\n", all, bad, summary.duration / 1e6))
end
