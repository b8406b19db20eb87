local known, claimer, lease = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local fresh, limit, force = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7] == '1'
local longest_lease = 60000
if not force then
  if record ~= '' and record_fence > known and idle < fresh then
    return {'found', record_fence, record, idle}
  end
  if failure ~= '' and failure_ends > now then
    return {'failed', failure, failure_ends - now}
  end
end
local left = lease_ends - now
if owner ~= '' and owner ~= claimer and left > 0 and left <= longest_lease then
  return {'held', left}
end
fence = math.max(fence + 1, known + 1, now)
save({
  fence = fence, owner = claimer, lease_ends = now + lease, failure = '', failure_ends = 0
})
if record ~= '' and idle < limit then
  return {'yours', fence, record, record_fence, idle}
end
return {'yours', fence}
