-- The state of a bucket; levels are thousandths of a place, of which two drain in a millisecond.
local place, leak, longest_closed = 1000, 2, 60000
local stored = redis.call('HMGET', KEYS[1], 'level', 'at', 'epoch', 'opens_at', 'capacity')
local stored_level, at = tonumber(stored[1] or 0), tonumber(stored[2] or now)
local epoch, opens_at = tonumber(stored[3] or now), tonumber(stored[4] or 0)
local capacity = tonumber(stored[5] or 30)
local function level_at(moment)
  return math.max(0, stored_level - leak * math.max(0, moment - at))
end
local function usable()
  return place * math.max(1, capacity - 2)
end
local opens = now
if now < opens_at and opens_at <= now + longest_closed then
  opens = opens_at
end
local level = level_at(now)
local function save_bucket()
  save({level = level, at = now, epoch = epoch, opens_at = opens_at, capacity = capacity})
end
