local used_fence, used_ago = tonumber(ARGV[2]), tonumber(ARGV[3])
if record == '' or record_fence < used_fence then
  return {'gone'}
end
if record_fence > used_fence then
  return {'found', record_fence, record, idle}
end
save({used_at = math.max(used_at, now - used_ago)})
return {'same'}
