if record == '' or record_fence ~= tonumber(ARGV[2]) then
  return 0
end
save({record = ''})
return 1
