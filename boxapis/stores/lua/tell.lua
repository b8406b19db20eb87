local what, value, reported = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local trusted_level_factor, tolerance = 2, place / 2
local resized = reported ~= 0 and reported ~= capacity
if resized then
  capacity = reported
end
local full = place * capacity
if what == 'met' and value > math.min(level, usable()) + tolerance then
  epoch, level = math.max(epoch + 1, now), math.min(value, trusted_level_factor * full)
  save_bucket()
elseif what == 'refused' then
  opens_at = math.max(opens, now + math.min(value, longest_closed))
  epoch, level = math.max(epoch + 1, now), full
  save_bucket()
elseif what == 'back' and value == epoch then
  level = math.max(0, level - place)
  save_bucket()
elseif resized then
  save({level = stored_level, at = at, epoch = epoch, opens_at = opens_at, capacity = capacity})
end
return 1
