local claimed, outcome, payload, age = tonumber(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[5])
if math.max(fence, record_fence) > claimed then
  return 0
end
local changes = {fence = claimed, owner = '', lease_ends = 0}
if outcome == 'opened' then
  changes.record_fence, changes.record, changes.used_at = claimed, payload, now - age
elseif outcome == 'failed' then
  changes.failure, changes.failure_ends = payload, now + age
end
save(changes)
return 1
