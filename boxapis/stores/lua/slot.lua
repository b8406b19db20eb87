-- The state of a slot: numbers are 0 and texts empty where nothing is stored.
local stored = redis.call('HMGET', KEYS[1], 'fence', 'record_fence', 'record', 'used_at', 'owner',
  'lease_ends', 'failure', 'failure_ends')
local fence, record_fence = tonumber(stored[1] or 0), tonumber(stored[2] or 0)
local record, used_at, owner = stored[3] or '', tonumber(stored[4] or 0), stored[5] or ''
local lease_ends, failure = tonumber(stored[6] or 0), stored[7] or ''
local failure_ends = tonumber(stored[8] or 0)
local idle = math.max(0, now - used_at)
