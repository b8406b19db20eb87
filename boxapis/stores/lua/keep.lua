local claimed, claimer, lease = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
if not stored[1] or owner ~= claimer or fence ~= claimed then
  return 0
end
save({lease_ends = now + lease})
return 1
